"""The headless commands as an operator or a script runs them, on the embedded broker."""

import asyncio
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiokafka import AIOKafkaProducer

from core.domain.journal import first_break
from core.store.store import Store
from tests.unit.commands import andon, environment

if TYPE_CHECKING:
    from core.demo.embedded_broker import EmbeddedBroker

embedded = pytest.importorskip("core.demo.embedded_broker")
pytest.importorskip("confluent_kafka", reason="needs the extra demo: confluent-kafka")

TOPIC = "chatbot-issue-events"
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def broker() -> Iterator["EmbeddedBroker"]:
    with embedded.EmbeddedBroker({TOPIC: 3}) as broker:
        yield broker


@pytest.fixture
def given(broker: "EmbeddedBroker", tmp_path: Path) -> dict[str, str]:
    return {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "ANDON_DATA_DIR": str(tmp_path / "data")}


def raise_issue(given: dict[str, str], issue: str, description: str = "유압 이상") -> None:
    ran = andon(
        given,
        "raise", "--issue", issue, "--process-type", "장애접수", "--mode-type", "프레스", "--description", description,
    )  # fmt: skip
    assert ran.code == 0, ran.complaint


def test_the_whole_loop_by_commands(given: dict[str, str]) -> None:
    raise_issue(given, "PRESS_1")
    [issue] = andon(given, "issues", "--json").json()
    assert (issue["issue"], issue["isSolved"], issue["state"]) == ("PRESS_1", False, "open")
    assert (issue["occurrences"], issue["episode"], issue["solvedAt"]) == (1, 1, None)
    assert andon(given, "resolve", "PRESS_1", "--note", "흡입 필터 교체").code == 0
    assert andon(given, "issues", "--json").json() == []
    [solved] = andon(given, "issues", "--all", "--json").json()
    assert (solved["resolvedBy"], solved["resolutionNote"], solved["state"]) == ("kim", "흡입 필터 교체", "solved")
    assert solved["cause"] is None
    again = andon(given, "resolve", "PRESS_1")
    assert again.code == 1
    assert "PRESS_1" in again.complaint
    assert andon(given, "reopen", "PRESS_1").code == 0
    [reopened] = andon(given, "issues", "--json").json()
    assert reopened["episode"] == 2
    assert andon(given, "journal", "--verify").code == 0
    actions = [json.loads(line)["action"] for line in andon(given, "journal", "--json").text.splitlines()]
    assert actions == ["resolved", "confirmed", "reopened", "confirmed"]
    exported = andon(given, "export", "PRESS_1", "--format", "json").json()
    assert exported["issue"]["issue"] == "PRESS_1"
    assert [entry["action"] for entry in exported["actions"]] == actions
    assert "# PRESS" in andon(given, "export", "PRESS_1").text


def test_a_cause_by_its_digit_or_its_code_is_on_the_record_and_in_the_journal(given: dict[str, str]) -> None:
    raise_issue(given, "PRESS_1", "100톤 프레스 유압 이상")
    refused = andon(given, "resolve", "PRESS_1", "--cause", "9")
    assert refused.code == 1
    assert "0 Another cause" in refused.complaint
    assert andon(given, "resolve", "PRESS_1", "--cause", "2").code == 0
    raise_issue(given, "PRESS_2", "?")
    assert andon(given, "resolve", "PRESS_2", "--cause", "other").code == 0
    solved = {one["issue"]: one["cause"] for one in andon(given, "issues", "--all", "--json").json()}
    assert solved == {"PRESS_1": "press-hydraulic-pressure.2", "PRESS_2": "other"}
    journal = [json.loads(line) for line in andon(given, "journal", "--json").text.splitlines()]
    assert [one["detail"]["cause"] for one in journal if one["action"] == "resolved"] == list(solved.values())


def test_doctor_is_content_with_a_good_set_up(given: dict[str, str]) -> None:
    report = andon(given, "doctor", "--json")
    assert report.code == 0
    assert report.json()["ok"]


def test_the_plants_own_playbooks_are_in_force_and_a_wrong_one_is_named(given: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "a.toml").write_text('id = "press"\nprecautions = ["Ring the blue bell first."]\n')
    given = {**given, "ANDON_PLAYBOOKS_DIR": str(folder)}
    raise_issue(given, "PRESS_9")
    assert andon(given, "resolve", "PRESS_9").code == 0
    assert "Ring the blue bell first." in andon(given, "export", "PRESS_9").text
    (folder / "b.toml").write_text('id = "oven"\n')
    report = andon(given, "doctor", "--json")
    assert report.code == 1
    [wrong] = [check for check in report.json()["checks"] if check["name"] == "playbooks"]
    assert wrong["verdict"] == "failed"
    assert "b.toml" in wrong["found"]


def test_without_a_broker_it_says_what_to_set(tmp_path: Path) -> None:
    for command in ((), ("issues",), ("watch",), ("resolve", "X")):
        ran = andon({"ANDON_DATA_DIR": str(tmp_path)}, *command)
        assert ran.code == 2
        assert "KAFKA_BOOTSTRAP_SERVERS" in ran.complaint
        assert "andon demo" in ran.complaint
        assert len(ran.complaint.splitlines()) == 1


def test_wrong_use_is_2_and_failure_is_1_in_one_line(tmp_path: Path) -> None:
    nowhere = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "ANDON_DATA_DIR": str(tmp_path)}
    assert andon(nowhere, "frobnicate").code == 2
    assert andon(nowhere, "raise", "--issue", "X").code == 2
    assert andon({**nowhere, "ANDON_LANG": "xx"}, "issues").code == 2
    for command in (("issues",), ("resolve", "X", "--wait", "3"), ("doctor",), ("export", "X")):
        ran = andon(nowhere, *command)
        assert ran.code == 1, command
        assert "Traceback" not in ran.complaint
        assert len(ran.complaint.splitlines()) <= 1


