"""No step before the precautions: whether a conversation may show what an answer tells somebody to do.

Whatever chatbots answer, in any order and size, their words are shown on a fault report only once somebody said
that the machine is locked out (``core.domain.lockout``), and below the equipment's precautions.
"""

from collections.abc import Sequence

from core.domain.issues import Issue
from core.domain.lockout import Lockout
from core.domain.messages import Author, Message
from core.domain.safety_checks import SECURING, Checked
from core.support.i18n import _
from core.support.text import inert_line

SECURED = "secured"
"""Memo of the system's message that tells of the check in the transcript. The fact itself is the ``Lockout``."""


def is_secured(issue: Issue, messages: Sequence[Message], lockout: Lockout | None) -> bool:
    """Whether somebody checked in this episode that the machine is locked out. Mere inspections ask nobody."""
    return not is_repair(issue, messages) or (lockout is not None and lockout.covers(issue))


def is_repair(issue: Issue, messages: Sequence[Message]) -> bool:
    """Whether somebody may have to work on the machine: a fault, or an inspection that came upon one."""
    return issue.is_fault or any(m.author is Author.BUILTIN and m.holds_steps for m in messages)


def is_hidden(message: Message, *, secured: bool) -> bool:
    """Whether the words of ``message`` must not be shown yet."""
    return message.is_chatbots and message.holds_steps and not secured


def asks_for_check(issue: Issue, messages: Sequence[Message], lockout: Lockout | None) -> bool:
    """Whether an answer waits for the check."""
    return not is_secured(issue, messages, lockout) and any(is_hidden(m, secured=False) for m in messages)


def is_check(message: Message) -> bool:
    """Whether ``message`` tells of a safety check."""
    return SECURED in message.memo and message.author is Author.SYSTEM


def check_memo(checked: Checked) -> dict[str, str]:
    """What marks a message as the one that tells of a check, and what was left out of that."""
    return {SECURED: "checked", "unchecked": " ".join(checked.missing), "why": checked.why_not}


def check_words(message: Message) -> str:
    """Who made the check, and what was left out and why."""
    by, left_out = inert_line(message.name, 60), message.memo.get("unchecked", "").split()
    if not left_out:
        return _("{by} checked: power off, locked, tagged, verified").format(by=by)
    names = ", ".join(_(SECURING[check]) for check in left_out if check in SECURING)
    why = inert_line(message.memo.get("why", ""), 200)
    return _("{by} goes ahead without: {checks} · {why}").format(by=by, checks=names, why=why)
