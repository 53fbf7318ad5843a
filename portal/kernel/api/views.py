"""What all views of /api/v1/ have in common: repeatable POSTs, preconditions, tags of what was read."""

import hashlib
from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.kernel.api.repeating import AnsweredAlready, begin_repeatable, keep_answer
from portal.kernel.errors import Stale

MOST_DIGITS: Final = 9


class PreconditionFailed(exceptions.APIException):
    """The object is not any more what ``If-Match`` names."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("This was changed meanwhile. Read it again before you change it.")
    default_code = "precondition_failed"


class PortalView(APIView):
    """A view of ours. A dialect's views are plain ones: their clients know nothing of this."""

    _kept: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Look whether this POST was done before, after everything that may refuse it."""
        super().initial(request, *args, **kwargs)
        self._kept = begin_repeatable(request)

    def handle_exception(self, exc: Exception) -> Any:
        """Answer a stale ``If-Match`` by 412, and what was answered before by the same."""
        if isinstance(exc, AnsweredAlready):
            return exc.response
        if isinstance(exc, Stale) and "If-Match" in self.request.headers:
            exc = PreconditionFailed()
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep the answer of a POST with a key, once it is written."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        row, self._kept = self._kept, None
        if row is not None:
            if hasattr(answer, "add_post_render_callback"):
                answer.add_post_render_callback(lambda written: keep_answer(row, written))
            else:
                keep_answer(row, answer)
        return answer


def tag_of(row: Any, written: bytes) -> str:
    """Return the ``ETag`` of an object: its version, which ``If-Match`` compares, and a digest of what is shown."""
    return f'"{getattr(row, "version", 0)}.{hashlib.sha256(written).hexdigest()[:16]}"'


def matched_version(request: Request) -> int | None:
    """Return the version that ``If-Match`` names; None without one or for any. Raises ``PreconditionFailed``."""
    tag = request.headers.get("If-Match", "").strip()
    if tag in ("", "*"):
        return None
    version, _dot, _digest = _parts(tag)
    if not (version.isascii() and version.isdecimal() and len(version) <= MOST_DIGITS):
        raise PreconditionFailed
    return int(version)


def check_match(request: Request, row: Any, written: Callable[[], bytes]) -> None:
    """Raise ``PreconditionFailed`` unless the object is what ``If-Match`` names.

    A version decides where there is one; services compare it once more under their lock. Of what has none the digest
    of what is shown does, which ``written`` returns.
    """
    version = matched_version(request)
    if version is None:
        return
    digest = "" if hasattr(row, "version") else _parts(request.headers["If-Match"].strip())[2]
    if version != getattr(row, "version", 0) or (digest and digest != _parts(tag_of(row, written()))[2]):
        raise PreconditionFailed


def _parts(tag: str) -> tuple[str, str, str]:
    return tag.removeprefix("W/").strip('"').partition(".")
