"""A web application on a free port of the loopback, in a thread of its own: real TCP, real time-outs."""

import socket
import subprocess
import threading
from asyncio import Transport
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

LOOPBACK = "127.0.0.1"
TRANSPORT = "transport"
"""Where an application finds its connection: ``scope["state"][TRANSPORT]``. Aborting it drops the client."""
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files of a certificate that vouches for itself."""

    certificate: Path
    key: Path


class _Protocol(H11Protocol):
    """Lets the application reach its connection."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class _Server(uvicorn.Server):
    """Says when it accepts connections, and waits for nobody when it ends."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        self.force_exit = True
        await super().shutdown(sockets)


@contextmanager
def serving(app: Any, *, port: int = 0, certificate: Certificate | None = None) -> Iterator[str]:
    """The base address of ``app`` while the block runs; every connection is dropped at its end.

    ``port`` 0 takes a free one; a given one lets a server return to where it was. A ``certificate`` makes it https.
    """
    listener = _listen(port)
    address = f"{'https' if certificate else 'http'}://{LOOPBACK}:{_port_of(listener)}"
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate.certificate if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="serving", daemon=True)
    thread.start()
    try:
        assert server.ready.wait(_PATIENCE_S), "the server did not start"
        yield address
    finally:
        server.should_exit = True
        thread.join(_PATIENCE_S)


def free_port() -> int:
    """A port of the loopback on which nothing listens."""
    with _listen(0) as listener:
        return _port_of(listener)


def self_signed(folder: Path) -> Certificate:
    """A certificate for the loopback, made by ``openssl`` in ``folder``."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", f"subjectAltName=IP:{LOOPBACK},DNS:localhost",
            "-keyout", made.key, "-out", made.certificate,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made


def _listen(port: int) -> socket.socket:
    # Named as TCP, without which asyncio leaves Nagle on and every answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    return listener


def _port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port
