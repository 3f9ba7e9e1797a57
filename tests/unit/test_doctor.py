"""The doctor's own ways: what stands on a failed check is not looked at, and the terminal is measured for real."""

import contextlib
import os
import pty
import re
import select
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.chat.playbook.assistant import PlaybookAssistant
from core.doctor import Check, Verdict, examine
from core.doctor import runner as examination
from core.doctor.check import Finding, ok
from core.doctor.network import presented, secured
from core.doctor.store import outbox, quarantine, store
from core.domain.cluster_problems import ClusterProblemKind
from core.domain.events import Quarantined, Record
from core.domain.issues import issue_of
from core.domain.outbox import resolve_or_reopen
from core.domain.problems import Problem
from core.settings import load_settings
from core.station.data_dir import opened_store
from core.store.store import Batch, Store
from core.support.version import version
from tests.chat.serving import Certificate, serving
from tests.kafka.certificates import Authority
from tests.unit.commands import andon
from tests.unit.making import event
from tui.view.doctor_lines import lines_of, summary

NOBODY = "127.0.0.1:1"


async def checks_of(tmp_path: Path, **given: object) -> dict[str, Check]:
    settings = load_settings(data_dir=tmp_path / "data", lang="en", **given)
    return {check.name: check async for check in examine(settings, {"TERM": "xterm"})}


def first_failed(checks: dict[str, Check]) -> Check:
    return next(check for check in checks.values() if check.verdict is Verdict.FAILED)


async def test_what_stands_on_a_failed_check_is_not_looked_at(tmp_path: Path) -> None:
    checks = await checks_of(tmp_path, bootstrap_servers=NOBODY)
    assert first_failed(checks).name == "tcp"
    for name in ("login", "topic", "read", "write", "clock"):
        assert checks[name].verdict is Verdict.SKIPPED
    assert checks["store"].verdict is Verdict.OK, "the rest is looked at"


async def test_without_a_broker_it_says_what_to_set(tmp_path: Path) -> None:
    cause = first_failed(await checks_of(tmp_path))
    assert cause.name == "configuration"
    assert "KAFKA_BOOTSTRAP_SERVERS" in cause.remedy


async def test_an_unknown_name_is_the_cause(tmp_path: Path) -> None:
    cause = first_failed(await checks_of(tmp_path, bootstrap_servers="no-such-broker.invalid:9092"))
    assert cause.name == "name"
    assert "no-such-broker.invalid" in cause.found


async def test_one_of_two_addresses_is_enough_and_the_other_is_told(tmp_path: Path) -> None:
    with serving(_silent) as url:
        address = url.removeprefix("http://")
        checks = await checks_of(tmp_path, bootstrap_servers=f"{NOBODY},{address}")
    assert checks["tcp"].verdict is Verdict.WARNING
    assert address in checks["tcp"].found
    assert NOBODY in checks["tcp"].remedy


async def _silent(_scope: object, _receive: object, _send: object) -> None:
    """A web server, which is no Kafka."""


async def test_what_is_no_kafka_is_told(tmp_path: Path) -> None:
    with serving(_silent) as url:
        cause = first_failed(await checks_of(tmp_path, bootstrap_servers=url.removeprefix("http://")))
    assert cause.name == "login"


async def test_a_damaged_store_is_told_and_crashes_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "andon.db").write_bytes(b"no database" * 1000)
    checks = await checks_of(tmp_path, bootstrap_servers=NOBODY)
    assert checks["store"].verdict is Verdict.FAILED
    assert checks["outbox"].verdict is Verdict.SKIPPED


async def test_a_defect_of_one_check_keeps_no_other_from_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_settings: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(examination, "playbooks", broken)
    checks = await checks_of(tmp_path, bootstrap_servers=NOBODY)
    assert checks["playbooks"].verdict is Verdict.FAILED
    assert "ZeroDivisionError" in checks["playbooks"].found
    assert "terminal" in checks


async def test_progress_names_each_check_before_it_is_made(tmp_path: Path) -> None:
    settings = load_settings(bootstrap_servers=NOBODY, data_dir=tmp_path, lang="en")
    told: list[str] = []
    async for check in examine(settings, {"TERM": "xterm"}, looking=told.append):
        if check.verdict is not Verdict.SKIPPED:
            assert told[-1] == check.title


