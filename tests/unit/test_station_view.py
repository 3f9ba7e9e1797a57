"""StationView: one frozen value that is replaced as a whole, made of what changed alone."""

import asyncio
import contextlib
import dataclasses
import gc
import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping
from enum import Enum
from functools import partial
from pathlib import Path
from types import FrameType, MappingProxyType, UnionType
from typing import Any, Union

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.chat.conversation.fallback import ChatHealth
from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.alarms import AlarmState, Handling, Limits, by_urgency, next_change_ms, standing_of
from core.domain.card import Card
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.errors import CommandError
from core.domain.event_danger import EventDangers
from core.domain.events import IssueEvent, Record
from core.domain.freshness import FeedState
from core.domain.issues import Issue, issue_of
from core.domain.messages import Author, Message
from core.domain.outbox import OutboxEntry
from core.settings import load_settings
from core.station import view_maker
from core.station.commands import MESSAGE_DRAFT, RESOLVE_DRAFT
from core.station.data_dir import opened_store
from core.station.host import StationHost
from core.station.listed_issues import ListedIssues
from core.station.station import Station
from core.station.view import LogDoubts, StationView
from core.store.recovery import Recovery
from core.store.store import Store
from tests.unit.making import NOW, event, payload, record
from tests.unit.station_making import TOPIC, become, listed, make_station, say_live, take, tells_of_danger

MINUTE_MS = 60_000


