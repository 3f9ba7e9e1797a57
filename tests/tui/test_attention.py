"""Attention: the bell, the title, unread counts, the order of rows. It never moves what a hand is on."""

from collections import Counter
from dataclasses import replace

import pytest
from rich.cells import cell_len

from core.domain.alarms import AlarmState, Concern, Standing
from core.domain.freshness import FeedState
from core.support import i18n
from tests.tui.stage import MONOTONIC, NOW_MS, Stage, event, six_issues
from tests.tui.test_floor import PRESS, select, shown, type_text
from tui.view.bell import Ringer, title_words
from tui.view.entries import NEW
from tui.view.floor import counts_of
from tui.view.row import Row
from tui.view.words import SHAPE_WIDTH, standing_shape, standing_word
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList

PAINT = "PAINT_014_20250808_002"


def row(
    issue: str, state: AlarmState = AlarmState.UNACKNOWLEDGED, opened_ms: int = 1, *, is_overdue: bool = False
) -> Row:
    return Row(issue, issue, Standing(state, is_overdue), "", "", "", "", "", 0, 1, opened_ms)


class Bell(Ringer):
    """A ringer that is told what changed between two lists of rows."""

    def __init__(self, every: float = 0.0) -> None:
        super().__init__(every)
        self._rows: dict[str, Row] = {}

    def hears(self, rows: list[Row], now: float, *, live: bool) -> bool:
        new = {one.id: one for one in rows}
        came = [(one, one.opened_ms) for one in rows if self._rows.get(one.id) != one]
        self.changed(came, self._rows.keys() - new.keys())
        self._rows = new
        return self.rings(now, live=live, unseen=any(one.standing.is_unseen for one in rows))


def test_one_bell_for_each_new_fault_and_each_new_episode() -> None:
    ringer = Bell()
    assert not ringer.hears([row("A")], 0, live=True), "what was there at the start was replayed"
    assert ringer.hears([row("A"), row("B")], 1, live=True)
    assert not ringer.hears([row("A"), row("B")], 2, live=True)
    assert not ringer.hears([row("A"), row("B"), row("C")], 3, live=False)
    assert ringer.hears([row("A"), row("B"), row("C")], 4, live=True), "it rings when contact is back"
    assert ringer.hears([row("A", opened_ms=2)], 5, live=True)
    assert not ringer.hears([row("A", opened_ms=1)], 6, live=True), "an older record came late"
    assert not ringer.hears([row("T", AlarmState.INSPECTION)], 7, live=True)


@pytest.mark.parametrize("state", [AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.CLAIMED])
def test_one_more_bell_once_for_each_step_that_becomes_overdue(state: AlarmState) -> None:
    ringer = Bell()
    assert not ringer.hears([row("A", state), row("OLD", state, is_overdue=True)], 0, live=True)
    late = [row("A", state, is_overdue=True)]
    assert not ringer.hears(late, 1, live=False)
    assert ringer.hears(late, 2, live=True)
    assert not ringer.hears(late, 3, live=True)
    assert not ringer.hears([row("A", AlarmState.SHELVED)], 4, live=True)
    assert not ringer.hears(late, 5, live=True), "it was told already, before it was shelved"
    assert not ringer.hears([row("A", state)], 6, live=True)
    assert not ringer.hears(late, 7, live=True), "a clock that was set back"


def test_each_late_step_of_one_fault_rings() -> None:
    ringer = Bell()
    assert not ringer.hears([], 0, live=True)
    steps = [AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.CLAIMED]
    bells = [ringer.hears([row("A", step, is_overdue=late)], 1, live=True) for step in steps for late in (False, True)]
    assert bells == [True, True, False, True, False, True]


def test_the_bell_repeats_until_acknowledged_where_it_is_wished() -> None:
    ringer = Bell(every=30)
    assert ringer.hears([row("A")], 100, live=True)
    assert not ringer.hears([row("A")], 129, live=True)
    assert ringer.hears([row("A")], 130, live=True)
    assert not ringer.hears([row("A", AlarmState.ACKNOWLEDGED)], 200, live=True)


