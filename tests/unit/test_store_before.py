"""A store that the version before wrote opens with everything in it.

``stores/version_N.sql`` is what a terminal of schema N kept at the end of a shift, dumped from the file that Andon of
that time wrote. Whoever raises ``SCHEMA_VERSION`` adds the file of the version that goes.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.alarms import AlarmState
from core.domain.cluster_problems import ClusterProblemKind
from core.domain.freshness import FeedState
from core.domain.journal import first_break
from core.domain.messages import MessageState
from core.domain.outbox import OutboxState
from core.settings import load_settings
from core.station.commands import MESSAGE_DRAFT, RESOLVE_DRAFT
from core.station.data_dir import opened_store
from core.station.station import Station
from core.store.database import OLDEST_VERSION, SCHEMA_VERSION
from core.store.store import FILE_NAME, Store
from tests.unit.making import NOW, payload, record
from tests.unit.station_making import TOPIC, become, say_live, take

SCOPE = "cluster/t"
MINUTE_MS = 60_000
STORES = Path(__file__).parent / "stores"
VERSIONS = sorted(int(path.stem.rpartition("_")[2]) for path in STORES.glob("version_*.sql"))

Rows = list[dict[str, Any]]


def made(folder: Path, version: int) -> Path:
    """The file as it was found."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as file:
        file.executescript((STORES / f"version_{version}.sql").read_text(encoding="utf-8"))
    return folder


