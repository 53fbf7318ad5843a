"""The door behind a link from a mail: no account, no typing, one act.

The secret is in the address only once: it is exchanged for a short cookie and a clean address. Opening never acts,
because mail scanners open every link. What a link opens is a page of whichever app it belongs to, behind
``behind_link``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import AccessLink
from apps.accounts.selectors import site_settings
from apps.accounts.services.limits import HOUR_S, Limit, network_of, take
from apps.accounts.services.links import find_link, link_by_id, note_opened, use_link
from apps.accounts.services.people import canonical_email
from apps.accounts.states import LinkPurpose
from portal.kernel.errors import NotAllowed, RuleViolation, TooManyTries
from portal.kernel.tasks import enqueue
from portal.kernel.views import REFUSED, status_of

COOKIE: Final = "link"
COOKIE_PATH: Final = "/link/"
COOKIE_S: Final = 30 * 60
SALT: Final = "accounts.link"
AGAIN_OF_PERSON: Final = Limit("link_again", 3, HOUR_S)
AGAIN_OF_ADDRESS: Final = Limit("link_again_address", 30, HOUR_S)

_pages: dict[LinkPurpose, str] = {}


def private[**P](view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Keep the page out of every cache and its path out of every referrer."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        # Not "no-referrer" on pages with a form: browsers would send "Origin: null", which the CSRF check refuses.
        is_redirect = "Location" in response.headers
        response.headers["Referrer-Policy"] = "no-referrer" if is_redirect else "strict-origin"
        return response

    return answer


type LinkView = Callable[Concatenate[HttpRequest, AccessLink, ...], HttpResponseBase]


def behind_link(purpose: LinkPurpose, url_name: str) -> Callable[[LinkView], Callable[..., HttpResponseBase]]:
    """Make ``view(request, link)`` the page of a purpose, at ``link/<int:pk>/…/`` under the given name.

    Only a browser that has opened a link which is still good reaches it; GET shows, POST acts through ``use``.
    """

    def register(view: LinkView) -> Callable[..., HttpResponseBase]:
        _pages[purpose] = url_name
        return beside_link(purpose)(view)

    return register


def beside_link(purpose: LinkPurpose) -> Callable[[LinkView], Callable[..., HttpResponseBase]]:
    """Guard ``view(request, link, …)``, something that belongs to the page of a purpose, in the same way."""

    def guard(view: LinkView) -> Callable[..., HttpResponseBase]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @private  # type: ignore[arg-type] # ``wraps`` takes over the name of the view, not its arguments
        @wraps(view)
        def answer(request: HttpRequest, pk: int, **more: int) -> HttpResponseBase:
            link = held_link(request, pk)
            if link is None or link.purpose != purpose:
                return gone(request)
            if needs_code(request, link):
                return redirect("link_code", pk=pk)
            return view(request, link, **more)

        return answer

    return guard


def held_link(request: HttpRequest, pk: int) -> AccessLink | None:
    """Return the link that this browser has opened, None if it is another one or of no use any more."""
    return link_by_id(pk) if _held(request) in (str(pk), with_code(pk)) else None


def _held(request: HttpRequest) -> str:
    held = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=COOKIE_S)
    return str(held)


def with_code(pk: int) -> str:
    """Return what the cookie says of a link whose code was typed."""
    return f"{pk}:code"


def needs_code(request: HttpRequest, link: AccessLink) -> bool:
    """Say whether the installation wants a code before this browser sees what the link opens."""
    return site_settings().link_codes and _held(request) != with_code(link.pk)


def page_of_link(link: AccessLink) -> HttpResponse:
    """Lead to the clean address of what the link opens."""
    return redirect(_pages[LinkPurpose(link.purpose)], pk=link.pk)


def gone(request: HttpRequest) -> HttpResponse:
    """Answer alike whatever is wrong with the link."""
    return render(request, "accounts/link_gone.html", status=404)


def via(link: AccessLink) -> str:
    """Return the door for the history."""
    return f"link:{link.pk}"


def use(request: HttpRequest, link: AccessLink, act: Callable[[], str]) -> bool:
    """Use the link up and act, both or neither; says what came of it. True if it was done."""
    return attempt(request, link, act) is None


def attempt(request: HttpRequest, link: AccessLink, act: Callable[[], str]) -> int | None:
    """Do as ``use`` does; None if it was done, else the status that says why not: 409 where another was faster."""
    try:
        with transaction.atomic():
            use_link(link, address=request.META.get("REMOTE_ADDR", ""))
            words = act()
    except RuleViolation as error:
        messages.error(request, str(error.message))
        return status_of(error)
    except NotAllowed:
        messages.error(request, _("You may not decide this any more."))
        return REFUSED
    messages.success(request, words)
    return None


def leave(url_name: str = "link_done") -> HttpResponse:
    """Take the cookie away and lead on; to the thanks, unless the act leads elsewhere."""
    response = redirect(url_name)
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")
    # Also the empty one is none of a script's business.
    response.cookies[COOKIE]["httponly"] = True
    response.cookies[COOKIE]["secure"] = settings.SESSION_COOKIE_SECURE
    return response


@require_safe
@private
def link_open(request: HttpRequest, secret: str) -> HttpResponse:
    """Exchange the secret for a cookie and lead to the clean address; decides nothing."""
    link = find_link(secret)
    if link is None or link.purpose not in _pages:
        return gone(request)
    note_opened(link)
    return hold(page_of_link(link), str(link.pk))


def hold(response: HttpResponse, value: str) -> HttpResponse:
    """Let the browser hold the link for half an hour."""
    response.set_signed_cookie(
        COOKIE,
        value,
        salt=SALT,
        max_age=COOKIE_S,
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_safe
@private
def link_done(request: HttpRequest) -> HttpResponse:
    """Thank."""
    return render(request, "accounts/link_done.html")


@require_POST
@private
def link_again(request: HttpRequest) -> HttpResponse:
    """Send what waits to an address once more; the answer does not tell whether the address is known."""
    email = canonical_email(request.POST.get("email", ""))
    if email and _within_limits(email, request.META.get("REMOTE_ADDR", "")):
        # Whose address it is, if anybody's, is looked up later: for known and unknown ones the page does the same work.
        enqueue("accounts.send_links_again", {"email": email})
    messages.success(request, _("If something waits for this address, a mail with a new link is on its way."))
    return redirect("link_done")


def _within_limits(email: str, address: str) -> bool:
    try:
        take(AGAIN_OF_ADDRESS, network_of(address))
        take(AGAIN_OF_PERSON, email)
    except TooManyTries:
        return False
    return True