def test_the_title_says_first_what_needs_someone(stage: Stage) -> None:
    counts = [(Concern.UNACKNOWLEDGED, 2), (Concern.OVERDUE, 1), (Concern.SHELVED, 4)]
    assert title_words(counts, "1라인", live=True, ascii_only=False) == "▲ 미확인 2 · ▲ 지연 1 · Andon · 1라인"
    assert title_words([], "", live=False, ascii_only=True) == "실시간 아님 · Andon"
    assert stage.app.title_words == ""


def test_the_counts_count_each_fact() -> None:
    late = row("A", is_overdue=True)
    rows = [late, row("B"), row("C", AlarmState.CLAIMED, is_overdue=True), row("D", AlarmState.SHELVED)]
    assert counts_of(Counter(one.standing for one in rows)) == [
        (Concern.UNACKNOWLEDGED, 2),
        (Concern.OVERDUE, 2),
        (Concern.SHELVED, 1),
    ]
    assert counts_of({Standing(AlarmState.CLAIMED): 1}) == []


def test_no_two_standings_look_alike_without_colours() -> None:
    standings = [Standing(state, late) for state in AlarmState for late in (False, True)]
    for ascii_only in (False, True):
        shapes = [standing_shape(one, ascii_only=ascii_only) for one in standings]
        assert len(set(shapes)) == len(shapes)
        assert all(cell_len(shape) <= SHAPE_WIDTH for shape in shapes)
        assert not ascii_only or "".join(shapes).isascii()


def test_what_nobody_acknowledged_in_time_is_called_both() -> None:
    both = Standing(AlarmState.UNACKNOWLEDGED, is_overdue=True)
    for language, words in (("ko", "미확인·지연"), ("en", "unacknowledged, overdue")):
        i18n.use(language)
        assert standing_word(both) == words
        assert cell_len(standing_word(both, narrow=True)) <= 14


async def test_the_floor_tells_the_title(stage: Stage) -> None:
    stage.take(*six_issues())
    async with stage.running():
        assert stage.app.title_words == "▲ 미확인 5 · ▲ 지연 3 · Andon · 프레스 1라인"
        stage.freshness(state=FeedState.LOST, contact_at=MONOTONIC - 60)
        stage.show()
        assert stage.app.title_words.startswith("실시간 아님")


async def test_a_fault_that_nobody_acknowledges_is_told_as_overdue_once_its_time_is_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.take(event(PRESS, minutes_ago=4), event("SEEN", minutes_ago=3))
    await stage.app.host.call(stage.station.commands.acknowledge("SEEN"))
    rung: list[int] = []
    monkeypatch.setattr(stage.app, "bell", lambda: rung.append(1))
    async with stage.running() as pilot:
        await select(stage, pilot, PRESS)
        assert [r.word for r in stage.app.floor.rows] == ["미확인", "확인"]
        for minutes in (1, 2, 3):
            stage.clock.ms = NOW_MS + minutes * 60_000
            stage.show()
            assert stage.app.floor.rows[0].word == "미확인·지연"  # no event, no key
            await pilot.pause()
            assert len(rung) == 1
        assert stage.app.floor.pane is not None
        assert stage.app.floor.pane.state == "▲▲ 미확인·지연"
        assert "▲ 미확인 1  ▲ 지연 1" in shown(stage, "#counts")
        assert stage.app.title_words.startswith("▲ 미확인 1 · ▲ 지연 1 ·")


