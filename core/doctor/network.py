"""The way to a broker before Kafka is spoken: its name, its port, its certificate."""

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.cluster_problems import ClusterProblem
from core.kafka.cluster import split_address
from core.kafka.problems import problem_of
from core.support.text import inert_line

NAME_S = 5.0
CONNECT_S = 5.0
TLS_S = 10.0
_VERDICT_S = 0.3
"""In TLS 1.3 a server looks at our certificate after the handshake: how long its refusal is waited for."""
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What one address said: ``words``, or the ``problem``."""

    address: str
    words: str = ""
    problem: ClusterProblem | None = None


async def resolved(address: str) -> Reply:
    """Which network addresses the host's name stands for."""
    host, port = split_address(address)
    try:
        async with asyncio.timeout(NAME_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError) as error:
        known = error if isinstance(error, OSError) else socket.gaierror(str(error))
        return Reply(address, problem=problem_of(known, topic="", address=address))
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    return Reply(address, host if numbers == [host] else f"{host} = {', '.join(numbers)}")


async def reached(address: str) -> Reply:
    """How long a connection takes."""
    host, port = split_address(address)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(CONNECT_S):
            _reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        return Reply(address, problem=problem_of(error, topic="", address=address))
    writer.close()
    return Reply(address, f"{address} {(time.perf_counter() - began) * 1000:.0f} ms")


@dataclass(frozen=True, slots=True)
class Secured:
    """A TLS connection that was made: its version, and the broker's certificate."""

    version: str
    subject: str
    issuer: str
    names: str
    expires_at: float
    """Epoch s."""

    def days_left(self, now: float) -> float:
        return (self.expires_at - now) / DAY_S


async def secured(address: str, context: ssl.SSLContext) -> Secured | ClusterProblem:
    """Shake hands as Kafka's client will, and say nothing more."""
    host, port = split_address(address)
    try:
        async with asyncio.timeout(TLS_S):
            reader, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
            try:
                await _not_refused(reader)
                return _secured(writer.get_extra_info("ssl_object"))
            finally:
                writer.close()
    except (OSError, TimeoutError, EOFError) as error:
        return problem_of(error, topic="", address=address)


async def presented(address: str) -> Secured | None:
    """The certificate that the broker shows, whoever signed it; None where it cannot be read.

    Nothing is said on this connection. The certificate is taken for its own authority, since the standard library
    reads no certificate that it did not verify; one that ran out stays unread.
    """
    host, port = split_address(address)
    blind = ssl.create_default_context()
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(TLS_S):
            der = (await _certificate_by(host, port, blind)).getpeercert(binary_form=True)
            seeing = ssl.create_default_context(cadata=der)
            seeing.check_hostname = False
            seeing.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            return _secured(await _certificate_by(host, port, seeing))
    except (OSError, TimeoutError, EOFError, TypeError):
        return None


async def _certificate_by(host: str, port: int, context: ssl.SSLContext) -> ssl.SSLObject:
    _reader, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    writer.close()
    found: ssl.SSLObject = writer.get_extra_info("ssl_object")
    return found


async def _not_refused(reader: asyncio.StreamReader) -> None:
    """Brokers speak when they are spoken to: whatever comes now is a refusal.

    Raises:
        ssl.SSLError, EOFError: our certificate is not taken.
    """
    try:
        async with asyncio.timeout(_VERDICT_S):
            await reader.readexactly(1)
    except TimeoutError:
        return


def _secured(connection: ssl.SSLObject) -> Secured:
    certificate: Mapping[str, Any] = connection.getpeercert() or {}
    names = ", ".join(value for _kind, value in certificate.get("subjectAltName", ()))
    return Secured(
        version=connection.version() or "?",
        subject=_name(certificate.get("subject", ())),
        issuer=_name(certificate.get("issuer", ())),
        names=inert_line(names, 200),
        expires_at=ssl.cert_time_to_seconds(certificate["notAfter"]),
    )


def _name(parts: Any) -> str:
    """The most telling part of a distinguished name."""
    found = {key: value for part in parts for key, value in part}
    keys = ("commonName", "organizationName", "organizationalUnitName")
    return inert_line(next((found[key] for key in keys if key in found), "?"), 100)
