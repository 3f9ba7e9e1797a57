"""A message catalogue as people write it (``.po``) to what gettext reads (``.mo``).

The wheel is built with this file as well (hatch_build.py), so it imports nothing of ours and needs nothing installed.
"""

import ast
import struct
from collections.abc import Iterable, Iterator

_MAGIC = 0x950412DE
_HEADER_BYTES = 28
_KEYWORDS = ("msgid", "msgid_plural", "msgstr")


def messages_of(text: str) -> dict[str, str]:
    """Each message with its translation, as gettext has them: plural forms are parted by NUL; "" is the header.

    What is marked fuzzy, or not translated, is left out.

    Raises:
        ValueError: a line is none of a catalogue's, or has a context (``msgctxt``), which Andon does not use.
    """
    return dict(_messages(text))


def _messages(text: str) -> Iterator[tuple[str, str]]:
    for paragraph in _paragraphs(text):
        parts: list[tuple[str, str]] = []
        is_fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in paragraph)
        for line in paragraph:
            if line.startswith("#"):
                continue
            keyword, said = _keyword_of(line)
            if keyword:
                parts.append((keyword, said))
            elif parts:
                parts[-1] = (parts[-1][0], parts[-1][1] + said)
            else:
                raise ValueError(f"no message begins here: {line}")
        ids = [said for keyword, said in parts if not keyword.startswith("msgstr")]
        forms = [said for keyword, said in parts if keyword.startswith("msgstr")]
        if ids and any(forms) and not (is_fuzzy and ids[0]):
            yield "\0".join(ids), "\0".join(forms)


def _paragraphs(text: str) -> Iterator[list[str]]:
    """The lines of one message after the other; a new one begins where a translation is over."""
    lines: list[str] = []
    has_translation = False
    for line in filter(None, map(str.strip, text.split("\n"))):
        begins = line.startswith("#") or (line.startswith("msgid") and not line.startswith("msgid_plural"))
        if has_translation and begins:
            yield lines
            lines, has_translation = [], False
        lines.append(line)
        has_translation |= line.startswith("msgstr")
    if lines:
        yield lines


def _keyword_of(line: str) -> tuple[str, str]:
    """The line's keyword, none where it goes on with the one before, and the text."""
    if line.startswith('"'):
        return "", _unquoted(line)
    keyword, _space, rest = line.partition(" ")
    if keyword.partition("[")[0] not in _KEYWORDS:
        raise ValueError(f"not understood: {line}")
    return keyword, _unquoted(rest)


def _unquoted(text: str) -> str:
    if text[:1] != '"' or text[-1:] != '"' or len(text) < 2:
        raise ValueError(f"not quoted: {text}")
    if "\\" not in text:
        return text[1:-1]
    return str(ast.literal_eval(text))


def mo_of(messages: dict[str, str]) -> bytes:
    """The messages as GNU gettext's ``.mo``, in the order of their bytes, without the hash table."""
    pairs = sorted((ids.encode(), said.encode()) for ids, said in messages.items())
    first_table = _HEADER_BYTES
    second_table = first_table + 8 * len(pairs)
    texts_at = second_table + 8 * len(pairs)
    ids_places, texts_at = _places((ids for ids, _said in pairs), texts_at)
    said_places, end = _places((said for _ids, said in pairs), texts_at)
    header = struct.pack("<7I", _MAGIC, 0, len(pairs), first_table, second_table, 0, end)
    texts = b"".join(ids + b"\0" for ids, _said in pairs) + b"".join(said + b"\0" for _ids, said in pairs)
    return header + ids_places + said_places + texts


def _places(texts: Iterable[bytes], at: int) -> tuple[bytes, int]:
    """Length and place of each text, and where the last ends."""
    places = bytearray()
    for text in texts:
        places += struct.pack("<2I", len(text), at)
        at += len(text) + 1
    return bytes(places), at
