"""The program's version, as the installed package's metadata tell it: said by commands, doctor, log and records."""

from functools import cache

UNKNOWN = "0+unknown"
"""Of files that were copied and not installed: nothing tells which they are."""


@cache
def version() -> str:
    """The version of the distribution ``andon``: ``0.1.0``."""
    from importlib import metadata  # 25 ms, which a command that says no version does not wait for

    try:
        return metadata.version("andon")
    except metadata.PackageNotFoundError:
        return UNKNOWN
