"""The built-in assistant: the right fault, precautions first, one step at a time, plain words when it does not know."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.backend import Answer, ChatBackend, ChatRequest, IssueBrief, Turn
from core.chat.playbook import phrases as playbook_speech
from core.chat.playbook import situation
from core.chat.playbook.assistant import PlaybookAssistant, similar_words
from core.chat.playbook.library import Bilingual, Fault, library
from core.chat.playbook.past_fix_phrases import local_date
from core.chat.playbook.precautions import precautions_for, release_checks_for
from core.domain.messages import Alert, Author
from core.domain.offers import OfferKind, offers_in
from core.domain.past_fix import PastFix
from core.emergency import Level, assess
from core.support import i18n

ASSISTANT: ChatBackend = PlaybookAssistant()
STEP = re.compile(r"(?:S|is s)tep \d+ of \d+")
ITEMS = re.compile(r"(?:I|is i)tem \d+ of \d+|\d+ items, about")


@pytest.fixture(autouse=True)
def answers_come_in_the_language_of_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is looked at here in English, whatever was typed; test_questions.py has the languages."""
    monkeypatch.setattr(situation, "language_of", lambda _text: None)


class Talk:
    """One issue's conversation, kept as the conversation keeps it: by its turns."""

    def __init__(self, mode_type: str, description: str, *, is_fault: bool = True, language: str = "en") -> None:
        process = "장애접수" if is_fault else "정기점검"
        self.issue = IssueBrief("PRESS_001", "PRESS_001", process, mode_type, "LOG_1", description, is_fault)
        self.language = language
        self.turns: tuple[Turn, ...] = ()
        self.past_fixes: tuple[PastFix, ...] = ()

    async def say(self, text: str = "") -> Answer:
        request = ChatRequest(self.issue, self.turns, text, self.language, past_fixes=self.past_fixes)
        (answer,) = [piece async for piece in ASSISTANT.answer(request)]
        assert isinstance(answer, Answer)
        self.turns += (Turn(Author.OPERATOR, text, 1), Turn(Author.BUILTIN, answer.text, 2, memo=answer.memo))
        return answer

    @property
    def memo(self) -> Mapping[str, str]:
        return self.turns[-1].memo

    @property
    def part(self) -> str:
        return self.memo["playbook.part"]

    @property
    def candidates(self) -> list[str]:
        return [key for key in self.memo["playbook.candidates"].split(",") if key]


FAULTS = [(book.mode_types[0], fault) for book in library().playbooks for fault in book.faults]


def precautions_of(mode_type: str, fault: Fault, language: str) -> tuple[str, ...]:
    return (*precautions_for(mode_type, language), *(text.said(language) for text in fault.precautions))


def fault_of(fault_id: str) -> Fault:
    part = library().part(fault_id)
    assert isinstance(part, Fault)
    return part


@pytest.mark.parametrize(
    ("mode_type", "description", "fault"),
    [
        ("프레스", "100톤 프레스 유압 이상", "press-hydraulic-pressure"),
        ("프레스", "상부 진동 이상", "press-vibration-upper"),
        ("프레스", "하부진동이상 발생", "press-vibration-lower"),
        ("프레스", "주 모터 전류가 정격 초과", "press-motor-current"),
        ("프레스", "바닥에 기름이 새요", "press-oil-leak"),
        ("프레스", "유온이 72도까지 올라감", "press-oil-temperature"),
        ("프레스", "제품 플랜지에 주름 발생", "press-wrinkle"),
        ("프레스", "Hydraulic pressure low on the 100 t press", "press-hydraulic-pressure"),
        ("용접기", "전극 팁 마모 경보", "welder-electrode-wear"),
        ("용접기", "용접전류 부족", "welder-current"),
        ("용접기", "Robot position deviation 2 mm", "welder-robot-position"),
        ("도장설비", "도장 부스 온도 이상 62℃", "painting-booth-temperature"),
        ("도장설비", "노즐 막힘으로 분사 불량", "painting-nozzle"),
        ("도장설비", "orange peel on the door", "painting-orange-peel"),
        ("차량조립설비", "도어 볼트 체결 토크 미달", "assembly-torque"),
        ("차량조립설비", "컨베이어 정지", "assembly-conveyor-stop"),
        ("차량조립설비", "conveyor stopped suddenly", "assembly-conveyor-stop"),
    ],
)
async def test_it_takes_an_event_for_the_right_fault(mode_type: str, description: str, fault: str) -> None:
    talk = Talk(mode_type, description)
    answer = await talk.say()
    assert talk.part == fault
    assert fault_of(fault).title.en in answer.text
    assert fault_of(fault).checks[0].en in answer.text
    assert "Ctrl+L" in answer.text
    assert offers_in(answer.memo)[0].kind is OfferKind.NEXT
    assert not STEP.search(answer.text)
    assert answer.confidence is None
    assert not answer.holds_steps


