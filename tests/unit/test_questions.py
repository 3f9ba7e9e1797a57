"""Questions within an issue are answered from the playbook, in their language, and never with a number of its own."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.inquiry import inquiry
from core.chat.playbook.library import Bilingual, library
from core.chat.playbook.program_help import topic_of
from core.chat.playbook.wording import wording
from core.domain.messages import Alert
from tests.unit.asking import Scored, Worker, questions, scored
from tui.input.keys import ACTIONS
from tui.input.slash import WORDS

ENOUGH = 0.95


async def _score(name: str) -> tuple[float, list[Scored]]:
    told = [await scored(question) for question in questions(name)]
    return sum(not one.wrong for one in told) / len(told), [one for one in told if one.wrong]


@pytest.mark.parametrize(
    ("name", "enough"),
    [
        ("questions.toml", ENOUGH),
        ("questions_more.toml", ENOUGH),
        # Written by people who had seen no answer; 50 of 70 and 51 of 60 were answered then.
        ("questions_third.toml", 0.88),
        ("questions_fourth.toml", 0.88),
    ],
)
async def test_nearly_all_questions_are_answered(name: str, enough: float, capsys: pytest.CaptureFixture[str]) -> None:
    share, wrong = await _score(name)
    with capsys.disabled():
        print(f"\n{name}: {share:.1%} answered")
    assert share >= enough, "\n".join(map(str, wrong))


@pytest.mark.parametrize("case", [q for q in questions("questions.toml") if q["kind"] in ("bypass", "reach-in")])
async def test_what_must_not_be_is_refused_before_any_safety_check(case: dict[str, str]) -> None:
    """A no behind the safety gate would be read too late."""
    worker = Worker(case["mode_type"], case["description"], case["lang"])
    await worker.say()
    answer = await worker.say(case["text"])
    assert answer.text.startswith(("안 됩니다.", "No."))
    assert not answer.holds_steps


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("where do I add oil?", "ko", "That is step 1 of 4"),
        ("유압유를 어디에 넣나요?", "en", "그건 1/4단계예요"),
        ("thanks mate", "ko", "You are welcome"),
        ("ekdma", "ko", "1/4단계"),
        ("next", "ko", "Step 1 of 4"),
    ],
)
async def test_the_answer_is_in_the_language_of_the_question(text: str, language: str, said: str) -> None:
    worker = Worker("프레스", "100톤 프레스 유압 이상", language)
    await worker.say()
    assert said in (await worker.say(text)).text


async def test_digits_go_on_in_the_language_that_was_spoken() -> None:
    worker = Worker("프레스", "100톤 프레스 유압 이상", "ko")
    await worker.say()
    await worker.say("where do I add oil?")
    answer = await worker.say("1")
    assert "Step 1 of 4" in answer.text
    assert answer.precautions[0].startswith("Stop the press")
    worker.language = "en"  # the screen was switched
    worker.language = "ko"
    await worker.say("다음")
    assert "2/4단계" in (await worker.say("4")).text


@pytest.mark.parametrize("text", ["콜라 자판기 고장났어요", "is there a party tonight"])
async def test_what_is_not_known_is_said_in_two_lines(text: str) -> None:
    worker = Worker("프레스", "100톤 프레스 유압 이상", "ko")
    await worker.say()
    assert len((await worker.say(text)).text.splitlines()) == 2


async def test_the_list_of_faults_is_said_once() -> None:
    worker = Worker("프레스", "?", "ko")
    opening = await worker.say()
    assert sum(line[:1].isdigit() for line in opening.text.splitlines()) > 3
    again = await worker.say("몰라요 그냥 이상해요")
    assert not any(line[:1].isdigit() for line in again.text.splitlines())


def test_the_keys_that_are_named_are_the_screens_own() -> None:
    keys = {action.shown_key for action in ACTIONS}
    slashes = {word for words in WORDS.values() for word in words}
    for topic in wording("program")["topic"]:
        for said in topic["reply"].values():
            assert set(re.findall(r"\bF\d+\b|Ctrl\+[A-Z]", said)) <= keys, said
            assert set(re.findall(r"/[가-힣a-z]+", said)) <= slashes, said


@pytest.mark.parametrize("name", ["lockout", "resolve", "shelve", "line_leader"])
def test_topics_answer_in_both_languages(name: str) -> None:
    topic = next(one for one in wording("program")["topic"] if one["name"] == name)
    assert set(topic["reply"]) == {"ko", "en"}


def test_the_order_to_do_something_is_no_question_about_this_program() -> None:
    assert topic_of("필터를 교체했어요") is None
    assert inquiry("필터를 교체했어요") is None


# --- no number of its own


def _texts(book: object) -> list[str]:
    """Every text of a playbook."""
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, Bilingual):
            found.extend((value.ko, value.en))
        elif isinstance(value, tuple):
            for one in value:
                walk(one)
        elif hasattr(value, "__dict__"):
            for one in vars(value).values():
                walk(one)

    walk(book)
    return found


_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_HELD = {number for book in library().playbooks for text in _texts(book) for number in _NUMBER.findall(text)}
_HELD |= {number for text in _texts(library().common) for number in _NUMBER.findall(text)}
_OF_THE_FRAME = re.compile(
    r"\d+/\d+(?:단계|번 항목)|\d+단계|약 \d+분|\d+번|(?:[Ss]tep|[Ii]tem) \d+ of \d+|[Ss]tep \d+|about \d+ min"
    r"|All \d+ steps|\d+ steps|\d+ items|\d+개 항목|의심 원인 \d+/\d+|cause \d+ of \d+|\bF\d+|^\d+\. |no \d+ to choose"
    r"|There is no \d+|여기에는 \d+번|\d+가지",
    re.MULTILINE,
)
"""Numbers of steps, minutes of the playbook's steps and their sums, keys, digits to choose."""

_ASKED = st.lists(
    st.sampled_from(
        [
            *(
                "몇 도로",
                "압력",
                "얼마나",
                "토크는",
                "몇 분",
                "점도",
                "온도",
                "전류",
                "기다려요?",
                "맞춰요?",
                "높아요?",
            ),
            *("how much", "what pressure", "torque", "how long", "what temperature", "is 70% ok?", "speed", "wait?"),
            *("필터", "펌프", "볼트", "노즐", "가스", "벨트", "센서", "filter", "pump", "bolts", "nozzle", "12345"),
            *("괜찮아요?", "누구한테", "왜", "어디", "who", "why", "where", "250", "몇 번", "다음", "1", "2", "99"),
        ]
    ),
    min_size=1,
    max_size=5,
).map(" ".join)
_FAULTS = [(book.mode_types[0], fault.title) for book in library().playbooks for fault in book.faults]


@given(fault=st.sampled_from(_FAULTS), language=st.sampled_from(["ko", "en"]), asked=st.lists(_ASKED, max_size=3))
async def test_no_answer_holds_a_number_that_no_playbook_holds(
    fault: tuple[str, Bilingual], language: str, asked: Sequence[str]
) -> None:
    mode_type, title = fault
    worker = Worker(mode_type, title.said(language), language)
    for text in ("", *asked):
        answer = await worker.say(text)
        if answer.alert is Alert.EMERGENCY:
            continue
        left = _OF_THE_FRAME.sub(" ", answer.text)
        assert set(_NUMBER.findall(left)) <= _HELD, answer.text
