"""Lockout (LOTO): that a machine was made safe before work on it, by whom, when, in which episode. Pure.

What is to be checked stands in ``core.domain.safety_checks``; whether steps are shown follows from it in
``core.chat.conversation.safety_gate``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.events import Kind
from core.domain.issues import MAX_MARKS, Issue
from core.domain.safety_checks import Checked


@dataclass(frozen=True, slots=True)
class Lockout:
    """One lockout that was checked. It is a fact of one episode, named by what opened that."""

    issue: str
    opened_ms: int
    """Event time (epoch ms) of what had opened the episode."""
    opened_digest: int | None
    """Its fingerprint (``Mark.digest``). None for a check of Andon's before version 4 of the store, which kept the time
    of the newest event that was seen instead: ``opened_ms`` is that.
    """
    at_ms: int
    """Epoch ms by this terminal's clock."""
    by: str
    done: tuple[str, ...]
    """Ids of the checks that were made (``core.domain.safety_checks.SECURING``)."""
    missing: tuple[str, ...] = ()
    """Ids of those that were left out; then ``why_not`` says why."""
    why_not: str = ""

    def covers(self, issue: Issue) -> bool:
        """Whether it was checked in the present episode of ``issue``.

        Records come late and in any order. One that moves the episode's beginning back leaves the check as it is: what
        had opened the episode is a repeat now. Whatever opens a new episode ends it.
        """
        opening = issue.opening
        if issue.id != self.issue or opening.time_ms > self.opened_ms:
            return False
        if self.opened_digest is None or (opening.time_ms, opening.digest) == (self.opened_ms, self.opened_digest):
            return True
        return opening.kind is not Kind.REOPEN and self._names_a_repeat(issue)

    def _names_a_repeat(self, issue: Issue) -> bool:
        """The opening that is named is among the events that are told apart, or newer ones pushed it out of them."""
        if any((mark.time_ms, mark.digest) == (self.opened_ms, self.opened_digest) for mark in issue.marks):
            return True
        return len(issue.repeats) == MAX_MARKS and self.opened_ms < issue.repeats[0].time_ms


def lockout_of(issue: Issue, checked: Checked, *, at_ms: int, by: str) -> Lockout:
    """The lockout of the present episode of ``issue``, ``checked`` at ``at_ms`` (epoch ms) by a person."""
    opening = issue.opening
    return Lockout(
        issue=issue.id,
        opened_ms=opening.time_ms,
        opened_digest=opening.digest,
        at_ms=at_ms,
        by=by,
        done=checked.done,
        missing=checked.missing,
        why_not=checked.why_not,
    )


def current_lockout(issue: Issue, lockouts: Iterable[Lockout]) -> Lockout | None:
    """Of ``lockouts`` (oldest first) the last that counts in the present episode of ``issue``; None: nobody checked."""
    return next((one for one in reversed(tuple(lockouts)) if one.covers(issue)), None)
