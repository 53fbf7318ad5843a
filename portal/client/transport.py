"""A client of Practicum's API in one file, for Python 3.12 and newer, without packages.

    portal = Client("https://practicum.university.example")
    portal.sign_in("asha@university.example", "four plain words here")
    for log in portal.each(portal.logs_list(state="submitted")):
        portal.dailylog_verify(log["id"], {"version": log["version"]})

What is sent and answered are plain dictionaries, typed. A refusal is raised as ``Problem`` or one of its kinds. A POST
carries an ``Idempotency-Key``, so that one whose answer was lost is sent again without being done twice. Lists come by
pages; ``each`` leafs through them. Made by ``manage.py make_client`` from the API's description.
"""

import datetime as dt
import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPMethod, HTTPStatus
from http.client import HTTPException
from typing import Any, Final, Self, TypedDict, cast, override
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

type Day = str | dt.date
type Moment = str | dt.datetime

SLACK_S: Final = 30.0
TRIES: Final = 3
MOST_REDIRECTS: Final = 3
REPEATABLE: Final = ("GET", "PUT")


class Page[T](TypedDict):
    """A page of a list; both addresses are None at the ends."""

    next: str | None
    previous: str | None
    results: list[T]


class FieldError(TypedDict):
    """What is wrong with one field of what was sent."""

    field: str
    message: str


@dataclass(frozen=True)
class Upload:
    """A file to send."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True)
class File:
    """A file that was answered."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Limit:
    """How many requests there may be in a minute, how many are left, and in how many seconds there are more."""

    most: int
    left: int
    reset_s: int


class Problem(Exception):
    """The portal refused. ``code`` is for programs, ``detail`` for people, ``errors`` names fields."""

    def __init__(self, status: int, body: Mapping[str, Any], retry_after_s: int | None = None) -> None:
        self.status = status
        self.code = str(body.get("code", ""))
        self.detail = str(body.get("detail", ""))
        self.errors: list[FieldError] = list(body.get("errors", []))
        self.retry_after_s = retry_after_s
        fields = "".join(f" {found['field']}: {found['message']}" for found in self.errors)
        super().__init__(f"{status} {self.code}: {self.detail}{fields}")


class Invalid(Problem):
    """What was sent is not right (400, 413, 415, 422)."""


class NotSignedIn(Problem):
    """Nobody is signed in, or not any more (401)."""


class NotAllowed(Problem):
    """It is there, and may not be done (403)."""


class NotFound(Problem):
    """It is not there, or not yours: the portal does not tell which (404)."""


class WrongState(Problem):
    """The state does not allow it, or somebody else was faster (409)."""


class Changed(Problem):
    """It is not any more what ``if_match`` names (412)."""


class TooMany(Problem):
    """Too many requests; there are more in ``retry_after_s`` seconds (429)."""


class Unreachable(Exception):
    """No answer came, in as many tries as are made."""


KINDS: Final[Mapping[int, type[Problem]]] = {
    400: Invalid,
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: WrongState,
    412: Changed,
    413: Invalid,
    415: Invalid,
    422: Invalid,
    429: TooMany,
}


class _Stay(HTTPRedirectHandler):
    """Follows nothing by itself: the token would be sent along, to whoever is named."""

    @override
    def redirect_request(self, *_given: Any) -> None:
        return None


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Message
    content: bytes

    def read(self) -> Any:
        return json.loads(self.content) if self.content else None

    def problem(self) -> Problem:
        try:
            body = self.read()
        except ValueError:
            body = None
        wait = self.headers.get("Retry-After", "")
        shown = body if isinstance(body, dict) else {"detail": self.content[:200].decode(errors="replace")}
        return KINDS.get(self.status, Problem)(self.status, shown, int(wait) if wait.isdecimal() else None)


