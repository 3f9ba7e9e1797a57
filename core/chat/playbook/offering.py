"""What the built-in assistant offers at a place of the walk, and what a message takes of it. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from core.chat.playbook.alerts import standing_ask
from core.chat.playbook.intents import choice
from core.chat.playbook.library import Fault
from core.chat.playbook.phrases import Speech
from core.chat.playbook.position import Place
from core.domain.messages import CHATBOTS, Alert, Author
from core.domain.offers import TOOK, Offer, OfferKind
from core.domain.past_fix import PastFix
from core.support.i18n import N_

FIRST_STEP = N_("Step 1")
NEXT = N_("Next")
STILL = N_("Still there")
FIXED = N_("It works now")
AGAIN = N_("Say it again")
NOT_THIS = N_("Not this fault")
NONE_OF_THEM = N_("None of them")
GO_ON = N_("Go on: {title}")
TO_STEP = N_("Step {number} from here")
BACK_TO = N_("Back to: {title}")
ONLY_THIS_POINT = N_("Only this part is OK")
MOST = 15
"""Faults that are offered at once."""
MOST_FIXES = 5

_HANGUL = re.compile("[가-힣]")


class Said(Protocol):
    """What an earlier message must tell (``Message``)."""

    @property
    def author(self) -> Author: ...

    @property
    def alert(self) -> Alert: ...

    @property
    def memo(self) -> Mapping[str, str]: ...

    @property
    def offers(self) -> tuple[Offer, ...]: ...


def listed_lines(offers: Iterable[Offer]) -> str:
    """Those of the offers that the answer itself lists, a line each."""
    return "\n".join(f"{one.digit}. {one.label}" for one in offers if one.listed)


class Offering:
    """Puts offers into words of one language, numbered from ``first``."""

    def __init__(self, speech: Speech, first: int) -> None:
        self._speech = speech
        self.first = first

    def of_walk(self, place: Place, told_step: int = 0) -> tuple[Offer, ...]:
        """Within a walk. ``told_step``: a step that was told in between, 0 where none was."""
        part = place.part
        if part is None:
            return self._numbered([])
        if place.solved:
            return self._numbered([(OfferKind.STILL, self._say(STILL), ""), *self._back(place)])
        if place.step > len(part.steps):
            over = [(OfferKind.FIXED, self._say(FIXED), ""), (OfferKind.AGAIN, self._say(AGAIN), "")]
            return self._numbered([*over, *self._back(place)])
        begun = [
            (OfferKind.NEXT, self._say(NEXT), ""),
            (OfferKind.STILL, self._say(STILL), ""),
            (OfferKind.FIXED, self._say(FIXED), ""),
            (OfferKind.AGAIN, self._say(AGAIN), ""),
        ]
        opened = [(OfferKind.NEXT, self._say(FIRST_STEP), "")]
        if isinstance(part, Fault):
            opened.append((OfferKind.NONE, self._say(NOT_THIS), ""))
        elsewhere = told_step and told_step != place.step
        jump = [(OfferKind.STEP, self._say(TO_STEP, number=told_step), str(told_step))] if elsewhere else []
        return self._numbered([*(begun if place.step else opened), *jump])

    def of_faults(self, titles: Sequence[tuple[Fault, str]], place: Place) -> tuple[Offer, ...]:
        """Faults that the answer lists with their digits, and what to take where it is none of them."""
        offered = [(OfferKind.FAULT, title, fault.id) for fault, title in titles[:MOST]]
        if place.part is not None:
            title = self._speech.data(place.part.title)
            offered.append((OfferKind.STAY, self._say(GO_ON, title=title), ""))
        elif offered:
            offered.append((OfferKind.NONE, self._say(NONE_OF_THEM), ""))
        return self._numbered(offered, listed=True)

    def of_switch(self, other: Fault, place: Place) -> tuple[Offer, ...]:
        """Whether to leave the walk for ``other``."""
        here = self._speech.data(place.part.title) if place.part else ""
        return self._numbered(
            [
                (OfferKind.FAULT, self._speech.data(other.title), other.id),
                (OfferKind.STAY, self._say(GO_ON, title=here), ""),
            ]
        )

    def of_fine(self) -> tuple[Offer, ...]:
        """Something is in order: the machine, or only what was looked at."""
        only = (OfferKind.NEXT, self._say(ONLY_THIS_POINT), "")
        return self._numbered([(OfferKind.FIXED, self._say(FIXED), ""), only])

    def _back(self, place: Place) -> list[tuple[OfferKind, str, str]]:
        return [
            (OfferKind.RETURN, self._say(BACK_TO, title=self._speech.data(part.title)), part.id)
            for part, _step in place.left[:1]
        ]

    def _say(self, message: str, **values: object) -> str:
        return self._speech.say(message, **values)

    def _numbered(self, offered: Iterable[tuple[OfferKind, str, str]], *, listed: bool = False) -> tuple[Offer, ...]:
        return tuple(
            Offer(number, kind, label, subject, listed)
            for number, (kind, label, subject) in enumerate(offered, self.first)
        )


def standing_offers(said: Sequence[Said]) -> tuple[Offer, ...]:
    """What the last ordinary answer of a conversation offers (oldest message first); other chatbots offer nothing."""
    last = next((one for one in reversed(said) if one.author in CHATBOTS and one.alert is Alert.NONE), None)
    return last.offers if last is not None and last.author is Author.BUILTIN else ()


def taken(text: str, offers: Iterable[Offer]) -> Offer | None:
    """What a message that is only a digit ("2", "2번") takes; None where it takes nothing."""
    number = choice(text)
    return next((one for one in offers if one.digit == number), None)


def took_memo(text: str, said: Sequence[Said]) -> dict[str, str]:
    """The memo of a message: what it takes of what is offered, so that a screen can show it beside the digit."""
    offer = taken(text, standing_offers(said))
    return {TOOK: offer.label} if offer is not None else {}


def empty_message(said: Sequence[Said]) -> str:
    """What a message without any text says: "next" in the language of the offer, empty where that is not offered.

    Empty too while it is asked whether somebody is hurt: that must not be passed over by a mere key.
    """
    newest = next((one for one in reversed(said) if one.author in CHATBOTS), None)
    if newest is None or newest.alert is not Alert.NONE or standing_ask(said) is not None:
        return ""
    offer = next((one for one in standing_offers(said) if one.kind is OfferKind.NEXT), None)
    return "" if offer is None else "다음" if _HANGUL.search(offer.label) else "next"


def similar_offers(fixes: Sequence[PastFix], said: Sequence[Said]) -> tuple[Offer, ...]:
    """The resolved issues of a list of past fixes, each to be opened; "next" goes on with what was offered before."""
    found = [
        Offer(number, OfferKind.SIMILAR, " · ".join(filter(None, (fix.issue, fix.description))), fix.id or fix.issue)
        for number, fix in enumerate(fixes[:MOST_FIXES], 1)
    ]
    going_on = [one for one in standing_offers(said) if one.kind is OfferKind.NEXT]
    return (*found, *(replace(one, digit=len(found) + 1) for one in going_on[:1]))