@pytest.mark.parametrize(
    ("mode_type", "description", "fault"),
    [
        ("프레스", "작동유 누우 발생", "press-oil-leak"),
        ("프레스", "하부 진돈", "press-vibration-lower"),
        ("프레스", "upper vibrtion", "press-vibration-upper"),
        ("용접기", "스페터 과다", "welder-spatter"),
        ("도장설비", "오랜지필", "painting-orange-peel"),
        ("용접기", "용접 전극 마모, 스패터 증가", "welder-electrode-wear"),
    ],
)
async def test_mistyped_and_double_reports_are_asked_back_with_the_likeliest_first(
    mode_type: str, description: str, fault: str
) -> None:
    talk = Talk(mode_type, description)
    answer = await talk.say()
    assert talk.part == ""
    assert talk.candidates[0] == fault
    assert f"1. {fault_of(fault).title.en}" in answer.text
    await talk.say("1번이요")
    assert talk.part == fault


async def test_it_walks_one_step_at_a_time_to_the_end_and_says_whom_to_call() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    fault = fault_of("press-hydraulic-pressure")
    for number, (step, typed) in enumerate(zip(fault.steps, ["다음", "그대로예요", "n", "했어요"], strict=True), 1):
        answer = await talk.say(typed)
        assert STEP.findall(answer.text) == [f"Step {number} of 4"]
        assert step.text.en in answer.text
        assert f"about {step.minutes} min" in answer.text
        assert step.tools is None or step.tools.en in answer.text
        assert fault.causes[number - 1].en in answer.text
        assert [s for s in fault.steps if s.text.en in answer.text] == [step]
    for typed in ("next", "still there"):
        answer = await talk.say(typed)
        assert fault.call.en in answer.text
        assert "F4" in answer.text


async def test_back_again_and_restart() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    await talk.say("next")
    assert "Step 2 of" in (await talk.say("다시")).text
    assert "Step 1 of" in (await talk.say("이전")).text
    assert "Step 2 of" in (await talk.say("ㅜ")).text
    answer = await talk.say("처음부터")
    assert not STEP.search(answer.text)
    assert "Step 1 of" in (await talk.say("next")).text


@pytest.mark.parametrize("typed", ["됐어요", "이제 됐어요", "fixed", "It's fixed!", "해결됐습니다."])
async def test_it_leaves_the_resolving_to_people(typed: str) -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    answer = await talk.say(typed)
    assert "F4" in answer.text
    assert all(check in answer.text for check in release_checks_for("프레스", "en"))
    assert "Step 2 of" in (await talk.say("next")).text


async def test_not_solved_is_not_taken_for_solved() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    assert "Step 1 of" in (await talk.say("해결 안 됐어요")).text


async def test_unsure_it_asks_back_with_numbers_and_takes_a_number_or_words() -> None:
    talk = Talk("프레스", "진동이 심해요")
    answer = await talk.say()
    assert talk.part == ""
    assert sorted(talk.candidates) == ["press-vibration-lower", "press-vibration-upper"]
    assert "1. " in answer.text
    assert "2. " in answer.text
    wanted = talk.candidates[1]
    await talk.say("2번")
    assert talk.part == wanted

    again = Talk("프레스", "진동이 심해요")
    await again.say()
    await again.say("위쪽에서 나요")
    assert again.part == "press-vibration-upper"


