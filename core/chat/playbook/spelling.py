"""Questions as people on the floor write them, put as the playbooks have it: dialect, sounds, slips. Pure.

The words stand in ``wording/spellings.toml``. What is shown and kept of a message stays as it was typed.
"""

import re
from functools import cache

from core.chat.playbook.wording import wording

_LIMIT = 400
"""Characters of a text that are looked at; a longer one is told, and left as it is."""
_FIRST, _FINALS, _RIEUL = 0xAC00, 28, 8
_VERBS = frozenset("보하가빼쓰주치끄켜놔내")
"""What stands before "께" where somebody tells what they are about to do, and not in "두께"."""
_I_WILL = re.compile("([가-힣])께(?=요|유|예|[?!.~]|\\s|$)")
"""As in "열어보께": what one is about to do."""


def standard(text: str) -> str:
    """``text`` as the standard language has it, where it is known how."""
    if len(text) > _LIMIT or text.isascii():
        return text
    for pattern, written in _spellings():
        text = pattern.sub(written, text)
    return _I_WILL.sub(_i_will, text)


def _i_will(found: re.Match[str]) -> str:
    syllable, code = found[1], ord(found[1]) - _FIRST
    if syllable in _VERBS:
        return chr(_FIRST + code + _RIEUL) + "게"
    return syllable + "게" if code % _FINALS == _RIEUL else found[0]


@cache
def _spellings() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(one["pattern"]), one["written"]) for one in wording("spellings")["spelling"])
