"""The clouds' clusters, told by their host names: what each one's settings must be, and what to write instead.

Pure. The facts are the clouds' own documentation (docs/kafka.md, "Clusters").
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.settings import KafkaSettings
from core.support.text import inert_line

CONNECTION_STRING_USER = "$ConnectionString"
"""The user name of every Event Hubs connection string."""

_GOOGLE_ENDPOINT = "kafka.googleapis.com"
_CONNECTION_STRING = "Endpoint=sb://"
_REGION = re.compile(r"\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$")
_EXTENSION = re.compile(r"(?!auth$)[A-Za-z]+")
_EXTENSION_VALUE = re.compile(r"[ -~]+")
_MSK_PLAIN_PORTS = {9092, None}
_MSK_TLS_PORTS = {9094, 9194}
_MSK_SCRAM_PORTS = {9096, 9196}
_MSK_IAM_PORTS = {9098, 9198}
"""Inside the VPC and public. There are others, of private links: a port is refused only where it is another login's."""


class Cloud(StrEnum):
    """Whose cluster it is, as far as its host names tell."""

    NONE = "none"
    MSK = "msk"
    EVENT_HUBS = "event-hubs"
    GOOGLE = "google"
    CONFLUENT = "confluent"


def cloud_of(settings: KafkaSettings) -> Cloud:
    """The cloud of the first bootstrap address that names one."""
    for host, _port in _addresses(settings):
        if host.endswith((".amazonaws.com", ".amazonaws.com.cn")) and ".kafka" in host:
            return Cloud.MSK
        if host.endswith(".servicebus.windows.net"):
            return Cloud.EVENT_HUBS
        if host.endswith(".cloud.goog") and ".managedkafka." in host:
            return Cloud.GOOGLE
        if host.endswith(".confluent.cloud"):
            return Cloud.CONFLUENT
    return Cloud.NONE


def settings_problem(settings: KafkaSettings) -> ClusterProblem | None:
    """The first thing in ``settings`` that cannot work, and what to write instead; None where nothing is known."""
    found = (rule(settings, cloud_of(settings)) for rule in _RULES)
    return next((problem for problem in found if problem is not None), None)


def first_host(settings: KafkaSettings) -> str:
    """The host name of the first bootstrap address."""
    return next((host for host, _port in _addresses(settings)), "")


def region_of_msk(settings: KafkaSettings) -> str:
    """The AWS region of the cluster: the setting before what the brokers' names hold; empty where neither tells."""
    found = (_REGION.search(host) for host, _port in _addresses(settings))
    return settings.aws_region or next((match[1] for match in found if match), "")


def is_iam(settings: KafkaSettings) -> bool:
    """Whether the login is MSK's with IAM: by its name, or as OAUTHBEARER, which it is on the wire."""
    own = cloud_of(settings) is Cloud.MSK and not settings.oauth_token_url
    return settings.sasl_mechanism == "AWS_MSK_IAM" or (settings.sasl_mechanism == "OAUTHBEARER" and own)


def is_connection_string(settings: KafkaSettings) -> bool:
    """Whether the password is one of Event Hubs'."""
    password = settings.sasl_password
    return password is not None and password.get_secret_value().startswith(_CONNECTION_STRING)


def _addresses(settings: KafkaSettings) -> Iterator[tuple[str, int | None]]:
    for address in settings.servers:
        host, colon, port = address.rpartition(":")
        known = bool(colon) and port.isdigit()
        yield (host if known else address).strip("[]").lower().rstrip("."), int(port) if known else None


def _ports(settings: KafkaSettings) -> set[int | None]:
    return {port for _host, port in _addresses(settings)}


# --- the rules, the first that fits is told


def _google_endpoint(settings: KafkaSettings, _cloud: Cloud) -> ClusterProblem | None:
    named = any(host == _GOOGLE_ENDPOINT for host, _port in _addresses(settings))
    return ClusterProblem(ClusterProblemKind.GOOGLE_ENDPOINT, _GOOGLE_ENDPOINT) if named else None


def _protocol(settings: KafkaSettings, cloud: Cloud) -> ClusterProblem | None:
    """The clouds encrypt; only MSK has a plain listener, on 9092."""
    protocol = settings.security_protocol
    if settings.sasl_mechanism is not None and not protocol.startswith("SASL"):
        return ClusterProblem(ClusterProblemKind.MECHANISM_UNUSED, f"{protocol}, {settings.sasl_mechanism}")
    must_encrypt = cloud not in (Cloud.NONE, Cloud.MSK) or is_iam(settings)
    if must_encrypt and not protocol.endswith("SSL"):
        return ClusterProblem(ClusterProblemKind.NOT_ENCRYPTED, protocol)
    return None


def _mechanism(settings: KafkaSettings, cloud: Cloud) -> ClusterProblem | None:
    if settings.sasl_mechanism is not None or not settings.security_protocol.startswith("SASL"):
        return None
    return ClusterProblem(ClusterProblemKind.NO_MECHANISM, _MECHANISMS[cloud])