async def test_a_number_that_was_not_offered_asks_again_and_no_means_none() -> None:
    talk = Talk("프레스", "진동이 심해요")
    await talk.say()
    offered = talk.candidates
    await talk.say("7")
    assert talk.candidates == offered
    await talk.say("next")
    assert talk.candidates == offered
    answer = await talk.say("아니요")
    assert talk.candidates == []
    assert "I do not know" in answer.text


async def test_two_faults_reported_at_once_are_offered_without_others() -> None:
    talk = Talk("용접기", "용접 전극 마모, 스패터 증가")
    await talk.say()
    assert talk.candidates == ["welder-electrode-wear", "welder-spatter"]


async def test_yes_takes_the_only_candidate() -> None:
    talk = Talk("용접기", "스페터")
    await talk.say()
    assert talk.candidates == ["welder-spatter"]
    await talk.say("네")
    assert talk.part == "welder-spatter"


async def test_at_most_three_candidates() -> None:
    talk = Talk("프레스", "누유, 유압 저하, 상부 진동, 크랙, 주름, 버 발생")
    await talk.say()
    assert len(talk.candidates) == 3


async def test_a_denied_symptom_drops_what_was_begun_and_asks_for_what_is_left() -> None:
    talk = Talk("프레스", "누유")
    await talk.say()
    answer = await talk.say("누유는 없어요")
    assert "So it is not: Oil leak" in answer.text
    assert talk.part == ""
    assert "press-oil-leak" not in talk.candidates
    assert not STEP.search(answer.text)


async def test_a_denied_candidate_is_no_longer_offered() -> None:
    talk = Talk("프레스", "진동이 심해요")
    await talk.say()
    await talk.say("상부 진동은 없어요")
    assert talk.candidates == ["press-vibration-lower"]
    await talk.say("네")
    assert talk.part == "press-vibration-lower"


async def test_denying_another_fault_leaves_the_walk_where_it_is() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    assert "Oil leak" in (await talk.say("no oil leak")).text
    assert "Step 2 of" in (await talk.say("next")).text


async def test_a_new_symptom_is_asked_about_before_the_walk_is_left() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    asked = await talk.say("바닥에 누유가 있어요")
    assert talk.part == "press-hydraulic-pressure"
    assert "Your place is kept" in asked.text
    answer = await talk.say("1")
    assert talk.part == "press-oil-leak"
    assert not STEP.search(answer.text)
    assert fault_of("press-oil-leak").precautions[0].en in answer.precautions


async def test_the_same_symptom_again_stays() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    await talk.say("유압이 낮아요")
    assert talk.part == "press-hydraulic-pressure"
    assert "Step 2 of" in (await talk.say("next")).text


async def test_unsure_in_the_middle_of_a_walk_next_goes_on() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    await talk.say("진동도 있어요")
    assert talk.candidates
    assert "Step 2 of" in (await talk.say("next")).text
    assert talk.candidates == []


@pytest.mark.parametrize("text", ["점심 메뉴가 뭐예요", "what is the weather like", "who owns the company"])
async def test_it_says_that_it_does_not_know(text: str) -> None:
    talk = Talk("프레스", "")
    opening = await talk.say()
    assert "I do not know" in opening.text
    assert "call your line leader" in opening.text
    answer = await talk.say(text)
    assert "I do not know" in answer.text
    assert talk.part == ""
    assert not STEP.search(answer.text)


async def test_not_knowing_keeps_the_walk() -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    assert "I do not know" in (await talk.say("점심 메뉴")).text
    assert "Step 2 of" in (await talk.say("next")).text


