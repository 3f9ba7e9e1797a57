"""The headless commands where it is hard: pipes that close, Ctrl+C, hostile text, odd times, a second process."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from core.demo.embedded_broker import EmbeddedBroker
from core.domain.issue_json import WIRE_FIELDS
from core.domain.outbox import OutboxState
from core.settings import load_settings
from core.station.data_dir import opened_store
from core.store.store import Store
from tests.unit.commands import Ran, andon, environment, started, until_live

pytest.importorskip("confluent_kafka", reason="needs the extra demo: confluent-kafka")

TOPIC = "chatbot-issue-events"
ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""What no output of a command may hold: C0 (but the line's end), C1, bidi and other invisible signs."""
EVIL = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\u202e\u2066[/] [bold]<b>&\x00\r\t\x85\u200b\ufeff\u2028"
EVIL_ID = EVIL.replace("\x00", "")
"""The same as an argument of a command, which cannot hold a NUL."""
YEAR_9999_MS = 253_402_300_799_000


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker({TOPIC: 2}) as broker:
        yield broker


@pytest.fixture
def given(broker: EmbeddedBroker, tmp_path: Path) -> dict[str, str]:
    return {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "ANDON_DATA_DIR": str(tmp_path / "data")}


def value_of(issue: str, **fields: Any) -> bytes:
    value = {"issue": issue, "processType": "장애접수", "modeType": "프레스", "isSolved": False, **fields}
    return json.dumps(value, ensure_ascii=False).encode()


def send(given: dict[str, str], *values: bytes, at: int | None = None, headers: Any = ()) -> None:
    asyncio.run(_send(given, values, at, list(headers)))


async def _send(given: dict[str, str], values: tuple[bytes, ...], at: int | None, headers: Any) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=given["KAFKA_BOOTSTRAP_SERVERS"], max_request_size=16_000_000
    ) as producer:
        for value in values:
            await producer.send_and_wait(TOPIC, value, timestamp_ms=at, headers=headers)


def one_line(ran: Ran) -> str:
    """The only line on stderr; nothing may be on stdout."""
    assert ran.out == b""
    [line] = ran.complaint.splitlines()
    assert line.startswith("andon: ")
    return line


# --- watch


def test_watch_from_the_beginning_tells_what_this_terminal_knows_already(given: dict[str, str]) -> None:
    send(given, value_of("A"))
    assert andon(given, "resolve", "A", "--note", "끝").code == 0
    with started(given, "watch", "--json") as watching:
        assert watching.stdout is not None
        lines = [json.loads(watching.stdout.readline()) for _ in range(2)]
    # The two lie on different partitions, so either may be read first; they fold to the same.
    assert [line["issue"]["issue"] for line in lines] == ["A", "A"]
    assert lines[-1]["issue"]["state"] == "solved"


def test_watch_from_now_tells_only_what_comes(given: dict[str, str]) -> None:
    send(given, value_of("OLD"))
    with started(given, "watch", "--json", "--from", "now") as watching:
        assert watching.stdout is not None
        until_live(watching)
        send(given, value_of("NEW"))
        assert json.loads(watching.stdout.readline())["issue"]["issue"] == "NEW"


def test_watch_ends_when_its_reader_has_seen_enough(given: dict[str, str]) -> None:
    """As in ``andon watch | head -1``: it may not go on for ever, nor complain."""
    with started(given, "watch") as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        send(given, value_of("A"))
        assert b"A" in watching.stdout.readline()
        watching.stdout.close()
        send(given, value_of("B"))
        assert watching.wait(30) == 0
        assert b"ipe" not in watching.stderr.read()


def test_issues_ends_quietly_when_its_reader_is_gone(given: dict[str, str]) -> None:
    send(given, value_of("A"))
    with started(given, "issues", "--json") as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        complaint = listing.stderr.read()
        assert listing.wait(30) == 0
        assert b"Error" not in complaint
        assert b"Traceback" not in complaint


@pytest.mark.parametrize("as_json", [True, False])
def test_records_of_the_year_9999_and_before_1970_stop_nothing(given: dict[str, str], as_json: bool) -> None:
    far = {**given, "TZ": "Asia/Seoul"}
    for at in (2**62, YEAR_9999_MS, 0):
        send(far, value_of(f"AT{at}"), b"rubbish", at=at)
    send(far, value_of("AFTER"))
    with started(far, "watch", *(["--json"] if as_json else [])) as watching:
        assert watching.stdout is not None
        lines = [watching.stdout.readline().decode() for _ in range(7)]
        assert sum("quarantined" in line for line in lines) == 3
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 0
    listing = andon(far, "issues", *(["--json"] if as_json else []))
    assert listing.code == 0, listing.complaint
    assert "AFTER" in listing.text
    assert andon(far, "resolve", f"AT{2**62}").code == 0
    exported = andon(far, "export", f"AT{2**62}", "--format", "json" if as_json else "md")
    assert exported.code == 0, exported.complaint


