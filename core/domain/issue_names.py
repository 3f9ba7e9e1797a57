"""Ids as people see and say them. The exact id is the key; what only looks like it names it where that is clear. Pure.

Two ids may look the same on a screen: Hangul decomposed or composed, a blank behind, a sign without width. One that is
seen is found by what is seen, and two that look the same are shown with what tells them apart.
"""

import unicodedata
from collections.abc import Callable, Iterable
from zlib import crc32

from core.domain.errors import CommandError
from core.support.i18n import _
from core.support.text import FIELD_LIMIT, inert_line, is_stand_in, is_unseen, shown_id

_MOST_TOLD = 3
"""Signs of an id that are named when it is told apart."""
_MOST_NAMED = 5
"""Choices that an ambiguous name is answered with."""


def look(name: str) -> str:
    """What ``name`` looks like: two names with the same look cannot be told apart by eye."""
    if name.isascii() and name.isprintable() and (" " not in name or name == " ".join(name.split())):
        return name or shown_id(name)
    seen = "".join(sign for sign in name[:FIELD_LIMIT] if not (is_unseen(sign) or is_stand_in(sign)))
    return inert_line(unicodedata.normalize("NFKC", seen)) or inert_line(shown_id(name))


class Names:
    """The ids that are known, by their look. Most ids look like themselves; only the others are kept here."""

    def __init__(self, is_known: Callable[[str], bool] | None = None) -> None:
        """``is_known`` tells which ids there are; without it those that were added are."""
        self._added: set[str] = set()
        self._keeps_added = is_known is None
        self._is_known = is_known or self._added.__contains__
        self._odd: dict[str, tuple[str, ...]] = {}
        """Ids that do not look like themselves, by their look."""

    def add(self, issue: str) -> None:
        if self._keeps_added:
            self._added.add(issue)
        seen = look(issue)
        if seen == issue:
            return
        alike = self._odd.get(seen, ())
        if issue not in alike:
            self._odd[seen] = (*alike, issue)

    def _alike(self, seen: str) -> tuple[str, ...]:
        """The ids that look like ``seen``, in order."""
        odd = self._odd.get(seen, ())
        itself = (seen,) if self._is_known(seen) and look(seen) == seen else ()
        return tuple(sorted((*odd, *itself))) if odd else itself

    def alike(self, issue: str) -> tuple[str, ...]:
        """The known ids that look like ``issue``, itself among them: what is shown of each depends on the others."""
        return self._alike(look(issue)) if self._odd else (issue,)

    def shown(self, issue: str) -> str:
        """The id for showing; with what tells it apart where another one looks the same."""
        alike = self._alike(look(issue)) if self._odd else ()
        return shown_id(issue) if len(alike) < 2 or issue not in alike else _told_apart(issue, alike)

    def meant(self, name: str) -> tuple[str, ...]:
        """The ids that ``name`` may mean: the exact one, else the one that is shown so, else all that look like it."""
        alike = self._alike(look(name))
        if name in alike:
            return (name,)
        return self._marked(name) or alike

    def _marked(self, name: str) -> tuple[str, ...]:
        """The id that is shown as ``name`` with its mark, as it was copied from the screen."""
        bare, bracket, _mark = name.rpartition(" ‹")
        if not bracket:
            return ()
        alike = self._alike(look(bare))
        return tuple(issue for issue in alike if len(alike) > 1 and _told_apart(issue, alike) == name.strip())


def exact_id(names: Names, name: str) -> str:
    """The id that ``name`` means; ``name`` itself where none is known by it.

    Raises:
        CommandError: it may mean several.
    """
    match names.meant(name):
        case ():
            return name
        case (issue,):
            return issue
        case alike:
            shown = ", ".join(names.shown(issue) for issue in alike[:_MOST_NAMED])
            words = _("{name} may be one of several issues that look the same: {names}. Name one as it stands here.")
            raise CommandError(words.format(name=shown_id(name), names=shown))


def _told_apart(issue: str, alike: Iterable[str]) -> str:
    marks = {one: _mark(one) for one in alike}
    mark = marks[issue]
    if [*marks.values()].count(mark) > 1:
        mark = f"{mark} {crc32(issue.encode()):08x}".strip()
    return f"{shown_id(issue)} ‹{mark}›" if mark else shown_id(issue)


def _mark(issue: str) -> str:
    """What of an id cannot be seen, in ASCII: ``U+0020`` for a blank at its end, ``NFD`` for decomposed signs."""
    told = [f"U+{ord(sign):04X}" for sign in _unseen(issue)]
    if unicodedata.normalize("NFC", issue) != issue:
        told.insert(0, "NFD")
    elif unicodedata.normalize("NFKC", issue) != issue:
        told.insert(0, "NFKC")
    more = [f"+{len(told) - _MOST_TOLD}"] if len(told) > _MOST_TOLD else []
    return " ".join(told[:_MOST_TOLD] + more)


def _unseen(issue: str) -> list[str]:
    """The signs of an id that a screen does not show: without width, or white space but single blanks inside it."""
    head = issue[:FIELD_LIMIT]
    first, last = len(head) - len(head.lstrip()), len(head.rstrip())
    found = []
    for at, sign in enumerate(head):
        inside = sign == " " and first <= at < last and not head[at - 1].isspace()
        if is_unseen(sign) or (sign.isspace() and not inside):
            found.append(sign)
    return found