# --- certificates


@contextmanager
def tls_server(identity: Certificate) -> Iterator[str]:
    with serving(_silent, certificate=identity) as url:
        yield url.removeprefix("https://")


async def test_a_certificate_is_read_and_one_that_is_not_trusted_is_told_apart(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    good, other = authority.server("good"), authority.server("other", "other.plant")
    context = ssl.create_default_context(cafile=authority.file)
    with tls_server(Certificate(good.certificate, good.key)) as address:
        found = await secured(address, context)
        assert not isinstance(found, Problem)
        assert found.version.startswith("TLS")
        assert "127.0.0.1" in found.names
        assert found.days_left(time.time()) > 30
        unknown = await secured(address, ssl.create_default_context())
        assert isinstance(unknown, Problem)
        assert unknown.kind is ClusterProblemKind.CERT_UNKNOWN
    with tls_server(Certificate(other.certificate, other.key)) as address:
        wrong = await secured(address, context)
        assert isinstance(wrong, Problem)
        assert wrong.kind is ClusterProblemKind.CERT_NAME
        shown = await presented(address)
        assert shown is not None
        assert "other.plant" in shown.names


async def test_a_certificate_that_runs_out_soon_is_a_warning(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    soon = authority.expiring("soon", datetime.now(UTC) + timedelta(days=10))
    with tls_server(Certificate(soon.certificate, soon.key)) as address:
        checks = await checks_of(
            tmp_path, bootstrap_servers=address, security_protocol="SSL", ssl_ca_file=str(authority.file)
        )
    assert checks["tls"].verdict is Verdict.WARNING
    assert "renewed" in checks["tls"].remedy


async def test_a_certificate_that_never_runs_out_is_no_trouble_east_of_greenwich(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    authority = Authority(tmp_path)
    lasting = authority.expiring("lasting", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    try:
        with tls_server(Certificate(lasting.certificate, lasting.key)) as address:
            checks = await checks_of(
                tmp_path, bootstrap_servers=address, security_protocol="SSL", ssl_ca_file=str(authority.file)
            )
    finally:
        monkeypatch.undo()
        time.tzset()
    assert checks["tls"].verdict is Verdict.OK
    assert "9999-12-31" in checks["tls"].found


# --- the chatbot


async def test_a_chatbot_that_does_not_answer_is_a_warning(tmp_path: Path) -> None:
    checks = await checks_of(tmp_path, bootstrap_servers=NOBODY, chat_url="http://127.0.0.1:1")
    assert checks["chatbot"].verdict is Verdict.WARNING
    assert "built-in" in checks["chatbot"].remedy


async def test_without_a_chatbot_the_built_in_assistant_is_named(tmp_path: Path) -> None:
    assert PlaybookAssistant().name == "builtin"
    checks = await checks_of(tmp_path, bootstrap_servers=NOBODY)
    assert checks["chatbot"].verdict is Verdict.OK


# --- the terminal

MEASURE = "from core.doctor.terminal import hangul_width; print('width', hangul_width())"


@pytest.mark.parametrize(("answer", "width"), [(b"\x1b[1;3R", "2"), (b"x\x1b[12;2R", "1"), (b"", "None")])
def test_the_width_of_a_hangul_syllable_is_measured(answer: bytes, width: str) -> None:
    """``answer`` is where the terminal says that the cursor is, behind whatever somebody typed."""
    master, slave = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", MEASURE], stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    shown, give_up = b"", time.monotonic() + 30
    while not re.search(rb"width \w+\r\n", shown) and time.monotonic() < give_up:
        if select.select([master], [], [], 0.1)[0]:
            with contextlib.suppress(OSError):
                shown += os.read(master, 1024)
        if answer and b"\x1b[6n" in shown:
            os.write(master, answer)
            answer = b""
    process.wait(30)
    os.close(master)
    assert f"width {width}".encode() in shown


# --- how it is told


def test_long_words_are_wrapped_with_what_to_do_set_in() -> None:
    check = Check(
        "tls", "encryption", Verdict.FAILED, "브로커 인증서의 이름이 다릅니다. " * 3, "다시 발급받으세요. " * 3
    )
    lines = list(lines_of(check, 40))
    assert lines[0].is_first
    assert sum(line.is_first for line in lines) == 1
    assert next(line.text for line in lines if line.is_remedy).startswith("→ ")
    assert len(list(lines_of(check, None))) == 2


def test_the_summary_names_the_first_that_failed() -> None:
    def check(name: str, verdict: Verdict) -> Check:
        return Check(name, name, verdict, "")

    assert "b" in summary([check("a", Verdict.WARNING), check("b", Verdict.FAILED), check("c", Verdict.FAILED)])
    assert "1" in summary([check("a", Verdict.WARNING)])
    assert ok("x") == Finding(Verdict.OK, "x")


def test_the_command_tells_settings_with_their_sources_and_no_secret(tmp_path: Path) -> None:
    given = {
        "KAFKA_BOOTSTRAP_SERVERS": NOBODY,
        "ANDON_DATA_DIR": str(tmp_path),
        "ANDON_CHAT_API_KEY": "a key that nobody sees",
    }
    ran = andon(given, "doctor", "--json")
    assert ran.code == 1
    told = {one["name"]: one for one in ran.json()["settings"]}
    assert told["bootstrap_servers"]["value"] == NOBODY
    assert "KAFKA_BOOTSTRAP_SERVERS" in told["bootstrap_servers"]["source"]
    assert told["topic"]["source"] == "default"
    assert ran.json()["version"] == version()
    assert f"andon {version()}" in ran.json()["checks"][0]["found"]
    plain = andon(given, "doctor")
    assert "KAFKA_BOOTSTRAP_SERVERS" in plain.text
    assert "ANDON_CHAT_API_KEY" in plain.text
    assert "nobody sees" not in plain.text + ran.text


@pytest.mark.parametrize("place", ["file", "file/below", "store/andon.db", "/proc/andon", "/proc/andon/below"])
async def test_a_data_folder_that_cannot_be_made_is_no_ok(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("something else")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "andon.db").write_text("something else")
    finding = await store(load_settings(data_dir=tmp_path / place, lang="en"))
    assert finding.verdict is Verdict.FAILED
    assert "ANDON_DATA_DIR" in finding.remedy


@pytest.mark.parametrize(
    "change",
    ["UPDATE outbox SET headers = 'x'", "UPDATE quarantine SET headers = 'x'", "DROP TABLE outbox", "DROP TABLE meta"],
)
async def test_a_row_or_a_table_that_is_no_more_is_told_and_no_check_fails_by_itself(
    tmp_path: Path, change: str
) -> None:
    settings = load_settings(data_dir=tmp_path, lang="en")
    record = Record("t", 0, 0, 0, None, b"x", ())
    with closing(Store(tmp_path)) as kept:
        kept.commit_batch("c/t", Batch([], {}, [Quarantined(record, "reason")]))
        raised = issue_of(event(1))
        promise = resolve_or_reopen(raised, solved=True, now_ms=1, operator="kim", note="", terminal="T")
        kept.outbox.add(promise, scope="c/t", now_ms=1)
        with kept.database.transaction() as db:
            db.execute(change)
    finding = await store(settings)
    assert finding.verdict is Verdict.FAILED
    assert "sets the damaged file aside" in finding.remedy
    for check in (outbox, quarantine):
        await check(settings)


async def test_looking_leaves_nothing_in_a_folder_that_is_empty_yet(tmp_path: Path) -> None:
    finding = await store(load_settings(data_dir=tmp_path / "new" / "data", lang="en"))
    assert finding.verdict is Verdict.OK
    assert not os.listdir(tmp_path)  # noqa: PTH208 - in an async test


async def test_a_damaged_store_and_one_that_was_set_aside_are_told(tmp_path: Path) -> None:
    (tmp_path / "andon.db").write_text("something else" * 100)
    settings = load_settings(data_dir=tmp_path, lang="en")
    finding = await store(settings)
    assert finding.verdict is Verdict.FAILED
    assert "sets the damaged file aside" in finding.remedy
    with opened_store(settings):
        pass
    finding = await store(settings)
    assert finding.verdict is Verdict.WARNING
    assert "andon.db.damaged-" in finding.found
