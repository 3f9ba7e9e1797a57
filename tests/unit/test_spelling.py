"""Questions as they are written on the floor: the patterns see the standard language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.inquiry import Asks, Hazard, inquiry
from core.chat.playbook.intents import Intent, intent
from core.chat.playbook.library import library
from core.chat.playbook.spelling import standard


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("와이리 많이 생기노", "왜 이렇게 많이 생기나요"),
        ("토크설정 쪼매 올리삐까", "토크설정 조금 올리까"),
        ("뚜껑만 살짝 열어보께", "뚜껑만 살짝 열어볼게"),
        ("누전이믄 브레카 올려도 돼?", "누전이면 차단기 올려도 돼?"),
        ("이거 어케 끝내여", "이거 어떻게 끝내요"),
        ("둘중에 뭐가 먼저인지 우예 압니꺼", "둘중에 뭐가 먼저인지 어떻게 압니까"),
        ("안되네 그대론디", "안되네 그대로인데"),
    ],
)
def test_dialect_and_sounds(typed: str, meant: str) -> None:
    assert standard(typed) == meant


@pytest.mark.parametrize(
    ("typed", "asks", "hazard"),
    [
        ("한번만 더 돌려보고 판단하믄 안댈까", Asks.MAY, Hazard.RUN_ON),
        ("로보트 옆에 서서 보고있어도 되나", Asks.MAY, Hazard.REACH_IN),
        ("누전이믄 브레카 올려도 돼?", Asks.MAY, Hazard.RESET),
        ("핀휜거 뻰찌로 펴서 쓸라는데", Asks.MAY, None),
        ("와이리 많이 생기노 이거", Asks.WHY, None),
    ],
)
def test_what_is_asked_in_dialect(typed: str, asks: Asks, hazard: Hazard | None) -> None:
    found = inquiry(standard(typed))
    assert found is not None
    assert (found.asks, found.hazard) == (asks, hazard)


@pytest.mark.parametrize(("typed", "meant"), [("담꺼", Intent.NEXT), ("안되네 그대론디", Intent.STILL)])
def test_commands_in_dialect(typed: str, meant: Intent) -> None:
    assert intent(standard(typed)) is meant


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    assert isinstance(standard(text), str)


@pytest.mark.parametrize(
    "text",
    ["다음", "그대로예요", "오일 어디에 넣어요?", "누구한테 연락해요?", "why?", "이유", "지금 60도데요", "온도데요"],
)
def test_the_standard_language_stays_as_it_is(text: str) -> None:
    assert standard(text) == text


def test_the_playbooks_are_in_the_standard_language() -> None:
    """What is compared with what people typed is not changed by what changes that."""
    faults = [fault for book in library().playbooks for fault in book.faults]
    told = [text for fault in faults for text in (*fault.symptoms.ko, fault.title.ko, *(c.ko for c in fault.causes))]
    assert [text for text in told if standard(text) != text] == []
