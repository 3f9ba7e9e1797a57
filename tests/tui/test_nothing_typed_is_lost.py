"""Solves from elsewhere, dialogs, commands that fail: what was typed stays somewhere, and goes where it was meant."""

from collections.abc import Coroutine

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import OptionList

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.errors import StoreError
from core.domain.events import REOPENED, Record
from core.domain.outbox import OutboxEntry, OutboxState
from core.kafka.cluster import TopicInfo
from core.station.commands import MESSAGE_DRAFT, RESOLVE_DRAFT
from tests.tui.stage import Stage, event
from tests.tui.test_floor import PRESS, select, shown, type_text
from tui.screens.emergency import EmergencyScreen
from tui.screens.find import FindScreen
from tui.screens.floor import FloorScreen
from tui.screens.outbox import OutboxScreen
from tui.screens.resolve import ResolveScreen
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText

PAINT = "PAINT_014_20250808_002"


def _noted(into: list[str], entry: str) -> tuple[()]:
    """Stands in for laying an entry out: nothing is to be seen of it."""
    into.append(entry)
    return ()


def composer(stage: Stage) -> Composer:
    return stage.app.floor.query_one(Composer)


async def park(stage: Stage, issue: str, note: str = "메모") -> None:
    async def parked() -> None:
        entry = await stage.station.commands.resolve(issue, note)
        stage.station.dispatch.parked(entry, ClusterProblem(ClusterProblemKind.NO_WRITE, "t"))

    await stage.app.host.call(parked())


