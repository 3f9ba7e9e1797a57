"""No secret is left anywhere: not in outputs, errors, logs, the store, a crash, or any process's command line."""

import base64
import contextlib
import json
import threading
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.settings import load_settings, variable_of
from tests.kafka.certificates import PASSPHRASE
from tests.kafka.issuer import SECRET, TokenServer
from tests.kafka.secure import PASSWORD, SecureKafka
from tests.kafka.stations import issue_value, send
from tests.tui.terminal import andon_in_terminal
from tests.unit.commands import andon

CHAT_KEY = "the key of a chatbot that nobody may see"
WRONG = "what somebody mistyped for a secret"
SECRETS = (PASSWORD, PASSPHRASE, SECRET, CHAT_KEY, WRONG)
COMMANDS = (("doctor",), ("resolve", "A", "--wait", "1"))
CRASHING = """
from tui.screens.floor import FloorScreen

def fail(self):
    settings = self.shell.settings
    raise RuntimeError(f"a defect with {settings!r} at hand")

FloorScreen.refresh_state = fail
from tui.cli import main
main()
"""


def logins(secure: SecureKafka, tokens: TokenServer) -> dict[str, dict[str, Any]]:
    """Settings with every kind of secret, right and wrong."""
    sealed = {"ssl_cert_file": str(secure.me_sealed.certificate), "ssl_key_file": str(secure.me_sealed.key)}
    return {
        "password": secure.login("SCRAM-SHA-512"),
        "wrong-password": secure.login("PLAIN", sasl_password=WRONG),
        "passphrase": secure.settings("MTLS", **sealed, ssl_key_password=PASSPHRASE),
        "wrong-passphrase": secure.settings("MTLS", **sealed, ssl_key_password=WRONG),
        "token": secure.bearer(tokens.url),
        "wrong-client": secure.bearer(tokens.url, oauth_client_secret=WRONG),
    }


def environment(given: Mapping[str, Any], topic: str, folder: Path) -> dict[str, str]:
    named = {variable_of(name): str(value) for name, value in given.items()}
    chat = {"ANDON_CHAT_URL": "http://127.0.0.1:1", "ANDON_CHAT_API_KEY": CHAT_KEY}
    more = {"KAFKA_TOPIC": topic, "ANDON_DATA_DIR": str(folder), "ANDON_LANG": "en", "ANDON_LOG_LEVEL": "debug"}
    return {**named, **chat, **more}


@contextmanager
def command_lines() -> Iterator[set[bytes]]:
    """Every command line that any process of this machine has meanwhile (Linux)."""
    seen: set[bytes] = set()
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    seen.add(process.read_bytes())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def forms(secret: str) -> Iterator[bytes]:
    """The ways in which a secret may be written down."""
    yield secret.encode()
    yield urllib.parse.quote(secret).encode()
    yield urllib.parse.quote_plus(secret).encode()
    yield json.dumps(secret).encode()[1:-1]
    yield base64.b64encode(secret.encode()).rstrip(b"=")
    yield secret.encode("utf-16-le")


def assert_in_none(secrets: Iterable[str], places: Mapping[str, bytes]) -> None:
    wanted = {form: secret for secret in secrets for form in forms(secret)}
    found = [
        (place, secret[:12]) for place, content in places.items() for form, secret in wanted.items() if form in content
    ]
    assert not found


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_no_secret_is_in_what_commands_leave(
    secure: SecureKafka, tokens: TokenServer, closed_topic: str, tmp_path: Path
) -> None:
    await send(secure.broker.bootstrap, closed_topic, issue_value("A"))
    places: dict[str, bytes] = {}
    with command_lines() as lines:
        for name, given in logins(secure, tokens).items():
            for arguments in COMMANDS:
                ran = andon(environment(given, closed_topic, tmp_path / name), *arguments)
                places[f"{name}: {' '.join(arguments)}"] = ran.out + ran.err
    assert any(b"doctor" in line for line in lines)
    assert any(b"SASL" in content for content in places.values())
    assert tokens.given
    assert_in_none((*SECRETS, *tokens.given), {**places, **files_in(tmp_path), "processes": b"\n".join(lines)})


@pytest.mark.parametrize("program", [("-m", "tui"), ("-c", CRASHING)], ids=["used", "crashed"])
async def test_no_secret_is_in_what_the_screens_leave(
    secure: SecureKafka, tokens: TokenServer, closed_topic: str, tmp_path: Path, program: tuple[str, ...]
) -> None:
    await send(secure.broker.bootstrap, closed_topic, issue_value("A"))
    places: dict[str, bytes] = {}
    with command_lines() as lines:
        for name in ("password", "wrong-password", "token", "wrong-client"):
            given = environment(logins(secure, tokens)[name], closed_topic, tmp_path / name)
            with andon_in_terminal(given, program=program) as terminal:
                if program[0] == "-m":
                    terminal.until(lambda text: "live" in text or "refuses" in text)
                    terminal.ask_to_leave()
                code = terminal.ended(30.0)
            assert code == (0 if program[0] == "-m" else 1)
            places[name] = terminal.raw
    logs = b"".join(content for path, content in files_in(tmp_path).items() if "andon.log" in path)
    assert (b"a defect with" in logs) is (program[0] == "-c")
    assert_in_none((*SECRETS, *tokens.given), {**places, **files_in(tmp_path), "processes": b"\n".join(lines)})


def test_settings_print_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    settings = load_settings(
        sasl_password_file=tmp_path / "password",
        ssl_key_password=PASSPHRASE,
        oauth_client_secret=SECRET,
        chat_api_key=CHAT_KEY,
    )
    assert settings.sasl_password is not None
    assert settings.sasl_password.get_secret_value() == PASSWORD
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert_in_none(SECRETS, {"settings": shown.encode()})