def _port_of_msk(settings: KafkaSettings, cloud: Cloud) -> ClusterProblem | None:
    if cloud is not Cloud.MSK:
        return None
    ports, others = _ports(settings), _MSK_PLAIN_PORTS | _MSK_TLS_PORTS
    if is_iam(settings) and ports & (others | _MSK_SCRAM_PORTS):
        return ClusterProblem(ClusterProblemKind.PORT, f"{_shown(ports)} → 9098 (AWS_MSK_IAM)")
    if (settings.sasl_mechanism or "").startswith("SCRAM") and ports & (others | _MSK_IAM_PORTS):
        return ClusterProblem(ClusterProblemKind.PORT, f"{_shown(ports)} → 9096 ({settings.sasl_mechanism})")
    return None


def _region(settings: KafkaSettings, _cloud: Cloud) -> ClusterProblem | None:
    return None if not is_iam(settings) or region_of_msk(settings) else ClusterProblem(ClusterProblemKind.NO_REGION)


def _port_of_event_hubs(settings: KafkaSettings, cloud: Cloud) -> ClusterProblem | None:
    if cloud is not Cloud.EVENT_HUBS or _ports(settings) == {9093}:
        return None
    return ClusterProblem(ClusterProblemKind.PORT, f"{_shown(_ports(settings))} → 9093 (Event Hubs)")


def _user_of_event_hubs(settings: KafkaSettings, cloud: Cloud) -> ClusterProblem | None:
    """The user's name is always the same: left out beside a connection string it is understood."""
    if cloud is not Cloud.EVENT_HUBS or settings.sasl_mechanism != "PLAIN":
        return None
    fits = settings.sasl_username in (CONNECTION_STRING_USER, None) and is_connection_string(settings)
    return None if fits else ClusterProblem(ClusterProblemKind.CONNECTION_STRING, CONNECTION_STRING_USER)


def _secret(settings: KafkaSettings, cloud: Cloud) -> ClusterProblem | None:
    mechanism = settings.sasl_mechanism or ""
    if mechanism != "PLAIN" and not mechanism.startswith("SCRAM"):
        return None
    missing = [
        name
        for name, value in (
            ("KAFKA_SASL_USERNAME", settings.sasl_username or (cloud is Cloud.EVENT_HUBS)),
            (_password_name(settings), settings.sasl_password),
        )
        if not value
    ]
    return (
        ClusterProblem(ClusterProblemKind.LOGIN_INCOMPLETE, f"{mechanism}: {', '.join(missing)}") if missing else None
    )


def _password_name(settings: KafkaSettings) -> str:
    """What is to be set: a file that is named but empty is told as such."""
    path = settings.sasl_password_file
    return "KAFKA_SASL_PASSWORD" if path is None else f"KAFKA_SASL_PASSWORD_FILE={inert_line(str(path), 200)}"


def _token_endpoint(settings: KafkaSettings, cloud: Cloud) -> ClusterProblem | None:
    """The clouds' own tokens come from their own libraries, where no token server is named."""
    own = cloud in (Cloud.MSK, Cloud.GOOGLE, Cloud.EVENT_HUBS) and not settings.oauth_token_url
    if settings.sasl_mechanism != "OAUTHBEARER" or own:
        return None
    whole = settings.oauth_token_url and settings.oauth_client_id and settings.oauth_client_secret
    return None if whole else ClusterProblem(ClusterProblemKind.ISSUER_UNKNOWN, "")


def _extensions(settings: KafkaSettings, _cloud: Cloud) -> ClusterProblem | None:
    """Names and values as RFC 7628, section 3.1, has them; ``auth`` is the token's own."""
    pairs = settings.sasl_extensions.items()
    fit = all(_EXTENSION.fullmatch(name) and _EXTENSION_VALUE.fullmatch(value) for name, value in pairs)
    return None if fit else ClusterProblem(ClusterProblemKind.EXTENSIONS)


def _shown(ports: set[int | None]) -> str:
    return ", ".join(sorted("?" if port is None else str(port) for port in ports))


_MECHANISMS = {
    Cloud.NONE: "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER",
    Cloud.MSK: "AWS_MSK_IAM (9098), SCRAM-SHA-512 (9096)",
    Cloud.EVENT_HUBS: "PLAIN",
    Cloud.GOOGLE: "OAUTHBEARER",
    Cloud.CONFLUENT: "PLAIN",
}
_RULES: tuple[Callable[[KafkaSettings, Cloud], ClusterProblem | None], ...] = (
    _google_endpoint,
    _protocol,
    _mechanism,
    _port_of_msk,
    _region,
    _port_of_event_hubs,
    _user_of_event_hubs,
    _secret,
    _token_endpoint,
    _extensions,
)
