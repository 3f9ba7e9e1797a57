"""Every setting: flags before environment before ``andon.toml`` before defaults.

The plant's own variables work as they are (docs/contracts/issue-events.md); ours are ``ANDON_*``. The plant's
``KAFKA_CONSUMER_GROUP`` is deliberately no setting: a terminal never joins or commits to a group.
"""

import getpass
import os
import re
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from platformdirs import user_config_path, user_data_path
from pydantic import AliasChoices, BeforeValidator, Field, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UnreadableValueError

from core.domain.alarms import Limits
from core.domain.errors import SettingsError
from core.settings.files import read_secret, refuse_open_file
from core.support.i18n import _
from core.support.text import inert_line

CONFIG_NAME = "andon.toml"

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Chat = Literal["auto", "smartfactory", "openai", "builtin"]
LogLevel = Literal["debug", "info", "warning", "error"]
Theme = Literal["dark", "light", "contrast", "mono", "terminal"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "AWS_MSK_IAM"]


def _seconds_or_never(value: object) -> object:
    return None if isinstance(value, str) and value.strip().lower() == "never" else value


def _variable(*names: str) -> Any:
    return AliasChoices(*names)


class Settings(BaseSettings):
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

    bootstrap_servers: str | None = Field(None, validation_alias=_variable("KAFKA_BOOTSTRAP_SERVERS"))
    """Addresses of the cluster: host:port, several with commas."""

    topic: str = Field("chatbot-issue-events", validation_alias=_variable("KAFKA_TOPIC", "KAFKA_TOPIC_CHATBOT_ISSUES"))
    """The topic of the plant's issue events."""

    security_protocol: Protocol = Field("PLAINTEXT", validation_alias=_variable("KAFKA_SECURITY_PROTOCOL"))
    """How to talk to the brokers."""

    sasl_mechanism: Mechanism | None = Field(None, validation_alias=_variable("KAFKA_SASL_MECHANISM"))
    """How to log in, with a SASL protocol."""

    sasl_username: str | None = Field(None, validation_alias=_variable("KAFKA_SASL_USERNAME"))
    """User name for PLAIN and SCRAM."""

    sasl_password: SecretStr | None = Field(None, validation_alias=_variable("KAFKA_SASL_PASSWORD"))
    """Password for PLAIN and SCRAM; better from a file, see below."""

    sasl_password_file: Path | None = Field(None, validation_alias=_variable("KAFKA_SASL_PASSWORD_FILE"))
    """A file that holds the password and nothing else."""

    ssl_ca_file: Path | None = Field(None, validation_alias=_variable("KAFKA_SSL_CA_FILE"))
    """The plant's own certificate authority (PEM); the system's are used without it."""

    ssl_cert_file: Path | None = Field(None, validation_alias=_variable("KAFKA_SSL_CERT_FILE"))
    """This terminal's own certificate (PEM, with its chain), for brokers that ask for one."""

    ssl_key_file: Path | None = Field(None, validation_alias=_variable("KAFKA_SSL_KEY_FILE"))
    """The certificate's key (PEM), where it is in a file of its own."""

    ssl_key_password: SecretStr | None = Field(None, validation_alias=_variable("KAFKA_SSL_KEY_PASSWORD"))
    """The key's passphrase; better from a file, see below."""

    ssl_key_password_file: Path | None = Field(None, validation_alias=_variable("KAFKA_SSL_KEY_PASSWORD_FILE"))
    """A file that holds the passphrase and nothing else."""

    oauth_token_url: str | None = Field(None, validation_alias=_variable("KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL"))
    """OAUTHBEARER: the token endpoint that gives tokens for client credentials."""

    oauth_client_id: str | None = Field(None, validation_alias=_variable("KAFKA_SASL_OAUTHBEARER_CLIENT_ID"))
    """OAUTHBEARER: who asks for tokens."""

    oauth_client_secret: SecretStr | None = Field(
        None, validation_alias=_variable("KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET")
    )
    """OAUTHBEARER: the client's secret; better from a file, see below."""

    oauth_client_secret_file: Path | None = Field(
        None, validation_alias=_variable("KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET_FILE")
    )
    """A file that holds the client's secret and nothing else."""

    oauth_scope: str = Field("", validation_alias=_variable("KAFKA_SASL_OAUTHBEARER_SCOPE"))
    """OAUTHBEARER: the scope that is asked for, where the server wants one."""

    oauth_extensions: str = Field("", validation_alias=_variable("KAFKA_SASL_OAUTHBEARER_EXTENSIONS"))
    """OAUTHBEARER: what the cluster wants beside the token, as logicalCluster=lkc-1,identityPoolId=pool-1."""

    aws_region: str = Field("", validation_alias=_variable("KAFKA_AWS_REGION"))
    """AWS_MSK_IAM: the cluster's region, where its host name does not hold it.

    Not ``AWS_REGION``: that is where this machine is, and the cluster may be elsewhere.
    """

    metadata_max_age_ms: int | None = Field(None, ge=1_000, validation_alias=_variable("KAFKA_METADATA_MAX_AGE_MS"))
    """Milliseconds that what a client knows of the cluster may be old; the cluster's cloud decides without it."""

    connections_max_idle_ms: int | None = Field(
        None, ge=10_000, validation_alias=_variable("KAFKA_CONNECTIONS_MAX_IDLE_MS")
    )
    """Milliseconds after which an unused connection is closed; the cluster's cloud decides without it."""

    request_timeout_ms: int | None = Field(
        None, ge=1_000, le=300_000, validation_alias=_variable("KAFKA_REQUEST_TIMEOUT_MS")
    )
    """Milliseconds that a broker's answer is waited for; the cluster's cloud decides without it."""

    max_request_size: int | None = Field(None, ge=10_000, validation_alias=_variable("KAFKA_MAX_REQUEST_SIZE"))
    """Bytes of the largest record that is sent; the cluster's cloud decides without it."""

    compression: Literal["gzip", "none"] | None = Field(None, validation_alias=_variable("KAFKA_COMPRESSION_TYPE"))
    """How large records go out; the cluster's cloud decides without it."""

    idempotence: bool | None = Field(None, validation_alias=_variable("KAFKA_ENABLE_IDEMPOTENCE"))
    """Whether records are numbered, so that the broker takes each once; yes without it."""

    terminal_id: str = Field(default_factory=socket.gethostname, validation_alias=_variable("ANDON_TERMINAL_ID"))
    """This terminal's stable name; it goes out with what is published."""

    operator: str = Field(default_factory=getpass.getuser, validation_alias=_variable("ANDON_OPERATOR"))
    """Who is at this terminal."""

    station: str = Field("", validation_alias=_variable("ANDON_STATION"))
    """The line or station, shown at the top."""

    lang: Literal["ko", "en"] = Field("ko", validation_alias=_variable("ANDON_LANG"))
    """The screens' and messages' language."""

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("andon", appauthor=False),
        validation_alias=_variable("ANDON_DATA_DIR"),
    )
    """Where this terminal keeps its memory; one process at a time."""

    reopen_after: Annotated[float | None, BeforeValidator(_seconds_or_never)] = Field(
        30.0, ge=0, validation_alias=_variable("ANDON_REOPEN_AFTER")
    )
    """Seconds after a solve from which a plain open event reopens the issue; ``never`` turns it off."""

    limits: dict[str, Limits] = Field(default_factory=dict, validation_alias=_variable("ANDON_LIMITS"))
    """Minutes to acknowledge, claim and resolve, by equipment or ``default``; 0 sets none."""

    bell_every: float = Field(0.0, ge=0, validation_alias=_variable("ANDON_BELL_EVERY"))
    """Seconds after which the bell is repeated while a fault is unacknowledged; 0 rings once."""

    chat: Chat = Field("auto", validation_alias=_variable("ANDON_CHAT"))
    """Which chatbot answers: the plant's own (smartfactory), an OpenAI-compatible server (openai) or builtin.

    ``auto`` is the plant's where ``chat_url`` is set, else the built-in assistant.
    """

    chat_url: str | None = Field(None, validation_alias=_variable("ANDON_CHAT_URL"))
    """Where the chatbot is: http://smartfactory.company.com:8000; for openai with its path: http://llm.plant:8000/v1."""

    chat_host: str = Field("", validation_alias=_variable("ANDON_CHAT_HOST"))
    """The host name by which the chatbot's server wants to be called, where chat_url leads there through a tunnel.

    The plant's chatbot takes ``localhost`` and the names that it lists, and no other.
    """

    chat_api_key: SecretStr | None = Field(None, validation_alias=_variable("ANDON_CHAT_API_KEY"))
    """The chatbot's key; better from a file, see below."""

    chat_api_key_file: Path | None = Field(None, validation_alias=_variable("ANDON_CHAT_API_KEY_FILE"))
    """A file that holds the key and nothing else."""

    chat_dialect: Literal["workflow", "chat"] = Field("workflow", validation_alias=_variable("ANDON_CHAT_DIALECT"))
    """Which API of the plant's chatbot is spoken: the issue workflow, or the older /chat with its richer answers."""

    chat_model: str = Field("", validation_alias=_variable("ANDON_CHAT_MODEL"))
    """The model's name on an OpenAI-compatible server."""

    chat_timeout: float = Field(180.0, gt=0, le=3600, validation_alias=_variable("ANDON_CHAT_TIMEOUT"))
    """Seconds that the chatbot may think before it is given up."""

    chat_history: int = Field(24_000, ge=1_000, validation_alias=_variable("ANDON_CHAT_HISTORY"))
    """Characters of the conversation that a model is given at most, the oldest cut first."""

    chat_ca_file: Path | None = Field(None, validation_alias=_variable("ANDON_CHAT_CA_FILE"))
    """The certificate authority (PEM) of the chatbot's server; the system's are used without it."""

    playbooks_dir: Path | None = Field(None, validation_alias=_variable("ANDON_PLAYBOOKS_DIR"))
    """A folder with the plant's own playbooks (``*.toml``), besides those that come with Andon."""

    reports_dir: Path | None = Field(None, validation_alias=_variable("ANDON_REPORTS_DIR"))
    """Where reports and saved conversations go; else the folder ``reports`` in the data directory."""

    theme: Theme = Field("dark", validation_alias=_variable("ANDON_THEME"))
    """Colours; NO_COLOR makes it mono."""

    slow: bool = Field(False, validation_alias=_variable("ANDON_SLOW"))
    """For serial lines and ssh: no blinking, no animation, few frames a second."""

    keys: dict[str, str] = Field(default_factory=dict, validation_alias=_variable("ANDON_KEYS"))
    """Other keys for actions: the action's id and its keys, several with commas."""

    ascii: bool = Field(False, validation_alias=_variable("ANDON_ASCII"))
    """Draw borders and signs with ASCII alone."""

    log_level: LogLevel = Field("info", validation_alias=_variable("ANDON_LOG_LEVEL"))
    """The least that goes into the log file."""

    log_format: Literal["text", "json"] = Field("text", validation_alias=_variable("ANDON_LOG_FORMAT"))
    """How the log file's lines are written: for people, or a JSON object each for programs."""

    config: Path | None = Field(None, validation_alias=_variable("ANDON_CONFIG"))
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
    def flags(self) -> frozenset[str]:
        """The settings that were given as flags."""
        return self._flags

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must be shown nowhere."""
        held = (getattr(self, name) for name in secret_names())
        return tuple(secret.get_secret_value() for secret in held if secret is not None)

    @property
    def sasl_extensions(self) -> dict[str, str]:
        """The extensions of OAUTHBEARER by name."""
        pairs = (pair.partition("=") for pair in self.oauth_extensions.split(",") if pair.strip())
        return {name.strip(): value.strip() for name, _sign, value in pairs}

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

    @property
    def servers(self) -> list[str]:
        """The bootstrap addresses, one by one."""
        return [part.strip() for part in (self.bootstrap_servers or "").split(",") if part.strip()]

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


def settings_file_content(chosen: Path | None = None) -> tuple[Path | None, Mapping[str, Any]]:
    """The settings file in force and what it says; (None, {}) without any.

    Raises:
        SettingsError: it is not there, cannot be read, is no TOML, or shows a secret to others.
    """
    path = config_path(chosen)
    if path is None:
        return None, {}
    shown = inert_line(str(path), 300)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        words = _("The settings file {path} cannot be read: {why}.")
        raise SettingsError(words.format(path=shown, why=error.strerror)) from None
    except ValueError as error:
        # Its place, not its words: they could repeat what stands there.
        place = re.search(r"line \d+, column \d+", str(error))
        words = _("The settings file {path} is no valid TOML ({place}).")
        raise SettingsError(words.format(path=shown, place=place[0] if place else "UTF-8")) from None
    refuse_open_file(path, content, [key for name in secret_names() for key in (name, *names_of(name))])
    return path, content


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


def _describe(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"]) or "settings"
    if problem["type"] == "extra_forbidden":
        return _("unknown setting {name}").format(name=inert_line(where, 100))
    name = variable_of(where) if where in Settings.model_fields else where
    return f"{name}: {problem['msg']}"


__all__ = [
    "Settings",
    "SettingsError",
    "config_path",
    "load_settings",
    "names_of",
    "secret_names",
    "settings_file_content",
    "variable_of",
]
