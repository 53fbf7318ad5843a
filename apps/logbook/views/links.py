"""Pages behind a link from a mail: no account, no typing, one act.

The secret is in the address only once: it is exchanged for a short cookie and a clean address. Opening never acts,
because mail scanners open every link.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import AccessLink, User
from apps.accounts.permissions import has_role
from apps.accounts.services.links import find_link, link_by_id, note_opened, use_link
from apps.accounts.services.people import canonical_email
from apps.accounts.states import LinkPurpose, Role
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.models import ArrivalNote
from apps.logbook.selectors import arrivals_visible_to
from apps.logbook.services.decisions import verify_week
from apps.logbook.services.entries import clean_text
from apps.logbook.states import ArrivalState
from apps.logbook.views.shown_week import decision_in, week_context, with_people, words_of
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import perform
from portal.kernel.tasks import enqueue
from portal.kernel.views import posted_version

COOKIE: Final = "link"
COOKIE_PATH: Final = "/link/"
COOKIE_S: Final = 30 * 60
SALT: Final = "logbook.link"
PAGES: Final = {LinkPurpose.VERIFY_WEEK: "link_week", LinkPurpose.CONFIRM_ARRIVAL: "link_arrival"}
AGAIN_AN_HOUR: Final = 3
HOUR_S: Final = 3600
REFUSED: Final = 400


def _private[**P](view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the page out of every cache and its path out of every referrer."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        # Not "no-referrer" on pages with a form: browsers would send "Origin: null", which the CSRF check refuses.
        is_redirect = "Location" in response.headers
        response.headers["Referrer-Policy"] = "no-referrer" if is_redirect else "strict-origin"
        return response

    return answer


def _gone(request: HttpRequest) -> HttpResponse:
    """Answer alike whatever is wrong with the link."""
    return render(request, "logbook/link_gone.html", status=404)


@require_safe
@_private
def link_open(request: HttpRequest, secret: str) -> HttpResponse:
    """Exchange the secret for a cookie and lead to the clean address; decides nothing."""
    link = find_link(secret)
    if link is None:
        return _gone(request)
    note_opened(link)
    response = redirect(PAGES[LinkPurpose(link.purpose)], pk=link.pk)
    response.set_signed_cookie(
        COOKIE,
        str(link.pk),
        salt=SALT,
        max_age=COOKIE_S,
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _held_link(request: HttpRequest, pk: int, purpose: LinkPurpose) -> AccessLink | None:
    """Return the link if this browser has opened it and it is still good."""
    held = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=COOKIE_S)
    link = link_by_id(pk) if held == str(pk) else None
    return link if link is not None and link.purpose == purpose else None


def _via(link: AccessLink) -> str:
    return f"link:{link.pk}"


def _use(request: HttpRequest, link: AccessLink, act: Callable[[], str]) -> bool:
    """Use the link up and act, both or neither; says what came of it. True if it was done."""
    try:
        with transaction.atomic():
            use_link(link, address=request.META.get("REMOTE_ADDR", ""))
            words = act()
    except RuleViolation as error:
        messages.error(request, str(error.message))
    except NotAllowed:
        messages.error(request, _("You may not decide this any more."))
    else:
        messages.success(request, words)
        return True
    return False


def _done() -> HttpResponse:
    response = redirect("link_done")
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@_private
def link_week(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the week of the link, and approve it or send days of it back."""
    link = _held_link(request, pk, LinkPurpose.VERIFY_WEEK)
    if link is None:
        return _gone(request)
    kind, monday = SupervisorKind.INDUSTRIAL, dt.date.fromisoformat(link.scope["week"])
    # Who does not supervise any more sees nothing, however good the link.
    placement = with_people(placements_supervised_by(link.user, kind)).filter(pk=link.target_id).first()
    if placement is None:
        return _gone(request)

    def act() -> str:
        return words_of(verify_week(placement, monday, decision_in(request.POST), actor=link.user, via=_via(link)))

    if request.method == "POST" and _use(request, link, act):
        return _done()
    typed = request.POST if request.method == "POST" else None
    context = week_context(placement, monday, kind, typed)
    return render(request, "logbook/link_week.html", context, status=REFUSED if typed is not None else None)


@require_http_methods(["GET", "HEAD", "POST"])
@_private
def link_arrival(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the student says of the arrival, and confirm or dispute it."""
    link = _held_link(request, pk, LinkPurpose.CONFIRM_ARRIVAL)
    if link is None:
        return _gone(request)
    related = ("placement__company", "placement__enrolment__student", "placement__enrolment__cohort")
    supervised = placements_supervised_by(link.user, SupervisorKind.INDUSTRIAL)
    notes = arrivals_visible_to(link.user).filter(placement__in=supervised.values("pk"))
    note = notes.select_related(*related).filter(pk=link.target_id).first()
    if note is None:
        return _gone(request)
    if request.method == "POST" and _use(request, link, lambda: _decide_arrival(request, note, link)):
        return _done()
    context: dict[str, Any] = {
        "note": note,
        "waits": note.state == ArrivalState.SUBMITTED,
        "reason": request.POST.get("reason", ""),
    }
    status = REFUSED if request.method == "POST" else None
    return render(request, "logbook/link_arrival.html", context, status=status)


def _decide_arrival(request: HttpRequest, note: ArrivalNote, link: AccessLink) -> str:
    move, version = request.POST.get("move", ""), posted_version(request)
    if move not in ("confirm", "dispute") or version is None:
        raise RuleViolation("form_unreadable", _("This page is too old. Look at it again before you decide."))
    reason = clean_text(request.POST.get("reason", ""), field="reason", most=2000) if move == "dispute" else ""
    perform(note, move, actor=link.user, via=_via(link), reason=reason, expected_version=version)
    return _("Confirmed.") if move == "confirm" else _("The student is told to mend it.")


@require_safe
@_private
def link_done(request: HttpRequest) -> HttpResponse:
    """Thank."""
    return render(request, "logbook/link_done.html")


@require_POST
@_private
def link_again(request: HttpRequest) -> HttpResponse:
    """Send what waits to an address once more; the answer does not tell whether the address is known."""
    email = canonical_email(request.POST.get("email", ""))
    if email and _within_limit(email):
        person = User.objects.filter(email__iexact=email, is_active=True).order_by("pk").first()
        if person is not None and has_role(person, Role.INDUSTRIAL_SUPERVISOR):
            enqueue("logbook.tell_waiting_again", {"person_id": person.pk})
    messages.success(request, _("If something waits for this address, a mail with a new link is on its way."))
    return redirect("link_done")


def _within_limit(email: str) -> bool:
    key = "link-again:" + hashlib.sha256(email.encode()).hexdigest()
    cache.add(key, 0, HOUR_S)
    try:
        return cache.incr(key) <= AGAIN_AN_HOUR
    except ValueError:  # the hour ended between the two lines
        return True
