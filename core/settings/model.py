"""The settings of one terminal: each field with its default, its environment variables and what it means."""

import getpass
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from platformdirs import user_data_path
from pydantic import AliasChoices, BeforeValidator, Field, PrivateAttr, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from core.domain.alarms import Limits
from core.settings.files import read_secret, refuse_open_file
from core.settings.kafka import KafkaFields, KafkaSettings, variable
from core.settings.toml_file import config_path, parsed
from core.support.locale_language import locale_language

Chat = Literal["auto", "smartfactory", "openai", "builtin"]
LogLevel = Literal["debug", "info", "warning", "error"]
Theme = Literal["dark", "light", "contrast", "mono", "terminal"]


def _seconds_or_never(value: object) -> object:
    return None if isinstance(value, str) and value.strip().lower() == "never" else value


class Settings(KafkaFields, BaseSettings):
    """The settings of one terminal. Field names are the keys of ``andon.toml``.

    What stands under each field is for readers. pydantic would parse this file for it, 25 ms at every start.
    """

    model_config = SettingsConfigDict(
        case_sensitive=True,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
    )

    operator: str = Field(default_factory=getpass.getuser, validation_alias=variable("ANDON_OPERATOR"))
    """Who is at this terminal."""

    station: str = Field("", validation_alias=variable("ANDON_STATION"))
    """The line or station, shown at the top."""

    lang: Literal["ko", "en"] = Field(
        default_factory=lambda: locale_language(os.environ), validation_alias=variable("ANDON_LANG")
    )
    """The screens' and messages' language; the locale's without it (LC_ALL, LC_MESSAGES, LANG)."""

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("andon", appauthor=False),
        validation_alias=variable("ANDON_DATA_DIR"),
    )
    """Where this terminal keeps its memory; one process at a time."""

    reopen_after: Annotated[float | None, BeforeValidator(_seconds_or_never)] = Field(
        30.0, ge=0, validation_alias=variable("ANDON_REOPEN_AFTER")
    )
    """Seconds after a solve from which a plain open event reopens the issue; ``never`` turns it off."""

    limits: dict[str, Limits] = Field(default_factory=dict, validation_alias=variable("ANDON_LIMITS"))
    """Minutes to acknowledge, claim and resolve, by equipment or ``default``; 0 sets none."""

    bell_every: float = Field(0.0, ge=0, validation_alias=variable("ANDON_BELL_EVERY"))
    """Seconds after which the bell is repeated while a fault is unacknowledged; 0 rings once."""

    chat: Chat = Field("auto", validation_alias=variable("ANDON_CHAT"))
    """Which chatbot answers: the plant's own (smartfactory), an OpenAI-compatible server (openai) or builtin.

    ``auto`` is the plant's where ``chat_url`` is set, else the built-in assistant.
    """

    chat_url: str | None = Field(None, validation_alias=variable("ANDON_CHAT_URL"))
    """Where the chatbot is: http://smartfactory.company.com:8000; for openai with its path: http://llm.plant:8000/v1."""

    chat_host: str = Field("", validation_alias=variable("ANDON_CHAT_HOST"))
    """The host name by which the chatbot's server wants to be called, where chat_url leads there through a tunnel.

    The plant's chatbot takes ``localhost`` and the names that it lists, and no other.
    """

    chat_api_key: SecretStr | None = Field(None, validation_alias=variable("ANDON_CHAT_API_KEY"))
    """The chatbot's key; better from a file, see below."""

    chat_api_key_file: Path | None = Field(None, validation_alias=variable("ANDON_CHAT_API_KEY_FILE"))
    """A file that holds the key and nothing else."""

    chat_dialect: Literal["workflow", "chat"] = Field("workflow", validation_alias=variable("ANDON_CHAT_DIALECT"))
    """Which API of the plant's chatbot is spoken: the issue workflow, or the older /chat with its richer answers."""

    chat_model: str = Field("", validation_alias=variable("ANDON_CHAT_MODEL"))
    """The model's name on an OpenAI-compatible server."""

    chat_timeout: float = Field(180.0, gt=0, le=3600, validation_alias=variable("ANDON_CHAT_TIMEOUT"))
    """Seconds that the chatbot may think before it is given up."""

    chat_history: int = Field(24_000, ge=1_000, validation_alias=variable("ANDON_CHAT_HISTORY"))
    """Characters of the conversation that a model is given at most, the oldest cut first."""

    chat_ca_file: Path | None = Field(None, validation_alias=variable("ANDON_CHAT_CA_FILE"))
    """The certificate authority (PEM) of the chatbot's server; the system's are used without it."""

    playbooks_dir: Path | None = Field(None, validation_alias=variable("ANDON_PLAYBOOKS_DIR"))
    """A folder with the plant's own playbooks (``*.toml``), besides those that come with Andon."""

    reports_dir: Path | None = Field(None, validation_alias=variable("ANDON_REPORTS_DIR"))
    """Where reports and saved conversations go; else the folder ``reports`` in the data directory."""

    theme: Theme = Field("dark", validation_alias=variable("ANDON_THEME"))
    """Colours; NO_COLOR makes it mono."""

    slow: bool = Field(False, validation_alias=variable("ANDON_SLOW"))
    """For serial lines and ssh: no blinking, no animation, few frames a second."""

    keys: dict[str, str] = Field(default_factory=dict, validation_alias=variable("ANDON_KEYS"))
    """Other keys for actions: the action's id and its keys, several with commas."""

    ascii: bool = Field(False, validation_alias=variable("ANDON_ASCII"))
    """Draw borders and signs with ASCII alone."""

    log_level: LogLevel = Field("info", validation_alias=variable("ANDON_LOG_LEVEL"))
    """The least that goes into the log file."""

    log_format: Literal["text", "json"] = Field("text", validation_alias=variable("ANDON_LOG_FORMAT"))
    """How the log file's lines are written: for people, or a JSON object each for programs."""

    config: Path | None = Field(None, validation_alias=variable("ANDON_CONFIG"))
    """The settings file; else ./andon.toml or the one in the user's configuration folder."""

    _flags: frozenset[str] = PrivateAttr(frozenset())

    @model_validator(mode="after")
    def _read_secret_files(self) -> Self:
        for name in secret_names():
            path = getattr(self, f"{name}_file")
            if getattr(self, name) is None and path is not None:
                object.__setattr__(self, name, read_secret(path, variable_of(f"{name}_file")))
        return self

    @property
    def kafka(self) -> KafkaSettings:
        """What a Kafka client needs, and nothing else."""
        return KafkaSettings.model_construct(**{name: getattr(self, name) for name in KafkaFields.model_fields})

    @property
    def flags(self) -> frozenset[str]:
        """The settings that were given as flags."""
        return self._flags

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must be shown nowhere."""
        held = (getattr(self, name) for name in secret_names())
        return tuple(secret.get_secret_value() for secret in held if secret is not None)

    @property
    def reopen_after_ms(self) -> int | None:
        return None if self.reopen_after is None else round(self.reopen_after * 1000)

    @property
    def chat_kind(self) -> Chat:
        """The chatbot that is chosen; never ``auto``."""
        if self.chat != "auto":
            return self.chat
        return "smartfactory" if self.chat_url else "builtin"

    @property
    def reports_folder(self) -> Path:
        return self.reports_dir or self.data_dir / "reports"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, environment, ``andon.toml``; no ``.env`` file that somebody forgot."""
        chosen = init_settings().get("ANDON_CONFIG") or os.environ.get("ANDON_CONFIG")
        _path, content = settings_file_content(Path(chosen) if chosen else None)
        if isinstance(env_settings, EnvSettingsSource):
            # A field's bare name is a key of the file alone: a stray variable ``topic`` or ``keys`` is not ours.
            names = settings_cls.model_fields
            env_settings.env_vars = {name: text for name, text in env_settings.env_vars.items() if name not in names}
        return (init_settings, env_settings, InitSettingsSource(settings_cls, dict(content)))


def settings_file_content(chosen: Path | None = None) -> tuple[Path | None, Mapping[str, Any]]:
    """The settings file in force and what it says; (None, {}) without any.

    Raises:
        SettingsError: it is not there, cannot be read, is no TOML, or shows a secret to others.
    """
    path = config_path(chosen)
    if path is None:
        return None, {}
    content = parsed(path)
    refuse_open_file(path, content, [key for name in secret_names() for key in (name, *names_of(name))])
    return path, content


def secret_names() -> tuple[str, ...]:
    """The fields that hold a secret. Each has a twin ``..._file`` that names the file it can come from."""
    fields = Settings.model_fields.items()
    return tuple(name for name, field in fields if SecretStr in get_args(field.annotation))


def names_of(name: str) -> tuple[str, ...]:
    """The environment variables of a field, the first before the others."""
    alias = Settings.model_fields[name].validation_alias
    return tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else (name,)


def variable_of(name: str) -> str:
    """The environment variable of a field."""
    return names_of(name)[0]
