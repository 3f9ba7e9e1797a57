"""Which language the operator's locale names. Pure: the environment is given."""

from collections.abc import Mapping
from typing import Final, Literal

KOREAN: Final = "ko"
ENGLISH: Final = "en"

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In POSIX's order: the first that is set, though it be to ``C``, is the one that counts."""
_NO_LANGUAGE = frozenset({"", "c", "posix"})


def locale_language(environment: Mapping[str, str]) -> Literal["ko", "en"]:
    """``ko`` or ``en``: Korean where the locale names it or no language (``C``, ``POSIX``, unset), else English.

    Whoever reads neither is likelier to read English.
    """
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    name = locale.partition(".")[0].partition("@")[0].partition("_")[0].strip().lower()
    return KOREAN if name in _NO_LANGUAGE or name in (KOREAN, "korean") else ENGLISH
