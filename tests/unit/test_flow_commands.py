"""``andon watch`` with filters and raw, and ``andon topic``, on the embedded broker."""

import asyncio
import json
import signal
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.demo.embedded_broker import EmbeddedBroker
from tests.kafka.frames import batch, send_frames, with_wrong_checksum
from tests.kafka.records import Outgoing, produce_many
from tests.unit.commands import andon, started, until_live
from tests.unit.making import payload

pytest.importorskip("confluent_kafka", reason="needs the extra demo: confluent-kafka")

TOPIC = "chatbot-issue-events"
EVIL = b'\x1b]52;c;aGk=\x07\xff\xe2\x80\xae{"a"\n'
AT = 1_754_672_737_123


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker({TOPIC: 2}) as broker:
        yield broker


@pytest.fixture
def given(broker: EmbeddedBroker, tmp_path: Path) -> dict[str, str]:
    return {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "ANDON_DATA_DIR": str(tmp_path / "data")}


def send(given: dict[str, str], *records: Outgoing) -> None:
    asyncio.run(produce_many(given["KAFKA_BOOTSTRAP_SERVERS"], TOPIC, records))


def test_watch_shows_what_the_filters_let_through(given: dict[str, str]) -> None:
    values = [
        payload("PRESS_1"),
        payload("PRESS_2", isSolved=True),
        payload("WELD_1", modeType="용접기"),
        payload("WELD_2", modeType="용접기", isSolved=True),
        payload("END", modeType="용접기", isSolved=True),
    ]
    send(given, *(Outgoing(value, partition=0) for value in (*values[:4], b"rubbish", values[4])))
    wanted = ("--issue", "PRESS_*", "--issue", "WELD_2", "--issue", "END", "--state", "solved")
    with started(given, "watch", "--json", *wanted) as watching:
        assert watching.stdout is not None
        lines = [json.loads(watching.stdout.readline()) for _ in range(3)]
    assert [line["issue"]["issue"] for line in lines] == ["PRESS_2", "WELD_2", "END"]
    with started(given, "watch", "--json", "--equipment", "용접기", "--state", "open", "--state", "solved") as watching:
        assert watching.stdout is not None
        lines = [json.loads(watching.stdout.readline()) for _ in range(3)]
    assert [line["issue"]["issue"] for line in lines] == ["WELD_1", "WELD_2", "END"]


def test_raw_shows_every_record_as_it_is(given: dict[str, str]) -> None:
    headers = (("__TypeId__", b"java.util.LinkedHashMap"), ("bin", b"\xfe"))
    send(
        given,
        Outgoing(payload("A"), b"A", headers, partition=0, timestamp_ms=AT),
        Outgoing(None, b"\xff", partition=0),
        Outgoing(EVIL, partition=0),
    )
    asyncio.run(send_frames(given["KAFKA_BOOTSTRAP_SERVERS"], TOPIC, 0, with_wrong_checksum(batch([b"lost"]))))
    send(given, Outgoing(payload("B"), partition=0))
    with started(given, "watch", "--raw", "--json") as watching:
        assert watching.stdout is not None
        output = [watching.stdout.readline() for _ in range(5)]
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 0
    event, tombstone, evil, lost, last = map(json.loads, output)
    assert [line["offset"] for line in (event, tombstone, evil, lost, last)] == [0, 1, 2, 3, 4]
    assert event["value"].encode() == payload("A")
    assert (event["key"], event["timestamp"], event["timestampMs"]) == ("A", "2025-08-08T17:05:37.123Z", AT)
    assert event["headers"] == [
        {"name": "__TypeId__", "value": "java.util.LinkedHashMap"},
        {"name": "bin", "valueBase64": "/g=="},
    ]
    assert (event["reason"], tombstone["reason"]) == (None, "The record has no value")
    assert (tombstone["value"], b64decode(tombstone["keyBase64"])) == (None, b"\xff")
    assert b64decode(evil["valueBase64"]) == EVIL
    assert (evil["reason"], lost["reason"]) == ("The value is not JSON", "The record's Kafka frame cannot be read")
    assert not any(active in b"".join(output) for active in (b"\x1b", b"\x07", b"\xe2\x80\xae"))


