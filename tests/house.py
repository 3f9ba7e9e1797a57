"""The house as its source files tell it: modules, what each imports, which rooms depend on which."""

import ast
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOPS = ("core", "tui")

Graph = Mapping[str, frozenset[str]]


@functools.cache
def sources(root: Path = ROOT) -> Mapping[str, Path]:
    """Module name -> its file, for all of core and tui."""
    files = (path for top in TOPS for path in sorted((root / top).rglob("*.py")))
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in files}


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(module: str, path: Path) -> Iterator[str]:
    """Every module that is named in an import, wherever it stands: in a function, or for types alone."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    above = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
    return f"{above}.{node.module}" if node.module else above


def room(module: str, files: Mapping[str, Path]) -> str:
    """A module's folder; a loose file in ``tui``, such as ``tui.app``, is a room by itself."""
    path = files[module]
    folder = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return module if folder in TOPS else folder


def rooms(files: Mapping[str, Path]) -> Graph:
    """Room -> the other rooms that its files import from."""
    graph: dict[str, set[str]] = {}
    for module, path in files.items():
        at = room(module, files)
        found = {room(name, files) for name in imported(module, path) if name in files}
        # ``from core.kafka import feed`` names the folder and the module in it.
        graph.setdefault(at, set()).update(found - {at, *TOPS})
    return {at: frozenset(others) for at, others in graph.items()}


def reached(graph: Graph, start: str) -> frozenset[str]:
    """What ``start`` leads to, by however many steps."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        fresh = graph.get(ahead.pop(), frozenset()) - seen
        seen |= fresh
        ahead += fresh
    return frozenset(seen)


def circles(graph: Graph) -> frozenset[frozenset[str]]:
    """Rooms that lead back to themselves, those of one circle together."""
    beyond = {at: reached(graph, at) for at in graph}
    return frozenset(
        frozenset(other for other in beyond[at] if at in beyond.get(other, ())) for at in graph if at in beyond[at]
    )


def classes(path: Path) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef))


def method_count(node: ast.ClassDef) -> int:
    return sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
