"""What is loaded when: core knows no screen, and a command loads no more than it needs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_PROBE = """
import importlib, pkgutil, sys, core
sys.modules["httpx._main"] = None  # httpx's own command line, which takes rich where it is installed
for module in pkgutil.walk_packages(core.__path__, "core."):
    importlib.import_module(module.name)
found = sorted({name.partition(".")[0] for name in sys.modules} & {"textual", "rich", "tui"})
sys.exit(f"core pulls in {found}" if found else 0)
"""

_LOADED = """
import contextlib, io, json, sys
sys.argv[1:] = json.loads(sys.argv[1])
from tui.__main__ import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main()
print(json.dumps([*sys.modules]))
"""

_NOT_AT_RUN_TIME = ("babel", "hatchling", "tenacity", "wcwidth")
_ONLY_WITH_THE_DEVELOPERS_TOOLS = """
import importlib, pkgutil, sys
for name in {names}:
    sys.modules[name] = None
import core, tui
for package in (core, tui):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
from core.support import i18n
i18n.use("ko")
sys.exit(0 if i18n._("Resolve") == "해결" else "no Korean")
"""


def test_core_imports_no_screen_library() -> None:
    done = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_builds_and_tests_is_not_needed_to_run() -> None:
    code = _ONLY_WITH_THE_DEVELOPERS_TOOLS.format(names=_NOT_AT_RUN_TIME)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _loaded_by(*arguments: str) -> set[str]:
    """The modules that are loaded at the end of ``andon ARGUMENTS``."""
    code = [sys.executable, "-c", _LOADED, json.dumps(arguments)]
    done = subprocess.run(code, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def _packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["--no-such-flag"], ["help", "resolve"], ["completion", "bash"], ["__complete", "is"]],
    ids=str,
)
def test_what_needs_no_plant_loads_nothing_of_one(arguments: list[str]) -> None:
    loaded = _loaded_by(*arguments)
    heavy = {"textual", "rich", "aiokafka", "httpx", "pydantic", "sqlite3", "asyncio", "ssl", "tomllib"}
    heavy |= set() if "--version" in arguments else {"email"}  # of importlib.metadata
    assert not _packages(loaded) & heavy
    assert len(loaded) < (200 if "--version" in arguments else 150)  # 181 and 133 with Python 3.11
    assert {name for name in loaded if name.startswith("core.")} <= {
        "core.domain",
        "core.domain.errors",
        "core.support",
        "core.support.catalogue",
        "core.support.cells",
        "core.support.i18n",
        "core.support.locale_language",
        "core.support.po_compiler",
        "core.support.text",
        "core.support.version",
    }


_COMMANDS = ("issues", "watch", "topic", "raise", "resolve", "ask", "reopen", "withdraw", "journal", "export", "doctor")


@pytest.mark.parametrize("command", _COMMANDS)
def test_a_commands_help_loads_none_of_its_work(command: str) -> None:
    loaded = _loaded_by(command, "--help")
    assert not _packages(loaded) & {"textual", "rich", "aiokafka", "httpx", "sqlite3", "asyncio"}


@pytest.mark.parametrize(
    "module",
    ["issues", "watch", "resolve", "reopen", "raise_issue", "withdraw", "journal", "export"],
)
def test_a_command_loads_no_screen_library(module: str) -> None:
    code = f"import sys, tui.commands.{module}; print({{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "textual" not in done.stdout
    assert "rich" not in done.stdout


_FIRST_SCREEN = """
import json, sys
from pathlib import Path
sys.argv = ["andon"]
import tui.__main__, tui.cli, tui.commands.terminal
from core.chat.conversation.factory import chosen_backend
from core.settings import load_settings
from core.station.data_dir import opened_store
from core.station.host import StationHost
from tui.app import AndonApp

class Shown(AndonApp):
    def on_ready(self):
        self.call_after_refresh(self._shown)
    def _shown(self):
        assert self.screen is self.floor, self.screen
        print(json.dumps([*sys.modules]), file=sys.__stdout__, flush=True)
        self.exit()

settings = load_settings(data_dir=Path({folder!r}), bootstrap_servers="127.0.0.1:1")
with opened_store(settings) as store, StationHost(settings, store, chosen_backend(settings)) as host:
    Shown(settings, host).run(headless=True)
"""


def test_the_first_screen_loads_nothing_that_it_does_not_show(tmp_path: Path) -> None:
    code = _FIRST_SCREEN.format(folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[0]))
    assert "tui.screens.floor" in loaded
    assert not _packages(loaded) & {"httpx", "confluent_kafka", "google", "azure", "botocore", "babel"}
    assert not loaded & {"tui.demo", "core.emergency.detector", "core.store.carved_copy", "tui.screens.doctor"}
    for room in ("core.doctor", "core.demo", "core.chat.openai", "core.chat.smartfactory", "core.chat.http"):
        assert not {name for name in loaded if name.startswith(f"{room}.")}, room
    assert len(loaded) < 880  # 811 with Python 3.11 and Textual 8.2
