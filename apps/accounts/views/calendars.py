"""One's own calendar, to which programs subscribe by a private address."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.services.calendar_feeds import calendar_for, end_calendar_feed, make_calendar_feed, person_of_feed
from portal.kernel.views import form_of

if TYPE_CHECKING:
    from apps.accounts.models import User


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with the calendar of whose address it is; every other address is the same 404."""
    del request
    person = person_of_feed(secret)
    if person is None:
        raise Http404
    return HttpResponse(
        calendar_for(person),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"},
    )


@login_required
@form_of("profile")
@never_cache
def calendar_make(request: HttpRequest) -> HttpResponse:
    """Make a private address and show it, this once; an older one ends."""
    address = make_calendar_feed(actor=cast("User", request.user))
    return render(request, "accounts/calendar.html", {"address": address})


@login_required
@require_POST
def calendar_end(request: HttpRequest) -> HttpResponse:
    """End the private address."""
    if end_calendar_feed(actor=cast("User", request.user)):
        messages.success(request, _("The address of your calendar is ended."))
    return redirect("profile")
