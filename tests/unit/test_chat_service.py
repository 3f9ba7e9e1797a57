"""What a Station does with chatbots: the safety check, the summary beside the resolve, the report, past fixes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.chat.backend import Answer
from core.domain.errors import CommandError
from core.domain.freshness import FeedState, Freshness
from core.domain.messages import Author, MessageState
from core.domain.safety_checks import SECURING, checked
from core.kafka.cluster import TopicInfo
from core.settings import load_settings
from core.station.station import Station
from core.store.store import Store
from tests.unit.making import NOW, payload, record
from tests.unit.test_closing import Server


class Clock:
    now_ms = NOW


@pytest.fixture
def server() -> Server:
    return Server("plant", Author.CHATBOT)


@pytest.fixture
async def station(tmp_path: Path, server: Server) -> AsyncIterator[Station]:
    settings = load_settings(data_dir=tmp_path, operator="kim", terminal_id="T")
    station = Station(settings, Store(tmp_path), server, now_ms=lambda: Clock.now_ms)
    station.intake.saved_offsets(TopicInfo("cluster", "t", (0,)))
    station.intake.ingest([record(payload("A"), at=NOW - 60_000)], {0: 1})
    station.feed.freshness = Freshness(FeedState.LIVE, since=0.0, contact_at=float("inf"))
    Clock.now_ms = NOW
    work = asyncio.create_task(station.chat.run())
    yield station
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert server.closed


async def until(condition: object) -> None:
    async with asyncio.timeout(10):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.005)


async def _in_session(station: Station, server: Server) -> None:
    server.scripts.append([Answer("look at the filter", memo={"session": "s1"})])
    await station.chat.say("A", "왜?")
    await until(lambda: any(m.state is MessageState.ANSWERED for m in station.chat.messages("A")))


async def test_the_check_is_journaled_and_counts(station: Station) -> None:
    issue = station.issue("A")
    assert issue is not None
    assert station.chat.lockout(issue) is None
    await station.chat.secure("A", checked(SECURING, set(SECURING)))
    lockout = station.chat.lockout(issue)
    assert lockout is not None
    assert (lockout.by, lockout.at_ms, lockout.done, lockout.missing) == ("kim", NOW, tuple(SECURING), ())
    [entry] = station.store.journal.entries("A")
    assert (entry.action, entry.operator, entry.detail["checks"]) == ("secured", "kim", list(SECURING))


async def test_a_check_that_is_not_whole_needs_a_reason(station: Station) -> None:
    with pytest.raises(CommandError):
        await station.chat.secure("A", checked(SECURING, {"power"}, "  "))
    await station.chat.secure("A", checked(SECURING, {"power"}, "a look through the window"))
    [entry] = station.store.journal.entries("A")
    assert (entry.detail["unchecked"], entry.detail["why"]) == (["lock", "tag", "zero"], "a look through the window")


async def test_a_check_that_cannot_be_kept_does_not_count(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_fields: object) -> None:
        raise CommandError("disk full")

    monkeypatch.setattr(station.store.journal, "append", broken)
    with pytest.raises(CommandError):
        await station.chat.secure("A", checked(SECURING, set(SECURING)))
    assert not station.chat.messages("A")
    assert not station.store.conversations(station.scope).of_issue("A")
    issue = station.issue("A")
    assert issue is not None
    assert station.chat.lockout(issue) is None
    assert not station.store.lockouts(station.scope).of_issue("A")


async def test_a_check_outlives_a_restart_and_no_other_cluster_has_it(station: Station, server: Server) -> None:
    await station.chat.secure("A", checked(SECURING, {"power"}, "a look through the window"))
    again = Station(station.settings, station.store, server, now_ms=lambda: NOW)
    issue = again.issue("A")
    assert issue is not None
    lockout = again.chat.lockout(issue)
    assert lockout is not None
    assert (lockout.done, lockout.missing) == (("power",), ("lock", "tag", "zero"))
    assert lockout.why_not == "a look through the window"
    again.intake.saved_offsets(TopicInfo("another cluster", "t", (0,)))
    assert again.chat.lockout(issue) is None
    again.intake.saved_offsets(TopicInfo("cluster", "t", (0,)))
    assert again.chat.lockout(issue) == lockout


async def test_a_check_ends_with_its_episode_and_not_with_a_repeat(station: Station) -> None:
    await station.chat.secure("A", checked(SECURING, set(SECURING)))
    station.intake.ingest([record(payload("A"), at=NOW - 90_000), record(payload("A"), at=NOW + 1_000)], {0: 3})
    issue = station.issue("A")
    assert issue is not None
    assert (issue.occurrences, issue.opened_ms) == (3, NOW - 90_000)
    assert station.chat.lockout(issue) is not None
    station.intake.ingest(
        [record(payload("A", isSolved=True), at=NOW + 2_000), record(payload("A"), at=NOW + 60_000)], {0: 5}
    )
    issue = station.issue("A")
    assert issue is not None
    assert (issue.is_open, issue.episode) == (True, 2)
    assert station.chat.lockout(issue) is None


async def test_answers_wait_again_in_a_new_episode(station: Station, server: Server) -> None:
    await _in_session(station, server)
    await station.chat.secure("A", checked(SECURING, set(SECURING)))
    path = await station.chat.save_conversation("A")
    assert "look at the filter" in path.read_text()
    station.intake.ingest(
        [record(payload("A", isSolved=True), at=NOW + 2_000), record(payload("A"), at=NOW + 60_000)], {0: 3}
    )
    path = await station.chat.save_conversation("A")
    assert "look at the filter" not in path.read_text()


async def test_a_resolve_waits_for_no_summary(station: Station, server: Server) -> None:
    """The server takes the summary before the resolve and after: nothing is gained by holding a resolve back."""
    await _in_session(station, server)
    hanging = asyncio.Event()
    complete = server.complete

    async def hangs(session: str, summary: str) -> None:
        await hanging.wait()
        await complete(session, summary)

    server.complete = hangs  # type: ignore[method-assign]
    entry = await station.commands.resolve("A", "필터 교체")
    assert station.dispatch.sendable() == [entry]
    hanging.set()
    await until(lambda: server.told == [("complete", "s1", "필터 교체")])


async def test_without_a_session_nothing_waits(station: Station, server: Server) -> None:
    entry = await station.commands.resolve("A", "필터 교체")
    assert station.dispatch.sendable() == [entry]
    assert not station.chat.closing.calls


async def test_the_report_is_saved_and_journaled_once(station: Station, server: Server) -> None:
    await _in_session(station, server)
    with pytest.raises(CommandError):
        await station.chat.save_report("A")
    await station.commands.resolve("A", "필터 교체")
    await until(lambda: station.chat.closing.offered("A") is not None)
    path = await station.chat.save_report("A")
    assert path.parent == station.settings.reports_folder
    assert [e.action for e in station.store.journal.entries("A")] == ["resolved", "report saved"]
    with pytest.raises(CommandError):
        await station.chat.skip_report("A")


async def test_a_folder_that_cannot_be_written_is_told(station: Station, server: Server) -> None:
    await _in_session(station, server)
    await station.commands.resolve("A", "필터 교체")
    await until(lambda: station.chat.closing.offered("A") is not None)
    station.settings.reports_folder.write_text("a file is in the way")
    with pytest.raises(CommandError, match="reports"):
        await station.chat.save_report("A")
    with pytest.raises(CommandError, match="reports"):
        await station.chat.save_conversation("A")
    assert station.chat.closing.offered("A") is not None, "it was not taken yet"


async def test_the_conversation_is_saved_beside_earlier_ones(station: Station, server: Server) -> None:
    await _in_session(station, server)
    first = await station.chat.save_conversation("A")
    assert "look at the filter" not in first.read_text(), "nobody made the safety check"
    await station.chat.secure("A", checked(SECURING, set(SECURING)))
    second = await station.chat.save_conversation("A")
    assert (first.name, second.name) == ("A.md", "A (2).md")
    text = second.read_text()
    assert text.index("Before you start") < text.index("look at the filter")


async def test_similar_fixes_are_told_in_the_conversation(station: Station) -> None:
    earlier = [
        record(payload("OLD"), at=NOW - 90_000_000, offset=1),
        record(
            payload("OLD", isSolved=True), at=NOW - 80_000_000, offset=2, headers=(("ce_note", "필터 교체".encode()),)
        ),
    ]
    station.intake.ingest(earlier, {0: 3})
    told = await station.chat.similar("A")
    assert told.author is Author.BUILTIN
    assert "필터 교체" in told.text
    assert not told.holds_steps


async def test_a_chatbot_that_is_not_there_cannot_be_called(station: Station) -> None:
    with pytest.raises(CommandError, match="plant, builtin"):
        await station.chat.say("A", "hello", to="oracle")


async def test_a_session_that_begins_while_its_issue_is_resolved_is_completed_too(
    station: Station, server: Server
) -> None:
    server.gate = asyncio.Event()
    server.scripts.append([Answer("look", memo={"session": "s1"})])
    await station.chat.say("A", "왜?")
    await until(lambda: "A" in station.chat.conversations.under_way)
    await station.commands.resolve("A", "필터 교체")
    assert not station.chat.closing.calls
    server.gate.set()
    await until(lambda: server.told == [("complete", "s1", "필터 교체")])
    await until(lambda: station.chat.closing.offered("A") == "s1")
