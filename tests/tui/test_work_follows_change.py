"""What a change, a key and a minute cost the screen, counted; and that no key waits for the store."""

import sqlite3
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from core.domain.alarms import AlarmState, Standing, by_urgency, held_order
from core.domain.freshness import FeedState, Freshness
from core.domain.issues import issue_of
from core.station.listed_issues import differing
from core.station.view import ListChanges, ListedIssue, StationView, frozen
from tests.tui.stage import Stage, event
from tests.tui.test_floor import type_text
from tests.unit import making
from tui.screens.lists import HelpScreen
from tui.view import row as row_module
from tui.view.floor_list import FloorList
from tui.view.row import place_of
from tui.view.tally import Tally
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.issue_pane import IssuePane
from tui.widgets.narrow_update import NarrowUpdate
from tui.widgets.transcript import Transcript

MANY = 10_000
BATCH = 500


def many(stage: Stage, count: int = MANY) -> None:
    """So many open issues, the first of the list the longest open."""
    for begin in range(0, count, BATCH):
        numbers = range(begin, min(count, begin + BATCH))
        stage.take(*(event(f"I{n:05}", minutes_ago=90 - n / 1_000, processType="정기점검") for n in numbers))


@contextmanager
def counted_rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The issues whose rows are made meanwhile."""
    made: list[str] = []
    real = row_module.row_of

    def counted(one: ListedIssue, now_ms: int, *, is_held: bool = False) -> row_module.Row:
        made.append(one.id)
        return real(one, now_ms, is_held=is_held)

    with monkeypatch.context() as patch:
        patch.setattr(row_module, "row_of", counted)
        yield made


@contextmanager
def repainted(monkeypatch: pytest.MonkeyPatch, widget: Widget) -> Iterator[list[Region | None]]:
    """The parts of ``widget`` that are to be painted anew meanwhile; None: all of it."""
    regions: list[Region | None] = []
    real = widget.refresh

    def refresh(*parts: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Widget:
        regions.extend(parts or (None,))
        return real(*parts, repaint=repaint, layout=layout, recompose=recompose)

    with monkeypatch.context() as patch:
        patch.setattr(widget, "refresh", refresh)
        yield regions


def in_sight(issues: IssueList) -> int:
    return issues.size.height // issues.row_height + 2


async def test_one_change_among_thousands_lays_out_what_is_in_sight(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(stage)
    async with stage.running():
        issues = stage.app.floor.query_one(IssueList)
        seen = stage.app.view.version
        with counted_rows(monkeypatch) as made:
            await stage.tell(event("I00001", minutes_ago=0.1, processType="정기점검"))
        assert stage.app.view.changes.after(seen) == frozenset({"I00001"}), "no other is compared"
        assert len(stage.app.floor.rows) == MANY
        assert made
        assert len(made) <= 2 * in_sight(issues), "the rows before and after, as far as they are seen"


async def test_an_arrow_makes_no_row_anew_and_lays_nothing_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    many(stage)
    async with stage.running() as pilot:
        await pilot.press("down")
        await stage.until(lambda: (pane := stage.app.floor.pane) is not None and pane.is_read)
        issues, floor = stage.app.floor.query_one(IssueList), stage.app.floor
        before = floor.selected
        with counted_rows(monkeypatch) as made, repainted(monkeypatch, issues) as regions:
            await pilot.press("down")
            assert floor.selected != before
            assert not set(made) - {row.id for row in (floor.rows[at] for at in range(in_sight(issues)))}
            rows = {region for region in regions if region is not None}
            assert len(rows) == 2, "the row that was left, and the one that is looked at"


async def test_the_row_that_an_arrow_goes_to_is_painted_before_its_pane_is_made(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(stage, 50)
    async with stage.running() as pilot:
        await stage.settled(pilot)
        floor, order = stage.app.floor, list[str]()
        pane = floor.query_one(IssuePane)
        monkeypatch.setattr(stage.app, "_display", lambda *_what: order.append("paint"))
        monkeypatch.setattr(pane, "show", lambda *_what: order.append("pane"))
        await pilot.press("down")
        await stage.until(lambda: "pane" in order)
        assert order[0] == "paint"


async def test_several_arrows_in_one_frame_make_one_pane(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    many(stage, 50)
    async with stage.running() as pilot:
        await stage.settled(pilot)
        floor, issues = stage.app.floor, stage.app.floor.query_one(IssueList)
        looked_at: list[str | None] = []
        real = stage.station.commands.look_at

        def look_at(issue: str | None) -> Coroutine[Any, Any, None]:
            looked_at.append(issue)
            return real(issue)

        monkeypatch.setattr(stage.station.commands, "look_at", look_at)
        for place in (3, 4, 5):
            issues.chosen(floor.rows.id_at(place))
        await stage.until(lambda: floor.selected == floor.rows.id_at(5))
        last = floor.rows.id_at(5)
        assert floor.selected == issues.selected == floor.query_one(Composer).owner == last, "keys are for this one"
        await stage.until(lambda: (pane := floor.pane) is not None and pane.issue == last and pane.is_read)
        assert looked_at == [last]


async def test_at_rest_the_next_second_is_all_that_is_waited_for(stage: Stage) -> None:
    many(stage, 50)
    async with stage.running() as pilot:
        await stage.settled(pilot)
        nodes = (stage.app, *stage.app.floor.walk_children(Widget, with_self=True))
        waiting = [timer for node in nodes for timer in node._timers if timer._active.is_set()]
        assert len(waiting) == 1, waiting


async def test_no_line_is_kept_over_a_theme_or_a_language(stage: Stage) -> None:
    stage.take(*(event(f"I{n:02}", minutes_ago=30) for n in range(4)))
    async with stage.running() as pilot:
        issues = stage.app.floor.query_one(IssueList)
        for switch in (stage.app.switch_theme, stage.app.switch_theme, stage.app.switch_language):
            before = [issues.render_line(y) for y in range(8)]
            switch()
            await stage.settled(pilot)
            kept = [issues.render_line(y) for y in range(8)]
            issues.notify_style_update()
            assert kept == [issues.render_line(y) for y in range(8)] != before


async def test_an_idle_minute_repaints_the_ages_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(*(event(f"I{n:02}", minutes_ago=30 + n / 10, processType="정기점검") for n in range(20)))
    async with stage.running() as pilot:
        stage.show()
        await pilot.pause()
        floor, issues = stage.app.floor, stage.app.floor.query_one(IssueList)
        untouched = [
            floor.query_one("#counts"),
            floor.query_one("#trouble"),
            floor.query_one("#hints"),
            *floor.query(Composer),
        ]
        painted: list[Strip] = []
        with repainted(monkeypatch, issues) as regions, repainted(monkeypatch, floor.query_one(Transcript)) as said:
            for widget in untouched:
                monkeypatch.setattr(widget, "refresh", lambda *_parts, **_how: painted.append(Strip([])))
            for _second in range(60):
                stage.clock.ms += 1_000
                stage.app.show_news()
        cells = sum(issues.size.area if region is None else region.area for region in regions)
        assert not painted
        assert not said, "no word of the conversation was said anew"
        assert 0 < cells <= 60 * in_sight(issues) * 2, "the last one or two cells of each age"


async def test_an_idle_second_costs_the_terminal_little(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """60 kB a minute, with as many rows as fit: what is written begins at the first cell that differs."""
    many(stage, 50)
    async with stage.running() as pilot:
        await stage.settled(pilot)
        written: list[str] = []
        monkeypatch.setattr(
            stage.app,
            "_display",
            lambda _screen, update: written.append(NarrowUpdate.of(update).render_segments(stage.app.console)),
        )
        stage.clock.ms += 1_000
        stage.app.show_news()
        await stage.until(lambda: bool(written))
        await pilot.pause()
        assert 0 < sum(len(text.encode()) for text in written) < 1_000
        assert all("프레스" not in text for text in written), "a row is not said anew"


async def test_where_nothing_is_due_nothing_is_painted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    many(stage, 50)
    async with stage.running() as pilot:
        stage.show()
        await pilot.pause()
        with counted_rows(monkeypatch) as made:
            painted: list[str] = []
            for widget in stage.app.floor.walk_children(Widget):
                monkeypatch.setattr(widget, "refresh", lambda *_p, _w=widget, **_h: painted.append(str(_w)))
            stage.app.show_news()
        assert painted == []
        assert len(made) <= in_sight(stage.app.floor.query_one(IssueList))


async def test_typing_touches_the_composer_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    many(stage, 50)
    async with stage.running() as pilot:
        floor = stage.app.floor
        await stage.until(lambda: (pane := floor.pane) is not None and pane.is_read)
        await pilot.press("enter")
        await stage.until(lambda: isinstance(stage.app.focused, Composer))
        await pilot.press("a")
        with (
            repainted(monkeypatch, floor.query_one(IssueList)) as rows,
            repainted(monkeypatch, floor.query_one(Transcript)) as said,
            counted_rows(monkeypatch) as made,
        ):
            await type_text(pilot, "bcd")
            assert floor.query_one(Composer).text == "abcd"
        assert (rows, said, made) == ([], [], [])


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Another process holds the store's lock, as a backup or a shell does."""
    path = next(stage.settings.data_dir.glob("**/*.db"))
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        other.rollback()
        other.close()


