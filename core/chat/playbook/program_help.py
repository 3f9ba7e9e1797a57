"""How this program is used: which question is about it, and the keys that answer it. Pure."""

import re
from dataclasses import dataclass
from functools import cache

from core.chat.playbook.inquiry import plainly
from core.chat.playbook.wording import wording

LOCKOUT = "lockout"


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that people do with this program."""

    name: str
    ko: str
    en: str
    with_precautions: bool = False
    with_call: bool = False

    def said(self, language: str) -> str:
        """How it is done."""
        return self.ko if language == "ko" else self.en


def topic_of(text: str) -> Topic | None:
    """What of this program ``text`` asks about; None where it asks about something else."""
    plain = plainly(text)
    return next((topic for topic, pattern in _topics() if pattern.search(plain)), None)


@cache
def _topics() -> tuple[tuple[Topic, re.Pattern[str]], ...]:
    return tuple(
        (
            Topic(
                one["name"],
                one["reply"]["ko"],
                one["reply"]["en"],
                one.get("precautions", False),
                one.get("call", False),
            ),
            re.compile("|".join(f"(?:{pattern})" for pattern in one["patterns"])),
        )
        for one in wording("program")["topic"]
    )
