"""Contact is as old as the quietest partition's; a stray cancellation ends no feed."""

import asyncio
from pathlib import Path

import pytest

from core.domain.freshness import FeedState
from core.kafka.feed import Feed
from core.kafka.liveness import Contact
from core.kafka.raw_sink import RawSink
from core.settings import load_settings


def test_contact_is_as_old_as_the_partition_that_was_silent_for_longest() -> None:
    contact = Contact()
    contact.expect((0, 1), 100.0)
    assert not contact.is_complete
    contact.answer(0, 7, 101.0)
    assert (contact.since, contact.is_complete) == (100.0, False)
    contact.answer(1, 7, 102.0)
    assert (contact.since, contact.is_complete) == (101.0, True)
    for now in (103.0, 104.0):
        contact.answer(0, 7, now)
        contact.answer(1, round(now), now)
    assert contact.since == 101.0, "an old answer is no news"
    contact.expect((0, 1, 2), 105.0)
    assert contact.since == 101.0, "a partition that was added makes the others no fresher"


def test_records_that_wait_behind_others_are_contact_too() -> None:
    contact = Contact()
    contact.expect((0, 1), 100.0)
    contact.answer(0, 7, 100.0)
    contact.answer(1, 7, 100.0)
    contact.records((0, 1), 130.0)
    contact.answer(1, 7, 131.0)
    assert contact.since == 130.0


async def test_a_cancellation_that_nobody_asked_for_ends_no_feed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    feed = Feed(load_settings(bootstrap_servers="127.0.0.1:1", data_dir=tmp_path).kafka, Deaf())
    sessions = []

    async def session(*_given: object) -> None:
        sessions.append(1)
        raise asyncio.CancelledError

    monkeypatch.setattr("core.kafka.feed_session.run_session", session)
    task = asyncio.create_task(feed.run())
    async with asyncio.timeout(10):
        while len(sessions) < 2:
            await asyncio.sleep(0.01)
    assert feed.freshness.state is FeedState.CONNECTING
    assert feed.freshness.problem is not None
    task.cancel()
    await asyncio.wait({task}, timeout=10)
    assert task.cancelled()


class Deaf(RawSink):
    """A sink that nobody listens to."""
