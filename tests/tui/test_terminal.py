"""The whole program in a pseudo-terminal on the embedded broker: keys in, screen out, killed and started again."""

import asyncio
import signal
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from core.kafka.publisher import publish_once
from core.outbox import raise_issue
from core.settings import load_settings
from tests.tui.terminal import CTRL_Q, ENTER, F2, F4, Terminal, andon_in_terminal

embedded = pytest.importorskip("core.kafka.embedded")
pytest.importorskip("confluent_kafka", reason="needs the extra demo: confluent-kafka")

TOPIC = "chatbot-issue-events"
DESCRIPTION = "\x1b]52;c;aGFja2Vk\x07\x1b[2J\u202e[/red] 유압 이상"


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    with embedded.EmbeddedBroker({TOPIC: 3}) as broker:
        yield {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "ANDON_DATA_DIR": str(tmp_path / "data"),
            "ANDON_OPERATOR": "kim",
            "ANDON_LANG": "en",
        }


def _raise(surroundings: Mapping[str, str], issue: str, description: str) -> None:
    settings = load_settings(bootstrap_servers=surroundings["KAFKA_BOOTSTRAP_SERVERS"])
    fields: dict[str, str | None] = {
        "issue": issue,
        "processType": "장애접수",
        "modeType": "프레스",
        "modeLogId": None,
        "description": description,
    }
    record = raise_issue(fields, now_ms=1_790_000_000_000, operator="", terminal="plant")
    asyncio.run(publish_once(settings, record))


def _live(terminal: Terminal) -> None:
    terminal.until(lambda text: "live" in text)


def test_seen_acknowledged_resolved_closed_by_keys_alone(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings, (80, 24)) as terminal:
        _live(terminal)
        _raise(surroundings, "PRESS_1", "hydraulic pressure low")
        terminal.until(lambda text: "PRESS_1" in text and "unacknowledged" in text)
        terminal.type(F2)
        terminal.until(lambda text: "open 1" in text and "unacknowledged" not in text)
        terminal.type(F4)
        terminal.until(lambda text: "How was it solved?" in text)
        terminal.type("필터 교체")
        terminal.type("\t   ")
        terminal.until(lambda text: text.count("☑") == 3)
        terminal.type(ENTER)
        terminal.until(lambda text: "resolved by kim" in text and "open 0" in text)
        terminal.type(CTRL_Q)
        assert terminal.ended() == 0


def test_a_killed_terminal_has_draft_and_issue_again(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        _raise(surroundings, "PRESS_2", "burr")
        terminal.until(lambda text: "PRESS_2" in text)
        terminal.type(ENTER)
        terminal.type("half a sentence")
        terminal.until(lambda text: "half a sentence" in text)
        _until_stored(surroundings, "half a sentence")
        terminal.process.send_signal(signal.SIGKILL)
        terminal.ended()
    with andon_in_terminal(surroundings) as terminal:
        terminal.until(lambda text: "PRESS_2" in text and "half a sentence" in text)


def test_hostile_text_leaves_the_terminal_as_it_was(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        _raise(surroundings, "PRESS_3", DESCRIPTION + "가" * 200_000)
        terminal.until(lambda text: "PRESS_3" in text)
        terminal.type(CTRL_Q)
        assert terminal.ended() == 0
        assert b"\x1b]52" not in terminal.raw
        assert "\u202e".encode() not in terminal.raw
        assert "␛]52".encode() in terminal.raw


def _until_stored(surroundings: Mapping[str, str], draft: str) -> None:
    """What is on the screen is in the store a moment later; a kill in between would lose the last key alone."""
    give_up = time.monotonic() + 10
    path = Path(surroundings["ANDON_DATA_DIR"]) / "andon.db"
    while time.monotonic() < give_up:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            if (draft,) in connection.execute("SELECT text FROM drafts").fetchall():
                return
        time.sleep(0.02)
    raise AssertionError("the draft never reached the store")
