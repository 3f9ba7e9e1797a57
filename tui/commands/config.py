"""``andon config``: the settings in force and where each came from; a settings file to begin with."""

from pathlib import Path

from core.settings import Settings
from core.settings.sources import sourced
from core.settings.written import write_settings
from core.support.i18n import _
from core.support.text import inert_json, inert_line
from tui.commands.settings_table import print_settings


def print_config(settings: Settings, *, as_json: bool) -> None:
    """Print every setting with its source; secrets as a mask.

    Raises:
        SettingsError: the settings file, which was there, is gone.
    """
    found = sourced(settings)
    if not as_json:
        print_settings([one for one in found if one.value_text])
        return
    told = [
        {
            "name": one.name,
            "variable": one.variable,
            "value": one.value_text or None,
            "source": one.source_text,
            "isDefault": one.is_default,
        }
        for one in found
    ]
    print(inert_json(told, indent=2))


def write_config(settings: Settings, path: Path) -> None:
    """Write the settings into a file that explains each.

    Raises:
        FileNotWrittenError: it is there already, or cannot be written.
    """
    write_settings(settings, path)
    print(_("written: {path}").format(path=inert_line(str(path.resolve()), 300)))
