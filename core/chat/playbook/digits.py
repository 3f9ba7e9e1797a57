"""What digits take now in a conversation: the emergency answer first, where that was asked about. Pure."""

from collections.abc import Sequence

from core.chat.playbook.alerts import EMERGENCY_DIGIT, standing_ask
from core.chat.playbook.intents import choice, intent
from core.chat.playbook.offering import empty_message, standing_offers
from core.domain.messages import Author, Message, MessageState
from core.domain.offers import TOOK, Offer, OfferKind
from core.support.i18n import _

_UNANSWERED = frozenset({MessageState.SENDING, MessageState.SENT})


def digits(said: Sequence[Message]) -> tuple[Offer, ...]:
    """What a message that is only a digit takes, by digit (oldest message first)."""
    found = {offer.digit: offer for offer in standing_offers(said)}
    if standing_ask(said) is not None:
        found[EMERGENCY_DIGIT] = Offer(EMERGENCY_DIGIT, OfferKind.EMERGENCY, _("emergency steps"), listed=True)
    return tuple(found[number] for number in sorted(found))


def goes_on_from(said: Sequence[Message]) -> str:
    """The id of the newest message, where a message without any text goes on from there; else empty.

    While a question waits for its answer it does not: what comes next must first be in sight.
    """
    return said[-1].id if empty_message(said) and not is_unanswered(said) else ""


def is_unanswered(said: Sequence[Message]) -> bool:
    """Whether a question waits for its answer: what is offered now may be something else when its turn comes."""
    last = next((one for one in reversed(said) if one.author is Author.OPERATOR), None)
    return last is not None and last.state in _UNANSWERED


def own_words(said: Sequence[Message], *, also_asked: bool = False) -> str:
    """What a person last told in words of their own: no digit, no "next"; empty without such.

    ``also_asked``: a question counts too.
    """
    told = (one.text for one in reversed(said) if one.author is Author.OPERATOR and TOOK not in one.memo)
    own = (text for text in told if choice(text) is None and intent(text) is None)
    return next((text for text in own if also_asked or not text.rstrip().endswith(("?", "？"))), "")