class Clock:
    """A terminal's clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        return self.ms

    def move(self, ms: int) -> None:
        self.ms += ms


def scratch_station(folder: Path, clock: Callable[[], int]) -> Station:
    station = Station(
        load_settings(data_dir=folder, operator="kim", terminal_id="T"), Store(None), PlaybookAssistant(), now_ms=clock
    )
    station.intake.saved_offsets(TOPIC)
    return station


def many(count: int, *, minutes_ago: float = 1.0) -> list[Record]:
    at = NOW - round(minutes_ago * MINUTE_MS)
    return [record(payload(f"I{n}"), at=at - n, offset=n) for n in range(count)]


# --- nothing that a view holds ever changes


_PLAIN = (str, bytes, int, float, type(None), Path, Enum)


def parts(value: object) -> Iterator[object]:
    """Every value that can be reached from ``value``, by whatever it is made of; each is one that cannot change."""
    yield value
    match value:
        case str() | bytes() | int() | float() | None | Path() | Enum():
            return
        case MappingProxyType():
            inner: list[object] = [*value.keys(), *value.values()]
        case tuple() | frozenset():
            inner = list(value)
        case _ if dataclasses.is_dataclass(value):
            assert is_frozen(type(value)), type(value)
            inner = [getattr(value, one.name) for one in dataclasses.fields(value)]
            inner += vars(value).values() if hasattr(value, "__dict__") else ()
        case msgspec.Struct():
            assert is_frozen(type(value)), type(value)
            inner = [getattr(value, name) for name in value.__struct_fields__]
        case _:
            raise AssertionError(f"{type(value).__name__} may change")
    for one in inner:
        yield from parts(one)


def holders(view: MappingProxyType[Any, Any]) -> list[object]:
    """Who else holds the dictionary under ``view``, and could change it."""
    [held] = [one for one in gc.get_referents(view) if isinstance(one, dict)]
    return [one for one in gc.get_referrers(held) if one is not view and not isinstance(one, FrameType)]


Place = tuple[type, str]


def types_within(kind: Any, place: Place, seen: set[Any]) -> Iterator[tuple[Any, Place]]:
    """Every type that a value of ``kind`` may be made of, by what its fields say, and the field that says so."""
    yield kind, place
    if kind in seen:
        return
    seen.add(kind)
    made_by = typing.get_origin(kind) or kind
    if isinstance(made_by, type) and (dataclasses.is_dataclass(made_by) or issubclass(made_by, msgspec.Struct | tuple)):
        for name, told in typing.get_type_hints(made_by).items():
            if not isinstance(told, typing.TypeVar):  # what stands for it is among the arguments
                yield from types_within(told, (made_by, name), seen)
    for told in typing.get_args(kind):
        yield from types_within(told, place, seen)


def is_frozen(kind: Any) -> bool:
    """Whether no value of that type changes. A ``Mapping`` is one that must be looked at."""
    origin = typing.get_origin(kind)
    if origin is not None and dataclasses.is_dataclass(origin):
        return is_frozen(origin)
    if origin is not None:
        return origin in (tuple, frozenset, Mapping, Union, UnionType)
    if kind is Ellipsis:
        return True
    if dataclasses.is_dataclass(kind):
        return bool(typing.cast(Any, kind).__dataclass_params__.frozen)
    if issubclass(kind, msgspec.Struct):
        return bool(kind.__struct_config__.frozen)
    return issubclass(kind, (*_PLAIN, tuple))


def test_no_field_that_a_view_leads_to_may_hold_what_changes() -> None:
    found = list(types_within(StationView, (StationView, ""), set()))
    reached = {kind for kind, _place in found}
    assert {Issue, IssueEvent, Record, Message, Card, OutboxEntry, Handling, Recovery, ChatHealth} <= reached
    assert not [(kind, place) for kind, place in found if not is_frozen(kind)]
    mappings = {place for kind, place in found if typing.get_origin(kind) is Mapping}
    assert mappings == {
        (StationView, "by_id"),
        (StationView, "held"),
        (StationView, "drafts"),
        (LogDoubts, "issues"),
        (Recovery, "saved"),
        (Message, "memo"),
    }, "each of these is looked at below"


async def test_nobody_holds_a_dictionary_that_a_view_shows(tmp_path: Path) -> None:
    """Each place in a view where there is a mapping, filled: of issues, drafts, doubts, what was held, said, saved."""
    (tmp_path / "andon.db").write_bytes(b"no database" * 1000)
    chosen = load_settings(data_dir=tmp_path, operator="kim", terminal_id="T")
    with opened_store(chosen) as store:
        station = Station(chosen, store, PlaybookAssistant(), now_ms=lambda: NOW)
        station.intake.saved_offsets(TOPIC)
        take(station, record(payload("A"), at=NOW - 2), record(payload("B"), at=NOW - 1, offset=1))
        say_live(station)
        await station.commands.resolve("A", "note")
        take(station, record(payload("A", description="다시"), at=NOW, offset=2))
        await station.commands.save_draft("B", MESSAGE_DRAFT, "누유")
        await station.commands.look_at("B")
        await station.chat.note("B", "사람이 손이 끼었어요")
        station.intake.distrust(TOPIC)
        station.views.publish()
        view = station.view
        proxies = [one for one in parts(view) if isinstance(one, MappingProxyType)]
        assert view.recovery is not None
        assert view.pane is not None
        assert all((view.by_id, view.held, view.drafts, view.doubts.issues))
        assert any(one.memo for one in view.pane.messages)
        assert len(proxies) >= 6
        assert not [holders(one) for one in proxies if holders(one)]


def test_what_is_said_takes_no_dictionary_of_somebody_elses() -> None:
    memo = {"step": "1"}
    told = Message("m", "A", Author.BUILTIN, "", "text", NOW, memo=memo)
    memo["step"] = "2"
    assert told.memo == {"step": "1"}
    assert dataclasses.replace(told, text="more").memo == told.memo


def fingerprint(value: object) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{fingerprint(k)}: {fingerprint(v)}" for k, v in value.items()) + "}"
        case tuple():
            return "(" + ", ".join(map(fingerprint, value)) + ")"
        case _ if dataclasses.is_dataclass(value):
            inner = (f"{one.name}={fingerprint(getattr(value, one.name))}" for one in dataclasses.fields(value))
            return f"{type(value).__name__}({', '.join(inner)})"
        case msgspec.Struct():
            inner = (f"{name}={fingerprint(getattr(value, name))}" for name in value.__struct_fields__)
            return f"{type(value).__name__}({', '.join(inner)})"
        case _:
            return repr(value)


ISSUES = st.sampled_from(["A", "B", "B\u200b", "C"])
Step = tuple[Any, ...]


async def happens(station: Station, issue: str, kind: str, ago_ms: int) -> None:
    told = event(NOW - ago_ms, kind, issue)
    take(station, Record("t", 0, 1, told.time_ms, None, told.value, told.headers))


async def park(station: Station, issue: str) -> None:
    if entry := station.state.outgoing(issue):
        station.dispatch.parked(entry, ClusterProblem(ClusterProblemKind.TOO_LARGE, "t"))


async def give_up(station: Station, issue: str) -> None:
    if entry := station.state.outgoing(issue):
        await station.commands.give_up(entry.record.event_id)


COMMANDS: list[Callable[[Station, str], Awaitable[object]]] = [
    lambda station, issue: station.commands.acknowledge(issue),
    lambda station, issue: station.commands.shelve(issue, 10, "why"),
    lambda station, issue: station.commands.unshelve(issue),
    lambda station, issue: station.commands.resolve(issue, "note"),
    lambda station, issue: station.commands.reopen(issue),
    lambda station, issue: station.commands.retry(issue),
    lambda station, issue: station.commands.look_at(issue),
    lambda station, issue: station.commands.dismiss(issue),
    lambda station, issue: station.commands.leave_solved(issue),
    lambda station, issue: station.commands.save_draft(issue, MESSAGE_DRAFT, str(station.state.now_ms())),
    lambda station, issue: station.chat.note(issue, "사람이 손이 끼었어요"),
    lambda station, issue: station.chat.say(issue, "다음"),
    lambda station, issue: station.commands.sign_in(f"lee {issue}"),
    park,
    give_up,
]
ELSE: list[Callable[[Station, Clock], object]] = [
    lambda station, _clock: take(station, record(b"\xff")),
    lambda station, _clock: become(station, FeedState.LOST, contact_age=60),
    lambda station, _clock: say_live(station),
    lambda station, _clock: station.intake.distrust(TOPIC),
    lambda _station, clock: clock.move(MINUTE_MS),
    lambda _station, clock: clock.move(60 * MINUTE_MS),
]
STEPS = st.one_of(
    st.tuples(st.just(happens), ISSUES, st.sampled_from(["open", "solved", "reopen"]), st.integers(0, 120_000)),
    st.tuples(st.sampled_from(COMMANDS), ISSUES),
    st.tuples(st.sampled_from(ELSE)),
)


async def do(station: Station, clock: Clock, step: Step) -> None:
    """One thing that happens to a Station; what it refuses is refused."""
    if len(step) == 1:
        step[0](station, clock)
        return
    with contextlib.suppress(CommandError):
        await step[0](station, *step[1:])


@settings(max_examples=60, deadline=None)
@given(before=st.lists(STEPS, max_size=12), after=st.lists(STEPS, min_size=1, max_size=12))
async def test_no_value_that_a_view_reaches_ever_changes(
    before: list[Step], after: list[Step], tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock = Clock()
    station = scratch_station(tmp_path_factory.getbasetemp(), clock)
    views: list[tuple[StationView, str]] = []
    for step in (*before, *after):
        await do(station, clock, step)
        station.views.publish()
        views.append((station.view, fingerprint(station.view)))
    for view, told in views:
        list(parts(view))
        assert fingerprint(view) == told
    station.store.close()


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(STEPS, max_size=20), seldom=st.integers(1, 5))
async def test_a_view_kept_up_to_date_is_the_view_made_anew(
    steps: list[Step], seldom: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever happened, and however much of it between two views."""
    clock = Clock()
    station = scratch_station(tmp_path_factory.getbasetemp(), clock)
    for number, step in enumerate(steps):
        await do(station, clock, step)
        if number % seldom == 0:
            station.views.publish()
    station.views.publish()
    view, issues = station.view, listed(station)
    standings = {issue.id: station.standing(issue) for issue in issues}
    assert [one.issue for one in view.listed] == by_urgency(issues, standings, partial(tells_of_danger, station))
    for one in view.listed:
        assert view.by_id[one.id] is one
        assert (one.shown_id, one.standing) == (station.shown(one.issue), standings[one.id])
        assert (one.handling, one.unread) == (station.handling.get(one.id), station.state.unread.counts.get(one.id, 0))
        assert (one.outgoing, one.raised) == (station.state.outgoing(one.id), station.overruled.get(one.id))
        assert one.in_danger == tells_of_danger(station, one.issue)
        assert one.unconfirmed_since_ms == station.state.unconfirmed.issues.get(one.id)
    lost = station.state.unconfirmed.issues
    assert view.open_issues == sum(i.is_open and i.id not in lost for i in station.register.issues.held())
    assert (view.held, view.outbox, view.drafts) == (station.state.held, station.outbox, station.state.drafts)
    assert list(view.waiting) == station.waiting_here()
    station.store.close()


