"""Class paths for the Java parts of the tests: resolved by Maven once, kept in a cache directory per user."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

JAVA_NEEDED = 17
_DOWNLOAD_SECONDS = 600
_STAMP = ".complete"


class MissingToolError(RuntimeError):
    """Java or Maven is not on this machine; the message names which."""


class BuildFailedError(RuntimeError):
    """Maven ran and failed; the message ends with what it printed."""


def cache_directory() -> Path:
    """Where jars are kept between runs: ``ANDON_TEST_CACHE``, else the user's cache directory."""
    chosen = os.environ.get("ANDON_TEST_CACHE")
    directory = Path(chosen) if chosen else user_cache_path("andon-tests")
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@cache
def java() -> str:
    """The ``java`` to run, of ``JAVA_HOME`` before that of ``PATH``; raises :class:`MissingToolError`."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin") if home else None
    found = found or shutil.which("java")
    if not found:
        raise MissingToolError(f"Java {JAVA_NEEDED} or newer is not installed")
    major = _major_version(found)
    if major < JAVA_NEEDED:
        raise MissingToolError(f"Java {JAVA_NEEDED} or newer is needed, found Java {major}")
    return found


def _major_version(executable: str) -> int:
    shown = subprocess.run([executable, "-version"], capture_output=True, text=True, check=False, timeout=60)
    match = re.search(r'version "(\d+)', shown.stderr + shown.stdout)
    return int(match[1]) if match else 0


def maven() -> str:
    """The ``mvn`` to run; raises :class:`MissingToolError`."""
    found = shutil.which("mvn")
    if not found:
        raise MissingToolError("Maven (mvn) is not installed")
    return found


def class_path(name: str, pom: Path, properties: Mapping[str, str] | None = None) -> str:
    """The class path of the run-time dependencies of ``pom``, as ``<cache>/<name>/*``.

    Jars are copied rather than pointed at, so that clearing Maven's own repository breaks no later run.
    Blocks until they are there.
    """
    arguments = [f"-D{key}={value}" for key, value in sorted((properties or {}).items())]
    target = made_once(name, [pom], lambda into: copy_dependencies(pom, into, arguments))
    return str(target / "*")


def made_once(name: str, sources: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """The cache directory ``name``, filled by ``make`` unless an earlier run made it of the same ``sources``.

    Two pytest workers may ask at once: one makes it, the other waits.
    """
    target = cache_directory() / name
    stamp = hashlib.sha256(b"".join(source.read_bytes() for source in sorted(sources))).hexdigest()
    with FileLock(f"{target}.lock", timeout=_DOWNLOAD_SECONDS):
        if not _is_complete(target, stamp):
            shutil.rmtree(target, ignore_errors=True)
            make(target)
            (target / _STAMP).write_text(stamp)
    return target


def _is_complete(target: Path, stamp: str) -> bool:
    """Whether ``target`` was filled to the end, and from these very sources."""
    marker = target / _STAMP
    return marker.is_file() and marker.read_text() == stamp


def copy_dependencies(pom: Path, into: Path, arguments: Sequence[str] = ()) -> None:
    """Copy the jars that ``pom`` needs at run time to ``into``."""
    goal = "dependency:copy-dependencies"
    run_maven(pom, goal, "-DincludeScope=runtime", f"-DoutputDirectory={into}", *arguments)


def run_maven(pom: Path, *arguments: str) -> None:
    """Run Maven in batch mode; raises :class:`BuildFailedError` with the end of its output."""
    run_tool(f"Maven on {pom.name}", [maven(), "-q", "-B", "-f", str(pom), *arguments])


def run_tool(name: str, command: Sequence[str]) -> None:
    """Run a build tool; raises :class:`BuildFailedError` with the end of its output."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=_DOWNLOAD_SECONDS,
    )
    if done.returncode:
        raise BuildFailedError(f"{name} failed ({done.returncode}):\n{done.stdout[-4000:]}")
