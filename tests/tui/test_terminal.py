"""The whole program in a pseudo-terminal on the embedded broker: keys in, screen out, killed and started again."""

import asyncio
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from core.domain.outbox import raise_issue
from core.kafka.publisher import publish_once
from core.settings import load_settings
from core.store.database import PAGE_SIZE
from tests.tui.terminal import ENTER, F2, F4, Terminal, andon_in_terminal

embedded = pytest.importorskip("core.demo.embedded_broker")
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
    asyncio.run(publish_once(settings.kafka, record))


def _is_selected(issue: str, text: str) -> bool:
    return f"unacknowledged, overdue  {issue} " in text


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
        terminal.ask_to_leave()
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


def test_a_killed_dialog_has_note_and_checks_again(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings, (80, 24)) as terminal:
        _live(terminal)
        _raise(surroundings, "PRESS_4", "burr")
        terminal.until(lambda text: "PRESS_4" in text)
        terminal.type(F4)
        terminal.until(lambda text: "How was it solved?" in text)
        terminal.type("새 금형")
        terminal.type("\t ")
        terminal.until(lambda text: "☑ 1" in text)
        _until_stored(surroundings, "새 금형")
        _until_stored(surroundings, "guards")
        terminal.process.send_signal(signal.SIGKILL)
        terminal.ended()
    with andon_in_terminal(surroundings, (80, 24)) as terminal:
        terminal.until(lambda text: "PRESS_4" in text)
        terminal.type(F4)
        terminal.until(lambda text: "☑ 1" in text and "☐ 2" in text)
        assert "새금형" in terminal.text.replace(" ", "")


