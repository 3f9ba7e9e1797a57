"""What an exception of the client, the socket or the TLS layer means, as a problem that is told."""

import asyncio
import re
import socket
import ssl

from aiokafka import errors

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind


def problem_of(error: BaseException, *, topic: str, address: str = "") -> ClusterProblem:
    """Tell what an exception of the client, the socket or the TLS layer means."""
    if isinstance(error, ClusterError):
        return error.problem
    if isinstance(error, ssl.SSLError):
        return _tls_problem(error, address)
    if isinstance(error, asyncio.IncompleteReadError):
        wanted = error.expected is not None and error.expected >> 24 == _TLS_ALERT
        return ClusterProblem(ClusterProblemKind.TLS_WANTED if wanted else ClusterProblemKind.HANGS_UP, address)
    for kinds, kind, detail in _BY_TYPE:
        if isinstance(error, kinds):
            return ClusterProblem(kind, detail.format(topic=topic, address=address, error=_short(error)))
    return ClusterProblem(ClusterProblemKind.OTHER, _short(error))


_BY_TYPE: tuple[tuple[tuple[type[BaseException], ...], ClusterProblemKind, str], ...] = (
    ((socket.gaierror,), ClusterProblemKind.NAME, "{address}"),
    ((ConnectionResetError, BrokenPipeError), ClusterProblemKind.HANGS_UP, "{address}"),
    ((errors.SaslAuthenticationFailed, errors.AuthenticationFailedError), ClusterProblemKind.LOGIN, "{error}"),
    (
        (errors.AuthenticationMethodNotSupported, errors.UnsupportedSaslMechanismError),
        ClusterProblemKind.MECHANISM,
        "{address}",
    ),
    # What a token that is not taken ends in: aiokafka answers the broker's reasons with the token once more.
    ((errors.IllegalSaslStateError,), ClusterProblemKind.TOKEN_REFUSED, "{address}"),
    (
        (errors.TopicAuthorizationFailedError, errors.ClusterAuthorizationFailedError),
        ClusterProblemKind.NO_WRITE,
        "{topic}",
    ),
    ((errors.MessageSizeTooLargeError, errors.RecordListTooLargeError), ClusterProblemKind.TOO_LARGE, "{topic}"),
    ((errors.InvalidTopicError,), ClusterProblemKind.INVALID_TOPIC, "{topic}"),
    ((errors.InvalidTimestampError,), ClusterProblemKind.CLOCK, ""),
    (
        (errors.PolicyViolationError, errors.InvalidRequiredAcksError),
        ClusterProblemKind.REJECTED,
        "{error}",
    ),
    ((ConnectionRefusedError, errors.KafkaConnectionError), ClusterProblemKind.REFUSED, "{address}"),
    ((TimeoutError, errors.KafkaTimeoutError, errors.RequestTimedOutError), ClusterProblemKind.SILENT, "{address}"),
    ((errors.UnknownTopicOrPartitionError,), ClusterProblemKind.TOPIC_MISSING, "{topic}"),
)  # fmt: skip


_TLS_ALERT = 0x15
"""The first byte of what a TLS server answers to one who does not encrypt; Kafka's answers begin with their length."""
_BY_VERIFICATION = {
    9: ClusterProblemKind.CERT_EXPIRED,  # not valid yet
    10: ClusterProblemKind.CERT_EXPIRED,
    18: ClusterProblemKind.CERT_UNKNOWN,  # self-signed
    19: ClusterProblemKind.CERT_UNKNOWN,
    20: ClusterProblemKind.CERT_UNKNOWN,
    21: ClusterProblemKind.CERT_UNKNOWN,
    62: ClusterProblemKind.CERT_NAME,
    64: ClusterProblemKind.CERT_NAME,
}
"""OpenSSL's X509_V_ERR_ codes."""
_ALERTS_OF_OUR_CERTIFICATE = ("CERTIFICATE", "UNKNOWN_CA")


def _tls_problem(error: ssl.SSLError, address: str) -> ClusterProblem:
    reason = error.reason or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        kind = _BY_VERIFICATION.get(error.verify_code, ClusterProblemKind.TLS)
        return ClusterProblem(
            kind, address if kind in _BY_VERIFICATION.values() else f"{address}: {error.verify_message}"
        )
    if "_ALERT_" in reason and any(word in reason for word in _ALERTS_OF_OUR_CERTIFICATE):
        return ClusterProblem(
            ClusterProblemKind.CERT_ASKED, f"{address}: {reason.partition('_ALERT_')[2].replace('_', ' ').lower()}"
        )
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_EOF_WHILE_READING"):
        return ClusterProblem(ClusterProblemKind.NO_TLS, address)
    return ClusterProblem(ClusterProblemKind.TLS, f"{address}: {_short(error)}")


_ERROR_NUMBER = re.compile(r"^\[Error \d+\] \w+: ")
"""What aiokafka puts before a broker's own words."""


def _short(error: BaseException) -> str:
    text = _ERROR_NUMBER.sub("", " ".join(str(error).split())) or type(error).__name__
    return text if len(text) <= 200 else f"{text[:199]}…"
