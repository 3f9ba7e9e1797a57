"""core knows no screen: importing all of it must not pull in the screen library."""

import subprocess
import sys

_PROBE = """
import importlib, pkgutil, sys, core
sys.modules["httpx._main"] = None  # httpx's own command line, which takes rich where it is installed
for module in pkgutil.walk_packages(core.__path__, "core."):
    importlib.import_module(module.name)
found = sorted({name.partition(".")[0] for name in sys.modules} & {"textual", "rich", "tui"})
sys.exit(f"core pulls in {found}" if found else 0)
"""


def test_core_imports_no_screen_library() -> None:
    done = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
