"""The log file: levels, forms, rotation, calm; nothing that was injected, and no secret."""

import io
import json
import logging
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from core.settings import Settings, load_settings
from core.settings.logs import LOG_NAME, log_head, log_to_file
from core.support.version import version
from tests.unit.logs import logging_as_it_was
from tui.commands.terminal import start_log

SECRET = "hunter2-Xy9"
LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (DEBUG|INFO|WARNING|ERROR|CRITICAL) [\w.]+ ")
INJECTED = "A\r\n2026-01-01 00:00:00.000 CRITICAL core.station.station all is well\x1b[2J\u202e\u2028\udc80"

ours = logging.getLogger("core.station.station")
library = logging.getLogger("aiokafka.conn")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    with logging_as_it_was():
        yield


def settings(folder: Path, **given: object) -> Settings:
    return load_settings(data_dir=folder / "data", sasl_password=SECRET, **given)


def lines(folder: Path) -> list[str]:
    return (folder / "data" / LOG_NAME).read_text(encoding="utf-8").splitlines()


def fail() -> None:
    raise ValueError(f"{INJECTED} {SECRET}")


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("debug", ["DEBUG", "INFO", "WARNING", "ERROR"]),
        ("info", ["INFO", "WARNING", "ERROR"]),
        ("warning", ["WARNING", "ERROR"]),
        ("error", ["ERROR"]),
    ],
)
def test_levels(tmp_path: Path, level: str, said: list[str]) -> None:
    log_to_file(settings(tmp_path, log_level=level))
    for name in ("debug", "info", "warning", "error"):
        getattr(ours, name)("word")
    assert [LINE.match(line)[1] for line in lines(tmp_path)] == said  # type: ignore[index]


def test_debug_is_for_our_own_lines(tmp_path: Path) -> None:
    """The client's debug lines hold its requests, the logins among them."""
    log_to_file(settings(tmp_path, log_level="debug"))
    library.debug("Request 2: SaslAuthenticateRequest_v0(sasl_auth_bytes=%r)", b"\x00kim\x00secret")
    logging.getLogger("httpx").debug("secret")
    ours.debug("word")
    [line] = lines(tmp_path)
    assert "word" in line


def test_nothing_that_is_logged_can_pose_as_a_line_of_the_log(tmp_path: Path) -> None:
    log_to_file(settings(tmp_path))
    ours.warning("no issue %s", INJECTED)
    try:
        fail()
    except ValueError:
        ours.exception("it failed: %s", INJECTED)
    found = lines(tmp_path)
    heads = [line for line in found if LINE.match(line)]
    assert len(heads) == 2
    assert all(line.startswith("    ") for line in found if line not in heads)
    assert any("ValueError" in line for line in found)
    assert not any(active in "".join(found) for active in "\x1b\u202e\r")


def test_json_lines_hold_the_same(tmp_path: Path) -> None:
    log_to_file(settings(tmp_path, log_format="json"))
    ours.warning("no issue %s", INJECTED)
    try:
        fail()
    except ValueError:
        ours.exception("it failed")
    plain, failed = (json.loads(line) for line in lines(tmp_path))
    assert plain.keys() == {"time", "level", "logger", "message"}
    assert (plain["level"], plain["logger"]) == ("warning", "core.station.station")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", plain["time"])
    assert abs(datetime.fromisoformat(plain["time"]).timestamp() - datetime.now().timestamp()) < 60  # noqa: DTZ005
    assert plain["message"] == f"no issue {INJECTED}"
    assert "Traceback" in failed["traceback"]
    assert not any(active in "".join(lines(tmp_path)) for active in "\x1b\u202e")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_written(tmp_path: Path, form: str) -> None:
    log_to_file(settings(tmp_path, log_format=form))
    ours.warning("refused: %r", {"password": SECRET})
    ours.warning("x" * 3_990 + SECRET)
    try:
        fail()
    except ValueError:
        ours.exception("it failed with %s", SECRET)
    written = (tmp_path / "data" / LOG_NAME).read_text()
    assert "***" in written
    assert SECRET[:6] not in written


def test_a_noisy_logger_is_calmed_and_what_was_held_back_is_counted(tmp_path: Path) -> None:
    log_to_file(settings(tmp_path))
    for _ in range(38):
        library.error("no broker")
    assert len(lines(tmp_path)) == 1
    record = library.makeRecord(library.name, logging.ERROR, "conn.py", _line_of(tmp_path), "no broker", (), None)
    record.created += 61
    logging.getLogger().handle(record)
    assert lines(tmp_path)[-1].endswith("no broker (+37 like it)")


def _line_of(folder: Path) -> int:
    """The line above from which the noise came, as the filter tells lines apart."""
    source = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(source, 1) if 'library.error("no broker")' in line)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_file_is_for_its_owner_alone_also_after_rotation(tmp_path: Path) -> None:
    old = tmp_path / "data" / LOG_NAME
    old.parent.mkdir()
    old.write_text("from an older version\n")
    old.chmod(0o644)
    log_to_file(settings(tmp_path))
    for _ in range(900):
        ours.info("x" * 4_000)
    files = sorted(old.parent.glob(f"{LOG_NAME}*"))
    assert [path.name for path in files] == [LOG_NAME, f"{LOG_NAME}.1"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert all(path.stat().st_size <= 2_000_000 for path in files)


def test_each_file_begins_with_the_program_that_writes_it(tmp_path: Path) -> None:
    given = settings(tmp_path, log_level="error", terminal_id="P1\n-03")
    log_to_file(given)
    log_head(given)
    for _ in range(600):
        ours.error("x" * 4_000)
    files = sorted((tmp_path / "data").glob(f"{LOG_NAME}*"))
    assert len(files) == 2
    for path in files:
        head = path.read_text(encoding="utf-8").splitlines()[0]
        assert f" INFO core.settings.logs andon {version()}, Python 3." in head
        assert head.endswith("terminal P1 -03")


def test_a_directory_that_cannot_be_written_is_told_and_leaves_no_log(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(OSError, match="data"):
        log_to_file(settings(tmp_path))
    ours.error("nobody hears this")


def test_a_full_disk_says_nothing_on_the_screen(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log_to_file(settings(tmp_path))
    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    file = handler.setStream(FullDisk())
    ours.error("lost")
    handler.setStream(file)
    assert capfd.readouterr().err == ""


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_the_screens_open_without_a_log_and_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = settings(tmp_path)
    given.data_dir.mkdir()
    (given.data_dir / LOG_NAME).mkdir()  # whatever keeps the file from being opened
    start_log(given)
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"andon: The log file {given.data_dir / LOG_NAME} cannot be written (Is a directory)")