def tables(folder: Path) -> dict[str, Rows]:
    """All that is in the file."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as file:
        file.row_factory = sqlite3.Row
        names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name: [dict(row) for row in file.execute(f'SELECT * FROM "{name}"')] for (name,) in names.fetchall()}  # noqa: S608


def station_of(folder: Path) -> Station:
    chosen = load_settings(data_dir=folder, terminal_id="T")
    return Station(chosen, Store(folder), PlaybookAssistant(), now_ms=lambda: NOW)


@pytest.fixture(params=VERSIONS, ids=lambda version: f"schema {version}")
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def folder(tmp_path: Path, version: int) -> Path:
    return made(tmp_path, version)


def test_there_is_a_file_of_the_version_before_and_of_each_that_is_out_there() -> None:
    assert SCHEMA_VERSION - 1 in VERSIONS
    assert set(VERSIONS) >= set(range(max(OLDEST_VERSION, 3), SCHEMA_VERSION))


def test_every_row_of_every_table_is_there_as_it_was(folder: Path) -> None:
    before = tables(folder)
    assert all(before[name] for name in ("issues", "outbox", "journal", "messages", "drafts", "handling", "quarantine"))
    Store(folder).close()
    after = tables(folder)
    for table, rows in before.items():
        columns = rows[0].keys() if rows else ()
        assert [{name: row[name] for name in columns} for row in after[table]] == rows, table


def test_opening_it_again_changes_nothing_more(folder: Path) -> None:
    Store(folder).close()
    once = tables(folder)
    Store(folder).close()
    assert tables(folder) == once


def test_a_copy_that_is_only_read_is_left_as_it_was(folder: Path, tmp_path: Path) -> None:
    before = tables(folder)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / FILE_NAME, other)
    chosen = load_settings(data_dir=other)
    with opened_store(chosen) as store:
        assert store.recovery is None, "it is no damaged one"
    assert tables(folder) == before


def test_the_terminal_shows_what_it_showed(folder: Path) -> None:
    station = station_of(folder)
    view = station.view
    assert (view.scope, station.store.meta.operator(), view.recovery) == (SCOPE, "lee", None)
    issues = {
        issue: station.issue(issue) for issue in ("PRESS-1", "WELD-1", "PAINT-1", "ASSY-1", "AGAIN", "DUP", "GONE")
    }
    assert {name for name, issue in issues.items() if issue is not None and issue.is_open} == {
        "PRESS-1", "WELD-1", "PAINT-1", "ASSY-1", "AGAIN",
    }  # fmt: skip
    assert len(station.register.issues) == len(issues)
    press, weld, dup = issues["PRESS-1"], issues["WELD-1"], issues["DUP"]
    assert press is not None
    assert weld is not None
    assert dup is not None
    assert (press.mode_log_id, press.description, press.opened_ms) == ("L1", "유압 누유", NOW - 9 * MINUTE_MS)
    assert press.opened_as is not None
    assert press.opened_as.payload["line"] == 3
    assert press.opened_as.headers == (("__TypeId__", b"java.util.HashMap"),)
    assert (weld.mode_type, weld.episode) == ("용접기", 2)
    assert dup.resolution is not None
    assert (dup.occurrences, dup.resolution.operator, dup.resolution.note) == (2, "lee", "벨트 교체")
    assert view.by_id["WELD-1"].unread == 2
    assert view.drafts[("WELD-1", MESSAGE_DRAFT)] == "전극을 갈았는데"
    assert view.drafts[("PRESS-1", RESOLVE_DRAFT)] == "베어링"
    assert (view.by_id["PRESS-1"].handling, view.by_id["ASSY-1"].standing.state) == (
        station.handling["PRESS-1"],
        AlarmState.SHELVED,
    )
    assert station.handling["PRESS-1"].claimed_by == "lee"
    assert station.handling["ASSY-1"].shelved_why == "부품 대기"


def test_what_was_promised_to_the_plant_still_waits(folder: Path, version: int) -> None:
    station = station_of(folder)
    waits = {entry.record.issue: entry for entry in station.outbox}
    held = OutboxState.HELD if version >= 4 else OutboxState.WAITING
    assert {issue: entry.state for issue, entry in waits.items()} == {
        "PAINT-1": OutboxState.PARKED,
        "PRESS-1": OutboxState.WAITING,
        "AGAIN": held,
    }
    assert waits["PAINT-1"].problem is not None
    assert waits["PAINT-1"].problem.kind is ClusterProblemKind.TOO_LARGE
    assert (waits["PRESS-1"].record.operator, waits["PRESS-1"].record.note) == ("lee", "패킹 교체")
    rows = station.store.database.rows("SELECT event_id FROM outbox WHERE state = 'confirmed'")
    confirmed = station.store.outbox.get(str(rows[0]["event_id"]))
    assert confirmed is not None
    assert confirmed.record.issue == "DUP"


async def test_the_conversations_the_lockout_and_the_audit_trail_are_there(folder: Path) -> None:
    station = station_of(folder)
    said = station.store.conversations(SCOPE).of_issue("WELD-1")
    assert [one.text for one in said][:2] == ["교대 조에 알림", "다음은?"]
    assert said[1].state in (MessageState.SENDING, MessageState.SENT), "a question that waits is asked"
    press = station.issue("PRESS-1")
    assert press is not None
    lockout = station.chat.lockout(press)
    assert lockout is not None
    assert (set(lockout.done), lockout.missing, lockout.why_not) == ({"power", "lock", "tag"}, ("zero",), "압력계 고장")
    [call] = station.store.chat_calls(SCOPE).all()
    assert (call.issue, call.session, call.summary) == ("GONE", "session-7", "필터를 갈았다")
    entries = list(station.store.journal.entries())
    assert [one.action for one in entries][:4] == ["signed in", "acknowledged", "claimed", "shelved"]
    assert first_break(entries) is None
    assert [one.record.value for one in station.store.quarantine.newest()] == [b"[1, 2]", b"no json"]


def test_what_only_the_versions_since_four_keep(folder: Path, version: int) -> None:
    if version < 4:
        return
    station = station_of(folder)
    assert list(station.overruled) == ["GONE"]
    assert list(station.state.unconfirmed.issues) == ["ASSY-1"]
    assert station.intake.last_reads(TOPIC)
    assert station.state.completeness.was_complete
    [held] = station.state.held.values()
    assert (held.record.issue, held.raised_again_ms) == ("AGAIN", NOW - MINUTE_MS)


def test_it_reads_on_where_it_stopped_or_all_anew_and_ends_the_same(folder: Path, version: int) -> None:
    """Offsets of rows that older rules wrote are not trusted: then the log is read whole, once."""
    station = station_of(folder)
    saved = dict(station.intake.saved_offsets(TOPIC))
    assert saved == ({0: 16} if version >= 4 else {})
    become(station, FeedState.CATCHING_UP)
    take(station, record(payload("NEW"), at=NOW, offset=16))
    say_live(station)
    assert "NEW" in station.view.by_id
    station.store.close()
    again = station_of(folder)
    assert len(again.register.issues) == 8
    assert again.state.next_offsets == {0: 17}
