"""What a Kafka client needs to know: declared once, for the settings and for the clients alike."""

import socket
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "AWS_MSK_IAM"]


def variable(*names: str) -> Any:
    """The environment variables of a field, the first before the others."""
    return AliasChoices(*names)


class KafkaFields(BaseModel):
    """The settings of a Kafka client. Whatever one of them needs has to be declared here."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, defer_build=True)

    bootstrap_servers: str | None = Field(None, validation_alias=variable("KAFKA_BOOTSTRAP_SERVERS"))
    """Addresses of the cluster: host:port, several with commas."""

    topic: str = Field("chatbot-issue-events", validation_alias=variable("KAFKA_TOPIC", "KAFKA_TOPIC_CHATBOT_ISSUES"))
    """The topic of the plant's issue events."""

    security_protocol: Protocol = Field("PLAINTEXT", validation_alias=variable("KAFKA_SECURITY_PROTOCOL"))
    """How to talk to the brokers."""

    sasl_mechanism: Mechanism | None = Field(None, validation_alias=variable("KAFKA_SASL_MECHANISM"))
    """How to log in, with a SASL protocol."""

    sasl_username: str | None = Field(None, validation_alias=variable("KAFKA_SASL_USERNAME"))
    """User name for PLAIN and SCRAM."""

    sasl_password: SecretStr | None = Field(None, validation_alias=variable("KAFKA_SASL_PASSWORD"))
    """Password for PLAIN and SCRAM; better from a file, see below."""

    sasl_password_file: Path | None = Field(None, validation_alias=variable("KAFKA_SASL_PASSWORD_FILE"))
    """A file that holds the password and nothing else."""

    ssl_ca_file: Path | None = Field(None, validation_alias=variable("KAFKA_SSL_CA_FILE"))
    """The plant's own certificate authority (PEM); the system's are used without it."""

    ssl_cert_file: Path | None = Field(None, validation_alias=variable("KAFKA_SSL_CERT_FILE"))
    """This terminal's own certificate (PEM, with its chain), for brokers that ask for one."""

    ssl_key_file: Path | None = Field(None, validation_alias=variable("KAFKA_SSL_KEY_FILE"))
    """The certificate's key (PEM), where it is in a file of its own."""

    ssl_key_password: SecretStr | None = Field(None, validation_alias=variable("KAFKA_SSL_KEY_PASSWORD"))
    """The key's passphrase; better from a file, see below."""

    ssl_key_password_file: Path | None = Field(None, validation_alias=variable("KAFKA_SSL_KEY_PASSWORD_FILE"))
    """A file that holds the passphrase and nothing else."""

    oauth_token_url: str | None = Field(None, validation_alias=variable("KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL"))
    """OAUTHBEARER: the token endpoint that gives tokens for client credentials."""

    oauth_client_id: str | None = Field(None, validation_alias=variable("KAFKA_SASL_OAUTHBEARER_CLIENT_ID"))
    """OAUTHBEARER: who asks for tokens."""

    oauth_client_secret: SecretStr | None = Field(
        None, validation_alias=variable("KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET")
    )
    """OAUTHBEARER: the client's secret; better from a file, see below."""

    oauth_client_secret_file: Path | None = Field(
        None, validation_alias=variable("KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET_FILE")
    )
    """A file that holds the client's secret and nothing else."""

    oauth_scope: str = Field("", validation_alias=variable("KAFKA_SASL_OAUTHBEARER_SCOPE"))
    """OAUTHBEARER: the scope that is asked for, where the server wants one."""

    oauth_extensions: str = Field("", validation_alias=variable("KAFKA_SASL_OAUTHBEARER_EXTENSIONS"))
    """OAUTHBEARER: what the cluster wants beside the token, as logicalCluster=lkc-1,identityPoolId=pool-1."""

    aws_region: str = Field("", validation_alias=variable("KAFKA_AWS_REGION"))
    """AWS_MSK_IAM: the cluster's region, where its host name does not hold it.

    Not ``AWS_REGION``: that is where this machine is, and the cluster may be elsewhere.
    """

    metadata_max_age_ms: int | None = Field(None, ge=1_000, validation_alias=variable("KAFKA_METADATA_MAX_AGE_MS"))
    """Milliseconds that what a client knows of the cluster may be old; the cluster's cloud decides without it."""

    connections_max_idle_ms: int | None = Field(
        None, ge=10_000, validation_alias=variable("KAFKA_CONNECTIONS_MAX_IDLE_MS")
    )
    """Milliseconds after which an unused connection is closed; the cluster's cloud decides without it."""

    request_timeout_ms: int | None = Field(
        None, ge=1_000, le=300_000, validation_alias=variable("KAFKA_REQUEST_TIMEOUT_MS")
    )
    """Milliseconds that a broker's answer is waited for; the cluster's cloud decides without it."""

    max_request_size: int | None = Field(None, ge=10_000, validation_alias=variable("KAFKA_MAX_REQUEST_SIZE"))
    """Bytes of the largest record that is sent; the cluster's cloud decides without it."""

    compression: Literal["gzip", "none"] | None = Field(None, validation_alias=variable("KAFKA_COMPRESSION_TYPE"))
    """How large records go out; the cluster's cloud decides without it."""

    idempotence: bool | None = Field(None, validation_alias=variable("KAFKA_ENABLE_IDEMPOTENCE"))
    """Whether records are numbered, so that the broker takes each once; yes without it."""

    terminal_id: str = Field(default_factory=socket.gethostname, validation_alias=variable("ANDON_TERMINAL_ID"))
    """This terminal's stable name; it goes out with what is published."""

    @property
    def sasl_extensions(self) -> dict[str, str]:
        """The extensions of OAUTHBEARER by name."""
        pairs = (pair.partition("=") for pair in self.oauth_extensions.split(",") if pair.strip())
        return {name.strip(): value.strip() for name, _sign, value in pairs}

    @property
    def servers(self) -> list[str]:
        """The bootstrap addresses, one by one."""
        return [part.strip() for part in (self.bootstrap_servers or "").split(",") if part.strip()]


class KafkaSettings(KafkaFields):
    """``settings.kafka``: one value, by which clients and logins are told apart. Secrets count, and are not shown."""