async def test_equipment_without_a_playbook_is_only_offered_what_other_equipment_has() -> None:
    talk = Talk("사출기", "작동유 누유")
    answer = await talk.say()
    assert answer.precautions == precautions_for("사출기", "en")
    assert talk.part == ""
    assert talk.candidates[0] == "press-oil-leak"
    assert "(press)" in answer.text
    picked = await talk.say("1")
    assert "no playbook for this equipment" in picked.text
    assert picked.precautions[: len(answer.precautions)] == answer.precautions
    assert fault_of("press-oil-leak").precautions[0].en in picked.precautions


@pytest.mark.parametrize("mode_type", ["프레스", "용접기", "도장설비", "차량조립설비", "사출기"])
async def test_an_inspection_gives_its_checklist_item_by_item(mode_type: str) -> None:
    talk = Talk(mode_type, "월간 정기점검", is_fault=False)
    answer = await talk.say()
    inspection = library().equipment(mode_type).inspection
    assert all(step.text.en in answer.text for step in inspection.steps)
    assert answer.precautions == precautions_for(mode_type, "en")
    for number in range(1, len(inspection.steps) + 1):
        assert f"Item {number} of" in (await talk.say("다음")).text
    answer = await talk.say("다음")
    assert inspection.call.en in answer.text
    assert "F4" in answer.text


async def test_a_fault_found_in_an_inspection_is_walked_through() -> None:
    talk = Talk("프레스", "월간 정기점검", is_fault=False)
    await talk.say()
    await talk.say("next")
    await talk.say("작동유 누유")
    assert talk.part == "press-oil-leak"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("mode_type", "fault"), FAULTS, ids=lambda value: getattr(value, "id", value))
async def test_every_walk_has_its_precautions_on_every_answer_and_says_where_steps_are(
    mode_type: str, fault: Fault, language: str
) -> None:
    talk = Talk(mode_type, fault.title.said(language), language=language)
    opening = await talk.say()
    if talk.part != fault.id:
        opening = await talk.say(str(talk.candidates.index(fault.id) + 1))
    assert not opening.holds_steps
    assert not any(step.text.said(language) in opening.text for step in fault.steps)
    for step in fault.steps:
        answer = await talk.say("다음")
        assert answer.holds_steps
        assert step.text.said(language) in answer.text
        assert answer.precautions == precautions_of(mode_type, fault, language)
    end = await talk.say("그대로예요")
    assert not end.holds_steps
    assert fault.call.said(language) in end.text
    assert end.precautions == opening.precautions == precautions_of(mode_type, fault, language)


@pytest.mark.parametrize("title", [fault.title for _mode, fault in FAULTS], ids=lambda title: title.en)
async def test_every_fault_is_reached_by_its_title_in_either_language(title: Bilingual) -> None:
    mode_type, fault = next((mode, fault) for mode, fault in FAULTS if fault.title == title)
    for told in (title.ko, title.en):
        talk = Talk(mode_type, told)
        await talk.say()
        assert talk.part == fault.id or fault.id in talk.candidates


@pytest.mark.parametrize("typed", ["도움말", "됐어요", "점심 메뉴", "진동도 있어요", "누유는 없어요"])
async def test_what_tells_nobody_to_do_anything_holds_no_steps(typed: str) -> None:
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    assert not (await talk.say(typed)).holds_steps


async def test_a_checklist_holds_steps_on_a_fault_alone() -> None:
    inspection = library().equipment("프레스").inspection
    memo = {"playbook.part": inspection.id, "playbook.step": "0"}
    for is_fault in (True, False):
        talk = Talk("프레스", "월간 정기점검", is_fault=is_fault)
        talk.turns = (Turn(Author.BUILTIN, "", 1, memo=memo),)
        assert (await talk.say("next")).holds_steps is is_fault


