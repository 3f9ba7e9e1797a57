"""What an answer offers: each with the digit that takes it. Kept with the answer, so that it holds after a restart."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from core.support.text import inert_line

_OFFERS = "offers"
"""In an answer's memo."""
TOOK = "took"
"""Memo of what a person wrote: the label of the offer that it took."""
_LABEL_LIMIT = 200


class OfferKind(StrEnum):
    """What taking an offer does."""

    NEXT = "next"
    """The next step. A message without any text takes it as well."""
    STILL = "still"
    """Nothing changed: on to the next cause."""
    FIXED = "fixed"
    """The machine works: what to confirm before it is resolved."""
    AGAIN = "again"
    STEP = "step"
    """The step with the number in ``subject``."""
    FAULT = "fault"
    """The walk through the fault with the id in ``subject``."""
    STAY = "stay"
    """Not the other fault: on with the walk that is under way."""
    RETURN = "return"
    """Back to the walk, left before, through the fault with the id in ``subject``."""
    NONE = "none"
    """None of the faults that are offered."""
    SIMILAR = "similar"
    """The resolved issue with the id in ``subject``: a screen opens it, a chatbot quotes its note."""
    EMERGENCY = "emergency"
    """The emergency answer."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a message that is only ``digit`` takes. ``label`` is inert, in the language of the answer."""

    digit: int
    kind: OfferKind
    label: str
    subject: str = ""
    listed: bool = False
    """The answer's own text lists it with its digit: it need not be shown below it again."""


def offers_memo(offers: Iterable[Offer]) -> dict[str, str]:
    """``offers`` as they are kept in the memo of an answer; empty without any."""
    rows = [[one.digit, one.kind.value, one.label, one.subject, int(one.listed)] for one in offers]
    return {_OFFERS: json.dumps(rows, ensure_ascii=False)} if rows else {}


def offers_in(memo: Mapping[str, str]) -> tuple[Offer, ...]:
    """What the memo of an answer offers, by digit. What another version wrote otherwise is left out."""
    kept = memo.get(_OFFERS, "")
    return _offers(kept) if kept else ()


@lru_cache(maxsize=256)
def _offers(kept: str) -> tuple[Offer, ...]:
    try:
        rows = json.loads(kept)
    except (ValueError, RecursionError):
        return ()
    found = (_offer(row) for row in rows) if isinstance(rows, list) else ()
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.digit))


def _offer(row: object) -> Offer | None:
    match row:
        case [int(digit), str(kind), str(label), str(subject), int(listed)] if kind in set(OfferKind):
            return Offer(digit, OfferKind(kind), inert_line(label, _LABEL_LIMIT), subject, bool(listed))
        case _:
            return None
