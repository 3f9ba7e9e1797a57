"""What an answer offers is taken by its digit, or by Enter alone: on the real screens, store and assistant."""

from pathlib import Path
from typing import Any

from core.chat.playbook.guide_phrases import NO_SUCH_NUMBER
from core.chat.playbook.phrases import Speech
from core.domain.messages import Alert, Author, Message
from core.domain.offers import TOOK, OfferKind
from core.domain.safety_checks import SECURING, checked
from tests.tui.stage import Stage, event, set_stage
from tests.tui.test_floor import type_text
from tui.screens.lockout import SecureScreen
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.offer_line import OfferLine

PRESS = "PRESS_001_20250808_001"
HYDRAULIC: dict[str, Any] = {"description": "100톤 프레스 유압 이상"}


def messages(stage: Stage, issue: str = PRESS) -> tuple[Message, ...]:
    return stage.station.chat.messages(issue)


def offered(stage: Stage) -> str:
    """What stands above the composer; empty where that line is away."""
    line = stage.app.floor.query_one(OfferLine)
    return str(line.render()) if line.display else ""


def composer(stage: Stage) -> Composer:
    return stage.app.floor.query_one(Composer)


def told(stage: Stage) -> str:
    """All that the transcript tells."""
    stage.show()
    pane = stage.app.floor.pane
    assert pane is not None
    return "\n".join(f"{entry.text} {entry.status}" for entry in pane.entries)


async def answered(stage: Stage, count: int, issue: str = PRESS) -> None:
    """So many messages stand, the last an answer, and the pane shows it."""
    await stage.until(lambda: stage.said(issue) == count and messages(stage, issue)[-1].author is Author.BUILTIN)

    def is_shown() -> bool:
        pane = stage.app.floor.pane
        return pane is not None and any(entry.id == messages(stage, issue)[-1].id for entry in pane.entries)

    await stage.until(is_shown)


async def secure(stage: Stage, issue: str = PRESS) -> None:
    await stage.host.call(stage.station.chat.secure(issue, checked(SECURING, set(SECURING))))


async def opened(stage: Stage) -> None:
    """The conversation is open and checked: three messages stand, the opening, and the check."""
    await answered(stage, 1)
    await secure(stage)
    stage.show()


async def test_a_whole_walk_by_digits_and_enter_alone(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await answered(stage, 1)
        assert offered(stage) == "1 1단계  2 이 장애가 아니에요"
        await pilot.press("ctrl+l", "1", "2", "3", "4", "enter")
        await stage.until(lambda: stage.said(PRESS) == 2)
        await pilot.press("enter", "enter")  # the list's Enter goes to the composer, the next one on
        await answered(stage, 4)
        assert offered(stage) == "1 다음  2 그대로예요  3 정상이에요  4 다시"
        await pilot.press("1", "enter")
        await answered(stage, 6)
        await pilot.press("2", "enter")
        await answered(stage, 8)
        await pilot.press("enter")
        await answered(stage, 10)
        await pilot.press("3", "enter")
        await answered(stage, 12)
        asked = [m for m in messages(stage) if m.author is Author.OPERATOR]
        assert [m.text for m in asked] == ["다음", "1", "2", "다음", "3"]
        assert [m.memo.get(TOOK, "") for m in asked] == ["", "다음", "그대로예요", "", "정상이에요"]
        assert "1 다음" in told(stage)
        assert "3 정상이에요" in told(stage)
        assert [offer.kind for offer in messages(stage)[-1].offers] == [OfferKind.STILL]


async def test_enter_before_the_check_opens_the_check_and_passes_no_step_over(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await answered(stage, 1)
        await pilot.press("enter", "enter")
        await answered(stage, 3)
        await stage.until(lambda: "안전 확인" in str(composer(stage).placeholder))
        await pilot.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, SecureScreen))
        assert stage.said(PRESS) == 3