def test_keys_as_terminals_send_them_in_hangul_mode(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        for number in (1, 2):
            _raise(surroundings, f"ROW_{number}", "burr")
        terminal.until(lambda text: "ROW_1" in text and "ROW_2" in text and "open 2" in text)
        for number in (2, 1):
            row = re.search(rf" {number} ▲.*\n.*\n +(ROW_\d)", terminal.text.replace("▌", " "))
            assert row is not None
            terminal.type(f"\x1b{number}")
            terminal.until(partial(_is_selected, row[1]))
        terminal.type(ENTER)
        terminal.type("\u1112\u1161\u11ab\u1100\u1173\u11af")
        terminal.until(lambda text: "한글" in text.replace(" ", ""))
        terminal.type("\x1b[200~ first\nsecond\x1b[201~")
        terminal.type(ENTER)
        _until_said(surroundings, "한글 first\nsecond")
        terminal.type("\x1b[12618;5u")
        terminal.until(lambda text: "Ctrl+C again" in text)
        terminal.type("\x1b[12618;5u")
        assert terminal.ended() == 0


def test_keys_that_arrive_at_once_are_done_in_their_order(surroundings: dict[str, str]) -> None:
    """A quick hand, a slow line: letters and editing keys come in one piece."""
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        _raise(surroundings, "PRESS_8", "burr")
        terminal.until(lambda text: "PRESS_8" in text)
        terminal.type(ENTER)
        terminal.until(lambda text: "Write a message" in text)
        terminal.type("qq\x7f\x7f다음다\x7f\x1b[D\x1b[D이 \x1b[C\x1b[F!")
        terminal.until(lambda text: "이 다음!" in text)


def test_a_new_fault_rings_and_shows_in_the_title(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        quiet = terminal.raw.count(b"\x07")
        titles = terminal.raw.count(b"\x1b]2;")
        _raise(surroundings, "RING_1", "burr")
        terminal.until(lambda text: "RING_1" in text)
        terminal.until(
            lambda _text: b"unacknowledged 1" in terminal.raw.rpartition(b"\x1b]2;")[2].partition(b"\x07")[0]
        )
        bells = terminal.raw.count(b"\x07") - quiet - (terminal.raw.count(b"\x1b]2;") - titles)
        assert bells == 1
        terminal.ask_to_leave()
        assert terminal.ended() == 0
        assert b"\x1b[23;2t" in terminal.raw, "the terminal has its own title back"


def test_a_window_that_shrinks_and_grows(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        _raise(surroundings, "SIZE_1", "burr")
        terminal.until(lambda text: "SIZE_1" in text)
        terminal.resize(60, 20)
        terminal.until(lambda text: "burr" in text and "Before you start" not in text)  # the list alone
        terminal.resize(80, 24)
        terminal.until(lambda text: "burr" in text and "Before you start" in text and "F10" in text)


def test_a_reader_that_stops_reading_makes_no_resolve_late(surroundings: dict[str, str]) -> None:
    """A slow serial line: nothing is read from the terminal while the resolve goes out and is read back."""
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        _raise(surroundings, "SLOW_1", "burr")
        terminal.until(lambda text: "SLOW_1" in text)
        terminal.type(F4)
        terminal.until(lambda text: "How was it solved?" in text)
        terminal.type("\t   \r")
        _until_rows(surroundings, "SELECT state FROM outbox", lambda rows: rows == [("confirmed",)])
        terminal.until(lambda text: "open 0" in text)


def test_hostile_text_leaves_the_terminal_as_it_was(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        _raise(surroundings, "PRESS_3", DESCRIPTION + "가" * 200_000)
        terminal.until(lambda text: "PRESS_3" in text)
        terminal.ask_to_leave()
        assert terminal.ended() == 0
        assert b"\x1b]52" not in terminal.raw
        assert "\u202e".encode() not in terminal.raw
        assert "␛]52".encode() in terminal.raw


def _last_title(terminal: Terminal) -> bytes:
    return terminal.raw.rpartition(b"\x1b]2;")[2].partition(b"\x07")[0]


def _until_stored(surroundings: Mapping[str, str], draft: str) -> None:
    """What is on the screen is in the store a moment later; a kill in between would lose the last key alone."""
    _until_rows(surroundings, "SELECT text FROM drafts", lambda rows: (draft,) in rows)


def _until_said(surroundings: Mapping[str, str], text: str) -> None:
    _until_rows(surroundings, "SELECT text FROM messages WHERE author = 'operator'", lambda rows: rows == [(text,)])


def _until_rows(surroundings: Mapping[str, str], query: str, condition: Callable[[list[tuple[str]]], bool]) -> None:
    give_up = time.monotonic() + 30
    path = Path(surroundings["ANDON_DATA_DIR"]) / "andon.db"
    rows: list[tuple[str]] = []
    while time.monotonic() < give_up:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            rows = connection.execute(query).fetchall()
        if condition(rows):
            return
        time.sleep(0.02)
    raise AssertionError(f"the store never held it: {rows}")


def test_told_to_end_by_the_system_it_leaves_in_order(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.ended() == 0
    assert b"\x1b[?1049l" in terminal.raw, "the terminal's own screen is back"
    assert not (Path(surroundings["ANDON_DATA_DIR"]) / "alive.json").exists()


@pytest.mark.parametrize("streams", [("stderr",), ("stdout",), ("stdin",), ("stdin", "stdout", "stderr")])
def test_the_screen_is_on_the_terminal_wherever_the_streams_lead(
    surroundings: dict[str, str], streams: tuple[str, ...], tmp_path: Path
) -> None:
    with (tmp_path / "stream").open("w+b") as file:
        redirected = dict.fromkeys(streams, file.fileno())
        with andon_in_terminal(surroundings, (100, 30), streams=redirected) as terminal:
            _live(terminal)
            terminal.until(lambda text: "F10" in text)
            terminal.ask_to_leave()
            assert terminal.ended() == 0
        file.seek(0)
        assert b"\x1b" not in file.read()


def test_a_terminal_that_is_not_utf_8_is_told_in_ascii_and_shows_its_own_letters(surroundings: dict[str, str]) -> None:
    surroundings |= {"LC_ALL": "ko_KR.eucKR", "ANDON_LANG": "ko"}
    with andon_in_terminal(surroundings) as terminal:
        terminal.until(lambda text: "euc_kr, not to UTF-8" in text)
        _raise(surroundings, "PRESS_7", "유압 이상")
        terminal.until(lambda _text: "유압 이상".encode("euc-kr") in terminal.raw)
        terminal.type("\r" + "x\xff\xfe")
        terminal.ask_to_leave()
        assert terminal.ended() == 0


def test_a_paste_with_colour_codes_and_returns_is_one_text_that_sends_nothing(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        _raise(surroundings, "PRESS_8", "burr")
        terminal.until(lambda text: "PRESS_8" in text)
        terminal.type(ENTER)
        terminal.type("\x1b[200~first \x1b[31mred\x1b[0m\r\x1b\rlast\x1b[201~ typed")
        terminal.until(lambda text: "last typed" in text)
        _until_stored(surroundings, "first ␛[31mred␛[0m\n␛\nlast typed")
        terminal.type("\x1b[200~lost")
        terminal.until(lambda text: "typedlost" in text)
        terminal.ask_to_leave()
        assert terminal.ended() == 0


def test_a_damaged_store_is_told_and_the_alarms_are_all_there(surroundings: dict[str, str]) -> None:
    with andon_in_terminal(surroundings) as terminal:
        _live(terminal)
        _raise(surroundings, "PRESS_9", "burr")
        terminal.until(lambda text: "PRESS_9" in text)
        terminal.type(ENTER)
        terminal.type("half a sentence")
        _until_stored(surroundings, "half a sentence")
        terminal.ask_to_leave()
        assert terminal.ended() == 0
    store = Path(surroundings["ANDON_DATA_DIR"]) / "andon.db"
    with closing(sqlite3.connect(store)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged = bytearray(store.read_bytes())
    at = damaged.rindex(b"PRESS_9") // PAGE_SIZE * PAGE_SIZE
    damaged[at : at + 16] = bytes(16)
    store.write_bytes(damaged)
    with andon_in_terminal(surroundings, (80, 24)) as terminal:
        terminal.until(lambda text: "data was damaged" in text and "PRESS_9" in text and "open 1" in text)
        terminal.type(b"\x13")  # Ctrl+S
        terminal.until(lambda text: "Terminal status" in text and "andon.db.damaged-" in text)
        terminal.type("q")
        terminal.until(lambda text: "data was damaged" not in text)
    store.write_bytes(b"no database")
    with andon_in_terminal(surroundings) as terminal:
        terminal.until(lambda text: "data was damaged" in text and "PRESS_9" in text)
