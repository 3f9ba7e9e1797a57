"""The built-in assistant: finds the usual fault, then walks through its playbook one step at a time.

It needs no server and keeps nothing: where it is travels in ``Answer.memo``. It never resolves, and
what it does not know it says. Every answer on a fault carries the precautions, from the first on.
"""

from collections.abc import AsyncGenerator

from core.chat.backend import Answer, ChatRequest, Fragment, Noted
from core.chat.playbook.library import precautions_for, release_checks_for, short_precautions
from core.chat.playbook.past_fix_phrases import similar_words
from core.domain.messages import Author

__all__ = ["PlaybookAssistant", "precautions_for", "release_checks_for", "short_precautions", "similar_words"]


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
