"""``Idempotency-Key``: a POST that is sent again because nobody knows whether it arrived is done once.

The same key with the same body gets the answer of the first time; with another body 422; while the first one is still
being done, or was cut off before its answer was kept, 409. Keys are of one person and kept for a day.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kernel.errors import RuleViolation

HEADER: Final = "Idempotency-Key"
LONGEST_KEY: Final = 200
LONGEST_BODY: Final = 1_000_000
KEPT_HEADERS: Final = ("Location", "ETag")


class KeyReused(RuleViolation):
    """The key stands for another request: HTTP 422."""

    def __init__(self) -> None:
        super().__init__("key_reused", _("This Idempotency-Key was used for another request. Choose a new one."))


class StillRunning(RuleViolation):
    """What the key stands for is being done, or was cut off: HTTP 409."""

    def __init__(self) -> None:
        super().__init__(
            "still_running",
            _("The first request with this Idempotency-Key has not been answered. Look whether it was done."),
        )


class Kept(Protocol):
    """A row that holds an answer; ``status`` is 0 while there is none."""

    status: int
    body: str
    content_type: str
    headers: dict[str, str]


@dataclass
class _Store:
    begin: Callable[[Any, str, str], tuple[Any, bool]] = field(default=lambda *_given: (None, True))
    keep: Callable[[Any, HttpResponse], None] = field(default=lambda *_given: None)
    drop: Callable[[Any], None] = field(default=lambda *_given: None)


_store = _Store()


def keep_answers_with(
    begin: Callable[[Any, str, str], tuple[Any, bool]],
    keep: Callable[[Any, HttpResponse], None],
    drop: Callable[[Any], None],
) -> None:
    """Tell the kernel where answers are kept; the accounts app calls this once at start.

    ``begin(user, key, digest)`` returns the row and whether it is new.
    """
    _store.begin, _store.keep, _store.drop = begin, keep, drop


class AnsweredAlready(Exception):
    """The request was done before; ``response`` is what was answered then."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def begin_repeatable(request: Request) -> Any:
    """Return the row in which the answer of this request will be kept, None where no key was sent.

    Raises ``AnsweredAlready``, ``KeyReused``, ``StillRunning``, or ``RuleViolation`` ``key_too_long``.
    """
    key = request.headers.get(HEADER, "") if request.method == "POST" else ""
    if not key or not request.user.is_authenticated:
        return None
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise RuleViolation("key_too_long", _("An Idempotency-Key has at most 200 printable characters."))
    digest = _digest(request)
    row, is_new = _store.begin(request.user, key, digest)
    if is_new:
        return row
    if row.digest != digest:
        raise KeyReused
    if not row.status:
        raise StillRunning
    answer = HttpResponse(row.body, status=row.status, content_type=row.content_type, headers=row.headers)
    answer.headers["Idempotency-Replayed"] = "true"
    raise AnsweredAlready(answer)


class SecretResponse(Response):
    """An answer that tells a secret which is stored nowhere: it is not kept either."""


def keep_answer(row: Any, response: Any) -> None:
    """Keep what is answered, once it is written; an error of ours may be tried again, and a secret is told once.

    A file is made anew: what is kept is text.
    """
    failed = response.status_code >= 500 or response.status_code == 429  # noqa: PLR2004 - server errors, too many
    told = isinstance(response, Response) and not isinstance(response, SecretResponse)
    if failed or not told or len(response.content) > LONGEST_BODY:
        _store.drop(row)
    else:
        _store.keep(row, response)


def _digest(request: Request) -> str:
    """Return a digest of what was sent; of forms by their content, because each writing has another boundary."""
    found = hashlib.sha256(f"{request.get_full_path()}\n".encode())
    data: Any = request.data
    if hasattr(data, "lists"):
        for name, values in sorted(data.lists()):
            for value in values:
                found.update(f"{name}=".encode() + _bytes(value) + b"\n")
    else:
        found.update(json.dumps(data, sort_keys=True).encode())
    return found.hexdigest()


def _bytes(value: Any) -> bytes:
    if not hasattr(value, "chunks"):
        return str(value).encode()
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.digest()
