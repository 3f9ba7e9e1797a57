"""What an exception of the client, the socket or the TLS layer means, as a problem that is told."""

import asyncio
import re
import socket
import ssl

from aiokafka import errors

from core.domain.problems import ClusterError, Problem, ProblemKind


def problem_of(error: BaseException, *, topic: str, address: str = "") -> Problem:
    """Tell what an exception of the client, the socket or the TLS layer means."""
    if isinstance(error, ClusterError):
        return error.problem
    if isinstance(error, ssl.SSLError):
        return _tls_problem(error, address)
    if isinstance(error, asyncio.IncompleteReadError):
        wanted = error.expected is not None and error.expected >> 24 == _TLS_ALERT
        return Problem(ProblemKind.TLS_WANTED if wanted else ProblemKind.HANGS_UP, address)
    for kinds, kind, detail in _BY_TYPE:
        if isinstance(error, kinds):
            return Problem(kind, detail.format(topic=topic, address=address, error=_short(error)))
    return Problem(ProblemKind.OTHER, _short(error))


_BY_TYPE: tuple[tuple[tuple[type[BaseException], ...], ProblemKind, str], ...] = (
    ((socket.gaierror,), ProblemKind.NAME, "{address}"),
    ((ConnectionResetError, BrokenPipeError), ProblemKind.HANGS_UP, "{address}"),
    ((errors.SaslAuthenticationFailed, errors.AuthenticationFailedError), ProblemKind.LOGIN, "{error}"),
    (
        (errors.AuthenticationMethodNotSupported, errors.UnsupportedSaslMechanismError),
        ProblemKind.MECHANISM,
        "{address}",
    ),
    # What a token that is not taken ends in: aiokafka answers the broker's reasons with the token once more.
    ((errors.IllegalSaslStateError,), ProblemKind.TOKEN_REFUSED, "{address}"),
    ((errors.TopicAuthorizationFailedError, errors.ClusterAuthorizationFailedError), ProblemKind.NO_WRITE, "{topic}"),
    ((errors.MessageSizeTooLargeError, errors.RecordListTooLargeError), ProblemKind.TOO_LARGE, "{topic}"),
    ((errors.InvalidTopicError,), ProblemKind.INVALID_TOPIC, "{topic}"),
    ((errors.InvalidTimestampError,), ProblemKind.CLOCK, ""),
    (
        (errors.PolicyViolationError, errors.InvalidRequiredAcksError),
        ProblemKind.REJECTED,
        "{error}",
    ),
    ((ConnectionRefusedError, errors.KafkaConnectionError), ProblemKind.REFUSED, "{address}"),
    ((TimeoutError, errors.KafkaTimeoutError, errors.RequestTimedOutError), ProblemKind.SILENT, "{address}"),
    ((errors.UnknownTopicOrPartitionError,), ProblemKind.TOPIC_MISSING, "{topic}"),
)  # fmt: skip


_TLS_ALERT = 0x15
"""The first byte of what a TLS server answers to one who does not encrypt; Kafka's answers begin with their length."""
_BY_VERIFICATION = {
    9: ProblemKind.CERT_EXPIRED,  # not valid yet
    10: ProblemKind.CERT_EXPIRED,
    18: ProblemKind.CERT_UNKNOWN,  # vouches for itself
    19: ProblemKind.CERT_UNKNOWN,
    20: ProblemKind.CERT_UNKNOWN,
    21: ProblemKind.CERT_UNKNOWN,
    62: ProblemKind.CERT_NAME,
    64: ProblemKind.CERT_NAME,
}
"""OpenSSL's X509_V_ERR_ codes."""
_ALERTS_OF_OUR_CERTIFICATE = ("CERTIFICATE", "UNKNOWN_CA")


def _tls_problem(error: ssl.SSLError, address: str) -> Problem:
    reason = error.reason or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        kind = _BY_VERIFICATION.get(error.verify_code, ProblemKind.TLS)
        return Problem(kind, address if kind in _BY_VERIFICATION.values() else f"{address}: {error.verify_message}")
    if "_ALERT_" in reason and any(word in reason for word in _ALERTS_OF_OUR_CERTIFICATE):
        return Problem(ProblemKind.CERT_ASKED, f"{address}: {reason.partition('_ALERT_')[2].replace('_', ' ').lower()}")
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_EOF_WHILE_READING"):
        return Problem(ProblemKind.NO_TLS, address)
    return Problem(ProblemKind.TLS, f"{address}: {_short(error)}")


_ERROR_NUMBER = re.compile(r"^\[Error \d+\] \w+: ")
"""What aiokafka puts before a broker's own words."""


def _short(error: BaseException) -> str:
    text = _ERROR_NUMBER.sub("", " ".join(str(error).split())) or type(error).__name__
    return text if len(text) <= 200 else f"{text[:199]}…"
