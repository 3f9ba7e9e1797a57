"""The cause of an issue, as whoever resolves it says: a code that means the same in every language. Pure."""

import re

from core.domain.events import Headers
from core.support.text import inert_line

HEADER = "ce_cause"
OTHER = "other"
"""None of those that the playbook knows."""
LIMIT = 100
"""Characters of a code."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def is_code(text: str) -> bool:
    """Whether ``text`` can be a cause's code. Which ones there are, the playbooks know, and each plant has its own."""
    return len(text) <= LIMIT and _CODE.fullmatch(text) is not None


def cause_in(headers: Headers) -> str:
    """The cause that a record's headers tell, inert; empty where none is told."""
    told = next((content for name, content in reversed(headers) if name == HEADER), None)
    return inert_line((told or b"").decode("utf-8", "replace"), LIMIT)
