"""The portfolio: composed and shared by the student, shown to whoever has a link."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Enrolment, User
from apps.accounts.services.links import find_link, note_opened
from apps.reporting.models import Portfolio
from apps.reporting.selectors.portfolios import (
    assessments_to_show,
    files_to_show,
    links_of_portfolio,
    page_of_portfolio,
    portfolio_behind,
    portfolio_of,
    skills_to_show,
    weeks_to_show,
)
from apps.reporting.services.portfolios import (
    DAYS,
    Choice,
    make_portfolio,
    save_portfolio,
    share_portfolio,
    withdraw_link,
)
from apps.reporting.views.documents import sent
from apps.reporting.views.own import own_enrolment
from portal.kernel.errors import RuleViolation
from portal.kernel.views import form_of, row_or_404, say_refusal, send_file

# More digits than any key of ours has, and fewer than a database refuses.
LONGEST_KEY: Final = 12


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def portfolio(request: HttpRequest) -> HttpResponse:
    """Compose the own portfolio; POST keeps what is ticked."""
    enrolment = own_enrolment(request)
    if request.method == "POST":
        try:
            save_portfolio(enrolment, _choice(request), actor=cast("User", request.user))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("Kept. Look at it before you share it."))
        return redirect("portfolio")
    return _compose(request, enrolment)


def _compose(request: HttpRequest, enrolment: Enrolment, address: str = "") -> HttpResponse:
    kept = portfolio_of(enrolment)
    chosen: dict[str, set[Any]] = {"weeks": set(), "assessments": set(), "files": set(), "skills": set()}
    if kept is not None:
        for name in ("weeks", "assessments", "files"):
            chosen[name] = set(getattr(kept, name).values_list("pk", flat=True))
        chosen["skills"] = set(kept.skills)
    context = {
        "portfolio": kept,
        "chosen": chosen,
        "weeks": weeks_to_show(enrolment),
        "assessments": assessments_to_show(enrolment),
        "files": files_to_show(enrolment),
        "skills": skills_to_show(enrolment),
        "links": [] if kept is None else links_of_portfolio(kept),
        "days": DAYS,
        "address": address,
    }
    return render(request, "reporting/portfolio_edit.html", context)


def _choice(request: HttpRequest) -> Choice:
    posted = request.POST

    def keys(name: str) -> list[int]:
        return [
            int(key) for key in posted.getlist(name) if key.isdecimal() and key.isascii() and len(key) <= LONGEST_KEY
        ]

    return Choice(
        title=posted.get("title", ""),
        about=posted.get("about", ""),
        shows_hours="shows_hours" in posted,
        weeks=keys("weeks"),
        assessments=keys("assessments"),
        files=keys("files"),
        skills=posted.getlist("skills"),
    )


@login_required
@require_safe
def portfolio_preview(request: HttpRequest) -> HttpResponse:
    """Show the own portfolio as others will see it."""
    return _page(request, _own(request), "")


@login_required
@form_of("portfolio")
def portfolio_share(request: HttpRequest) -> HttpResponse:
    """Make a link and show its address, this once."""
    own, days = _own(request), request.POST.get("days", "")
    try:
        secret = share_portfolio(
            own,
            request.POST.get("label", ""),
            int(days) if days in map(str, DAYS) else 0,
            actor=cast("User", request.user),
        )
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("portfolio")
    address = request.build_absolute_uri(reverse("portfolio_shared", args=[secret]))
    return _compose(request, own.enrolment, address)


@login_required
@require_POST
def portfolio_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a link show nothing any more."""
    link = row_or_404(links_of_portfolio(_own(request)), pk=pk)
    try:
        withdraw_link(link, actor=cast("User", request.user))
    except RuleViolation as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("Withdrawn. Whoever has the link sees nothing any more."))
    return redirect("portfolio")


def _own(request: HttpRequest) -> Portfolio:
    found = portfolio_of(own_enrolment(request))
    if found is None:
        raise Http404
    return found


# -- behind a link ------------------------------------------------------------------------------------------------


def behind_secret(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let ``view(request, secret, portfolio, …)`` answer whoever has a link that works, and nobody else."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, secret: str, **more: int) -> HttpResponseBase:
        link = find_link(secret)
        found = portfolio_behind(link)
        if link is None or found is None:
            response: HttpResponseBase = render(request, "reporting/portfolio_gone.html", status=HTTPStatus.NOT_FOUND)
        else:
            note_opened(link)
            response = view(request, secret, found, **more)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store, private"
        # The address is the secret: it is told to no page that a reader goes to from here.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return answer


@behind_secret
def portfolio_shared(request: HttpRequest, secret: str, found: Portfolio) -> HttpResponse:
    """Show a portfolio."""
    return _page(request, found, secret)


@behind_secret
def portfolio_shared_pdf(request: HttpRequest, secret: str, found: Portfolio) -> HttpResponse:
    """Send a portfolio as PDF."""
    try:
        return sent(make_portfolio(found, language=get_language() or "en"))
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("portfolio_shared", secret=secret)


@behind_secret
def portfolio_shared_file(_request: HttpRequest, _secret: str, found: Portfolio, pk: int) -> HttpResponseBase:
    """Send one of the files that were chosen, as long as its day is validated."""
    rows = files_to_show(found.enrolment).filter(pk__in=found.files.values("pk"))
    row = row_or_404(rows, pk=pk)
    return send_file(row.file, row.original_name)


def _page(request: HttpRequest, found: Portfolio, secret: str) -> HttpResponse:
    return render(request, "reporting/portfolio.html", {"page": page_of_portfolio(found), "secret": secret})
