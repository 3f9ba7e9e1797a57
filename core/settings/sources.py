"""Where each setting came from: flag, environment variable, file or default. No secret is told, nor its length."""

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.settings import Settings, names_of, settings_file_content, variable_of
from core.support.i18n import _
from core.support.text import inert_json, inert_line

MASK = "***"
_LONGEST = 200
_USER_IN_URL = re.compile(r"//[^/@\s]+@")
"""A user and password in front of a host's name."""


@dataclass(frozen=True, slots=True)
class Sourced:
    """One setting. The texts are inert and ready to show; ``value_text`` is empty where nothing is set."""

    name: str
    variable: str
    """The environment variable that sets it."""
    value_text: str
    source_text: str
    is_default: bool


def sourced(settings: Settings, environment: Mapping[str, str] = os.environ) -> tuple[Sourced, ...]:
    """Every setting in the order of the model, with its value and where that came from.

    Raises:
        SettingsError: the settings file, which was there, is gone.
    """
    path, content = settings_file_content(settings.config)
    return tuple(_sourced(settings, name, environment, path, content) for name in Settings.model_fields)


def _sourced(
    settings: Settings, name: str, environment: Mapping[str, str], path: Path | None, content: Mapping[str, Any]
) -> Sourced:
    source = _source(settings, name, environment, path, content)
    return Sourced(
        name=name,
        variable=variable_of(name),
        value_text=_value_text(getattr(settings, name)),
        source_text=source or _("default"),
        is_default=source is None,
    )


def _source(
    settings: Settings, name: str, environment: Mapping[str, str], path: Path | None, content: Mapping[str, Any]
) -> str | None:
    if name in settings.flags:
        return _("flag {name}").format(name="--" + name.replace("_", "-"))
    for variable in names_of(name):
        if environment.get(variable):
            return _("environment variable {name}").format(name=variable)
    if path is not None and any(key in content for key in (name, *names_of(name))):
        return _("file {path}").format(path=inert_line(str(path), _LONGEST))
    secret_file = getattr(settings, f"{name}_file", None)
    if secret_file is not None and getattr(settings, name) is not None:
        return _("file {path}").format(path=inert_line(str(secret_file), _LONGEST))
    return None


def _value_text(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return MASK
        case bool():
            return "true" if value else "false"
        case dict():
            return inert_line(inert_json({key: _plain(inner) for key, inner in value.items()}), _LONGEST)
        case _:
            return _USER_IN_URL.sub(f"//{MASK}@", inert_line(str(value), _LONGEST))


def _plain(value: object) -> object:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
