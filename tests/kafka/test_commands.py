"""The headless commands on a real broker: the loop, an outage, text that is hostile and long."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from core.domain.issue_json import WIRE_FIELDS
from tests.kafka.broker import RealKafka
from tests.kafka.conftest import StartKafka
from tests.kafka.helpers import event_ids, headers_of, published, value_of
from tests.kafka.records import produce
from tests.kafka.stations import issue_value
from tests.unit.commands import Ran, andon, started

pytestmark = pytest.mark.soak  # minutes long: run by hand, see CONTRIBUTING.md

HOSTILE = "\x1b]0;x\x07\x9b2J\u202e[/]\x00" + "나" * 50_000


async def run(given: dict[str, str], *arguments: str) -> Ran:
    """The command in a thread: this event loop goes on."""
    return await asyncio.to_thread(andon, given, *arguments)


def settings(bootstrap: str, topic: str, folder: Path) -> dict[str, str]:
    return {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "KAFKA_TOPIC": topic, "ANDON_DATA_DIR": str(folder / "data")}


async def test_raise_watch_resolve_reopen_export(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    given = settings(kafka.bootstrap, topic, tmp_path)
    with started(given, "watch", "--json", stderr=subprocess.DEVNULL) as watch:
        raised = await run(given, "raise", "--issue", "WELD_1", "--process-type", "정기점검", "--mode-type", "용접기")
        assert raised.code == 0, raised.complaint
        assert f"{topic}[" in raised.text
        assert (await run(given, "resolve", "WELD_1", "--note", "팁 교체")).code == 0
        assert (await run(given, "reopen", "WELD_1", "--note", "다시")).code == 0
        changes = [json.loads(await asyncio.to_thread(next_line, watch)) for _ in range(3)]
    assert [change["change"] for change in changes] == ["opened", "solved", "reopened"]
    first, resolve, reopen = await published(kafka.bootstrap, topic, "WELD_1")
    assert value_of(first).keys() == set(WIRE_FIELDS)
    assert headers_of(first)["ce_type"] == "andon.issue.raised"
    assert value_of(resolve) == {**value_of(first), "isSolved": True, "timestamp": value_of(resolve)["timestamp"]}
    assert headers_of(resolve)["ce_note"] == "팁 교체"
    assert headers_of(reopen)["ce_type"] == "andon.issue.reopened"
    exported = (await run(given, "export", "WELD_1", "--format", "json")).json()
    assert [entry["action"] for entry in exported["actions"]] == ["resolved", "confirmed", "reopened", "confirmed"]
    assert (await run(given, "journal", "--verify")).code == 0
    report = await run(given, "doctor", "--json")
    assert report.code == 0, report.text


async def test_resolve_with_the_broker_down_is_kept_and_confirmed_by_the_next(
    own_kafka: StartKafka, tmp_path: Path
) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    given = settings(broker.bootstrap, "t", tmp_path)
    await produce(broker.bootstrap, "t", issue_value("A"))
    await produce(broker.bootstrap, "t", issue_value("OTHER"))
    assert (await run(given, "resolve", "OTHER")).code == 0
    await broker.stop()
    kept = await run(given, "resolve", "A", "--note", "한글 메모", "--wait", "5")
    assert kept.code == 1
    assert "outbox keeps it" in kept.complaint
    assert len(kept.complaint.splitlines()) == 1
    unknown = await run(given, "resolve", "NOBODY", "--wait", "3")
    assert unknown.code == 1
    assert broker.bootstrap in unknown.complaint
    await broker.start()
    again = await run(given, "resolve", "A", "--wait", "60")
    assert again.code == 0, again.complaint
    records = await published(broker.bootstrap, "t", "A")
    assert len(set(event_ids(records))) == 1
    assert headers_of(records[0])["ce_note"] == "한글 메모"


@pytest.mark.parametrize("command", ["issues", "watch"])
async def test_hostile_text_is_exact_in_json_and_inert_on_the_way(
    kafka: RealKafka, topic: str, tmp_path: Path, command: str
) -> None:
    fields = dict.fromkeys(("processType", "modeType", "modeLogId", "description", "timestamp"), HOSTILE)
    await produce(kafka.bootstrap, topic, issue_value(HOSTILE, **fields))
    given = settings(kafka.bootstrap, topic, tmp_path)
    if command == "issues":
        output = (await run(given, "issues", "--json")).out
        [issue] = json.loads(output)
    else:
        with started(given, "watch", "--json", stderr=subprocess.DEVNULL) as watch:
            output = await asyncio.to_thread(next_line, watch)
        issue = json.loads(output)["issue"]
    assert {name: issue[name] for name in ("issue", *fields)} == {"issue": HOSTILE, **fields}
    for active in ("\x1b", "\x07", "\x9b", "\u202e", "\x00"):
        assert active.encode() not in output


def next_line(process: "subprocess.Popen[bytes]") -> bytes:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "it ended"
    return line
