"""A browser of the installation: cookies, the form's token, and the proxy in front that ends TLS."""

import http.client
import re
import secrets
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

HOST = "portal.example"
# What the coordinator's telephone holds: a local account of the staff signs in with a second factor.
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(frozen=True)
class Answer:
    """What came back: ``location`` is empty where it is no redirect."""

    status: int
    location: str
    body: bytes


@dataclass
class Browser:
    """One person at one screen."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str) -> Answer:
        """Open a page and keep the token of its form."""
        return self._send("GET", path)

    def post(self, path: str, form: dict[str, str], file: tuple[str, str, bytes] | None = None) -> Answer:
        """Send a form with the last page's token; ``file`` is field, name and content."""
        fields = {"csrfmiddlewaretoken": self.token, **form}
        if file is None:
            kind = "application/x-www-form-urlencoded"
            return self._send("POST", path, urlencode(fields).encode(), kind)
        edge = secrets.token_hex(16)
        parts = [_part(edge, f'name="{name}"', value.encode()) for name, value in fields.items()]
        parts.append(_part(edge, f'name="{file[0]}"; filename="{file[1]}"', file[2]))
        return self._send(
            "POST", path, b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
        )

    def _send(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "127.0.0.1",
            "Origin": f"https://{HOST}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if kind:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        for line in response.msg.get_all("Set-Cookie") or []:
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        if found := re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', content):
            self.token = found[1].decode()
        where = urlsplit(response.msg.get("Location") or "")
        location = where.geturl() if where.netloc not in ("", HOST) else where._replace(scheme="", netloc="").geturl()
        return Answer(response.status, location, content)


def _part(edge: str, what: str, content: bytes) -> bytes:
    return f"--{edge}\r\nContent-Disposition: form-data; {what}\r\n\r\n".encode() + content + b"\r\n"