def test_raw_is_one_inert_line_a_record_for_people(given: dict[str, str]) -> None:
    send(given, Outgoing(EVIL, b"K", partition=1, timestamp_ms=AT))
    with started(given, "watch", "--raw") as watching:
        assert watching.stdout is not None
        line = watching.stdout.readline().decode()
    assert line.startswith(f"{TOPIC}[1]@0  2025-08-08T17:05:37.123Z CreateTime  key=K  headers: -  ␛]52;c;aGk=␇\\xff")
    assert line.endswith("  ← The value is not JSON\n")
    assert not any(active in line for active in "\x1b\x07\u202e")


def test_raw_from_now_follows_and_filters_by_key_or_json(given: dict[str, str]) -> None:
    send(given, Outgoing(payload("OLD"), b"OLD"))
    with started(given, "watch", "--raw", "--json", "--from", "now", "--issue", "NEW*") as watching:
        assert watching.stdout is not None
        until_live(watching)
        records = [Outgoing(payload("OLD")), Outgoing(payload("NEW_1")), Outgoing(b"rubbish", b"NEW_2")]
        send(given, *(Outgoing(record.value, record.key, partition=0) for record in records))
        lines = [json.loads(watching.stdout.readline()) for _ in range(2)]
    assert json.loads(lines[0]["value"])["issue"] == "NEW_1"
    assert (lines[1]["key"], lines[1]["value"]) == ("NEW_2", "rubbish")


@pytest.mark.parametrize("since", ["beginning", "now"])
def test_raw_goes_on_where_it_was_after_an_outage(given: dict[str, str], broker: EmbeddedBroker, since: str) -> None:
    with started(given, "watch", "--raw", "--json", "--from", since) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        until_live(watching)
        send(given, Outgoing(payload("A"), partition=0))
        assert json.loads(watching.stdout.readline())["offset"] == 0
        broker.take_down()
        assert b"answer" in watching.stderr.readline()
        broker.bring_up()
        send(given, Outgoing(payload("B"), partition=0))
        assert json.loads(watching.stdout.readline())["offset"] == 1


def test_raw_ends_when_its_reader_has_seen_enough(given: dict[str, str]) -> None:
    with started(given, "watch", "--raw") as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        send(given, Outgoing(payload("A"), partition=0))
        assert b'"A"' in watching.stdout.readline()
        watching.stdout.close()
        send(given, Outgoing(payload("B"), partition=0))
        assert watching.wait(30) == 0
        assert b"ipe" not in watching.stderr.read()


def test_watch_from_now_tells_that_it_waits_for_the_broker(given: dict[str, str], broker: EmbeddedBroker) -> None:
    broker.take_down()
    for raw in ([], ["--raw"]):
        with started(given, "watch", "--from", "now", *raw) as watching:
            assert watching.stderr is not None
            assert watching.stderr.readline() == b"connecting\n"
            assert broker.bootstrap.encode() in watching.stderr.readline()
            watching.send_signal(signal.SIGINT)
            assert watching.wait(30) == 0


def test_topic_tells_what_the_embedded_broker_tells(given: dict[str, str], broker: EmbeddedBroker) -> None:
    send(given, *(Outgoing(payload(str(n)), partition=1, timestamp_ms=AT + n) for n in range(3)))
    broker.delete_records_before(TOPIC, 1, 1)
    found = andon(given, "topic", "--json").json()
    assert (found["topic"], found["retentionMs"], found["autoCreateTopics"]) == (TOPIC, None, None)
    empty, filled = found["partitions"]
    assert (empty["partition"], empty["count"], empty["firstAt"], empty["lastAt"]) == (0, 0, None, None)
    assert (filled["firstOffset"], filled["nextOffset"], filled["count"]) == (1, 3, 2)
    assert (filled["firstAt"], filled["lastAt"]) == ("2025-08-08T17:05:37.124Z", "2025-08-08T17:05:37.125Z")
    plain = andon({**given, "TZ": "UTC"}, "topic")
    assert plain.code == 0
    assert "The log starts at 2025-08-08 17:05" in plain.text
    assert "not known" in plain.text


def test_topic_without_a_topic_or_a_broker_is_one_line_and_makes_none(
    given: dict[str, str], broker: EmbeddedBroker
) -> None:
    for _ in range(2):
        ran = andon({**given, "KAFKA_TOPIC": "typo"}, "topic")
        assert (ran.code, ran.out) == (1, b"")
        assert ran.complaint.startswith("andon: The topic typo is not on this cluster.")
    broker.take_down()
    ran = andon(given, "topic")
    assert (ran.code, ran.out, len(ran.complaint.splitlines())) == (1, b"", 1)
    assert broker.bootstrap in ran.complaint