class Transport:
    """How requests are sent and answers read; ``Client`` adds a method for every operation.

    ``token`` is one of a service, for programs without a person; people sign in. One client may serve several threads.
    """

    # What people read where they see which programs act for them; a program that uses the client names itself.
    program = "practicum-client"

    def __init__(self, address: str, *, token: str = "", timeout_s: float = 30.0, language: str = "en") -> None:
        if urlsplit(address).scheme not in ("http", "https"):
            message = "the portal's address begins with https:// or http://"
            raise ValueError(message)
        self.address = address.rstrip("/")
        self.timeout_s = timeout_s
        self.language = language
        self.limit: Limit | None = None
        self._token = token
        self._refresh_token = ""
        self._good_until = float("inf")
        self._lock = threading.Lock()
        self._opener = build_opener(_Stay)

    def sign_in(self, name: str, password: str, *, code: str = "") -> Self:
        """Sign in by address or user name; ``code`` is of the authenticator app, for those who have one."""
        body = {"email": name, "password": password, **({"code": code} if code else {})}
        with self._lock:
            self._take(self._plain("/api/v1/auth/login/", body))
        return self

    def sign_out(self) -> None:
        """End this sign-in; its tokens open nothing any more."""
        self.ask("POST", "/api/v1/auth/logout/")
        with self._lock:
            self._token = self._refresh_token = ""
            self._good_until = float("inf")

    def each[T](self, page: Page[T]) -> Iterator[T]:
        """Go through a list from this page to its end; further pages are asked for on the way."""
        while True:
            yield from page["results"]
            if page["next"] is None:
                return
            parts = urlsplit(page["next"])
            # Only path and query: behind a proxy the portal may name itself otherwise, and the token is not for others.
            page = cast("Page[T]", self.ask("GET", f"{parts.path}?{parts.query}"))

    def ask(self, method: str, path: str, **how: Any) -> Any:
        """Send a request and return the JSON of its answer. Raises ``Problem`` or ``Unreachable``."""
        return self._send(method, path, **how).read()

    def fetch(self, path: str, *, method: str = "GET", **how: Any) -> File:
        """Return a file, also one that lies in a store to which the portal sends. Raises as ``ask``."""
        answer = self._send(method, path, **how)
        name = answer.headers.get_filename() or ""
        return File(name, answer.content, answer.headers.get_content_type())

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        form: bool = False,
        **conditions: int | str | None,
    ) -> _Answer:
        wanted = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        address = self.address + path + (f"?{urlencode(wanted)}" if wanted else "")
        headers = {**self._headers(), **_conditions(method, **conditions)}
        content, kind = _written(body, form=form)
        if kind:
            headers["Content-Type"] = kind
        if token := self._good_token():
            headers["Authorization"] = f"Bearer {token}"
        answer = self._with_patience(Request(address, content, headers, method=method))  # noqa: S310 - http or https, see above
        self._note_limit(answer.headers)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise answer.problem()
        return answer

    def _with_patience(self, request: Request) -> _Answer:
        """Send, and send again what may be sent twice and got no answer."""
        twice = request.get_method() in REPEATABLE or request.has_header("Idempotency-key")
        tries = TRIES if twice else 1
        for number in range(1, tries + 1):
            try:
                return self._followed(request)
            except (URLError, HTTPException, ConnectionError, TimeoutError) as error:
                if number == tries:
                    message = f"{self.address} does not answer: {error}"
                    raise Unreachable(message) from error
                time.sleep(0.2 * number)
        raise AssertionError

    def _followed(self, request: Request) -> _Answer:
        """Follow the address of a file in a store, without the token."""
        answer = self._once(request)
        for _number in range(MOST_REDIRECTS):
            place = urljoin(request.full_url, answer.headers.get("Location", ""))
            moved = HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST
            if not moved or request.get_method() != HTTPMethod.GET or urlsplit(place).scheme not in ("http", "https"):
                break
            request = Request(place)  # noqa: S310 - http or https, as just asked
            answer = self._once(request)
        return answer

    def _once(self, request: Request) -> _Answer:
        try:
            with self._opener.open(request, timeout=self.timeout_s) as answer:
                return _Answer(answer.status, answer.headers, answer.read())
        except HTTPError as error:
            with error:
                return _Answer(error.code, error.headers, error.read())

    def _good_token(self) -> str:
        """Return the token, a new one if it ends soon; threads wait for the one that gets it."""
        with self._lock:
            if self._refresh_token and time.monotonic() > self._good_until - SLACK_S:
                self._take(self._plain("/api/v1/auth/refresh/", {"refresh_token": self._refresh_token}))
            return self._token

    def _take(self, pair: Mapping[str, Any]) -> None:
        self._token, self._refresh_token = str(pair["access_token"]), str(pair["refresh_token"])
        self._good_until = time.monotonic() + float(pair["expires_in"])

    def _plain(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        headers = {**self._headers(), "Content-Type": "application/json"}
        content = json.dumps(body).encode()
        answer = self._with_patience(Request(self.address + path, content, headers, method="POST"))  # noqa: S310 - as above
        if answer.status != HTTPStatus.OK:
            raise answer.problem()
        return cast("Mapping[str, Any]", answer.read())

    def _headers(self) -> dict[str, str]:
        return {"Accept": "*/*", "Accept-Language": self.language, "User-Agent": self.program}

    def _note_limit(self, headers: Message) -> None:
        told = [headers.get(f"RateLimit-{name}", "") for name in ("Limit", "Remaining", "Reset")]
        if all(value.isdecimal() for value in told):
            self.limit = Limit(*(int(value) for value in told))


def _conditions(
    method: str, *, if_match: int | str | None = None, idempotency_key: int | str | None = None
) -> dict[str, str]:
    """Return the headers: ``if_match`` is a version or a whole ETag; a POST gets a key where none was given."""
    found = {}
    if if_match is not None:
        found["If-Match"] = f'"{if_match}"' if isinstance(if_match, int) else if_match
    if method == HTTPMethod.POST:
        found["Idempotency-Key"] = str(idempotency_key or uuid.uuid4())
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _written(body: Any, *, form: bool) -> tuple[bytes | None, str]:
    """Return a body and its kind: JSON, or a form where there are files or nothing else is read."""
    if body is None:
        return None, ""
    if not form and not any(isinstance(value, Upload) for value in body.values()):
        return json.dumps(body, default=_text).encode(), "application/json"
    boundary = uuid.uuid4().hex
    parts = [_part(name, one) for name, value in body.items() for one in _several(value)]
    lines = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    return lines + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _part(name: str, value: Any) -> bytes:
    head = f'Content-Disposition: form-data; name="{quote(name)}"'
    if isinstance(value, Upload):
        head += f"; filename=\"{quote(value.name)}\"; filename*=UTF-8''{quote(value.name)}"
        return f"{head}\r\nContent-Type: {value.content_type}\r\n\r\n".encode() + value.content
    return f"{head}\r\n\r\n{_text(value)}".encode()
