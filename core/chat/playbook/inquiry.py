"""What a question asks for: whom, where, how much, whether one may. Pure; how people put it stands in ``wording``."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache

from core.chat.playbook.wording import wording

_LIMIT = 400
"""Characters of a text that are looked at."""
_APOSTROPHES = re.compile("['’‘`´]")


class Asks(Enum):
    """What kind of answer is wanted."""

    HOW_LONG = "how_long"
    HOW_MUCH = "how_much"
    WHOM = "whom"
    WHY = "why"
    TOOL = "tool"
    RISK = "risk"
    RELEASE = "release"
    """What is checked before the machine is given back."""
    MUST = "must"
    MAY = "may"
    WHEN = "when"
    WHERE = "where"
    HOW = "how"
    WHAT = "what"
    PLAIN = "plain"
    """A question without a word that says which."""


class Hazard(Enum):
    """What must never be allowed."""

    BYPASS = "bypass"
    RESET = "reset"
    REACH_IN = "reach_in"
    RUN_ON = "run_on"


_BY_WORD = (
    *(Asks.RELEASE, Asks.WHOM, Asks.WHY, Asks.TOOL, Asks.WHEN, Asks.WHERE, Asks.HOW),
    *(Asks.RISK, Asks.MUST, Asks.MAY, Asks.WHAT, Asks.PLAIN),
)
_EVEN_UNASKED = frozenset({Hazard.BYPASS, Hazard.RESET})
"""Answered with no however the question is put."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question."""

    asks: Asks
    hazard: Hazard | None = None
    of_work: bool = False
    """Of ``HOW_LONG``: how long the work takes, and not how long to wait."""


def inquiry(text: str) -> Inquiry | None:
    """What ``text`` asks; None where it asks nothing, but tells something."""
    plain = plainly(text)
    hazard = next((one for one in Hazard if _fits("danger", one.value, plain)), None)
    may = _fits("asking", Asks.MAY.value, plain)
    if hazard and (may or (hazard in _EVEN_UNASKED and _is_question(plain))):
        return Inquiry(Asks.MAY, hazard)
    if hazard and _fits("asking", Asks.PLAIN.value, plain) and not _asks_for(plain):
        return Inquiry(Asks.MAY, hazard)
    if _fits("amount", Asks.HOW_LONG.value, plain):
        return Inquiry(Asks.HOW_LONG, of_work=_fits("takes", "work", plain))
    if _fits("amount", Asks.HOW_MUCH.value, plain):
        return Inquiry(Asks.HOW_MUCH)
    asks = next((one for one in _BY_WORD if _fits("asking", one.value, plain)), None)
    return Inquiry(asks) if asks else None


def plainly(text: str) -> str:
    """``text`` as the patterns expect it: composed, small letters, without apostrophes."""
    return _APOSTROPHES.sub("", unicodedata.normalize("NFC", text[:_LIMIT])).lower().strip()


def quantities(text: str) -> tuple[str, ...]:
    """The names of the quantities that a question is about."""
    plain = plainly(text)
    table = wording("inquiries")["quantities"]
    return tuple(name for name in table if any(_pattern(one).search(plain) for one in table[name]["asked"]))


def holds_number_of(quantity: str, text: str) -> bool:
    """Whether ``text`` (of a playbook) holds a number of this quantity."""
    return any(_pattern(one).search(text) for one in wording("inquiries")["quantities"][quantity]["number"])


def forbids(text: str, language: str) -> bool:
    """Whether ``text`` (of a playbook) forbids something, or leaves it to others."""
    return any(_pattern(one).search(text.lower()) for one in wording("inquiries")["forbids"][language])


def tells_where_it_stands(text: str, language: str) -> bool:
    """Whether ``text`` (of a playbook) tells where a value is to be found."""
    return any(_pattern(one).search(text.lower()) for one in wording("inquiries")["where_it_stands"][language])


def _is_question(plain: str) -> bool:
    return any(_fits("asking", one.value, plain) for one in _BY_WORD)


def _asks_for(plain: str) -> bool:
    return any(_fits("asking", one.value, plain) for one in _BY_WORD[:7])


def _fits(table: str, name: str, plain: str) -> bool:
    return any(_pattern(one).search(plain) for one in wording("inquiries")[table][name])


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
