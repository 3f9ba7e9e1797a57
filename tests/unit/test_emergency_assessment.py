"""Danger to people is told from what only sounds like it, as well on sentences that nobody tuned the rules to."""

import time
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.library import library
from core.emergency import Assessment, Danger, Level, assess

CASES = Path(__file__).parents[1] / "cases"
CORPORA = (
    "emergencies.toml",
    "emergencies_more.toml",
    "emergencies_heldout.toml",
    "emergencies_heldout_2.toml",
    "emergencies_heldout_3.toml",
    "emergencies_heldout_4.toml",
    "emergencies_heldout_5.toml",
    "emergencies_heldout_6.toml",
)
HALF_FOUND = 0.01
FALSE_ALARMS = 0.02
DOUBTS = 0.15
HARMLESS = ("압력이 조금 낮아요", "the panel is stuck", "다음", "필터는 어제 갈았어요", "next step please")


def _cases(name: str) -> list[dict[str, Any]]:
    return list(tomllib.loads((CASES / name).read_text("utf-8"))["case"])


@dataclass(frozen=True)
class Score:
    """Which texts of a corpus were not taken as they are meant."""

    missed: list[str]
    half_found: list[str]
    false_alarms: list[str]
    half_false: list[str]
    power_off_missed: list[str]
    keep_away_missed: list[str]
    positives: int
    negatives: int


def _score(name: str) -> Score:
    found = [(case, assess(case["text"])) for case in _cases(name)]

    def texts(emergency: bool, level: Level) -> list[str]:
        return [case["text"] for case, told in found if case["emergency"] is emergency and told.level is level]

    def unadvised(wanted: str, flag: str) -> list[str]:
        return [case["text"] for case, told in found if case.get(wanted) and not getattr(told, flag)]

    return Score(
        missed=texts(True, Level.NO),
        half_found=texts(True, Level.ASK),
        false_alarms=texts(False, Level.YES),
        half_false=texts(False, Level.ASK),
        power_off_missed=unadvised("must_advise_power_off", "power_off"),
        keep_away_missed=unadvised("must_keep_away", "keep_away"),
        positives=sum(case["emergency"] for case, _ in found),
        negatives=sum(not case["emergency"] for case, _ in found),
    )


@pytest.mark.parametrize("name", CORPORA)
def test_the_corpora(name: str) -> None:
    """The issue's limits: none missed, 2 % false alarms, 15 % doubts, all the advice; nearly every danger certain."""
    score = _score(name)
    print(
        f"{name}: {score.positives} positives, {len(score.missed)} missed, {len(score.half_found)} half found; "
        f"{score.negatives} negatives, {len(score.false_alarms)} false, {len(score.half_false)} half false; "
        f"power-off missed {len(score.power_off_missed)}, keep-away missed {len(score.keep_away_missed)}"
    )
    assert not score.missed
    assert len(score.half_found) <= HALF_FOUND * score.positives, score.half_found
    assert len(score.false_alarms) <= FALSE_ALARMS * score.negatives, score.false_alarms
    assert len(score.half_false) <= DOUBTS * score.negatives, score.half_false
    assert not score.power_off_missed
    assert not score.keep_away_missed


def test_the_language_is_that_in_which_it_was_told() -> None:
    wrong = [
        case["text"]
        for name in CORPORA
        for case in _cases(name)
        if case["emergency"] and assess(case["text"]).language != case["lang"]
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("손이 롤러에 끼었어요", Danger.CAUGHT),
        ("감전됐어요", Danger.SHOCK),
        ("불났어요", Danger.FIRE),
        ("연기가 나요", Danger.FIRE),
        ("가스 새요", Danger.GAS),
        ("숨을 안 쉬어요", Danger.BREATH),
        ("피가 많이 나요", Danger.BLEEDING),
        ("신너가 눈에 들어갔어요", Danger.CHEMICAL),
        ("기름에 데었어요", Danger.BURN),
        ("사다리에서 사람이 떨어졌습니다", Danger.FALL),
        ("고압 기름이 손바닥을 뚫고 들어갔어요", Danger.INJECTION),
        ("심장마비 같아요", Danger.ILLNESS),
        ("살려주세요", Danger.INJURY),
        ("he is stuck in the press", Danger.CAUGHT),
        ("i got electrocuted", Danger.SHOCK),
        ("the booth is on fire", Danger.FIRE),
        ("gas leak", Danger.GAS),
        ("he isn't breathing", Danger.BREATH),
        ("thinner got in my eyes", Danger.CHEMICAL),
        ("he fell off the ladder", Danger.FALL),
        ("chest pain", Danger.ILLNESS),
    ],
)
def test_the_danger_is_named(text: str, danger: Danger) -> None:
    assert danger in assess(text).dangers