async def answered(stage: Stage, pilot: "Pilot[None]", *, beside: bool) -> None:
    """Down, letters and F1 do what they do; ``beside``: while somebody else holds the store's lock."""
    floor = stage.app.floor
    before = floor.selected
    await pilot.press("down")
    assert floor.selected != before
    pane = floor.pane
    assert pane is not None
    assert pane.issue == floor.selected, "the header is there at once"
    assert not (beside and pane.is_read), "the test's lock holds nothing back"
    await pilot.press("enter")
    await type_text(pilot, "leak")
    assert floor.query_one(Composer).text == "leak"
    await pilot.press("f1")
    assert isinstance(stage.app.screen, HelpScreen)
    await pilot.press("escape")
    await pilot.press("escape")


async def test_no_key_waits_for_the_store(stage: Stage) -> None:
    """Every key is answered within the press: what follows in the store comes when it can."""
    stage.take(*(event(f"I{n}", minutes_ago=9 - n) for n in range(5)))
    async with stage.running() as pilot:
        await stage.until(lambda: (pane := stage.app.floor.pane) is not None and pane.is_read)
        with locked(stage):
            stage.host.submit(_writes(stage))
            await answered(stage, pilot, beside=True)
        await stage.until(lambda: (pane := stage.app.floor.pane) is not None and pane.is_read)
        looked_at = str(stage.app.floor.selected)
        await stage.until(lambda: stage.station.state.drafts.get((looked_at, "message")) == "leak")


