"""What a resolution begins with: a note that tells what solved it, the causes to choose from, the likeliest one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.chat.conversation.answering import brief_of
from core.chat.playbook.digits import own_words
from core.domain.issues import Issue
from core.domain.messages import Message
from core.domain.outbox import OutboxEntry
from core.support.i18n import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.chat.playbook.causes import Cause


@dataclass(frozen=True, slots=True)
class ResolveOffer:
    """Nothing of it is sent unless whoever resolves takes it or leaves it standing."""

    note: str = ""
    causes: "tuple[Cause, ...]" = ()
    cause: str = ""
    """The code that is chosen to begin with: of the step after which it was said that it works; empty without one."""


def resolve_offer(issue: Issue, said: "Sequence[Message]", held: OutboxEntry | None) -> ResolveOffer:
    """What a resolve of ``issue`` begins with. ``held``: an earlier resolve of it that was held back."""
    from core.chat.playbook.causes import causes_of, code_of  # no start waits for their patterns
    from core.chat.playbook.solution import solution_of

    brief = brief_of(issue)
    # What solved it once is no cause of its coming back.
    lately = [m for m in said if m.at_ms >= issue.opened_ms] if issue.episode > 1 else said
    solution = solution_of(brief, lately)
    note = solution.note(language()) if solution is not None else own_words(lately)
    cause = code_of(solution.fault, solution.cause) if solution is not None and solution.cause is not None else ""
    if held is not None:
        note, cause = held.record.note or note, held.record.cause or cause
    return ResolveOffer(note, causes_of(brief, said), cause)
