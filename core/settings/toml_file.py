"""``andon.toml``: which one is in force, and what it says."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from core.domain.errors import SettingsError
from core.support.i18n import _
from core.support.text import inert_line

CONFIG_NAME = "andon.toml"


def config_path(chosen: Path | None = None) -> Path | None:
    """The settings file that is in force: the chosen one, the folder's, or the user's; None without any.

    Raises:
        SettingsError: the chosen one is not there.
    """
    if chosen is not None:
        if not chosen.is_file():
            raise SettingsError(_("The settings file {path} is not there.").format(path=chosen))
        return chosen
    candidates = (Path(CONFIG_NAME), user_config_path("andon", appauthor=False) / CONFIG_NAME)
    return next((path for path in candidates if path.is_file()), None)


def parsed(path: Path) -> Mapping[str, Any]:
    """What the file says.

    Raises:
        SettingsError: it cannot be read, or is no TOML.
    """
    shown = inert_line(str(path), 300)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        words = _("The settings file {path} cannot be read: {why}.")
        raise SettingsError(words.format(path=shown, why=error.strerror)) from None
    except ValueError as error:
        # Its place, not its words: they could repeat what stands there.
        place = re.search(r"line \d+, column \d+", str(error))
        words = _("The settings file {path} is no valid TOML ({place}).")
        raise SettingsError(words.format(path=shown, place=place[0] if place else "UTF-8")) from None
