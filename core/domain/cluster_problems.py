"""What can go wrong with a cluster, told apart."""

from typing import TypeAlias

from core.domain.errors import OperatorError
from core.domain.problems import Problem, ProblemKind, Remedy
from core.support.i18n import N_


class ClusterProblemKind(ProblemKind):
    """``Remedy.ACT``: of a record that the broker will never take. ``Remedy.SETTINGS``: found before one was asked."""

    NAME = "name", N_("The broker's name is unknown: {detail}. Check KAFKA_BOOTSTRAP_SERVERS and the name service.")
    REFUSED = "refused", N_("No broker answers at {detail}. Check the address and that the broker runs.")
    SILENT = "silent", N_("The broker does not answer: {detail}. Check the network and the broker.")
    ADVERTISED = (
        "advertised",
        N_(
            "The cluster sends this terminal to {detail}, where nobody answers. Use the listener that is meant for this"
            " network, or have advertised.listeners set right."
        ),
    )
    TLS = "tls", N_("The secure connection failed: {detail}. Check KAFKA_SECURITY_PROTOCOL and the certificates.")
    CERT_EXPIRED = (
        "certificate-expired",
        N_("The broker's certificate is not valid now. Have it renewed, and check this terminal's clock. ({detail})"),
    )
    CERT_NAME = (
        "certificate-name",
        N_(
            "The broker's certificate is for another name. Write that name in KAFKA_BOOTSTRAP_SERVERS, or have it"
            " issued for this one. ({detail})"
        ),
    )
    CERT_UNKNOWN = (
        "certificate-unknown",
        N_(
            "The broker's certificate is from an authority that is not trusted here. Set KAFKA_SSL_CA_FILE to the"
            " plant's authority. ({detail})"
        ),
    )
    CERT_ASKED = (
        "certificate-asked",
        N_(
            "The broker wants a certificate of this terminal, and does not accept it. Check KAFKA_SSL_CERT_FILE and"
            " KAFKA_SSL_KEY_FILE. ({detail})"
        ),
    )
    NO_TLS = (
        "no-tls",
        N_(
            "The connection to {detail} is not encrypted. Check the port, or set KAFKA_SECURITY_PROTOCOL to PLAINTEXT "
            "or SASL_PLAINTEXT."
        ),
    )
    TLS_WANTED = (
        "tls-wanted",
        N_("The broker at {detail} wants an encrypted connection. Set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL."),
    )
    HANGS_UP = (
        "hangs-up",
        N_(
            "The broker at {detail} closes the connection. It is tried again by itself; if that lasts, "
            "KAFKA_SECURITY_PROTOCOL does not match this port."
        ),
    )
    LOGIN = "login", N_("The broker refuses the login. Check user name and password. ({detail})")
    MECHANISM = (
        "mechanism",
        N_(
            "The broker at {detail} does not offer this login. Set KAFKA_SASL_MECHANISM to one that it has, or check"
            " the port."
        ),
    )
    TOKEN_REFUSED = (
        "token-refused",
        N_(
            "The broker at {detail} refuses the token. Check whom it is for (audience, scope) and this terminal's"
            " clock."
        ),
    )
    TOPIC_MISSING = (
        "topic-missing",
        N_("The topic {detail} is not on this cluster. Check KAFKA_TOPIC, or have it created."),
    )
    ANOTHER_LOG = "another-log", N_("The topic {detail} was recreated or restored. All of it is read again.")
    NO_READ = "no-read", N_("No right to read the topic {detail}. Ask the Kafka administrator for it.")
    NO_WRITE = (
        "no-write",
        N_("No right to write to the topic {detail}. Ask the Kafka administrator for it."),
        Remedy.ACT,
    )
    TOO_LARGE = (
        "too-large",
        N_("The record is too large for the broker. Ask for a larger max.message.bytes."),
        Remedy.ACT,
    )
    INVALID_TOPIC = "invalid-topic", N_("The topic name {detail} is not valid. Check KAFKA_TOPIC."), Remedy.ACT
    CLOCK = (
        "clock",
        N_("The broker refuses the record's time. Set this terminal's clock right, then send it again."),
        Remedy.ACT,
    )
    REJECTED = "rejected", N_("The broker refuses the record: {detail}. Ask the Kafka administrator."), Remedy.ACT
    STORE = "store", N_("This terminal cannot write its data: {detail}. Check the disk and its rights.")
    SETTINGS = "settings", N_("These settings do not work together: {detail}."), Remedy.SETTINGS
    GOOGLE_ENDPOINT = (
        "google-endpoint",
        N_(
            "{detail} is no broker. Set KAFKA_BOOTSTRAP_SERVERS to the cluster's own address:"
            " bootstrap.<cluster>.<region>.managedkafka.<project>.cloud.goog:9092"
        ),
        Remedy.SETTINGS,
    )
    NO_MECHANISM = (
        "no-mechanism",
        N_("No login is chosen. Set KAFKA_SASL_MECHANISM to one of: {detail}."),
        Remedy.SETTINGS,
    )
    MECHANISM_UNUSED = (
        "mechanism-unused",
        N_("KAFKA_SECURITY_PROTOCOL takes no login ({detail}). Set KAFKA_SECURITY_PROTOCOL=SASL_SSL."),
        Remedy.SETTINGS,
    )
    NOT_ENCRYPTED = (
        "not-encrypted",
        N_("This cluster wants an encrypted connection, not {detail}. Set KAFKA_SECURITY_PROTOCOL=SASL_SSL."),
        Remedy.SETTINGS,
    )
    LOGIN_INCOMPLETE = (
        "login-incomplete",
        N_("The login is not complete. Set what is missing for {detail}."),
        Remedy.SETTINGS,
    )
    PORT = "port", N_("The port does not fit the login. Write in KAFKA_BOOTSTRAP_SERVERS: {detail}."), Remedy.SETTINGS
    FILE = "file", N_("A file cannot be used: {detail}. Check its path, its rights and what is in it."), Remedy.SETTINGS
    ISSUER = "issuer", N_("The token server gives no token. It is tried again by itself; check its address. ({detail})")
    ISSUER_REFUSES = (
        "issuer-refuses",
        N_("The token server refuses this client. Check KAFKA_SASL_OAUTHBEARER_CLIENT_ID and its secret. ({detail})"),
    )
    ISSUER_UNKNOWN = (
        "issuer-unknown",
        N_(
            "OAUTHBEARER needs a token server. Set KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL, ..._CLIENT_ID and"
            " ..._CLIENT_SECRET."
        ),
        Remedy.SETTINGS,
    )
    EXTENSIONS = (
        "extensions",
        N_(
            "KAFKA_SASL_OAUTHBEARER_EXTENSIONS is not understood. Write it as"
            " logicalCluster=lkc-1,identityPoolId=pool-1."
        ),
        Remedy.SETTINGS,
    )
    NO_REGION = (
        "no-region",
        N_("The cluster's AWS region is not known. Set KAFKA_AWS_REGION, as ap-northeast-2."),
        Remedy.SETTINGS,
    )
    EXTRA_MISSING = (
        "extra-missing",
        N_("The library for this cloud's login is not installed. Install it: {detail}"),
        Remedy.SETTINGS,
    )
    CREDENTIALS = (
        "credentials",
        N_("The cloud gives this terminal no token. It is tried again by itself; check its credentials. ({detail})"),
    )
    THROTTLED = (
        "throttled",
        N_(
            "The cluster slows this terminal down. It is tried again by itself; if that lasts, ask for more throughput."
        ),
    )
    CONNECTION_STRING = (
        "connection-string",
        N_("Event Hubs wants KAFKA_SASL_USERNAME={detail} and the whole connection string as KAFKA_SASL_PASSWORD."),
        Remedy.SETTINGS,
    )
    OTHER = "other", N_("Kafka reports: {detail}. It is tried again by itself.")


ClusterProblem: TypeAlias = Problem[ClusterProblemKind]


class ClusterError(OperatorError):
    """The cluster could not be used."""

    def __init__(self, problem: ClusterProblem) -> None:
        super().__init__(problem.words)
        self.problem = problem

    @property
    def is_wrong_use(self) -> bool:
        """The settings are what is wrong."""
        return self.problem.is_ours