async def test_a_digit_takes_what_stands_now_and_not_what_stood_before(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        await type_text(pilot, "됐어요")
        await pilot.press("enter")
        await answered(stage, 4)
        assert offered(stage) == "1 그대로예요"
        await pilot.press("2", "enter")  # it stood under the opening: "not this fault"
        await answered(stage, 6)
        assert TOOK not in messages(stage)[-2].memo
        assert messages(stage)[-1].text == Speech("ko").say(NO_SUCH_NUMBER, number=2)


async def test_a_digit_is_text_until_enter(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        await type_text(pilot, "3")
        assert stage.said(PRESS) == 2
        await type_text(pilot, "호기")
        assert composer(stage).text == "3호기"
        await pilot.press("enter")
        await answered(stage, 4)
        assert messages(stage)[-2].text == "3호기"
        assert TOOK not in messages(stage)[-2].memo


async def test_what_a_digit_would_take_is_marked_while_it_stands_alone(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)

        def marked() -> list[str]:
            content = stage.app.floor.query_one(OfferLine).visual
            spans = [s for s in content.spans if "reverse" in str(s.style)]  # type: ignore[attr-defined]
            return [content.plain[s.start : s.end] for s in spans]  # type: ignore[attr-defined]

        assert marked() == []
        await type_text(pilot, "2")
        await stage.until(lambda: marked() == ["2 이 장애가 아니에요"])
        await type_text(pilot, "호기")
        await stage.until(lambda: marked() == [])
        await pilot.press("backspace", "backspace")
        await stage.until(lambda: marked() == ["2 이 장애가 아니에요"])
        await pilot.press("enter")
        await answered(stage, 4)
        assert marked() == []


async def test_enter_alone_sends_nothing_where_nothing_goes_on(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        await type_text(pilot, "됐어요")
        await pilot.press("enter")
        await answered(stage, 4)
        before = messages(stage)
        await pilot.press("enter", "enter", *"가")
        await stage.until(lambda: composer(stage).text == "가")
        assert messages(stage) == before


async def test_a_second_enter_waits_for_the_answer_to_the_first(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        composer(stage).focus()
        await pilot.pause()
        for _press in range(3):  # in one go, as a worn key bounces
            composer(stage).action_send()
        await answered(stage, 4)
        await type_text(pilot, "가")
        assert [m.text for m in messages(stage) if m.author is Author.OPERATOR] == ["다음"]


async def test_an_enter_that_bounces_behind_a_digit_goes_no_step_further(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        await type_text(pilot, "1")
        for _press in range(3):
            composer(stage).action_send()
        await answered(stage, 4)
        await type_text(pilot, "가")
        assert [m.text for m in messages(stage) if m.author is Author.OPERATOR] == ["1"]


async def test_enter_goes_on_behind_a_command_that_nobody_answers(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        await type_text(pilot, "/확인")
        await pilot.press("enter")
        await stage.until(lambda: PRESS in stage.station.handling and not stage.app.floor._gone_on_from)
        await pilot.press("enter")
        await answered(stage, 4)
        assert messages(stage)[-2].text == "다음"


async def test_offers_of_an_issue_that_is_not_looked_at_are_never_taken(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC), event("OTHER", minutes_ago=9, modeType="모르는 기계", description="?"))
    async with stage.running() as pilot:
        stage.app.floor.go_to(PRESS)
        await answered(stage, 1)
        stage.app.floor.go_to("OTHER")
        await answered(stage, 1, "OTHER")
        assert offered(stage) == ""
        composer(stage).focus()
        await pilot.press("enter", "2", "enter")
        await answered(stage, 3, "OTHER")
        assert TOOK not in messages(stage, "OTHER")[-2].memo
        assert stage.said(PRESS) == 1


async def test_offers_hold_after_a_restart(tmp_path: Path) -> None:
    with set_stage(tmp_path / "data") as stage:
        stage.take(event(PRESS, **HYDRAULIC))
        async with stage.running() as pilot:
            await opened(stage)
            await pilot.press("enter", "enter")
            await answered(stage, 4)
    with set_stage(tmp_path / "data") as stage:
        async with stage.running() as pilot:
            await stage.until(lambda: offered(stage) == "1 다음  2 그대로예요  3 정상이에요  4 다시")
            await pilot.press("3", "enter")
            await answered(stage, 6)
            assert messages(stage)[-2].memo[TOOK] == "정상이에요"


async def test_while_it_is_asked_whether_somebody_is_hurt_1_is_the_emergency_answer(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        await type_text(pilot, "끼었어요")
        await pilot.press("enter")
        await stage.until(lambda: any(m.alert is Alert.ASK and m.is_chatbots for m in messages(stage)))
        await stage.until(lambda: messages(stage)[-1].alert is Alert.NONE)
        assert not offered(stage).startswith("1")
        count = stage.said(PRESS)
        await pilot.press("enter")
        await type_text(pilot, "1")
        await stage.until(lambda: offered(stage).startswith("1 응급"))
        assert stage.said(PRESS) == count, "a mere key passes the question over"
        await pilot.press("enter")
        await stage.until(lambda: messages(stage)[-1].alert is Alert.EMERGENCY)


async def test_a_similar_issue_is_opened_by_its_digit(stage: Stage) -> None:
    stage.take(
        event("OLD", minutes_ago=90, **HYDRAULIC),
        event("OLD", minutes_ago=80, isSolved=True, **HYDRAULIC),
        event(PRESS, **HYDRAULIC),
    )
    async with stage.running() as pilot:
        await opened(stage)
        await type_text(pilot, "/유사")
        await pilot.press("enter")
        await answered(stage, 3)
        assert offered(stage) == "1 OLD · 100톤 프레스 유압 이상  2 1단계"
        await pilot.press("1", "enter")
        await stage.until(lambda: stage.app.floor.selected == "OLD")
        assert stage.said(PRESS) == 3, "it is opened, not said"
        stage.app.floor.go_to(PRESS)
        assert composer(stage).text == ""


async def test_offers_wrap_between_each_other_at_narrow_widths(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running((80, 24)) as pilot:
        await opened(stage)
        await pilot.press("enter", "enter")
        await answered(stage, 4)
        await stage.settled(pilot)
        line = stage.app.floor.query_one(OfferLine)
        assert line.region.width <= 50
        assert offered(stage).replace("\n", "  ") == "1 다음  2 그대로예요  3 정상이에요  4 다시"
        assert line.region.height == offered(stage).count("\n") + 1
        assert line.region.bottom <= composer(stage).region.y


async def test_a_digit_from_the_list_goes_to_the_composer_and_takes(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        stage.app.floor.query_one(IssueList).focus()
        await pilot.pause()
        await pilot.press("1", "enter")
        await answered(stage, 4)
        assert messages(stage)[-2].memo[TOOK] == "1단계"