async def test_another_assistant_goes_on_where_this_one_was() -> None:
    """Nothing is kept outside the memo: a restart or another terminal makes no difference."""
    talk = Talk("프레스", "유압 저하")
    await talk.say()
    await talk.say("next")
    between = (
        Turn(Author.PERSON, "메모", 3, memo={"playbook.step": "9", "playbook.part": "press-crack"}),
        Turn(Author.OPERATOR, "왜 그래요?", 4),
        Turn(Author.MODEL, "…", 5, memo={"session": "1"}),
        Turn(Author.BUILTIN, "listed", 6, memo={}),
    )
    request = ChatRequest(talk.issue, (*talk.turns, *between), "next", "en")
    (answer,) = [piece async for piece in PlaybookAssistant().answer(request)]
    assert isinstance(answer, Answer)
    assert "Step 2 of" in answer.text


@pytest.mark.parametrize(
    "memo",
    [
        {"playbook.part": "gone", "playbook.step": "3", "playbook.candidates": "gone,too"},
        {"playbook.part": "press-crack", "playbook.step": "-1"},
        {"playbook.part": "press-crack", "playbook.step": "²"},
        {"playbook.part": "press-crack", "playbook.step": "9" * 5000},
        {"other": "x"},
    ],
)
async def test_a_memo_that_is_not_understood_is_not_there(memo: dict[str, str]) -> None:
    talk = Talk("프레스", "유압 저하")
    talk.turns = (Turn(Author.BUILTIN, "", 1, memo=memo),)
    answer = await talk.say("next")
    assert answer.precautions


@pytest.mark.parametrize(
    "hostile",
    ["[bold red]유압[/]", "[/", "\x1b]52;c;aGk=\x07", "{title} {0} %s", "\u202e\0", "유압 " * 100_000],
    ids=["markup", "bracket", "clipboard", "braces", "bidi", "long"],
)
async def test_hostile_text_is_harmless_and_never_echoed(hostile: str) -> None:
    talk = Talk("프레스", hostile)
    opening = await talk.say()
    answer = await talk.say(hostile)
    for told in (opening.text, answer.text):
        assert not set("\x1b\x07\u202e\0") & set(told)
        assert "[bold" not in told
        assert "{" not in told
        assert len(told) < 4_000


async def test_korean_answers_come_from_the_korean_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playbook_speech, "catalogue", lambda language: i18n.load("en"))
    talk = Talk("용접기", "전극 팁 마모", language="ko")
    answer = await talk.say()
    assert answer.precautions[: len(precautions_for("용접기", "ko"))] == precautions_for("용접기", "ko")
    assert "타점 수" in answer.text
    assert "팁 지름" in (await talk.say("다음")).text


FIX = PastFix("P-7", "프레스", "작동유 누유", 1_754_000_000_000, "김민수", "유압 호스 교체")


async def test_the_opening_quotes_what_solved_the_same_fault_before() -> None:
    talk = Talk("프레스", "바닥에 기름이 새요")
    talk.past_fixes = (replace(FIX, description="유압 저하", note="필터"), replace(FIX, note=""), FIX)
    opening = await talk.say()
    assert f"{local_date(FIX.at_ms)}, 김민수: 유압 호스 교체" in opening.text
    assert "필터" not in opening.text
    assert "the cause may be another" in opening.text
    assert not opening.holds_steps
    assert "유압 호스 교체" not in (await talk.say("next")).text


@pytest.mark.parametrize(
    "other",
    [
        replace(FIX, description="상부 진동"),
        replace(FIX, description="누유 없음"),
        replace(FIX, equipment="용접기"),
        replace(FIX, note=""),
    ],
)
async def test_what_solved_another_fault_is_not_quoted(other: PastFix) -> None:
    talk = Talk("프레스", "바닥에 기름이 새요")
    talk.past_fixes = (other,)
    assert "resolved before" not in (await talk.say()).text


def test_similar_issues_are_listed_with_dates_names_and_notes() -> None:
    fixes = [replace(FIX, issue=f"P-{n}", note=f"조치 {n}") for n in range(7)]
    told = similar_words([*fixes[:2], replace(FIX, by="", note=""), *fixes[2:]], "en")
    assert f"{local_date(FIX.at_ms)}, 김민수: 조치 0" in told
    assert "P-0 · press · 작동유 누유" in told
    assert f"{local_date(FIX.at_ms)}, the plant: nothing was noted" in told
    assert told.count("•") == 5
    assert "조치 4" not in told


