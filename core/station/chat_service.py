"""ChatService: all that a Station does with chatbots and in conversations, on one issue at a time."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from core.chat.backend import ChatBackend, ChatError, SessionBackend
from core.chat.conversation.answering import brief_of
from core.chat.conversation.conversations import Conversations
from core.chat.conversation.fallback import ChatHealth, Fallback
from core.chat.conversation.safety_gate import check_memo
from core.chat.conversation.session_closer import SessionCloser
from core.chat.playbook.assistant import PlaybookAssistant, similar_words
from core.chat.playbook.offering import similar_offers
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.errors import CommandError
from core.domain.events import RESOLVED
from core.domain.issues import Issue
from core.domain.known_issues import KnownIssues
from core.domain.lockout import Lockout, lockout_of
from core.domain.messages import Author, Message
from core.domain.offers import offers_memo
from core.domain.outbox import newest_of
from core.domain.past_fix import PastFix
from core.domain.pending_calls import CallAction
from core.domain.safety_checks import Checked
from core.emergency import Assessment
from core.settings import Settings
from core.station.export import export_markdown
from core.station.handling import Journal
from core.station.lockouts import LockoutRegister
from core.store.store import Store
from core.support.files import new_file
from core.support.i18n import _, language

if TYPE_CHECKING:
    from core.chat.playbook.solution import Solution

log = logging.getLogger(__name__)

_MOST_COMPARED = 8_000
"""Issues resolved last that are looked through for what solved the same before."""


class ChatService:
    """Conversations, the fallback of the chosen chatbot, and what its server is told in the end."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        scope: str,
        backend: ChatBackend,
        *,
        issues: Callable[[], KnownIssues],
        operator: Callable[[], str],
        now_ms: Callable[[], int],
        journal: Journal,
        said: Callable[[Message, bool], None],
        changed: Callable[[], None],
        danger: Callable[[Issue], Assessment],
    ) -> None:
        """``danger`` tells whether an issue's own event speaks of people in danger.

        ``said`` is told each message that is new or changed; ``changed`` that anything else is.
        """
        self._settings = settings
        self._store = store
        self._issues = issues
        self._operator = operator
        self._journal = journal
        self._changed = changed
        self._now_ms = now_ms
        self._kept = store.conversations(scope)
        self._lockouts = LockoutRegister(store, scope)
        builtin = backend if isinstance(backend, PlaybookAssistant) else PlaybookAssistant()
        self.fallback = Fallback(backend, builtin, now_ms=now_ms, changed=changed)
        self.conversations = Conversations(
            self._kept,
            self.fallback,
            find_issue=lambda issue: issues().get(issue),
            past_fixes=self._similar,
            now_ms=now_ms,
            changed=said,
            answered=self._late_session,
            danger=danger,
            thinks=changed,
        )
        self.closing = SessionCloser(store.chat_calls(scope), self.fallback, now_ms=now_ms, changed=changed)

    # --- what is to be seen

    @property
    def health(self) -> ChatHealth:
        """Whether the chosen chatbot answers."""
        return self.fallback.health

    def messages(self, issue: str) -> tuple[Message, ...]:
        """The conversation of ``issue``. Raises StoreError where it cannot be read."""
        return self.conversations.messages(issue)

    def lockout(self, issue: Issue) -> Lockout | None:
        """The lockout that was checked in the present episode of ``issue``; None: nobody did."""
        return self._lockouts.current(issue)

    # --- life

    async def run(self) -> None:
        """Answer, look after the chosen chatbot and tell its server, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.conversations.run(), name="conversations")
                tasks.create_task(self.fallback.run(), name="chat fallback")
                tasks.create_task(self.closing.run(), name="chat closing")
        finally:
            await self.fallback.chosen.close()

    def move(self, scope: str, lockouts: LockoutRegister) -> None:
        """Go on with another cluster's conversations and ``lockouts``."""
        self._lockouts = lockouts
        self._kept = self._store.conversations(scope)
        self.conversations.move(self._kept)
        self.closing.move(self._store.chat_calls(scope))

    # --- what people do

    async def say(self, issue: str, text: str, *, to: str = "", instead_of: str = "") -> Message:
        """Ask the chatbot. Raises as ``Conversations.say``, and CommandError where ``to`` is no chatbot here."""
        self._known(issue)
        if to and to not in (self.fallback.chosen.name, self.fallback.builtin.name):
            raise CommandError(_("There is no such chatbot here. Known: {names}.").format(names=", ".join(self.names)))
        return self.conversations.say(issue, text, name=self._operator(), to=to, instead_of=instead_of)

    @property
    def names(self) -> tuple[str, ...]:
        """The chatbots that can be called by name."""
        return tuple(dict.fromkeys((self.fallback.chosen.name, self.fallback.builtin.name)))

    async def note(self, issue: str, text: str) -> Message:
        """Write to the people on this issue. Raises as ``Conversations.note``."""
        self._known(issue)
        return self.conversations.note(issue, text, name=self._operator())

    async def ask_again(self, issue: str) -> None:
        """Put the questions that failed to the chatbot again, and tell its server again what it refused."""
        self.conversations.retry(issue)
        self.closing.retry(issue)

    async def cancel(self, issue: str) -> bool:
        """Do not wait for the answer that is under way. False where none is."""
        return self.conversations.cancel(issue)

    async def secure(self, issue: str, checked: Checked, seen: Issue | None = None) -> None:
        """The machine is off, locked, tagged and verified: from now on steps are shown. Journaled.

        ``seen`` is the issue as it was when the check began; None: as it is now.

        Raises:
            CommandError: checks are missing without a reason, or the issue was raised anew since the check began.
            StoreError: it could not be kept.
        """
        known = self._known(issue)
        if not checked.is_enough:
            raise CommandError(_("Some checks were not made, and no reason is given."))
        lockout = lockout_of(seen or known, checked, at_ms=self._now_ms(), by=self._operator())
        if not lockout.covers(known):
            raise CommandError(_("The issue was raised again meanwhile. Do the safety check again."))

        def keep() -> None:
            self._lockouts.write(lockout)
            self._journal("secured", issue, {**checked.as_detail(), "episode": known.episode})

        self.conversations.tell(issue, Author.SYSTEM, name=lockout.by, memo=check_memo(checked), also=keep)
        self._lockouts.show(lockout)
        self._changed()

    async def similar(self, issue: str) -> Message:
        """What solved the same or similar issues before, said by the built-in assistant.

        Raises:
            CommandError: no such issue.
            StoreError: it could not be kept.
        """
        fixes = self._similar(self._known(issue))
        offers = similar_offers(fixes, self.messages(issue))
        words = similar_words(fixes, language())
        return self.conversations.tell(issue, Author.BUILTIN, words, memo=offers_memo(offers))

    def solution(self, issue: Issue) -> "Solution | None":
        """What solved ``issue``, as its conversation has it: offered when it is resolved. None: nobody said so."""
        from core.chat.playbook.solution import solution_of  # no start waits for its patterns

        return solution_of(brief_of(issue), self.messages(issue.id))

    async def past_fixes(self, issue: str) -> tuple[PastFix, ...]:
        """The same as values, best first, to be shown beside the conversation; nothing is said.

        Raises:
            CommandError: no such issue.
            StoreError: they could not be read.
        """
        return self._similar(self._known(issue))

    def _similar(self, issue: Issue) -> tuple[PastFix, ...]:
        from core.chat.playbook.past_fixes import similar  # no start waits for its patterns

        notes = self._kept.last_notes()
        return similar(issue, self._issues().newest_solved(_MOST_COMPARED), lambda one: notes.get(one, ""))

    # --- the end

    def complete(self, issue: str, note: str) -> None:
        """Have the server told how its sessions of ``issue`` ended. In the transaction of the resolve.

        Raises:
            StoreError: it could not be kept.
        """
        self.closing.complete(issue, self._sessions(issue), note)

    def _late_session(self, issue: Issue, answer: Message) -> None:
        """A session that came to be while its issue was being resolved is told how it ended like any other."""
        backend = self.fallback.chosen
        if not isinstance(backend, SessionBackend) or answer.author is not backend.author:
            return
        session, note = backend.session_in(answer.memo), self._resolved_with(issue.id)
        told = {call.session for call in self.closing.calls if call.action is CallAction.COMPLETE}
        if session is not None and note is not None and session not in told:
            self.closing.complete(issue.id, [session], note)
            asyncio.get_running_loop().call_soon(self.closing.refresh)

    def _resolved_with(self, issue: str) -> str | None:
        """The note of the resolve that is under way or done; None while the issue is open."""
        resolve = newest_of(self._store.outbox.unconfirmed(), issue, RESOLVED)
        if resolve is not None:
            return resolve.record.note
        known = self._issues().get(issue)
        return known.resolution.note if known is not None and not known.is_open and known.resolution else None

    def _sessions(self, issue: str) -> Iterable[str]:
        backend = self.fallback.chosen
        if not isinstance(backend, SessionBackend):
            return ()
        found = (backend.session_in(message.memo) for message in self.messages(issue))
        return tuple(dict.fromkeys(session for session in found if session is not None))

    async def save_report(self, issue: str) -> Path:
        """Download the session's report into the reports folder.

        Raises:
            CommandError: there is none, or it could not be had or written; the words say why.
            StoreError: it is saved, but that could not be kept.
        """
        try:
            path = await self.closing.save_report(issue, self._settings.reports_folder)
        except ChatError as error:
            self.fallback.failed(self.fallback.chosen, error.problem)
            raise CommandError(str(error)) from error
        except OSError as error:
            raise _not_written(self._settings.reports_folder, error) from error
        self._journal("report saved", issue, {"file": path.name})
        return path

    async def skip_report(self, issue: str) -> None:
        """No report is wanted. Raises CommandError where none is offered, StoreError."""
        try:
            self.closing.skip_report(issue)
        except ChatError as error:
            raise CommandError(str(error)) from error
        self._journal("report skipped", issue, {})

    async def save_conversation(self, issue: str) -> Path:
        """Write issue, conversation and actions into a new file in the reports folder.

        Raises:
            CommandError: no such issue, or the folder cannot be written.
            StoreError: the conversation cannot be read.
        """
        known, folder = self._known(issue), self._settings.reports_folder
        text = export_markdown(
            known, list(self.messages(issue)), list(self._store.journal.entries(issue)), self.lockout(known)
        )
        try:
            return new_file(folder, issue.replace("/", "-"), ".md", text.encode())
        except OSError as error:
            raise _not_written(folder, error) from error

    def _known(self, issue: str) -> Issue:
        known = self._issues().get(issue)
        if known is None:
            raise CommandError(_("There is no issue {issue} on this topic.").format(issue=issue[:200]))
        return known


def _not_written(folder: Path, error: OSError) -> CommandError:
    return CommandError(ChatProblem(ChatProblemKind.STORE, f"{folder}: {error.strerror or error}").words)
