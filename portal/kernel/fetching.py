"""Fetch from an address that an administrator has typed: https, public, small, quick, and without being led on.

An address that is typed into the portal must not become a way into the network behind it. So the host's name says
nothing: what is asked is the address to which the connection was really made, before the first byte is sent.
"""

import ipaddress
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

TIMEOUT: Final = (3.05, 8)
MAX_BYTES: Final = 1024 * 1024


class FetchRefused(requests.RequestException):
    """The address or the answer is none that we take; the text says why and holds no secret."""


def is_loopback(host: str) -> bool:
    """Say whether a host as written in an address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_public(host: str) -> bool:
    address = ipaddress.ip_address(host.partition("%")[0])
    # An IPv4 address in IPv6 clothes is what it is in IPv4.
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_global)


def _may_be_private(host: str) -> bool:
    return host in settings.IDENTITY_PRIVATE_HOSTS or (settings.IDENTITY_LOOPBACK and is_loopback(host))


def why_not(url: str) -> str:
    """Return what is wrong with an address as it is written, in one of four words, or the empty text.

    ``unreadable``, ``credentials`` (a user's name stands in it), ``not_https``, ``private``.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "unreadable"
    if parts.scheme not in {"http", "https"} or not host or any(c.isspace() or ord(c) < 32 for c in url):  # noqa: PLR2004 - the first printable
        return "unreadable"
    if parts.username is not None or parts.password is not None:
        return "credentials"
    if parts.scheme != "https" and not (settings.IDENTITY_LOOPBACK and is_loopback(host)):
        return "not_https"
    return "private" if _is_private_literal(host) and not _may_be_private(host) else ""


def _is_private_literal(host: str) -> bool:
    try:
        return not _is_public(host)
    except ValueError:
        return host == "localhost"


class _Guarded:
    """Hangs up on a peer inside the network, whatever name led there."""

    host: str

    def _new_conn(self) -> Any:
        found = super()._new_conn()  # type: ignore[misc] # of the connection that it is mixed into
        if not _is_public(found.getpeername()[0]) and not _may_be_private(self.host):
            found.close()
            raise NewConnectionError(self, "the address is not public")  # type: ignore[arg-type] # a connection, see below
        return found


class _GuardedHTTP(_Guarded, HTTPConnection):
    pass


class _GuardedHTTPS(_Guarded, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


class GuardedSession(requests.Session):
    """A session of ``requests`` under these rules; what breaks one raises ``FetchRefused``."""

    def __init__(self) -> None:
        super().__init__()
        # Neither a .netrc nor a proxy of the environment decides where secrets are sent.
        self.trust_env = False
        for prefix in ("https://", "http://"):
            self.mount(prefix, _GuardedAdapter(max_retries=0))

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request; a redirect is an answer like any other, and a long answer none at all."""
        wrong = why_not(str(url))
        if wrong:
            raise FetchRefused(wrong)
        kwargs |= {"allow_redirects": False, "timeout": TIMEOUT, "stream": True}
        response = super().request(method, url, *args, **kwargs)
        body = b""
        for part in response.iter_content(64 * 1024):
            body += part
            if len(body) > MAX_BYTES:
                response.close()
                message = "too_long"
                raise FetchRefused(message)
        response._content = body  # noqa: SLF001 - what it would hold had it not been streamed
        return response