# --- Ctrl+C


def test_an_interrupted_resolve_is_no_success(given: dict[str, str], broker: EmbeddedBroker) -> None:
    """Exit 0 is a promise: read back from the topic. What was typed is kept all the same."""
    _known_to_the_terminal(given, "A")
    broker.take_down()
    with started(given, "resolve", "A", "--note", "한글 메모", "--wait", "60") as resolving:
        _until(lambda: bool(_outbox(given)))
        resolving.send_signal(signal.SIGINT)
        assert resolving.wait(30) == 1
        assert resolving.stderr is not None
        assert b"Traceback" not in resolving.stderr.read()
    broker.bring_up()
    assert andon(given, "resolve", "A", "--wait", "60").code == 0
    issues = {issue["issue"]: issue for issue in andon(given, "issues", "--all", "--json").json()}
    assert issues["A"]["resolutionNote"] == "한글 메모"


# --- resolve, reopen


def test_a_resolve_that_is_under_way_is_waited_for_not_refused(given: dict[str, str], broker: EmbeddedBroker) -> None:
    """It may be read back while the second command still starts: that is what was asked for."""
    for number in range(4):
        issue = f"U{number}"
        _known_to_the_terminal(given, issue)
        broker.take_down()
        kept = andon(given, "resolve", issue, "--note", "메모", "--wait", "1")
        assert kept.code == 1
        assert "outbox keeps it" in one_line(kept)
        broker.bring_up()
        again = andon(given, "resolve", issue, "--wait", "60")
        assert again.code == 0, again.complaint
        assert issue in again.text
    assert not _outbox(given)


def test_reopen_is_confirmed_like_resolve_and_refuses_what_is_open(given: dict[str, str]) -> None:
    send(given, value_of("A"))
    refused = andon(given, "reopen", "A")
    assert refused.code == 1
    assert "A is open" in one_line(refused)
    assert andon(given, "resolve", "A").code == 0
    assert andon(given, "reopen", "A", "--note", "다시").code == 0
    [issue] = andon(given, "issues", "--json").json()
    assert (issue["episode"], issue["state"], issue["isSolved"]) == (2, "open", False)
    unknown = andon(given, "reopen", "NOBODY")
    assert unknown.code == 1
    assert "NOBODY" in one_line(unknown)


