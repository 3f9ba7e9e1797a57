"""Whose certificates count, and who we are: the TLS side of a connection. The host's name is always checked."""

import ssl
from pathlib import Path

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.settings import KafkaSettings


def tls_context(settings: KafkaSettings) -> ssl.SSLContext:
    """The context for SSL and SASL_SSL, with the plant's own authority and a certificate of ours where they are set.

    Raises:
        ClusterError: a file cannot be read, is no PEM, or the passphrase is missing or wrong. Never the passphrase.
    """
    try:
        context = ssl.create_default_context(cafile=settings.ssl_ca_file)
    except OSError as error:
        raise _unusable("KAFKA_SSL_CA_FILE", settings.ssl_ca_file, error) from error
    certificate, key = settings.ssl_cert_file, settings.ssl_key_file
    if certificate is None and key is not None:
        raise ClusterError(ClusterProblem(ClusterProblemKind.FILE, "KAFKA_SSL_CERT_FILE"))
    if certificate is None:
        return context
    password = settings.ssl_key_password
    try:
        # Without a passphrase OpenSSL would ask for one at the terminal, over the screens.
        context.load_cert_chain(certificate, key, password.get_secret_value() if password else "")
    except (OSError, ValueError) as error:
        name = "KAFKA_SSL_CERT_FILE" if _is_unreadable(certificate) else "KAFKA_SSL_KEY_FILE, KAFKA_SSL_KEY_PASSWORD"
        raise _unusable(name, certificate if _is_unreadable(certificate) else key or certificate, error) from error
    return context


def _is_unreadable(path: Path) -> bool:
    try:
        return b"BEGIN CERTIFICATE" not in path.read_bytes()
    except OSError:
        return True


def _unusable(name: str, path: Path | None, error: Exception) -> ClusterError:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
    return ClusterError(
        ClusterProblem(ClusterProblemKind.FILE, f"{name}: {path}: {str(reason).replace('_', ' ').lower()}")
    )
