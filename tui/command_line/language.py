"""Which language to speak before the settings are read: help and what is wrong on the command line come first.

Loading the settings is most of a command's start, so what they would say of the language is looked up by itself.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.support import i18n
from core.support.locale_language import locale_language


def speak(words: Sequence[str], environment: Mapping[str, str] = os.environ) -> None:
    """Speak what flag, ``ANDON_LANG``, settings file or locale say; a wrong one is told with the settings."""
    i18n.use(_language(words, environment))


def _language(words: Sequence[str], environment: Mapping[str, str]) -> str:
    for name in (_flag(words, "--lang"), environment.get("ANDON_LANG")):
        if name in i18n.LANGUAGES:
            return name
    said = _of_file(_flag(words, "--config") or environment.get("ANDON_CONFIG"))
    return said if said in i18n.LANGUAGES else locale_language(environment)


def _flag(words: Sequence[str], name: str) -> str | None:
    """The value of an option that every command takes; what may stand behind a ``--`` is no option."""
    found = None
    for at, word in enumerate(words):
        if word == "--":
            break
        if word == name:
            found = next(iter(words[at + 1 : at + 2]), None)
        elif word.startswith(f"{name}="):
            found = word.partition("=")[2]
    return found


def _of_file(chosen: str | None) -> object:
    """What the settings file in force says; None where there is none, or none that can be read."""
    try:
        path = Path(chosen) if chosen else _found()
        if path is None:
            return None
        import tomllib

        return tomllib.loads(path.read_text(encoding="utf-8")).get("lang")
    except (OSError, ValueError):
        return None


def _found() -> Path | None:
    """As ``core.settings.config_path`` finds it."""
    here = Path("andon.toml")
    if here.is_file():
        return here
    from platformdirs import user_config_path

    of_user = user_config_path("andon", appauthor=False) / here
    return of_user if of_user.is_file() else None
