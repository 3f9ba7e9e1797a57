"""Whether an issue's own event tells of people in danger. Pure but for a memory of what was assessed."""

import re
from collections.abc import Mapping
from hashlib import blake2b

from core.domain.events import IssueEvent
from core.domain.issues import Issue
from core.emergency import Assessment, Level, assess
from core.support.text import inert_line

_NO = Assessment(Level.NO)
_NO_WORDS = re.compile(r"[\W\d_]+")
_HELD = 50_000
"""Assessments that are held; more open issues than that are assessed anew now and then."""


class EventDangers:
    """Assesses an issue once for each text that its events bring, not once a paint. May be asked from any thread."""

    def __init__(self, remembered: Mapping[str, Assessment] | None = None) -> None:
        """``remembered``: what an earlier run assessed by the same words and rules, as ``held`` gave it."""
        self._known: dict[str, tuple[str, Assessment]] = {}
        self._remembered = dict(remembered or {})
        self.assessed = 0
        """How many texts were assessed so far: what tests count."""

    def of(self, issue: Issue, raised: IssueEvent | None = None) -> Assessment:
        """What the event that opened ``issue`` tells by its description or by its id; a solved one tells nothing.

        ``raised``: what raised it last, where the clocks overruled that (``core.domain.overruled``).
        """
        if not issue.is_open and raised is None:
            return _NO
        description = issue.description if raised is None else raised.description
        known = self._known.get(issue.id)
        if known is not None and known[0] == description:
            return known[1]
        if len(self._known) >= _HELD:
            self._known = {}
        found = self._remembered.pop(mark(issue.id, description), None) if self._remembered else None
        if found is None:
            self.assessed += 1
            found = assessed(issue.id, description)
        self._known[issue.id] = (description, found)
        return found

    def held(self) -> dict[str, Assessment]:
        """What is known now, for the next start, by ``mark``."""
        return {mark(issue, description): found for issue, (description, found) in self._known.items()}

    def knows(self, issue: Issue) -> bool:
        """Whether ``of`` answers at once."""
        known = self._known.get(issue.id)
        return not issue.is_open or (known is not None and known[0] == issue.description)

    def forget(self, issue: str) -> None:
        """It is not listed any more; asked again, it is assessed anew."""
        self._known.pop(issue, None)

    def is_emergency(self, issue: Issue, raised: IssueEvent | None = None) -> bool:
        """Whether people are in danger for certain; ``raised`` as in ``of``."""
        return self.of(issue, raised).level is Level.YES


class KnownDangers(EventDangers):
    """What ``dangers`` knows of open issues; it assesses none of them anew. For a first look that nobody waits for."""

    def __init__(self, dangers: EventDangers) -> None:
        super().__init__()
        self._dangers = dangers

    def of(self, issue: Issue, raised: IssueEvent | None = None) -> Assessment:
        return self._dangers.of(issue, raised) if raised is not None or self._dangers.knows(issue) else _NO


def mark(issue: str, description: str) -> str:
    """A digest of what is assessed."""
    return blake2b(f"{issue}\0{description}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def assessed(issue: str, description: str) -> Assessment:
    """What an event tells. Ids are codes, so one counts only where its words leave no doubt; nobody speaks in them."""
    told = assess(description)
    if told.level is Level.YES:
        return told
    by_id = assess(_NO_WORDS.sub(" ", inert_line(issue)).strip())
    return Assessment(Level.YES, by_id.dangers) if by_id.level is Level.YES else told


def event_key(issue: Issue, danger: Assessment) -> str:
    """Names what is told of an event: the same words again in one episode are told once, other dangers anew."""
    return "/".join((str(issue.opened_ms), danger.level, *danger.dangers))