async def test_words_on_another_issue_count_until_somebody_looks(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    async with stage.running() as pilot:
        await select(stage, pilot, PRESS)
        await stage.until(lambda: stage.said(PRESS) == 1)
        for text in ("하나", "둘"):
            await stage.app.host.call(stage.station.chat.note(PAINT, text))
        await stage.app.host.call(stage.station.chat.note(PRESS, "보고 있음"))
        stage.show()
        assert {r.id: r.unread for r in stage.app.floor.rows} == {PRESS: 0, PAINT: 2}
        await select(stage, pilot, PAINT)
        pane = stage.app.floor.pane
        assert pane is not None
        new = [entry.text for entry in pane.entries[next(n for n, e in enumerate(pane.entries) if e.id == NEW) :]]
        assert new[1:3] == ["하나", "둘"]
        await stage.until(lambda: stage.station.state.unread.counts.get(PAINT) == 0)
        await select(stage, pilot, PRESS)
        await select(stage, pilot, PAINT)
        assert not any(entry.id == NEW for entry in stage.app.floor.pane.entries)  # type: ignore[union-attr]


async def test_unread_counts_survive_a_restart(stage: Stage) -> None:
    stage.take(event(PRESS))
    await stage.app.host.call(stage.station.chat.note(PRESS, "밤사이"))
    assert stage.station.store.unread(stage.station.scope).counts() == {PRESS: 1}


async def test_f3_goes_to_unacknowledged_then_overdue_then_unread(stage: Stage) -> None:
    stage.take(*six_issues())
    station = stage.station
    async with stage.running() as pilot:
        for record in six_issues():
            issue = record.value.decode().split('"')[3]  # type: ignore[union-attr]
            if issue != PAINT:
                await stage.app.host.call(station.commands.acknowledge(issue))
        late = "WELD_007_20250808_004"
        handling = replace(station.handling[late], acknowledged_ms=NOW_MS - 3_600_000)
        station.state.handling.by_issue = {**station.handling, late: handling}
        await stage.app.host.call(station.chat.note("ASSY_022_20250808_001", "새 소식"))
        stage.app.floor.go_to(PRESS)
        stage.show()
        seen = []
        for _press in range(3):
            await pilot.press("f3")
            seen.append(stage.app.floor.selected)
            await stage.app.host.call(station.commands.acknowledge(str(stage.app.floor.selected)))
            await stage.app.host.call(station.commands.acknowledge(str(stage.app.floor.selected)))
            stage.show()
        assert seen == [PAINT, late, "ASSY_022_20250808_001"]


async def test_no_row_moves_under_a_finger(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(*six_issues())
    async with stage.running() as pilot:
        await pilot.press("down", "down")
        before = [r.id for r in stage.app.floor.rows]
        await stage.app.host.call(stage.station.commands.acknowledge(before[0]))
        await stage.tell(event("NEW", minutes_ago=0))
        assert [r.id for r in stage.app.floor.rows] == [*before, "NEW"]
        monkeypatch.setattr(stage.app, "monotonic", lambda: MONOTONIC + 6)
        stage.show()
        after = [r.id for r in stage.app.floor.rows]
        assert after.index("NEW") < after.index(before[0]), "once the hand is off, the most urgent is first again"


async def test_a_hundred_events_a_second_take_no_key(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=30))
    typed = "유압 펌프에서 큰 소음이 나고 압력이 떨어져요 " * 3
    async with stage.running() as pilot:
        await pilot.press("enter")
        for number, letter in enumerate(typed):
            stage.take(*(event(f"I{number}-{n}", minutes_ago=n) for n in range(5)))
            await type_text(pilot, letter)
        stage.show()
        composer = stage.app.floor.query_one(Composer)
        assert composer.text == typed
        assert stage.app.focused is composer
        assert stage.app.floor.selected == PRESS
        assert f"진행 중 {len(typed) * 5 + 1}" in shown(stage, "#counts")


async def test_the_selected_row_is_followed_where_it_moves(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(*(event(f"I{n:02}", minutes_ago=100 - n) for n in range(60)))
    async with stage.running((80, 24)):
        issues = stage.app.floor.query_one(IssueList)
        stage.app.floor.go_to("I30")
        top = issues.scroll_offset.y
        place = [r.id for r in stage.app.floor.rows].index("I30") * issues.row_height - top
        await stage.tell(*(event(f"OLD{n}", minutes_ago=500) for n in range(3)))
        now = [r.id for r in stage.app.floor.rows].index("I30") * issues.row_height - issues.scroll_offset.y
        assert now == place
