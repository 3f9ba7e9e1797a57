"""What every test starts from: no settings nor locale of the machine's, English, and hypothesis without deadlines."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from core.support import i18n

# A noisy machine is no failure; the examples are what counts. In CI they are the same at each run: a landing
# must not hang on the luck of an example, and new ones are looked for wherever the tests run by hand.
settings.register_profile("andon", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("andon")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in its background so, and every process of these tests would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("KAFKA_", "ANDON_")) and not name.startswith(
            ("ANDON_TEST", "ANDON_REQUIRE", "ANDON_UPDATE")
        ):
            monkeypatch.delenv(name)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    i18n.use("en")
    yield
    i18n.use("en")