# --- what did not change is not computed again


def test_one_event_among_a_thousand_open_issues_computes_a_few(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    take(station, *many(1_000))
    before, computed = station.view, station.maker.issues.computed
    take(station, record(payload("I500", description="누유"), at=NOW - 10, offset=1_000))
    after = station.view
    assert station.maker.issues.computed - computed <= 3
    changed = [one.id for one in after.listed if before.by_id[one.id] is not one]
    assert changed == ["I500"]
    assert after.version == before.version + 1


async def test_a_command_among_a_thousand_open_issues_computes_a_few(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    take(station, *many(1_000))
    before, computed = station.view, station.maker.issues.computed
    await station.commands.acknowledge("I3")
    await station.commands.resolve("I4", "note")
    assert station.view.by_id["I3"].standing.state is AlarmState.ACKNOWLEDGED
    assert station.view.by_id["I4"].outgoing is not None
    assert station.maker.issues.computed - computed <= 4
    assert [one.id for one in station.view.listed if before.by_id[one.id] is not one] == ["I4", "I3"]


def test_an_issue_is_shown_anew_where_another_one_looks_the_same(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    take(station, record(payload("A")))
    assert station.view.by_id["A"].shown_id == "A"
    take(station, record(payload("A\u200b"), offset=1))
    assert station.view.by_id["A"].shown_id == station.register.names.shown("A")
    assert station.view.by_id["A\u200b"].shown_id != station.view.by_id["A"].shown_id


def test_what_is_due_is_forgotten_with_its_issue(tmp_path: Path) -> None:
    """A month of alarms that come and go leaves no heap behind."""
    dangers = EventDangers()
    station = make_station(tmp_path)
    for number in range(500):
        at = NOW - 1_000 + number
        take(station, record(payload("A"), at=at, offset=number * 2))
        take(station, record(payload("A", isSolved=True), at=at, offset=number * 2 + 1))
        station.views.publish()
    listed = station.maker.issues
    assert len(listed._due) <= 2 * len(listed._due_ms) + 70
    assert ListedIssues(dangers, {}).next_due_ms() is None


# --- time


@given(
    opened_ago=st.integers(0, 200),
    acknowledged_ago=st.none() | st.integers(0, 100),
    shelved_for=st.none() | st.integers(-50, 50),
    later=st.integers(0, 12_000_000),
)
def test_nothing_changes_by_the_clock_before_it_is_due(
    opened_ago: int, acknowledged_ago: int | None, shelved_for: int | None, later: int
) -> None:
    issue = issue_of(event(NOW - opened_ago * MINUTE_MS))
    handling = Handling(
        NOW,
        acknowledged_ms=None if acknowledged_ago is None else NOW - acknowledged_ago * MINUTE_MS,
        shelved_until_ms=None if shelved_for is None else NOW + shelved_for * MINUTE_MS,
    )
    limits, now = Limits(), standing_of(issue, handling, NOW, Limits())
    due_ms = next_change_ms(issue, handling, NOW, limits)
    if due_ms is None or NOW + later < due_ms:
        assert standing_of(issue, handling, NOW + later, limits) == now
    if due_ms is not None:
        assert due_ms > NOW
        assert standing_of(issue, handling, due_ms, limits) != now


async def test_a_view_comes_when_an_issue_falls_due(tmp_path: Path) -> None:
    clock = Clock()
    station = make_station(tmp_path, now_ms=clock)
    take(station, record(payload("A"), at=NOW - 5 * MINUTE_MS + 100), record(payload("B"), at=NOW, offset=1))
    woken = asyncio.Event()
    station.views.watch(woken.set)
    station.views.publish()
    first = station.view
    assert not first.by_id["A"].standing.is_overdue
    clock.ms += 200
    woken.clear()
    await asyncio.wait_for(woken.wait(), 10)
    assert station.view.by_id["A"].standing.is_overdue
    assert station.view.by_id["B"] is first.by_id["B"]


def test_a_clock_that_is_set_back_makes_nothing_overdue(tmp_path: Path) -> None:
    clock = Clock()
    station = make_station(tmp_path, now_ms=clock)
    take(station, record(payload("A"), at=NOW))
    clock.ms += 10 * MINUTE_MS
    station.views.publish()
    assert station.view.by_id["A"].standing.is_overdue
    clock.ms = NOW
    station.views.publish()
    assert not station.view.by_id["A"].standing.is_overdue
    assert station.maker.next_due_ms() == NOW + 5 * MINUTE_MS


# --- when a view is published


async def test_many_changes_in_one_turn_of_the_loop_are_one_view(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    woken: list[int] = []
    station.views.watch(lambda: woken.append(station.view.version))
    await asyncio.sleep(0.1)
    before = len(woken)
    for number in range(20):
        take(station, record(payload(f"I{number}"), offset=number))
    assert len(woken) == before, "nothing is made while the batch comes in"
    while len(woken) == before:
        await asyncio.sleep(0)
    assert len(woken) == before + 1
    assert len(station.view.listed) == 20


async def test_a_heartbeat_wakes_nobody_and_is_in_the_view(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    say_live(station)
    woken: list[int] = []
    station.views.watch(lambda: woken.append(1))
    station.views.settle()
    version, before, count = station.view.version, station.freshness, len(woken)
    after = dataclasses.replace(before, contact_at=(before.contact_at or 0) + 1)
    station.feed.freshness = after
    station.intake.feed_changed(before, after)
    assert (station.view.version, station.view.freshness, len(woken)) == (version, after, count)


async def test_a_draft_is_in_the_view_at_once(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    take(station, record(payload("A")))
    version = station.view.version
    await station.commands.save_draft("A", RESOLVE_DRAFT, "베어링")
    assert station.view.drafts[("A", RESOLVE_DRAFT)] == "베어링"
    assert station.view.version == version


async def test_a_view_that_cannot_be_made_is_told_and_made_at_the_next_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = make_station(tmp_path)
    take(station, record(payload("A")))
    former = station.view
    with monkeypatch.context() as broken:
        broken.setattr(EventDangers, "is_emergency", lambda *_: 1 / 0)
        take(station, record(payload("B"), offset=1))
        assert station.view is former
        assert isinstance(station.views.failure, ZeroDivisionError)
    take(station, record(payload("C"), offset=2))
    assert sorted(station.view.by_id) == ["A", "B", "C"]
    assert station.views.failure is None


async def test_what_is_looked_at_comes_with_its_conversation(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    take(station, record(payload("A")), record(payload("A", isSolved=True), at=NOW + 1, offset=1))
    assert station.view.pane is None
    await station.commands.look_at("A")
    await station.chat.note("A", "교대 조에 알림")
    pane = station.view.pane
    assert pane is not None
    assert pane.issue == station.issue("A")
    assert [one.text for one in pane.messages][-1] == "교대 조에 알림"
    assert not station.view.listed, "a solved issue is looked at, and not listed"
    await station.commands.look_at(None)
    assert station.view.pane is None


def test_the_first_view_marks_who_is_in_danger_and_lists_them_first(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    take(station, record(payload("Z", description="사람이 손이 끼었어요"), offset=0), record(payload("A"), offset=1))
    station.store.close()
    again = make_station(tmp_path)
    again.views.watch(lambda: None)
    first = again.view
    assert (first.version, [one.id for one in first.listed]) == (0, ["Z", "A"])
    assert first.by_id["Z"].in_danger
    assert not first.by_id["A"].in_danger


def test_the_first_view_waits_for_the_newest_of_very_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_maker, "FIRST_ASSESSED", 2)
    station = make_station(tmp_path)
    fires = (
        record(payload(name, description=f"불이야 {name}"), offset=at, at=NOW - at * MINUTE_MS)
        for at, name in enumerate("ABCD")
    )
    take(station, *fires)
    station.store.close()
    again = make_station(tmp_path)
    again.views.watch(lambda: None)
    assert {one.id for one in again.view.listed if one.in_danger} == {"A", "B"}
    again.views.settle()
    assert {one.id for one in again.view.listed if one.in_danger} == set("ABCD")


def test_one_change_among_ten_thousand_is_one_assessment(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    take(station, *(record(payload(f"P-{at}", description=f"유압 저하 ({at})"), offset=at) for at in range(10_000)))
    assert len(station.view.listed) == 10_000
    before = station.state.dangers.assessed
    take(station, record(payload("P-7", description="손이 끼었어요"), offset=10_000, at=NOW + 1))
    assert station.view.by_id["P-7"].in_danger
    assert station.state.dangers.assessed == before + 1


async def test_another_thread_is_woken_and_finds_what_a_command_did(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, operator="kim", terminal_id="T")
    store = Store(tmp_path)
    with StationHost(settings, store, PlaybookAssistant(), connect=False, now_ms=lambda: NOW) as host:
        woken = asyncio.Event()
        host.watch(woken.set)
        await asyncio.wait_for(woken.wait(), 10)
        woken.clear()
        await host.call(_taken(host.station, record(payload("A"))))
        assert list(host.view.by_id) == ["A"]
        await asyncio.wait_for(woken.wait(), 10)
        await host.call(host.station.commands.acknowledge("A"))
        assert host.view.by_id["A"].standing.state is AlarmState.ACKNOWLEDGED
    store.close()


async def _taken(station: Station, *records: Record) -> None:
    take(station, *records)