def test_several_dangers_the_most_pressing_first() -> None:
    told = assess("감전돼서 쓰러졌는데 제어반에 불이 났어요")
    assert told.dangers[:3] == (Danger.SHOCK, Danger.FIRE, Danger.BREATH)


def test_eyes_that_smart_lead_to_the_card_for_the_eye() -> None:
    told = assess("눈이 따가워요")
    assert told.level is Level.ASK
    assert told.dangers[0] is Danger.CHEMICAL


@pytest.mark.parametrize(
    ("meant", "typed"),
    [
        ("my hand is stuck", "my ahnd is stuck"),
        ("my finger is stuck", "my finegr is stuck"),
        ("he fell off the ladder", "he fel off the ladder"),
        ("heart attack", "haert attack"),
        ("my hand is stuck", "myhandisstuck"),
        ("someone is trapped", "someoneistrapped"),
        ("he is bleeding", "heisbleeding"),
    ],
)
def test_english_slips_and_missing_blanks_are_mended(meant: str, typed: str) -> None:
    assert assess(meant).level is assess(typed).level is Level.YES


@pytest.mark.parametrize(
    "text", ["together we are stuck on form 3", "the band is loose", "install the firewire card", "handover is stuck"]
)
def test_ordinary_words_are_not_mended_into_danger(text: str) -> None:
    assert assess(text).level is not Level.YES


@pytest.mark.parametrize("text", ["GAS_LEAK_BOOTH_2", "FIRE-DETECTED-3", "man_down_line_4", "SMOKE-ALARM_OVEN"])
def test_an_event_id_is_read_as_words(text: str) -> None:
    assert assess(text).level is Level.YES


@pytest.mark.parametrize(
    "text",
    [
        "fire_alarm_battery_low",
        "fire alarm circuit fault",
        "SMOKE-DETECTOR-FAULT",
        "가스 감지기 점검",
        "화재 경보 시험",
    ],
)
def test_a_fault_of_an_alarm_is_no_alarm(text: str) -> None:
    assert assess(text).level is Level.NO


@pytest.mark.parametrize("text", ["프레스에 끼었어요", "말려 들어갔어요", "팔이 아파요", "I feel sick"])
def test_in_doubt_it_is_asked(text: str) -> None:
    told = assess(text)
    assert told.level is Level.ASK
    assert told.dangers


@pytest.mark.parametrize(
    ("danger", "none"),
    [
        ("손이 끼었어요", "판재가 끼었어요"),
        ("로봇이 사람을 쳤어요", "로봇이 지그를 쳤어요"),
        ("팔이 부러졌어요", "로봇 팔이 부러졌어요"),
        ("감전됐어요", "감전 교육 언제예요?"),
        ("사람이 다쳤어요", "사람은 안 다쳤어요"),
        ("손을 다쳤어요", "지난달에 손을 다쳤던 분이에요"),
        ("불이 났어요", "빨간 불이 났어요"),
        ("연기가 나요", "일정이 연기됐어요"),
        ("119 불러 주세요", "119번 부품 있어요?"),
        ("다쳤어요", "다칠 뻔했어요"),
        ("my arm is stuck", "arm of the gun is stuck"),
        ("the robot hit Marco", "the robot hit the jig"),
        ("fire in the booth", "fire drill in the booth"),
        ("he got hurt", "nobody got hurt"),
        ("he got hurt", "he got hurt last year"),
        ("call 911", "alarm 911"),
        ("반장님이 숨을 안 쉬네요", "설비가 숨을 안 쉬네요"),
        ("팔에 화상 입었어요", "화상으로 면접 본대요"),
        ("기계 속에서 불이 난다", "속에서 불이 난다 진짜"),
        ("감전 사고 난 패널이 이거예요", "3월에 감전 사고 난 패널이 이거예요?"),
        ("손이 찢어졌어요", "손 보호대가 찢어졌어요"),
        ("피 나는 사람 있고요", "피 나는 사람 없고요"),
        ("연기가 보였는데", "연기 같아 보였는데 수증기래요"),
        ("he is missing a tooth and bleeding", "missing tooth on the gear"),
    ],
)
def test_one_word_makes_the_difference(danger: str, none: str) -> None:
    assert assess(danger).level is Level.YES
    assert assess(none).level is Level.NO