def test_where_nothing_similar_was_resolved_it_says_so() -> None:
    assert "no issue like this one was resolved before" in similar_words((), "en")


@pytest.mark.parametrize("at_ms", [-(10**18), 10**18, -1, 0])
def test_a_time_that_no_calendar_has_is_no_crash(at_ms: int) -> None:
    assert similar_words([replace(FIX, at_ms=at_ms, note="조치\n" * 500)], "ko").count("\n") < 10


texts = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "",
            "누유 없음",
            "진동은 없어요",
            "no leak",
            "다음",
            "그대로예요",
            "이전",
            "처음부터",
            "됐어요",
            "1",
            "2번",
            "help",
            "유압 이상",
            "누유",
            "진동",
            "ELECTRIC SHOC",
            "손이 끼였어요",
        ]
    ),
)


PARTS = [fault.id for _mode, fault in FAULTS] + [book.inspection.id for book in library().playbooks]


@given(
    mode_type=st.one_of(st.sampled_from(["프레스", "용접기", "도장설비", "차량조립설비"]), st.text(max_size=20)),
    description=texts,
    typed=st.lists(texts, max_size=6),
    memo=st.dictionaries(
        st.sampled_from(["playbook.part", "playbook.step", "playbook.candidates"]),
        st.one_of(texts, st.sampled_from(PARTS), st.integers(0, 12).map(str)),
    ),
    language=st.sampled_from(["en", "de", ""]),
)
async def test_on_a_fault_no_answer_comes_without_precautions(
    mode_type: str, description: str, typed: list[str], memo: dict[str, str], language: str
) -> None:
    talk = Talk(mode_type, description, language=language)
    talk.turns = (Turn(Author.BUILTIN, "", 0, memo=memo),)
    for text in ("", *typed):
        answer = await talk.say(text)
        assert answer.text
        assert answer.precautions
        if answer.alert is Alert.EMERGENCY:  # people come first; what the machine wants is said at its steps
            assert assess(text).level is Level.YES
            continue
        assert answer.holds_steps == bool(STEP.search(answer.text) or ITEMS.search(answer.text))
        assert answer.precautions[: len(precautions_for(mode_type, "en"))] == precautions_for(mode_type, "en")


# --- what people answer


async def _walk_of(mode_type: str, description: str, *texts: str, is_fault: bool = True) -> Talk:
    talk = Talk(mode_type, description, is_fault=is_fault)
    await talk.say()
    for text in texts:
        await talk.say(text)
    return talk


@pytest.mark.parametrize("text", ["아니요", "no", "none", "아뇨"])
async def test_no_to_the_opening_words_gives_no_step(text: str) -> None:
    talk = await _walk_of("프레스", "누유")
    assert talk.part == "press-oil-leak"
    answer = await talk.say(text)
    assert talk.part == ""
    assert not STEP.search(answer.text)
    assert not answer.holds_steps


@pytest.mark.parametrize(
    "text",
    [
        "했는데 그대로예요",
        "해 봤는데 똑같아요",
        "해결 안됨",
        "해결되지 않았어요",
        "done, still there",
        "still there after that",
        "not yet",
        "not fixed yet",
        "it's still there",
        "네 안 돼요",
    ],
)
async def test_nothing_changed_is_understood_with_words_around_it(text: str) -> None:
    talk = await _walk_of("프레스", "누유", "next")
    assert "Step 2 of" in (await talk.say(text)).text


@pytest.mark.parametrize(
    "text",
    [
        "다 했어요 다음",
        "다음 단계 알려주세요",
        "다음은요?",
        "다음 갈게요",
        "이미 했어요",
        "건너뛰기",
        "ㅇㅇ",
        "ㅇㅋ",
        "next please",
        "what's next",
        "skip",
        "ok",
        "2",
        "step 2",
        "2단계",
    ],
)
async def test_the_next_step_is_understood_with_words_around_it(text: str) -> None:
    talk = await _walk_of("프레스", "누유", "next")
    assert "Step 2 of" in (await talk.say(text)).text


