"""New files of the operator's: cleanly named, inside their folder, whole on the disk, replacing nothing."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

NAME_LIMIT = 120
"""Characters of a file's name."""
NAME_BYTES = 240
"""Bytes of a file's name in UTF-8; file systems take 255, and a number may be added."""

_NAMESAKES = 1_000
_READ = 10_000
"""Characters of a wish that are looked at, the last."""
_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever follows the first dot."""


def new_file(folder: Path, wish: str, suffix: str, data: bytes) -> Path:
    """Write ``data`` into a new file in ``folder``, mode 0600, named as nearly as ``wish`` as can be; its path.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _first_free(folder, clean_name(wish, suffix) or "andon", suffix, lambda path: _write(path, data))
    _sync_folder(folder)
    return path


def keep_file(source: Path, folder: Path, stem: str, suffix: str) -> Path:
    """Give ``source`` a name in ``folder`` and return its path. It is on the disk then, mode 0600.

    A name that is taken, be it by a link that leads elsewhere, gets a number. Where it fails, ``source`` stays.

    Raises:
        OSError: the folder cannot be written.
    """
    with source.open("rb+") as whole:
        os.fchmod(whole.fileno(), 0o600)
        os.fsync(whole.fileno())
    kept = _first_free(folder, stem, suffix, lambda path: _link(source, path))
    source.unlink()
    _sync_folder(folder)
    return kept


def clean_name(wish: str, suffix: str) -> str:
    """``wish`` as a file's name without its ``suffix``; empty where nothing of it can be used.

    Only the last part of a path counts. Controls, invisible and bidi characters, and what Windows forbids are
    left out, and so are dots at either end.
    """
    last = _SEPARATORS.split(wish[-_READ:])[-1]
    seen = unicodedata.normalize("NFC", "".join(map(_seen, last)))
    name = _cut(_SPACES.sub(" ", _FORBIDDEN.sub("", seen)).lstrip(), suffix).rstrip(" .")
    while name.lower().endswith(suffix):
        name = name[: -len(suffix)].rstrip(" .")
    name = name.lstrip(" .")
    return f"_{name}" if _RESERVED.match(name) else name


def _seen(char: str) -> str:
    if char.isspace():
        return " "
    return "" if unicodedata.category(char)[0] == "C" else char


def _cut(name: str, suffix: str) -> str:
    """As much of ``name`` as leaves room for the ending and the ``_`` before a reserved name."""
    room = len(suffix) + 1
    return name[: NAME_LIMIT - room].encode()[: NAME_BYTES - room].decode(errors="ignore")


def _first_free(folder: Path, stem: str, suffix: str, make: Callable[[Path], None]) -> Path:
    for name in _names(stem, suffix):
        path = folder / name
        try:
            make(path)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(17, "too many files of this name", str(folder / f"{stem}{suffix}"))


def _names(stem: str, suffix: str) -> Iterator[str]:
    yield f"{stem}{suffix}"
    for number in range(2, _NAMESAKES):
        yield f"{stem} ({number}){suffix}"


def _link(source: Path, path: Path) -> None:
    """Give ``source`` the new name ``path``, at once and whole. Copied where the file system has no links.

    Raises:
        FileExistsError: there is something of this name.
    """
    try:
        os.link(source, path)
    except FileExistsError:
        raise
    except OSError:
        _write(path, source.read_bytes())


def _write(path: Path, data: bytes) -> None:
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(target, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