@pytest.mark.parametrize(
    "text",
    [
        "쓰러젔어요 사람이",
        "다쳐써요",
        "의식이 업서요",
        "기졀했어요",
        "살려주새요",
        "손이끼었어요빨리요",
        "TKFFUWNTPDY",
        "ㅗ디ㅔ",
        "sombody collasped",
        "he is unconcious",
        "ambulence please",
    ],
)
def test_slips_spaces_and_the_other_layout_are_understood(text: str) -> None:
    assert assess(text).level is Level.YES


@pytest.mark.parametrize("text", ["작업자가 버튼을 잘못 눌렀어요 빨리요!", "신입이 뭘 잘못 건드렸나 봐요 얼른요"])
def test_the_last_resort_only_asks_however_urgent(text: str) -> None:
    assert assess(text).level is Level.ASK


@pytest.mark.parametrize(
    "text",
    [
        "발가락 낑깄어예",
        "사람이 금형 안에 끼여 있대이",
        "손이 안 빠진다카이",
        "불불불 시너창고!!",
        "FIREEE everyone get out",
        "까스 샌다",
        "므ㅠㅕㅣ뭋ㄷ",
    ],
)
def test_dialect_shouts_and_odd_spellings_are_understood(text: str) -> None:
    assert assess(text).level is Level.YES


def test_what_the_playbooks_say_of_faults_is_no_danger() -> None:
    told = [
        text
        for book in library().playbooks
        for fault in book.faults
        for text in (fault.title.ko, fault.title.en, *fault.symptoms.ko, *fault.symptoms.en)
        if assess(text).level is not Level.NO
    ]
    assert not told


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    told = assess(text)
    assert bool(told.dangers) is (told.level is not Level.NO)
    assert (told.language in ("ko", "en")) is (told.level is not Level.NO)


SAMPLES = [case["text"] for case in _cases("emergencies.toml")]


def _meaning(told: Assessment) -> tuple[object, ...]:
    return told.level, told.dangers, told.language, told.power_off, told.keep_away


@given(
    st.sampled_from([text for text in SAMPLES if any("가" <= sign <= "힣" for sign in text)]),
    st.sampled_from([" ", "  ", "\t", "\u00a0", " \u200b"]),
    st.booleans(),
)
def test_blanks_and_decomposed_hangul_change_nothing(text: str, blank: str, decomposed: bool) -> None:
    typed = text.replace(" ", blank)
    typed = f"{blank}{unicodedata.normalize('NFD', typed) if decomposed else typed}{blank}"
    assert _meaning(assess(typed)) == _meaning(assess(text))


@given(st.sampled_from([text for text in SAMPLES if text.isascii() and "Marco" not in text]))
def test_case_changes_nothing(text: str) -> None:
    assert _meaning(assess(text.upper())) == _meaning(assess(text.lower()))


@given(
    st.sampled_from([case["text"] for case in _cases("emergencies.toml") if case["emergency"]]),
    st.sampled_from(HARMLESS),
    st.sampled_from(HARMLESS),
    st.sampled_from([". ", "\n", "! "]),
)
def test_danger_is_heard_among_harmless_sentences(text: str, before: str, behind: str, between: str) -> None:
    assert assess(f"{before}{between}{text}{between}{behind}").level is Level.YES


def test_the_rest_of_a_very_long_text_is_not_read() -> None:
    begun = time.perf_counter()
    assert assess("손이 끼었어요. " + "판재가 또 걸려요 " * 20_000).level is Level.YES
    assert time.perf_counter() - begun < 2, "the text is cut before it is read"
