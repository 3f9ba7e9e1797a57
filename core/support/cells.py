"""Text on a terminal's grid, without a screen library: a Hangul syllable takes two cells."""

import unicodedata
from collections.abc import Iterator
from itertools import chain


def cell_width(text: str) -> int:
    """How many cells ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def padded(text: str, width: int) -> str:
    """``text`` in at least ``width`` cells."""
    return text + " " * max(0, width - cell_width(text))


def filled(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells, broken at blanks, and within words that are longer than a line."""
    lines: list[str] = []
    for word in chain.from_iterable(_broken(word, width) for word in text.split()):
        if lines and cell_width(lines[-1]) + 1 + cell_width(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _broken(word: str, width: int) -> Iterator[str]:
    """The word in parts of at most ``width`` cells, a sign at least."""
    part = ""
    for sign in word:
        if part and cell_width(part) + cell_width(sign) > width:
            yield part
            part = ""
        part += sign
    yield part


def _width(sign: str) -> int:
    if unicodedata.east_asian_width(sign) in "WF":
        return 2
    return 0 if unicodedata.category(sign) in ("Mn", "Me", "Cf") or "\u1160" <= sign <= "\u11ff" else 1
