"""The built-in assistant: finds the usual fault, then walks through its playbook one step at a time.

It needs no server and keeps nothing: where it is travels in ``Answer.memo``. It never resolves, and
what it does not know it says. Every answer on a fault carries the precautions, from the first on.
"""

from collections.abc import AsyncGenerator, Sequence

from core.chat.backend import Answer, ChatRequest, Fragment, Noted
from core.chat.playbook.precautions import precautions_for, release_checks_for, short_precautions
from core.domain.messages import Author
from core.domain.past_fix import PastFix

__all__ = ["PlaybookAssistant", "precautions_for", "release_checks_for", "short_precautions", "similar_words"]


def similar_words(past_fixes: Sequence[PastFix], language: str) -> str:
    """As ``core.chat.playbook.past_fix_phrases.similar_words``: no start waits for the playbooks' words."""
    from core.chat.playbook import past_fix_phrases

    return past_fix_phrases.similar_words(past_fixes, language)


class PlaybookAssistant:
    """Answers from the playbooks. Implements ``ChatBackend``; never raises ``ChatError``."""

    @property
    def name(self) -> str:
        """What it is called in memos and in ``/bot``."""
        return "builtin"

    @property
    def author(self) -> Author:
        """Shown as the built-in assistant."""
        return Author.BUILTIN

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Fragment | Noted | Answer, None]:
        """Yield one ``Answer``, at once."""
        from core.chat.playbook.reply import Reply  # no start waits for its patterns

        yield Reply(request).answer()

    async def ping(self) -> None:
        """Always there."""

    async def close(self) -> None:
        """Holds nothing open."""
