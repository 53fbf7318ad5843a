"""Small pieces that every screen shares: rows or 404, pages of a list, files as attachments, timelines."""

import mimetypes
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.storage import FileSystemStorage
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.kernel.errors import RuleViolation, Stale, Text, WrongState
from portal.kernel.exports import clean_filename
from portal.kernel.fsm import moves_of, perform
from portal.kernel.models import StatefulModel

if TYPE_CHECKING:
    from apps.accounts.models import User

type View = Callable[..., HttpResponse]

PAGE_SIZE = 50
REFUSED: Final = 400
CONFLICT: Final = 409
SIGNED_FOR_S: Final = 60


def row_or_404[M: Model](rows: QuerySet[M], **lookup: Any) -> M:
    """Return the one row of a selector's set, or raise the 404 that stands for "not yours" and "not there" alike.

    A key that cannot be one (too large for the database, not a number) is not there either.
    """
    try:
        return rows.get(**lookup)
    except (ObjectDoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error


def page_of[M](request: HttpRequest, rows: "Sequence[M] | QuerySet[Any, M]", size: int = PAGE_SIZE) -> Page[M]:
    """Return the page that ``?page=`` asks for; the nearest one where there is no such page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def send_file(stored: FieldFile, name: str) -> HttpResponseBase:
    """Answer with a stored file as an attachment under a clean name; 404 where the storage has lost it.

    An object store sends it itself: the browser is sent to an address that is signed for a minute.
    """
    name = clean_filename(name)
    if not isinstance(stored.storage, FileSystemStorage):
        return HttpResponseRedirect(_signed_address(stored, name))
    try:
        opened = stored.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    # A browser must never show what somebody uploaded as a page of ours.
    return FileResponse(opened, as_attachment=True, filename=name, headers={"X-Content-Type-Options": "nosniff"})


def _signed_address(stored: FieldFile, name: str) -> str:
    storage: Any = stored.storage  # the packages' storages take more than Django's
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    parameters = {"ResponseContentDisposition": disposition, "ResponseContentType": kind}
    return str(storage.url(stored.name, parameters=parameters, expire=SIGNED_FOR_S))


def say_refusal(request: HttpRequest, error: RuleViolation) -> None:
    """Show on the next page why nothing was done."""
    messages.error(request, str(error.message))


def status_of(error: RuleViolation) -> int:
    """Return the HTTP status of a refusal: 409 where somebody else was faster, 400 where the input is wrong."""
    return CONFLICT if isinstance(error, Stale | WrongState) else REFUSED


def form_of(page: str, *keys: str) -> Callable[[View], View]:
    """Take what a form of a page posts; a GET, such as a reload after a refusal, leads back to that page.

    ``page`` is the name of its address, ``keys`` which of the captured values it takes.
    """

    def decorate(view: View) -> View:
        posted = require_POST(view)

        @wraps(view)
        def answer(request: HttpRequest, **captured: Any) -> HttpResponse:
            if request.method in {"GET", "HEAD"}:
                return HttpResponseRedirect(reverse(page, kwargs={key: captured[key] for key in keys}))
            return posted(request, **captured)

        return answer

    return decorate


MOST_DIGITS: Final = 9


def posted_version(request: HttpRequest) -> int | None:
    """Return the version of the row that the form showed; None where the form sends none that could be one."""
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) <= MOST_DIGITS else None


def make_posted_move(request: HttpRequest, row: Any) -> bool:
    """Make the move of a button of ``components/moves.html`` and say what came of it; True if it was made.

    404 for a move that there is not, 403 for one that is not the user's; a rule's refusal is shown on the next page.
    """
    try:
        perform(
            row,
            request.POST.get("move", ""),
            actor=cast("User", request.user),
            reason=request.POST.get("reason", "").strip(),
            expected_version=posted_version(request),
        )
    except LookupError as error:
        raise Http404 from error
    except RuleViolation as error:
        say_refusal(request, error)
        return False
    messages.success(request, _("%(thing)s: %(state)s.") % {"thing": row, "state": row.get_state_display()})
    return True


# -- what happened to a row ---------------------------------------------------------------------------------------


class HistoryRow(Protocol):
    """What is read of a history entry; the table itself belongs to accounts."""

    actor: "User | None"
    actor_key: int | None
    action: str
    target: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class TimelineEntry:
    """One line of ``components/timeline.html``."""

    at: datetime
    who: str
    what: Text
    state: str = ""
    why: str = ""


def timeline_of(model: type[Model], rows: Iterable[HistoryRow]) -> list[TimelineEntry]:
    """Return the lines of a timeline: who made which move and to which state it led, in the words of the buttons."""
    words: dict[str, Text] = {
        "create": _("Entered"),
        "change": _("Changed"),
        "delete": _("Deleted"),
        "apply": _("Imported"),
        "file_scan": _("Sent a scan"),
        "complete_by_host": _("Completed by the host"),
        "deactivate": _("Taken out"),
        "grant": _("Let coordinate"),
        "withdraw_grant": _("Right withdrawn"),
        "end_sessions": _("Signed out everywhere"),
        "reactivate": _("Taken back in"),
        "invite": _("Invited somebody"),
        "join": _("Joined"),
        "leave": _("Taken out of the company"),
        "answer": _("The host has answered"),
        "take_in": _("Took another company in"),
        "give_back": _("Gave a company back"),
        "send_again": _("Mailed once more"),
        "make_for_chat": _("Made for a chat"),
        "bind_identity": _("Bound to a sign-in"),
        "make_keys": _("New keys made"),
        "change_rules": _("Rules changed"),
        "holidays": _("Free days changed"),
        "revoke": _("Revoked"),
        "sign": _("Signed"),
        "seal_later": _("Sealed later"),
    }
    states: dict[str, Text] = {}
    if issubclass(model, StatefulModel):
        words |= {arrow.name: arrow.info.label for arrow in moves_of(model)}
        states = state_labels(model)
    return [
        TimelineEntry(
            at=row.at,
            who=_who(row),
            what=_what(words.get(row.action, row.action), states.get(row.target, "")),
            state=row.target if row.target in states else "",
            why=_why(model, row),
        )
        for row in rows
    ]


def state_labels(model: type[StatefulModel]) -> dict[str, Text]:
    """Return the word of each state of a model's machine."""
    # Each model declares its own field of this name, which the type checker cannot know here.
    state = cast("Any", model._meta).get_field("state")
    return dict(state.flatchoices)


def _who(row: HistoryRow) -> str:
    if row.actor is not None:
        return str(row.actor)
    return "Practicum" if row.actor_key is None else _("Somebody who is not here any more")


def _why(model: type[Model], row: HistoryRow) -> str:
    labels = {field.name: getattr(field, "verbose_name", field.name) for field in model._meta.get_fields()}
    names = row.reason.split(", ")
    if row.action == "change" and all(name in labels for name in names):
        # A change names the fields that it was about.
        return capfirst(", ".join(str(labels[name]) for name in names))
    # What the portal itself has written stands in English in the row; people's own words are not translated.
    return _(row.reason) if row.reason and row.actor_key is None else row.reason


def _what(word: Text, state: Text) -> str:
    return _("%(move)s → %(state)s") % {"move": word, "state": state} if state else str(word)
