"""What can go wrong with a cluster, told apart, in words that say what happened and what to do."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import OperatorError
from core.support.i18n import N_, _


class ProblemKind(StrEnum):
    NAME = "name"
    REFUSED = "refused"
    SILENT = "silent"
    ADVERTISED = "advertised"
    TLS = "tls"
    CERT_EXPIRED = "certificate-expired"
    CERT_NAME = "certificate-name"
    CERT_UNKNOWN = "certificate-unknown"
    CERT_ASKED = "certificate-asked"
    NO_TLS = "no-tls"
    TLS_WANTED = "tls-wanted"
    HANGS_UP = "hangs-up"
    LOGIN = "login"
    MECHANISM = "mechanism"
    TOKEN_REFUSED = "token-refused"  # noqa: S105 - a kind, no secret
    TOPIC_MISSING = "topic-missing"
    ANOTHER_LOG = "another-log"
    NO_READ = "no-read"
    NO_WRITE = "no-write"
    TOO_LARGE = "too-large"
    INVALID_TOPIC = "invalid-topic"
    CLOCK = "clock"
    REJECTED = "rejected"
    STORE = "store"
    SETTINGS = "settings"
    GOOGLE_ENDPOINT = "google-endpoint"
    NO_MECHANISM = "no-mechanism"
    MECHANISM_UNUSED = "mechanism-unused"
    NOT_ENCRYPTED = "not-encrypted"
    LOGIN_INCOMPLETE = "login-incomplete"
    PORT = "port"
    FILE = "file"
    ISSUER = "issuer"
    ISSUER_REFUSES = "issuer-refuses"
    ISSUER_UNKNOWN = "issuer-unknown"
    EXTENSIONS = "extensions"
    NO_REGION = "no-region"
    EXTRA_MISSING = "extra-missing"
    CREDENTIALS = "credentials"
    THROTTLED = "throttled"
    CONNECTION_STRING = "connection-string"
    OTHER = "other"


_WORDS = {
    ProblemKind.NAME: N_("The broker's name is unknown: {detail}. Check KAFKA_BOOTSTRAP_SERVERS and the name service."),
    ProblemKind.REFUSED: N_("No broker answers at {detail}. Check the address and that the broker runs."),
    ProblemKind.SILENT: N_("The broker does not answer: {detail}. Check the network and the broker."),
    ProblemKind.ADVERTISED: N_(
        "The cluster sends this terminal to {detail}, where nobody answers. Use the listener that is meant for this"
        " network, or have advertised.listeners set right."
    ),
    ProblemKind.TLS: N_("The secure connection failed: {detail}. Check KAFKA_SECURITY_PROTOCOL and the certificates."),
    ProblemKind.CERT_EXPIRED: N_(
        "The broker's certificate is not valid now. Have it renewed, and check this terminal's clock. ({detail})"
    ),
    ProblemKind.CERT_NAME: N_(
        "The broker's certificate is for another name. Write that name in KAFKA_BOOTSTRAP_SERVERS, or have it issued"
        " for this one. ({detail})"
    ),
    ProblemKind.CERT_UNKNOWN: N_(
        "The broker's certificate is from an authority that is not trusted here. Set KAFKA_SSL_CA_FILE to the plant's"
        " authority. ({detail})"
    ),
    ProblemKind.CERT_ASKED: N_(
        "The broker wants a certificate of this terminal, and does not accept it. Check KAFKA_SSL_CERT_FILE and"
        " KAFKA_SSL_KEY_FILE. ({detail})"
    ),
    ProblemKind.NO_TLS: N_(
        "What answers at {detail} is not encrypted. Check the port, or set KAFKA_SECURITY_PROTOCOL to PLAINTEXT or"
        " SASL_PLAINTEXT."
    ),
    ProblemKind.TLS_WANTED: N_(
        "The broker at {detail} wants an encrypted connection. Set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL."
    ),
    ProblemKind.HANGS_UP: N_(
        "The broker at {detail} hangs up. It is tried again by itself; if that lasts, KAFKA_SECURITY_PROTOCOL does not"
        " fit this port."
    ),
    ProblemKind.LOGIN: N_("The broker refuses the login. Check user name and password. ({detail})"),
    ProblemKind.MECHANISM: N_(
        "The broker at {detail} does not offer this login. Set KAFKA_SASL_MECHANISM to one that it has, or check the"
        " port."
    ),
    ProblemKind.TOKEN_REFUSED: N_(
        "The broker at {detail} refuses the token. Check whom it is for (audience, scope) and this terminal's clock."
    ),
    ProblemKind.ANOTHER_LOG: N_("The topic {detail} was made anew or restored. All of it is read again."),
    ProblemKind.TOPIC_MISSING: N_("The topic {detail} is not on this cluster. Check KAFKA_TOPIC, or have it created."),
    ProblemKind.NO_READ: N_("No right to read the topic {detail}. Ask the Kafka administrator for it."),
    ProblemKind.NO_WRITE: N_("No right to write to the topic {detail}. Ask the Kafka administrator for it."),
    ProblemKind.TOO_LARGE: N_("The record is larger than the broker takes. Ask for a larger max.message.bytes."),
    ProblemKind.INVALID_TOPIC: N_("The topic name {detail} is not valid. Check KAFKA_TOPIC."),
    ProblemKind.CLOCK: N_("The broker refuses the record's time. Set this terminal's clock right, then send it again."),
    ProblemKind.REJECTED: N_("The broker refuses the record: {detail}. Ask the Kafka administrator."),
    ProblemKind.STORE: N_("This terminal cannot write its data: {detail}. Check the disk and its rights."),
    ProblemKind.SETTINGS: N_("The settings do not fit: {detail}."),
    ProblemKind.GOOGLE_ENDPOINT: N_(
        "{detail} is no broker. Set KAFKA_BOOTSTRAP_SERVERS to the cluster's own address:"
        " bootstrap.<cluster>.<region>.managedkafka.<project>.cloud.goog:9092"
    ),
    ProblemKind.NO_MECHANISM: N_("No login is chosen. Set KAFKA_SASL_MECHANISM to one of: {detail}."),
    ProblemKind.MECHANISM_UNUSED: N_(
        "KAFKA_SECURITY_PROTOCOL takes no login ({detail}). Set KAFKA_SECURITY_PROTOCOL=SASL_SSL."
    ),
    ProblemKind.NOT_ENCRYPTED: N_(
        "This cluster wants an encrypted connection, not {detail}. Set KAFKA_SECURITY_PROTOCOL=SASL_SSL."
    ),
    ProblemKind.LOGIN_INCOMPLETE: N_("The login is not complete. Set what is missing for {detail}."),
    ProblemKind.PORT: N_("The port does not fit the login. Write in KAFKA_BOOTSTRAP_SERVERS: {detail}."),
    ProblemKind.FILE: N_("A file cannot be used: {detail}. Check its path, its rights and what is in it."),
    ProblemKind.ISSUER: N_(
        "The token server gives no token. It is tried again by itself; check its address. ({detail})"
    ),
    ProblemKind.ISSUER_REFUSES: N_(
        "The token server refuses this client. Check KAFKA_SASL_OAUTHBEARER_CLIENT_ID and its secret. ({detail})"
    ),
    ProblemKind.ISSUER_UNKNOWN: N_(
        "OAUTHBEARER needs a token server. Set KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL, ..._CLIENT_ID and"
        " ..._CLIENT_SECRET."
    ),
    ProblemKind.EXTENSIONS: N_(
        "KAFKA_SASL_OAUTHBEARER_EXTENSIONS is not understood. Write it as logicalCluster=lkc-1,identityPoolId=pool-1."
    ),
    ProblemKind.NO_REGION: N_("The cluster's AWS region is not known. Set KAFKA_AWS_REGION, as ap-northeast-2."),
    ProblemKind.EXTRA_MISSING: N_("The library for this cloud's login is not installed. Install it: {detail}"),
    ProblemKind.CREDENTIALS: N_(
        "The cloud gives this terminal no token. It is tried again by itself; check its credentials. ({detail})"
    ),
    ProblemKind.THROTTLED: N_(
        "The cluster slows this terminal down. It is tried again by itself; if that lasts, ask for more throughput."
    ),
    ProblemKind.CONNECTION_STRING: N_(
        "Event Hubs wants KAFKA_SASL_USERNAME={detail} and the whole connection string as KAFKA_SASL_PASSWORD."
    ),
    ProblemKind.OTHER: N_("Kafka reports: {detail}. It is tried again by itself."),
}

PERMANENT = frozenset(
    {ProblemKind.NO_WRITE, ProblemKind.TOO_LARGE, ProblemKind.INVALID_TOPIC, ProblemKind.CLOCK, ProblemKind.REJECTED}
)
"""Trying the same record again would change nothing until somebody acts."""
CONFIGURATION = frozenset(
    {
        ProblemKind.SETTINGS,
        ProblemKind.GOOGLE_ENDPOINT,
        ProblemKind.NO_MECHANISM,
        ProblemKind.MECHANISM_UNUSED,
        ProblemKind.NOT_ENCRYPTED,
        ProblemKind.LOGIN_INCOMPLETE,
        ProblemKind.PORT,
        ProblemKind.FILE,
        ProblemKind.ISSUER_UNKNOWN,
        ProblemKind.EXTENSIONS,
        ProblemKind.NO_REGION,
        ProblemKind.EXTRA_MISSING,
        ProblemKind.CONNECTION_STRING,
    }
)
"""Found in the settings themselves, before any broker was asked."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong; ``detail`` is an address, a name or the library's own words, never a secret."""

    kind: ProblemKind
    detail: str = ""

    @property
    def words(self) -> str:
        """One line for the operator, in the operator's language."""
        return _(_WORDS[self.kind]).format(detail=self.detail)

    @property
    def is_ours(self) -> bool:
        """Whether this terminal's configuration is wrong, whatever the cluster says."""
        return self.kind in CONFIGURATION


class ClusterError(OperatorError):
    """The cluster could not be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.words)
        self.problem = problem

    @property
    def is_wrong_use(self) -> bool:
        """The settings are what is wrong."""
        return self.problem.is_ours
