"""Standard output and error: a character that they cannot show is replaced and never ends a command."""

import codecs
import contextlib
import sys
from collections.abc import Sequence
from io import TextIOWrapper

_JSON_ESCAPES = "andon.json"


def show_what_can_be_shown(arguments: Sequence[str]) -> None:
    """Set the error handling of this process's streams. JSON escapes what the stream cannot show, and stays whole."""
    codecs.register_error(_JSON_ESCAPES, _as_json)
    is_json = "--json" in arguments or "json" in arguments
    for stream, errors in (
        (sys.stdin, "replace"),
        (sys.stdout, _JSON_ESCAPES if is_json else "replace"),
        (sys.stderr, "replace"),
    ):
        if isinstance(stream, TextIOWrapper):
            with contextlib.suppress(OSError, ValueError):  # closed, or read from already
                stream.reconfigure(errors=errors)


def _as_json(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    escaped = (f"\\u{int.from_bytes(units[at : at + 2], 'big'):04x}" for at in range(0, len(units), 2))
    return "".join(escaped), error.end
