"""Pictures of the running app. Textual gives every text's length by characters; Hangul is two cells wide."""

import re
from html import unescape

from rich.cells import cell_len

_CELL_WIDTH = 12.2
_TEXT = re.compile(r'(<text class="[^"]*-matrix"|<text class="[^"]*"[^>]*?) textLength="[^"]*"([^>]*)>([^<]*)</text>')
_HASH = re.compile(r"terminal-\d+")


def true_svg(svg: str) -> str:
    """Set each text's length to its width on the cell grid, and drop what differs from run to run."""
    svg = _TEXT.sub(_with_true_length, svg)
    return _HASH.sub("terminal-andon", svg)


def _with_true_length(match: re.Match[str]) -> str:
    head, tail, text = match.groups()
    width = cell_len(unescape(text)) * _CELL_WIDTH
    return f'{head} textLength="{width:.1f}"{tail}>{text}</text>'
