"""The settings as an ``andon.toml`` that explains itself. No secret is in it: those have files of their own."""

import os
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from core.domain.errors import OperatorError
from core.settings.descriptions import DESCRIPTIONS
from core.settings.model import Settings, variable_of
from core.settings.sources import sourced
from core.support.i18n import _
from core.support.text import inert_line, is_unseen


class FileNotWrittenError(OperatorError):
    """The settings file was not made. The message says why."""


def write_settings(settings: Settings, path: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Make the settings file ``path``, readable for its owner alone. One that is there stays as it is.

    Raises:
        FileNotWrittenError: there is one already, or it cannot be written.
    """
    shown = inert_line(str(path), 300)
    text = settings_toml(settings, environment)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise FileNotWrittenError(_("{path} is there already and stays as it is.").format(path=shown)) from None
    except OSError as error:
        words = _("{path} cannot be written: {why}.")
        raise FileNotWrittenError(words.format(path=shown, why=error.strerror)) from None


def settings_toml(settings: Settings, environment: Mapping[str, str] = os.environ) -> str:
    """Each setting with what it is for; what is the default stands behind a ``#``."""
    by_default = {one.name for one in sourced(settings, environment) if one.is_default}
    head = _(
        "Settings of Andon. Flags and environment variables come before them. Secrets belong into files of their own."
    )
    parts = [f"# {head}"]
    for name, words in DESCRIPTIONS.items():
        value = _value(settings, name)
        line = f"{name} = {_toml(value)}"
        off = "# " if name in by_default or value is None else ""
        explained = _(words)
        parts.append(f"# {explained} ({variable_of(name)})\n{off}{line}")
    return "\n\n".join(parts) + "\n"


def _value(settings: Settings, name: str) -> object:
    value = getattr(settings, name)
    return "never" if name == "reopen_after" and value is None else value


def _toml(value: object) -> str:
    match value:
        case None:
            return '""'
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case dict():
            return _table(value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _table(asdict(value))
        case _:
            return _quoted(str(value))


def _table(values: Mapping[str, Any]) -> str:
    inner = ", ".join(f"{_quoted(str(name))} = {_toml(value)}" for name, value in values.items())
    return f"{{ {inner} }}" if inner else "{}"


def _quoted(text: str) -> str:
    """A basic string. What acts or hides stands in it as its number, so that whoever opens the file sees it."""
    known = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return '"' + "".join(map(_sign, known)) + '"'


def _sign(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    if sign < " " or is_unseen(sign):
        return f"\\U{ord(sign):08x}"
    return sign
