"""Loopback ports that stay ours: held by a bound socket, also while the broker that uses them is down."""

import socket
import sys

LOOPBACK = "127.0.0.1"


class ReservedPorts:
    """Ports no other process is given until :meth:`release`.

    Linux lets a JVM (which sets SO_REUSEADDR) listen on a port that another socket has bound without
    listening, and gives such a port to nobody who asks for any free one, nor to outgoing connections. So a
    stopped broker's port keeps refusing connections instead of being taken by a parallel test. Elsewhere the
    socket is closed at once and a race is possible.
    """

    def __init__(self) -> None:
        self._held: dict[int, socket.socket] = {}

    def take(self, port: int = 0) -> int:
        """Reserve ``port``, or any free one for 0; the number is returned. Taking one's own again is fine."""
        if port in self._held:
            return port
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((LOOPBACK, port))
        taken: int = holder.getsockname()[1]
        if sys.platform == "linux":
            self._held[taken] = holder
        else:
            holder.close()
        return taken

    def release(self) -> None:
        """Give every port back."""
        for holder in self._held.values():
            holder.close()
        self._held.clear()
