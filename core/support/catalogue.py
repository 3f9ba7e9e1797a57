"""The compiled catalogue of a language: as the wheel brings it, or made from its source and kept beside it."""

import contextlib
import os
from pathlib import Path


def compiled(source: Path) -> bytes:
    """The catalogue ``source`` as ``.mo``. It is kept beside the source, and compiled again when that changes.

    Where there is no source (the wheel has none) the ``.mo`` is what there is; one that cannot be kept is not missed.

    Raises:
        OSError: neither can be read.
        ValueError: the source is no catalogue.
    """
    kept = source.with_suffix(".mo")
    try:
        written_ns = source.stat().st_mtime_ns
    except FileNotFoundError:
        return kept.read_bytes()
    with contextlib.suppress(OSError):
        if kept.stat().st_mtime_ns == written_ns:
            return kept.read_bytes()
    from core.support.po_compiler import messages_of, mo_of

    content = mo_of(messages_of(source.read_text("utf-8")))
    with contextlib.suppress(OSError):
        _keep(kept, content, written_ns)
    return content


def _keep(path: Path, content: bytes, time_ns: int) -> None:
    """Replace the file in one step: other processes start at the same time. Its time is the source's."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    try:
        fresh.write_bytes(content)
        os.utime(fresh, ns=(time_ns, time_ns))
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
