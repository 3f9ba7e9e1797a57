"""The house keeps its layout: a forbidden import fails the contracts in any file, and nothing grows without end."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.house import ROOT, circles, classes, imported, method_count, reached, rooms, sources

_MOST_LINES = 400
_MOST_METHODS = 25


_SPEAKS_IT = {
    "aiokafka": ("core.kafka",),
    "confluent_kafka": ("core.demo.embedded_broker",),
    "httpx": ("core.chat", "core.kafka.auth.oidc"),
    "sqlite3": ("core.store", "core.support.text_index"),
    "textual": ("tui",),
    "azure": ("core.kafka.auth.entra",),
    "botocore": ("core.kafka.auth.msk",),
    "google": ("core.kafka.auth.google_cloud",),
}
"""Library -> the folders and files in which it may be imported."""

_FORMS = (
    "\nimport {name}\n",
    "\nfrom {name} import planted\n",
    "\ndef planted():\n    import {name}\n",
    "\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {name}\n",
)
"""However it is written."""

_FLOORS = (
    ("tui",),
    ("core.station",),
    ("core.doctor", "core.demo"),
    ("core.store",),
    ("core.chat", "core.kafka"),
    ("core.settings",),
    ("core.domain",),
    ("core.emergency",),
    ("core.support",),
)
"""From the top; rooms beside each other do not know each other either."""

_WITHIN = {
    "core.chat.openai": ("core.chat.smartfactory", "core.chat.conversation"),
    "core.chat.smartfactory": ("core.chat.openai", "core.chat.conversation"),
    "core.chat.playbook": ("core.chat.http", "core.chat.openai", "core.chat.conversation"),
    "core.chat.http": ("core.chat.playbook", "core.chat.smartfactory"),
    "core.chat.backend": ("core.chat.http", "core.chat.playbook"),
    "core.kafka.auth": ("core.kafka.cluster", "core.kafka.feed", "core.kafka.inspect"),
    "core.kafka.cluster": ("core.kafka.inspect",),
    "core.kafka.feed": ("core.kafka.inspect",),
    "tui.app": ("tui.commands", "tui.cli", "tui.demo"),
    "tui.screens": ("tui.app", "tui.station_app", "tui.commands"),
    "tui.widgets": ("tui.screens", "tui.app"),
    "tui.view": ("tui.widgets", "tui.screens", "tui.station_app"),
    "tui.shell": ("tui.view", "tui.widgets", "tui.app"),
    "tui.input": ("tui.view", "tui.widgets", "tui.screens"),
}
"""A room within a folder -> what lies above or beside it there."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The source as it is, to plant something in."""
    for top in ("core", "tui"):
        shutil.copytree(ROOT / top, tmp_path / top, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _plant(root: Path, module: str, names: Iterable[str]) -> None:
    path = root / sources()[module].relative_to(ROOT)
    with path.open("a", encoding="utf-8") as file:
        for number, name in enumerate(names, len(module)):
            file.write(_FORMS[number % len(_FORMS)].format(name=name))


def _lint(root: Path) -> tuple[int, str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def _named(output: str) -> set[tuple[str, str]]:
    """Each import that is told: who imports what."""
    return set(re.findall(r"([\w.]+) -> ([\w.]+) \(l\.", output))


def test_the_house_as_it_is_keeps_its_contracts(copy: Path) -> None:
    code, output = _lint(copy)
    assert code == 0, output


def test_a_library_in_any_file_but_its_own_fails(copy: Path) -> None:
    for module in sources():
        _plant(copy, module, _SPEAKS_IT)
    code, output = _lint(copy)
    assert code != 0
    for library, at_home in _SPEAKS_IT.items():
        strangers = {module for module in sources() if not f"{module}.".startswith(tuple(f"{at}." for at in at_home))}
        found = {module for module, name in _named(output) if name == library}
        assert strangers <= found, f"{library} is let in by {sorted(strangers - found)}"


def test_a_library_through_another_file_fails(copy: Path) -> None:
    """What may not be imported may not be had through somebody else's back door."""
    (copy / "core" / "support" / "back_door.py").write_text("import time, asyncio\n")
    with (copy / "core" / "domain" / "issues.py").open("a") as file:
        file.write("\nimport core.support.back_door\n")
    code, output = _lint(copy)
    assert code != 0
    assert ("core.domain.issues", "core.support.back_door") in _named(output)


def _above() -> Mapping[str, set[str]]:
    """Room -> rooms that it must not know, by the floors."""
    found: dict[str, set[str]] = {}
    for number, floor in enumerate(_FLOORS):
        higher = {one for upper in _FLOORS[:number] for one in upper}
        for one in floor:
            found[one] = higher | (set(floor) - {one})
    return found


def _files_of(place: str) -> list[str]:
    """One file of each folder in ``place``, however deep; the file itself where ``place`` is one."""
    inside = [module for module in sources() if f"{module}.".startswith(f"{place}.")]
    first = {sources()[module].parent: module for module in reversed(inside)}
    return sorted(first.values())


@pytest.mark.parametrize("room", [room for room, higher in _above().items() if higher])
def test_a_room_that_looks_up_fails(copy: Path, room: str) -> None:
    planted = {(file, _some_file(other)) for file in _files_of(room) for other in _above()[room]}
    for file, target in planted:
        _plant(copy, file, [target])
    code, output = _lint(copy)
    assert code != 0
    assert planted <= _named(output), sorted(planted - _named(output))


def test_a_room_in_a_folder_that_looks_up_fails(copy: Path) -> None:
    planted = {(_some_file(room), _some_file(other)) for room, others in _WITHIN.items() for other in others}
    for file, target in planted:
        _plant(copy, file, [target])
    code, output = _lint(copy)
    assert code != 0
    assert planted <= _named(output), sorted(planted - _named(output))


def _some_file(place: str) -> str:
    """A module of ``place`` that is no package; itself where it is a file."""
    inside = [module for module in sources() if f"{module}.".startswith(f"{place}.")]
    return next(module for module in inside if sources()[module].name != "__init__.py")


def test_every_room_has_its_floor() -> None:
    listed = {room for floor in _FLOORS for room in floor} | {"core.locale", "core.playbooks"}
    found = {".".join(module.split(".")[:2]) for module in sources() if module.startswith("core.")}
    assert found <= listed


@pytest.mark.parametrize("top", ["core", "tui"])
def test_the_packages_own_files_import_nothing_of_the_house(top: str) -> None:
    """Every import of a module runs them first."""
    assert not [name for name in imported(top, sources()[top]) if name.partition(".")[0] in ("core", "tui")]


def test_no_two_rooms_lead_to_each_other() -> None:
    found = circles(rooms(sources()))
    assert not found, [sorted(circle) for circle in found]


def test_a_planted_circle_is_found(tmp_path: Path) -> None:
    """Through a third room, for types alone, and from a folder within a folder."""
    for folder in ("core/a", "core/b", "core/b/deep", "tui"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "core/a/one.py").write_text("from core.b import two\n")
    (tmp_path / "core/b/two.py").write_text("def later():\n    from .deep import three\n")
    (tmp_path / "core/b/deep/three.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from core.a.one import One\n"
    )
    (tmp_path / "tui/app.py").write_text("import core.a.one\n")
    graph = rooms(sources(tmp_path))
    assert circles(graph) == {frozenset({"core.a", "core.b", "core.b.deep"})}
    assert reached(graph, "tui.app") == {"core.a", "core.b", "core.b.deep"}


def test_no_file_is_too_long() -> None:
    found = {name for name, path in sources().items() if _lines(path) > _MOST_LINES}
    assert not found, sorted(found)


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_class_has_too_many_methods() -> None:
    counted = {
        f"{module}.{node.name}": method_count(node) for module, path in sources().items() for node in classes(path)
    }
    assert not {name: count for name, count in counted.items() if count > _MOST_METHODS}