def test_broken_bytes_of_another_encoding_are_no_internal_error(given: dict[str, str]) -> None:
    """A Korean shell in CP949 gives arguments that are no UTF-8."""
    send(given, value_of("A"))
    ran = subprocess.run(
        [sys.executable.encode(), b"-m", b"tui", b"resolve", b"A", b"--note", "필터 교체".encode("cp949")],
        env=environment(given),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert andon(given, "journal", "--verify").code == 0
    assert andon(given, "issues", "--all").code == 0


# --- hostile text


def test_nothing_active_leaves_any_command(given: dict[str, str]) -> None:
    long = EVIL + "가" * 200_000
    fields = dict.fromkeys(("processType", "modeType", "modeLogId", "description", "extra"), long)
    headers = [("ce_operator", EVIL.encode()), ("ce_note", EVIL.encode()), ("ce_source", EVIL.encode())]
    value = {"issue": EVIL_ID, "isSolved": False, "timestamp": long, **fields}
    with started(given, "watch", stderr=subprocess.STDOUT) as plain, started(given, "watch", "--json") as as_json:
        # Not escaped: the embedded broker keeps about 5 MiB a partition.
        send(given, json.dumps(value, ensure_ascii=False).encode(), headers=headers)
        send(given, EVIL.encode(), headers=headers)
        hostile = {**given, "ANDON_OPERATOR": EVIL_ID, "ANDON_STATION": EVIL_ID}
        assert andon(hostile, "resolve", EVIL_ID, "--note", EVIL_ID).code == 0
        assert plain.stdout is not None
        assert as_json.stdout is not None
        told = [json.loads(_clean(as_json.stdout.readline())) for _ in range(3)]
        assert {line["change"] for line in told} == {"opened", "quarantined", "solved"}
        opened = next(line for line in told if line["change"] == "opened")
        assert {name: opened["issue"][name] for name in WIRE_FIELDS} == {name: value[name] for name in WIRE_FIELDS}
        seen = b""
        while b"  solved  " not in seen or b"  quarantined  " not in seen:
            line = plain.stdout.readline()
            assert line, seen
            seen += line
        _clean(seen)
    issue, unreadable = json.loads(_clean(andon(given, "issues", "--all", "--json").out))
    assert (unreadable["issue"], unreadable["state"]) == (None, "quarantined")
    assert {name: issue[name] for name in fields if name != "extra"} == {n: long for n in fields if n != "extra"}
    assert (issue["issue"], issue["isSolved"]) == (EVIL_ID, True)
    for command in (
        ("issues", "--all"),
        ("issues",),
        ("journal",),
        ("journal", "--json"),
        ("journal", "--verify"),
        ("export", EVIL_ID),
        ("doctor",),
        ("doctor", "--json"),
    ):
        ran = andon(given, *command)
        assert ran.code == 0, (command, ran.complaint)
        _clean(ran.out)
        _clean(ran.err)
    exported = json.loads(_clean(andon(given, "export", EVIL_ID, "--format", "json").out))
    assert exported["issue"]["description"] == long


def test_hostile_arguments_come_back_inert(given: dict[str, str]) -> None:
    send(given, value_of("A"))
    assert andon(given, "resolve", "A").code == 0
    for command in (
        ("resolve", EVIL_ID),
        ("reopen", EVIL_ID),
        ("export", EVIL_ID),
        ("--config", EVIL_ID, "issues"),
        ("--topic", EVIL_ID, "issues"),
        ("--bootstrap-servers", EVIL_ID, "issues"),
        ("--lang", EVIL_ID, "issues"),
    ):
        ran = andon(given, *command)
        assert ran.code in (1, 2), command
        assert "Traceback" not in ran.complaint
        _clean(ran.err)
        one_line(ran)


def _clean(output: bytes) -> str:
    text = output.decode()
    found = ACTIVE.search(text)
    assert found is None, repr(text[max(0, found.start() - 60) : found.end() + 20])
    return text


# --- outcomes


def test_a_missing_topic_and_a_dead_broker_are_one_line_and_1(given: dict[str, str], broker: EmbeddedBroker) -> None:
    typo = {**given, "KAFKA_TOPIC": "typo"}
    for command in (("issues",), ("raise", "--issue", "X", "--process-type", "장애접수", "--mode-type", "프레스")):
        ran = andon(typo, *command)
        assert ran.code == 1
        assert "typo" in one_line(ran)
        assert "KAFKA_TOPIC" in ran.complaint
    broker.take_down()
    for command in (("issues",), ("raise", "--issue", "X", "--process-type", "장애접수", "--mode-type", "프레스")):
        ran = andon(given, *command)
        assert ran.code == 1
        assert broker.bootstrap in one_line(ran)
    report = andon(given, "doctor", "--json")
    assert report.code == 1
    assert not report.json()["ok"]
    nameless = {**given, "KAFKA_BOOTSTRAP_SERVERS": "no-such-broker.invalid:9092"}
    ran = andon(nameless, "issues")
    assert ran.code == 1
    assert "no-such-broker.invalid" in one_line(ran)


def test_an_altered_journal_is_found(given: dict[str, str]) -> None:
    _known_to_the_terminal(given, "A")
    settings = load_settings(data_dir=Path(given["ANDON_DATA_DIR"]))
    with opened_store(settings) as store, store.database.transaction() as db:
        db.execute("UPDATE journal SET operator = 'somebody else' WHERE seq = 1")
    ran = andon(given, "journal", "--verify")
    assert ran.code == 1
    assert "entry 1" in one_line(ran)


def test_a_file_that_a_kill_left_empty_is_no_obstacle(given: dict[str, str]) -> None:
    """Killed between the file's creation and its schema."""
    send(given, value_of("A"))
    folder = Path(given["ANDON_DATA_DIR"])
    folder.mkdir()
    (folder / "andon.db").touch()
    listing = andon(given, "issues", "--json")
    assert listing.code == 0, listing.complaint
    assert [issue["issue"] for issue in listing.json()] == ["A"]
    assert andon(given, "resolve", "A").code == 0


def test_secrets_are_in_no_output(given: dict[str, str], tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")
    login = {
        **given,
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_SASL_MECHANISM": "PLAIN",
        "KAFKA_SASL_USERNAME": "terminal",
        "KAFKA_SASL_PASSWORD_FILE": str(secret),
    }
    for command in (("doctor",), ("doctor", "--json"), ("issues",)):
        ran = andon(login, *command)
        assert ran.code == 1, command
        assert "hunter2" not in ran.text + ran.complaint


# --- helpers


def _known_to_the_terminal(given: dict[str, str], issue: str) -> None:
    """Let ``issue`` be open, and in this terminal's snapshot."""
    send(given, value_of(issue), value_of(f"{issue}-other"))
    assert andon(given, "resolve", f"{issue}-other").code == 0


def _outbox(given: dict[str, str]) -> list[OutboxState]:
    store = Store(Path(given["ANDON_DATA_DIR"]), read_only=True)
    try:
        return [entry.state for entry in store.outbox.unconfirmed()]
    finally:
        store.close()


def _until(condition: Any, seconds: float = 30.0) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_played_demo_goes_through_the_whole_loop(tmp_path: Path, lang: str) -> None:
    ran = andon({"ANDON_DATA_DIR": str(tmp_path), "ANDON_LANG": lang}, "demo", "--auto")
    assert ran.code == 0, ran.text
    assert "PRESS_001_DEMO" in ran.text