@pytest.mark.parametrize("text", ["it works now", "yes it is fixed", "이제 됐어요", "해결됐어요"])
async def test_success_is_understood_and_a_mere_yes_after_it_gives_no_step(text: str) -> None:
    talk = await _walk_of("프레스", "누유", "next")
    assert "Press F4" in (await talk.say(text)).text
    for yes in ("네", "ok"):
        assert "Press F4" in (await talk.say(yes)).text
    assert "Step 2 of" in (await talk.say("next")).text


@pytest.mark.parametrize(
    "text",
    [
        "이제 안 새요",
        "누유가 없어졌어요",
        "no more leak",
        "the leak is gone",
        "leak fixed",
        "it stopped leaking",
        "정상",
    ],
)
async def test_what_is_gone_is_asked_about_and_drops_nothing(text: str) -> None:
    talk = await _walk_of("프레스", "누유", "next")
    answer = await talk.say(text)
    assert [offer.kind for offer in offers_in(answer.memo)] == [OfferKind.FIXED, OfferKind.NEXT]
    assert not STEP.search(answer.text)
    assert talk.part == "press-oil-leak"


@pytest.mark.parametrize(
    "text",
    [
        "정상",
        "정상입니다",
        "이상 없음",
        "이상 없어요",
        "양호",
        "normal",
        "no problem",
        "fine",
        "works",
        "all normal",
        "ok",
    ],
)
async def test_what_is_in_order_at_an_inspection_goes_on(text: str) -> None:
    talk = await _walk_of("용접기", "주간 전극 점검", "next", is_fault=False)
    assert "Item 2 of" in (await talk.say(text)).text


async def test_yes_to_the_one_that_is_offered_takes_it_though_a_walk_is_under_way() -> None:
    talk = await _walk_of("프레스", "누유", "next")
    talk.turns = (
        *talk.turns,
        Turn(Author.BUILTIN, "?", 3, memo={**talk.memo, "playbook.candidates": "press-motor-current"}),
    )
    await talk.say("맞아요")
    assert talk.part == "press-motor-current"


async def test_a_symptom_that_goes_on_is_no_new_question() -> None:
    talk = await _walk_of("프레스", "상부 진동 이상", "next")
    assert talk.part == "press-vibration-upper"
    for number, text in enumerate(["아직도 진동이 있어요", "it's still vibrating"], 2):
        assert f"Step {number} of" in (await talk.say(text)).text


@pytest.mark.parametrize(
    ("mode_type", "text"),
    [
        ("프레스", "진동이 없어졌어요"),
        ("프레스", "didn't work"),
        ("프레스", "won't start"),
        ("프레스", "금형이 안 열려요"),
        ("프레스", "someone dropped it"),
        ("도장설비", "i feel it"),
    ],
)
async def test_ordinary_words_are_taken_for_no_symptom(mode_type: str, text: str) -> None:
    talk = Talk(mode_type, "?")
    await talk.say()
    await talk.say(text)
    assert not {"press-crack", "press-burr", "painting-orange-peel"} & {talk.part, *talk.candidates}


@pytest.mark.parametrize(
    ("mode_type", "text", "not_this"),
    [
        ("도장설비", "노즐은 안 막혔어요", "painting-nozzle"),
        ("도장설비", "노즐이 막힌 것 같지는 않아요", "painting-nozzle"),
        ("프레스", "기름이 새는 것 같지는 않아요", "press-oil-leak"),
        ("프레스", "기름은 안 샜어요", "press-oil-leak"),
        ("프레스", "it can't be the motor current", "press-motor-current"),
    ],
)
async def test_denials_in_the_past_tense_count_too(mode_type: str, text: str, not_this: str) -> None:
    talk = Talk(mode_type, "?")
    await talk.say()
    await talk.say(text)
    assert not_this not in {talk.part, *talk.candidates}