def test_a_resolve_without_contact_is_kept_and_goes_out_at_the_next_start(
    given: dict[str, str], broker: "EmbeddedBroker"
) -> None:
    raise_issue(given, "PRESS_2")
    raise_issue(given, "OTHER")
    assert andon(given, "resolve", "OTHER").code == 0  # so that this terminal has a snapshot
    broker.take_down()
    kept = andon(given, "resolve", "PRESS_2", "--note", "메모", "--wait", "4")
    assert kept.code == 1
    assert "outbox keeps it" in kept.complaint
    broker.bring_up()
    assert andon(given, "resolve", "PRESS_2", "--wait", "60").code == 0
    solved = {issue["issue"]: issue for issue in andon(given, "issues", "--all", "--json").json()}
    assert solved["PRESS_2"]["resolutionNote"] == "메모"


def test_one_process_a_data_directory(given: dict[str, str]) -> None:
    raise_issue(given, "PRESS_3")
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "resolve", "NOT_THERE_YET", "--wait", "60"],
        env=environment({**given, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as first:
        try:
            _until_locked(Path(given["ANDON_DATA_DIR"]), first)
            ran = andon(given, "resolve", "PRESS_3")
            assert ran.code == 1
            assert str(first.pid) in ran.complaint
            assert "ANDON_DATA_DIR" in ran.complaint
            assert andon(given, "issues").code == 0, "looking needs no lock"
        finally:
            first.kill()
    assert andon(given, "resolve", "PRESS_3").code == 0


def _until_locked(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + 30
    while not (folder / "andon.pid").exists() or (folder / "andon.pid").read_text() != str(process.pid):
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_watch_tells_each_change_and_ends_with_ctrl_c(given: dict[str, str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "watch", "--json"],
        env=environment(given),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # A test run in the background ignores SIGINT, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as watching:
        assert watching.stdout is not None
        try:
            raise_issue(given, "PRESS_4")
            opened = json.loads(watching.stdout.readline())
            assert (opened["change"], opened["issue"]["issue"]) == ("opened", "PRESS_4")
            assert andon(given, "resolve", "PRESS_4", "--note", "done").code == 0
            solved = json.loads(watching.stdout.readline())
            assert (solved["change"], solved["issue"]["resolutionNote"]) == ("solved", "done")
            asyncio.run(_send(given, b"not json"))
            assert json.loads(watching.stdout.readline())["change"] == "quarantined"
            watching.send_signal(signal.SIGINT)
            assert watching.wait(20) == 0
        finally:
            watching.kill()


def test_hostile_text_is_inert_in_every_output(given: dict[str, str]) -> None:
    evil = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\u202e\u2066[/] <b>&\x00\r" + "가" * 200_000
    fields = dict.fromkeys(("processType", "modeType", "modeLogId", "description"), evil)
    issue_id = evil[:300].replace("\x00", "")  # no argument of a command can hold a NUL
    value = {"issue": issue_id, "isSolved": False, "timestamp": evil, **fields}
    headers = [("ce_operator", evil[:50].encode()), ("ce_note", evil[:500].encode())]
    # Not escaped: the embedded broker keeps no more than 5 MiB a partition.
    asyncio.run(_send(given, json.dumps(value, ensure_ascii=False).encode(), headers))
    asyncio.run(_send(given, evil.encode()))
    unknown = andon(given, "resolve", f"{issue_id}?")
    assert unknown.code == 1
    assert not ACTIVE.search(unknown.complaint)
    resolved = andon(given, "resolve", issue_id, "--note", issue_id)
    assert resolved.code == 0, resolved.complaint
    issue, unreadable = andon(given, "issues", "--all", "--json").json()
    assert unreadable["state"] == "quarantined"
    assert issue["description"] == evil
    assert issue["issue"] == issue_id
    for command in (
        ("issues", "--all"),
        ("issues", "--all", "--json"),
        ("doctor",),
        ("journal",),
        ("journal", "--json"),
    ):
        ran = andon(given, *command)
        assert not ACTIVE.search(ran.text), command
        assert not ACTIVE.search(ran.complaint), command


def test_a_resolve_survives_a_kill_at_any_point(given: dict[str, str]) -> None:
    """SIGKILL somewhere between the start and the confirmation, then the same command again."""
    rng = random.Random(3)
    for number in range(6):
        issue, note = f"KILL_{number}", f"typed {number}"
        raise_issue(given, issue)
        with subprocess.Popen(
            [sys.executable, "-m", "tui", "resolve", issue, "--note", note],
            env=environment(given),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as killed:
            time.sleep(rng.uniform(0.4, 1.6))  # where it strikes is the point of the test
            killed.kill()
        second = andon(given, "resolve", issue, "--note", note)
        assert second.code == 0 or "resolved already" in second.complaint
    solved = {issue["issue"]: issue for issue in andon(given, "issues", "--all", "--json").json()}
    for number in range(6):
        assert solved[f"KILL_{number}"]["state"] == "solved"
        assert solved[f"KILL_{number}"]["resolutionNote"] == f"typed {number}"
        assert solved[f"KILL_{number}"]["episode"] == 1
    store = Store(Path(given["ANDON_DATA_DIR"]), read_only=True)
    assert first_break(store.journal.entries()) is None
    assert not store.outbox.unconfirmed()
    store.close()


async def _send(given: dict[str, str], value: bytes, headers: list[tuple[str, bytes]] | None = None) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=given["KAFKA_BOOTSTRAP_SERVERS"], max_request_size=16_000_000)
    await producer.start()
    try:
        await producer.send_and_wait(TOPIC, value, headers=headers or [])
    finally:
        await producer.stop()
