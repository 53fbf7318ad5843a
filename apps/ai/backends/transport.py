"""A connection with an end: so many bytes, so many seconds, whatever the other side does.

Time-outs of the client count from one byte to the next. A server that sends a byte a second never meets them, neither
in its headers nor in a line that does not end; here every read gets what is left of the whole time.
"""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpcore2
import httpx2

from apps.ai.backends.base import BackendError

MOST_BYTES: Final = 1024 * 1024


@dataclass
class Allowance:
    """What is left for one call; nothing before it begins."""

    until: float = 0.0
    bytes_left: int = MOST_BYTES

    def begin(self, seconds: float) -> None:
        """Count from now on."""
        self.until, self.bytes_left = time.monotonic() + seconds, MOST_BYTES

    def seconds(self, wished: float | None) -> float:
        """Return how long the next step may take. Raises the client's time-out when nothing is left."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout
        return left if wished is None else min(left, wished)

    def take(self, count: int) -> None:
        """Count what came. Raises ``BackendError`` ``too_large``."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise BackendError("too_large")


class _CountedStream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream, allowance: Allowance) -> None:
        self._inner, self._allowance = inner, allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._inner.read(max_bytes, self._allowance.seconds(timeout))
        self._allowance.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._allowance.seconds(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._allowance.seconds(timeout))
        return _CountedStream(inner, self._allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _CountedNetwork(httpcore2.NetworkBackend):
    def __init__(self, allowance: Allowance) -> None:
        self._inner, self._allowance = httpcore2.SyncBackend(), allowance

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        inner = self._inner.connect_tcp(host, port, self._allowance.seconds(timeout), local_address, socket_options)
        return _CountedStream(inner, self._allowance)


class CountedTransport(httpx2.HTTPTransport):
    """The client's own transport over a counted connection; each request has ``seconds`` in all."""

    def __init__(self, seconds: float) -> None:
        context = _certificates()
        super().__init__(verify=context)
        self._seconds, self._allowance = seconds, Allowance()
        network = _CountedNetwork(self._allowance)
        self._pool = httpcore2.ConnectionPool(ssl_context=context, network_backend=network)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Begin to count with the request: what the client needed to get ready is not the server's."""
        self._allowance.begin(self._seconds)
        return super().handle_request(request)


@cache
def _certificates() -> ssl.SSLContext:
    """Return who is trusted; reading it takes longer than many an answer."""
    return httpx2.create_ssl_context()