async def _writes(stage: Stage) -> None:
    """The Station's thread stands in the store from here on."""
    await stage.station.commands.save_draft("I0", "message", "before")


# --- what is counted as it changes


Drawn = dict[str, tuple[AlarmState, bool, bool, int, bool]]
ISSUES = st.dictionaries(
    st.sampled_from("ABCDEFG"),
    st.tuples(st.sampled_from(list(AlarmState)), st.booleans(), st.booleans(), st.integers(1, 3), st.booleans()),
)


def listed_of(drawn: Drawn) -> dict[str, ListedIssue]:
    return {
        name: ListedIssue(
            issue_of(making.event(making.NOW + at, issue=name)),
            name,
            Standing(state, late),
            in_danger=danger,
            unconfirmed_since_ms=1 if lost else None,
        )
        for name, (state, late, danger, at, lost) in sorted(drawn.items())
    }


@given(st.lists(ISSUES, max_size=6), st.booleans())
def test_counts_kept_by_change_are_those_of_all_counted_anew(steps: list[Drawn], is_told: bool) -> None:
    kept, before = Tally(), dict[str, ListedIssue]()
    for drawn in steps:
        listed = listed_of(drawn)
        kept.update(listed, {*before, *listed} if is_told else None)
        anew = Tally()
        anew.update(before := listed)
        unseen = [one for one in listed.values() if one.standing.is_unseen]
        assert (kept.standings, kept.lost, kept.unseen, kept.wanted()) == (
            anew.standings,
            anew.lost,
            len(unseen),
            anew.wanted(),
        )
        newest = max((one.issue.opened_ms for one in unseen), default=None)
        last = kept.wanted()[-1:] or (None,)
        assert next((one.issue.opened_ms for one in unseen if one.id == last[0]), None) == newest or any(
            one.in_danger and one.id == last[0] for one in unseen
        )


def view_of(version: int, listed: dict[str, ListedIssue], changes: ListChanges) -> StationView:
    order = by_urgency(
        [one.issue for one in listed.values()],
        {name: one.standing for name, one in listed.items()},
        lambda issue: listed[issue.id].in_danger,
    )
    return StationView(
        version=version,
        now_ms=making.NOW,
        scope="",
        operator="",
        freshness=Freshness(FeedState.LIVE, 0.0),
        listed=tuple(listed[issue.id] for issue in order),
        by_id=frozen(listed),
        changes=changes,
    )


@given(st.lists(st.tuples(ISSUES, st.booleans(), st.booleans()), max_size=8))
def test_a_list_that_is_told_what_changed_stands_as_one_that_compares_all(
    steps: list[tuple[Drawn, bool, bool]],
) -> None:
    """Also where views were passed over, and while rows keep their places (``held_order``)."""
    told, before, changes, shown = FloorList(), dict[str, ListedIssue](), ListChanges(), list[str]()
    for version, (drawn, is_held, is_passed_over) in enumerate(steps):
        listed = {name: one if one != before.get(name) else before[name] for name, one in listed_of(drawn).items()}
        changed = differing(before, listed)
        changes, before = changes.then(version, frozenset(changed)), listed
        view = view_of(version, listed, changes)
        if is_passed_over:
            continue
        told.update(view, making.NOW, is_held=is_held)
        wanted = [one.id for one in view.listed]
        shown = held_order(wanted, shown) if is_held else wanted
        assert [one.id for one in told.rows.ordered] == shown
        assert all(one is listed[one.id] for one in told.rows.ordered)
        assert [told.rows.index(issue) for issue in shown] == list(range(len(shown)))
        anew = Tally()
        anew.update(listed)
        assert told.tally.standings == anew.standings


@given(st.lists(st.frozensets(st.integers(0, 2_000).map(str), max_size=3), max_size=80), st.integers(0, 80))
def test_what_changed_since_a_view_is_told_or_not_known(steps: list[frozenset[str]], seen: int) -> None:
    changes = ListChanges()
    for version, ids in enumerate(steps, 1):
        changes = changes.then(version, ids)
    found = changes.after(seen)
    assert found is None or found == frozenset().union(*steps[seen:])
    assert found is not None or len([ids for ids in steps[seen:] if ids]) > 16
    assert len(changes.steps) <= 32


@given(st.integers(0, 30), st.integers(-5, 40), st.integers(0, 40))
def test_a_row_is_found_from_wherever_it_is_looked_for(count: int, near: int, wanted: int) -> None:
    assert place_of(count, lambda at: at == wanted, near) == (wanted if wanted < count else None)