async def test_a_solve_from_elsewhere_takes_no_key_from_whoever_is_writing(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        await type_text(pilot, "pump")
        await stage.tell(event(PRESS, minutes_ago=0, isSolved=True))
        await type_text(pilot, "noise")
        assert stage.app.focused is composer(stage)
        assert composer(stage).text == "pumpnoise"
        await pilot.press("enter")
        await stage.until(lambda: any(m.text == "pumpnoise" for m in stage.station.chat.conversations.messages(PRESS)))
        await pilot.press("escape")
        await stage.until(lambda: not composer(stage).display)


async def test_a_solve_while_the_terminal_is_in_the_background_leaves_the_composer(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        stage.app.post_message(events.AppBlur())
        await stage.until(lambda: stage.app.focused is None)
        await stage.tell(event(PRESS, minutes_ago=0, isSolved=True))
        assert composer(stage).display
        stage.app.post_message(events.AppFocus())
        await stage.until(lambda: stage.app.focused is composer(stage))
        stage.show()
        await type_text(pilot, "back")
        assert (composer(stage).text, composer(stage).display) == ("back", True)


async def test_a_solve_in_the_moment_in_which_the_composer_is_focused_leaves_it(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        stage.take(event(PRESS, minutes_ago=0, isSolved=True))
        stage.app.floor.action_write()
        stage.show()  # before the composer was told that it is focused
        await type_text(pilot, "late")
        assert stage.app.focused is composer(stage)
        assert composer(stage).text == "late"


async def test_an_unsent_text_keeps_the_composer_of_a_closed_issue_in_sight(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        await type_text(pilot, "pump")
        stage.app.floor.query_one(IssueList).focus()
        await stage.until(lambda: isinstance(stage.app.focused, IssueList))
        await stage.tell(event(PRESS, minutes_ago=0, isSolved=True))
        assert composer(stage).display
        assert isinstance(stage.app.focused, IssueList), "the focus stays where it was put"
        await pilot.press("escape")
        assert not composer(stage).display
        await stage.until(lambda: stage.station.state.drafts.get((PRESS, MESSAGE_DRAFT)) == "pump")


async def test_resolve_with_a_note_then_later_keeps_it_under_what_was_begun(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f4")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        await type_text(pilot, "filter")
        await pilot.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        await pilot.press("enter")
        await type_text(pilot, "/resolve hose")
        await pilot.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        await stage.until(lambda: stage.app.screen.query_one(NoteComposer).text == "filter\nhose")
        await pilot.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        assert stage.station.state.drafts[(PRESS, RESOLVE_DRAFT)] == "filter\nhose"


async def test_a_note_is_kept_even_where_an_earlier_one_has_the_same_words_in_it(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running():
        await stage.app.host.call(stage.station.commands.save_draft(PRESS, RESOLVE_DRAFT, "filter not changed"))
        await stage.app.floor.deliver(Composer.Sent(PRESS, "/resolve filter"))
        await stage.until(lambda: bool(stage.app.screen.query(NoteComposer)))
        assert stage.station.state.drafts[(PRESS, RESOLVE_DRAFT)] == "filter not changed\nfilter"


async def test_a_note_that_no_dialog_takes_stays_in_the_composer_alone(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running():
        await stage.tell(event(PRESS, minutes_ago=0, isSolved=True))
        await stage.app.floor.deliver(Composer.Sent(PRESS, "/resolve hose"))
        assert composer(stage).text == "/resolve hose"
        assert (PRESS, RESOLVE_DRAFT) not in stage.station.state.drafts


async def test_a_resolve_command_opens_no_second_dialog_over_the_first(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f4")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        await type_text(pilot, "filter")
        await stage.app.floor.deliver(Composer.Sent(PRESS, "/resolve hose"))
        assert len(stage.app.screen_stack) == 3
        assert stage.app.screen.query_one(NoteComposer).text == "filter"
        assert composer(stage).text == "/resolve hose"


async def test_a_command_acts_on_the_issue_it_was_typed_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    async with stage.running() as pilot:
        await select(stage, pilot, PRESS)
        stage.app.floor.go_to(PAINT)
        floor = stage.app.floor
        await floor.deliver(Composer.Sent(PRESS, "/ack"))
        assert set(stage.station.handling) == {PRESS}
        monkeypatch.setattr(stage.station.chat, "say", _refuses)
        await floor.deliver(Composer.Sent(PRESS, "어디로 가나"))
        assert composer(stage).text == "", "the other issue's composer is left alone"
        floor.go_to(PRESS)
        assert composer(stage).text == "어디로 가나"
        floor.go_to(PAINT)
        await floor.deliver(Composer.Sent(PRESS, "그리고"))
        floor.go_to(PRESS)
        assert composer(stage).text == "그리고\n어디로 가나", "it stands before what was there"


async def _refuses(*_: object, **_more: object) -> None:
    raise StoreError("disk full")


async def test_ctrl_r_sends_the_selected_issues_record_and_no_other(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    async with stage.running() as pilot:
        await park(stage, PRESS)
        await park(stage, PAINT)
        await select(stage, pilot, PAINT)
        await pilot.press("ctrl+ㄱ")
        await stage.until(lambda: stage.station.outbox[1].state is OutboxState.WAITING)
        assert stage.station.outbox[0].state is OutboxState.PARKED


async def test_a_store_that_cannot_be_read_is_words_and_no_crash(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await stage.until(lambda: stage.said(PRESS) == 1)
        monkeypatch.setattr(stage.station.commands, "quarantined", _refuses)
        await stage.app.floor.action_quarantine()
        await stage.until(lambda: "disk full" in shown(stage, "#pane-notice"))
        stage.app.floor.say("")
        monkeypatch.setattr(stage.station.chat.conversations, "messages", _unreadable)
        stage.show()
        assert "disk full" in shown(stage, "#pane-notice")
        stage.app.floor.say("")
        stage.app.floor.action_retry()
        await stage.until(lambda: "disk full" in shown(stage, "#pane-notice"))
        await pilot.press("f3")
        assert stage.app.is_running


def _unreadable(_issue: str) -> None:
    raise StoreError("disk full")


async def test_the_outbox_lists_sends_again_and_gives_up_only_when_asked_twice(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    async with stage.running() as pilot:
        await park(stage, PRESS, "첫째")
        await park(stage, PAINT, "둘째")
        await outbox_from_menu(stage, pilot)
        await pilot.press("x")
        await pilot.pause()
        assert len(stage.station.outbox) == 2, "once is a question"
        await pilot.press("ㅌ")
        await stage.until(lambda: [e.record.issue for e in stage.station.outbox] == [PAINT])
        await stage.until(lambda: stage.app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("ㄱ")
        await stage.until(lambda: stage.station.outbox[0].state is OutboxState.WAITING)
        await pilot.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))


async def test_the_question_before_giving_up_is_asked_anew_after_anything_else(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    async with stage.running() as pilot:
        await park(stage, PRESS)
        await park(stage, PAINT)
        await outbox_from_menu(stage, pilot)
        await pilot.press("x", "down", "up", "x")
        assert len(stage.station.outbox) == 2, "another row was looked at meanwhile: the question is gone"
        assert PRESS in shown_in_outbox(stage, "#outbox-notice")
        await pilot.press("delete")
        await stage.until(lambda: [e.record.issue for e in stage.station.outbox] == [PAINT])


async def test_the_outbox_stays_on_its_record_when_one_above_is_gone(stage: Stage) -> None:
    issues = [PRESS, PAINT, "WELD_1"]
    stage.take(*(event(issue, minutes_ago=9 - n) for n, issue in enumerate(issues)))
    async with stage.running() as pilot:
        for issue in issues:
            await park(stage, issue)
        await outbox_from_menu(stage, pilot)
        await pilot.press("down")
        await stage.app.host.call(stage.station.commands.give_up(stage.station.outbox[0].record.event_id))
        options = stage.app.screen.query_one(OptionList)
        await stage.until(lambda: options.option_count == 2)
        await pilot.press("r")
        await stage.until(lambda: stage.station.outbox[0].state is OutboxState.WAITING)
        assert [e.record.issue for e in stage.station.outbox] == [PAINT, "WELD_1"]
        assert stage.station.outbox[1].state is OutboxState.PARKED


async def test_the_outbox_tells_what_why_and_where_to(english_stage: Stage) -> None:
    stage = english_stage

    async def move() -> None:
        stage.station.intake.saved_offsets(TopicInfo("another", "t", (0,)))

    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await park(stage, PRESS, "filter replaced")
        stage.show()
        assert "to send 1" in shown(stage, "#status")
        await outbox_from_menu(stage, pilot)
        line = outbox_line(stage)
        assert all(words in line for words in (PRESS, "resolve", "parked", "filter replaced"))
        assert stage.station.outbox[0].problem.words in line  # type: ignore[union-attr]
        assert "for another cluster or topic" not in line
        await stage.app.host.call(move())
        await stage.until(lambda: "for another cluster or topic" in outbox_line(stage))
        await pilot.press("r")
        await stage.until(lambda: "for another cluster or topic" in shown_in_outbox(stage, "#outbox-notice"))
        assert stage.station.outbox[0].state is OutboxState.PARKED
        await pilot.press("x", "x")
        await stage.until(lambda: not stage.station.outbox)


async def test_what_waits_for_another_cluster_is_not_counted_as_waiting_here(stage: Stage) -> None:
    async def move() -> None:
        stage.station.intake.saved_offsets(TopicInfo("another", "t", (0,)))

    stage.take(event(PRESS))
    async with stage.running():
        await park(stage, PRESS)
        stage.show()
        assert "보낼 것 1" in shown(stage, "#status")
        await stage.app.host.call(move())
        stage.show()
        assert "보낼 것" not in shown(stage, "#status"), "a count of nothing is not said"


async def test_an_older_record_of_an_issue_is_not_sent_in_place_of_the_newer_one(english_stage: Stage) -> None:
    stage = english_stage
    stage.take(event(PRESS, minutes_ago=9))
    async with stage.running() as pilot:
        await park(stage, PRESS)
        await stage.tell(event(PRESS, minutes_ago=5, isSolved=True))
        await stage.app.host.call(stage.station.commands.reopen(PRESS))
        older, newer = stage.station.outbox
        await stage.app.host.call(_park(stage, newer))
        await outbox_from_menu(stage, pilot)
        await pilot.press("r")
        await stage.until(lambda: "newer record" in shown_in_outbox(stage, "#outbox-notice"))
        assert {e.record.event_id for e in stage.station.outbox if e.state is OutboxState.PARKED} == {
            older.record.event_id,
            newer.record.event_id,
        }


async def _park(stage: Stage, entry: OutboxEntry) -> None:
    stage.station.dispatch.parked(entry, ClusterProblem(ClusterProblemKind.NO_WRITE, "t"))


async def test_the_question_is_in_sight_however_much_is_in_the_outbox(stage: Stage) -> None:
    issues = [f"I{n:02}" for n in range(20)]
    stage.take(*(event(issue, minutes_ago=30 - n) for n, issue in enumerate(issues)))
    async with stage.running((80, 24)) as pilot:
        for issue in issues:
            await park(stage, issue)
        await outbox_from_menu(stage, pilot)
        await pilot.press("end", "x")
        notice = stage.app.screen.query_one("#outbox-notice")
        await stage.until(lambda: notice.region.height > 0)
        await pilot.pause()
        sheet = stage.app.screen.query_one(".sheet")
        assert sheet.region.contains_region(notice.region)
        assert sheet.region.contains_region(stage.app.screen.query_one(".sheet-foot").region)


def shown_in_outbox(stage: Stage, selector: str) -> str:
    return str(stage.app.screen.query_one(selector, SafeText).render())


def outbox_line(stage: Stage) -> str:
    """The first row of the outbox."""
    options = stage.app.screen.query_one(OptionList)
    return str(options.get_option_at_index(0).prompt) if options.option_count else ""


async def outbox_from_menu(stage: Stage, pilot: "Pilot[None]") -> None:
    await pilot.press("f10")
    await stage.until(lambda: bool(stage.app.screen.query(OptionList)))
    options = stage.app.screen.query_one(OptionList)
    options.highlighted = options.get_option_index("outbox")
    await pilot.press("enter")
    await stage.until(lambda: isinstance(stage.app.screen, OutboxScreen))
    waiting = len(stage.station.outbox)
    await stage.until(lambda: stage.app.screen.query_one(OptionList).option_count == waiting)


async def test_escape_on_a_resolved_pane_never_says_that_none_is_open(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    async with stage.running() as pilot:
        await select(stage, pilot, PRESS)
        await stage.tell(event(PRESS, minutes_ago=0, isSolved=True))
        stage.app.floor.action_cancel()  # the next tick looks at another issue: what stands there until then?
        assert stage.app.floor.pane is None
        assert "진행 중인 이슈 없음" not in shown(stage, "#pane-head")
        assert [row.id for row in stage.app.floor.rows] == [PAINT]


async def test_thousands_of_rows_are_repainted_only_where_they_are_seen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.take(*(event(f"I{n:04}", minutes_ago=n) for n in range(3000)))
    async with stage.running():
        floor, issues = stage.app.floor, stage.app.floor.query_one(IssueList)
        painted: list[int] = []
        monkeypatch.setattr(issues, "_refresh_changed", lambda index, _old, _new: painted.append(index))
        stage.clock.ms += 60_000
        floor.refresh_state()
        assert painted
        assert max(painted) <= issues.size.height


async def test_rows_that_changed_out_of_sight_are_right_once_they_are_in_sight(stage: Stage) -> None:
    stage.take(*(event(f"I{n:04}", minutes_ago=400 - n) for n in range(300)))
    async with stage.running() as pilot:
        issues = stage.app.floor.query_one(IssueList)
        issues.scroll_end(animate=False)
        await stage.settled(pilot)
        assert "I0299" in drawn(issues)
        await stage.tell(event("I0299", minutes_ago=0.5, description="in sight"))
        assert "in sight" in drawn(issues), "what is in sight is repainted wherever the list is scrolled to"
        await stage.tell(event("I0001", minutes_ago=0.5, description="changed"))
        issues.scroll_home(animate=False)
        await stage.settled(pilot)
        assert "changed" in drawn(issues)
        await stage.tell(*(event(f"I{n:04}", minutes_ago=0, isSolved=True) for n in range(298)))
        await stage.settled(pilot)
        assert "I0299" in drawn(issues)
        assert "I0001" not in drawn(issues)


def drawn(issues: IssueList) -> str:
    """What stands on the screen, painted earlier or just now."""
    lines = issues.render_lines(issues.size.region)
    return "\n".join(strip.text for strip in lines)


async def test_a_chattering_issue_leaves_its_transcript_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(event(PRESS, minutes_ago=60))
    async with stage.running():
        await stage.until(lambda: stage.said(PRESS) == 1)
        laid: list[str] = []
        monkeypatch.setattr("tui.widgets.entry_scroll.laid_out", lambda entry, look: _noted(laid, entry.id))
        for minute in range(1, 21):
            stage.take(*(event(PRESS, minutes_ago=59 - minute, description=str(n)) for n in range(30)))
            stage.show()
        assert len(laid) < 10, "of 600 repeats none lays the conversation out anew"


async def test_two_reopenings_of_one_moment_are_two_entries_that_stay(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reopening(event_id: str) -> Record:
        return event(PRESS, minutes_ago=5, headers=(("ce_type", REOPENED.encode()), ("ce_id", event_id.encode())))

    stage.take(event(PRESS, minutes_ago=9), event(PRESS, minutes_ago=8, isSolved=True))
    stage.take(reopening("one"), reopening("two"))
    async with stage.running():
        await stage.until(lambda: stage.said(PRESS) == 1)
        stage.show()
        entries = stage.app.floor.pane.entries  # type: ignore[union-attr]
        assert len({entry.id for entry in entries}) == len(entries)
        laid: list[str] = []
        monkeypatch.setattr("tui.widgets.entry_scroll.laid_out", lambda entry, look: _noted(laid, entry.id))
        await stage.tell(event(PRESS, minutes_ago=1))
        stage.show()
        assert len(laid) <= 1, "the others stay as they are"


async def test_drafts_of_another_cluster_are_not_shown_and_wait_for_its_return(stage: Stage) -> None:
    async def move(cluster: str) -> None:
        stage.station.intake.saved_offsets(TopicInfo(cluster, "t", (0,)))

    await stage.app.host.call(move("one"))
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        await type_text(pilot, "here")
        await stage.until(lambda: "here" in stage.station.state.drafts.values())
        await stage.app.host.call(move("another"))
        await stage.tell(event(PRESS))
        assert (stage.app.floor.selected, composer(stage).text) == (PRESS, "")
        await stage.app.host.call(move("one"))
        stage.show()
        assert (stage.app.floor.selected, composer(stage).text) == (PRESS, "here")


async def test_what_is_typed_or_pasted_on_the_list_goes_on_in_the_composer(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9))
    async with stage.running() as pilot:
        stage.app.floor.query_one(IssueList).focus()
        await pilot.pause()
        await type_text(pilot, "x안 1")
        await stage.until(lambda: composer(stage).text == "x안 1")
        stage.app.floor.query_one(IssueList).focus()
        stage.app.post_message(events.Paste("pasted\ntwo"))
        await stage.until(lambda: composer(stage).text == "x안 1pasted\ntwo")
        assert stage.app.focused is composer(stage)


async def test_a_slash_command_begins_on_the_list(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9))
    async with stage.running() as pilot:
        stage.app.floor.query_one(IssueList).focus()
        await pilot.pause()
        await pilot.press("slash", *"119", "enter")
        await stage.until(lambda: isinstance(stage.app.screen, EmergencyScreen))


async def test_what_could_not_be_delivered_before_the_screen_went_is_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal is left while a message waits for the store."""
    stage.take(event(PRESS))
    async with stage.running():
        floor, composer = stage.app.floor, stage.app.floor.query_one(Composer)

        async def goes_meanwhile(*_given: object) -> bool:
            await composer.remove()
            return False

        monkeypatch.setattr(floor.typed, "deliver", goes_meanwhile)
        await floor.deliver(Composer.Sent(PRESS, "누유"))
        await stage.until(lambda: stage.station.state.drafts.get((PRESS, MESSAGE_DRAFT)) == "누유")


@pytest.mark.parametrize("window", ["find", "outbox"])
async def test_an_answer_that_comes_when_its_window_is_taken_down_ends_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, window: str
) -> None:
    """The terminal is left while a search, or a second try, waits for the store."""
    async with stage.running() as pilot:
        if window == "find":
            await pilot.press("f7")
            await stage.until(lambda: isinstance(stage.app.screen, FindScreen))
        else:
            await outbox_from_menu(stage, pilot)
        screen = stage.app.screen
        await pilot.pause()

        async def goes_meanwhile(*_given: object) -> tuple[()]:
            await screen.query("*").remove()
            return ()

        async def done_meanwhile(command: Coroutine[object, object, None]) -> None:
            await command
            await goes_meanwhile()

        if isinstance(screen, FindScreen):
            monkeypatch.setattr(stage.app, "search", goes_meanwhile)
            await screen._show("")
        elif isinstance(screen, OutboxScreen):
            monkeypatch.setattr(stage.app, "call", done_meanwhile)
            await screen._asked(_nothing())
        assert not screen.children


async def _nothing() -> None:
    """A command that does nothing."""


async def test_undo_brings_no_word_of_another_issue_back(stage: Stage) -> None:
    stage.take(event(PRESS), event(PAINT))
    async with stage.running() as pilot:
        box = composer(stage)
        await select(stage, pilot, PRESS)
        await pilot.press("enter")
        await type_text(pilot, "a")
        await pilot.press("backspace")
        await pilot.press("escape")
        await select(stage, pilot, PAINT)
        assert box.owner == PAINT
        await pilot.press("enter", "ctrl+z")
        assert box.text == ""


async def test_a_letter_right_behind_an_arrow_is_for_the_issue_that_it_went_to(stage: Stage) -> None:
    """Also from an issue that takes no words any more, and before the pane shows the other one."""
    stage.take(event(PRESS, minutes_ago=9), event(PAINT))
    async with stage.running() as pilot:
        box, app = composer(stage), stage.app
        await select(stage, pilot, PRESS)
        await stage.until(lambda: (pane := app.floor.pane) is not None and pane.issue == PRESS and pane.is_read)
        await stage.tell(event(PRESS, minutes_ago=0, isSolved=True))
        await stage.until(lambda: not box.display)
        rows = app.floor.rows
        arrow = "down" if (rows.index(PRESS) or 0) < (rows.index(PAINT) or 0) else "up"
        app.floor.query_one(IssueList).focus()
        await pilot.pause()
        for key in (events.Key(arrow, None), events.Key("x", "x")):
            app.post_message(key)
        await stage.until(lambda: box.text == "x")
        assert box.owner == PAINT
