"""Every setting: flags before environment before ``andon.toml`` before defaults.

The plant's own variables work as they are (docs/contracts/issue-events.md); ours are ``ANDON_*``. The plant's
``KAFKA_CONSUMER_GROUP`` is deliberately no setting: a terminal never joins or commits to a group.
"""

from core.domain.errors import SettingsError
from core.settings.kafka import KafkaSettings
from core.settings.loading import load_settings
from core.settings.model import Settings, names_of, secret_names, settings_file_content, variable_of
from core.settings.toml_file import config_path

__all__ = [
    "KafkaSettings",
    "Settings",
    "SettingsError",
    "config_path",
    "load_settings",
    "names_of",
    "secret_names",
    "settings_file_content",
    "variable_of",
]
