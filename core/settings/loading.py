"""Reading the settings, and telling what is wrong with them in one line."""

import re
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError as UnreadableValueError

from core.domain.errors import SettingsError
from core.settings.model import Settings, variable_of
from core.settings.problem_words import problem_words
from core.support.i18n import _
from core.support.text import inert_line


def load_settings(**flags: Any) -> Settings:
    """Read the settings. A flag that is None was not given.

    Raises:
        SettingsError: one line that names each wrong setting; no secret in it.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError("; ".join(_describe(problem) for problem in error.errors())) from None
    except UnreadableValueError as error:
        field = re.search(r'field "(\w+)"', str(error))
        name = variable_of(field[1]) if field else "settings"
        raise SettingsError(_("{name}: this is no valid JSON.").format(name=name)) from None
    except (OSError, ValueError) as error:
        raise SettingsError(str(error)) from None
    settings._flags = frozenset(given)
    return settings


def _describe(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"]) or "settings"
    if problem["type"] == "extra_forbidden":
        return _("unknown setting {name}").format(name=inert_line(where, 100))
    name = variable_of(where) if where in Settings.model_fields else inert_line(where, 100)
    return f"{name}: {problem_words(problem)}"
