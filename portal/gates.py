"""What stands between signing in and the pages: too many tries, a second factor, a student's first words."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import unstash_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from apps.accounts.permissions import can_complete_profile, needs_second_factor
from apps.accounts.services import limits
from apps.accounts.services.passwords import has_second_factor
from portal.kernel.api.answers import PROBLEM
from portal.kernel.errors import TooManyTries

if TYPE_CHECKING:
    from apps.accounts.models import User

type Handler = Callable[[HttpRequest], HttpResponse]

# Reached while a gate is closed: what opens it, and the way out.
ALWAYS_OPEN: Final = frozenset(
    {
        *("account_logout", "account_reauthenticate", "account_change_password", "account_set_password"),
        *("set_language", "manifest", "worker", "offline", "health_live", "health_ready"),
        *("look_logo", "look_colours"),
    }
)
SET_UP: Final = "mfa_"
WELCOME: Final = "welcome"
# Ways of signing in, as the package notes them in the session, that are more than a password.
ENOUGH: Final = frozenset({"socialaccount", "mfa"})


class TriesMiddleware:
    """Answer 429 with ``Retry-After`` where something was tried too often, and count the tries of second factors."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count a try of the second step before it is made; what is refused does no other work."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Count the second step of whoever has given the right password, or shows it again."""
        person = _at_second_step(request) if request.method == "POST" else None
        if person is None:
            return None
        try:
            for limit in (limits.SECOND_STEP, limits.SECOND_STEP_IN_A_ROW):
                limits.take(limit, f"person:{person}")
        except TooManyTries as error:
            return _too_many(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show the page for what a service refused."""
        return _too_many(request, error) if isinstance(error, TooManyTries) else None


def _at_second_step(request: HttpRequest) -> int | None:
    name = _name_of(request)
    if name == "mfa_reauthenticate":
        return request.user.pk
    if name == "mfa_authenticate":
        login = unstash_login(request, peek=True)
        return login.user.pk if login is not None and login.user is not None else None
    return None


def _too_many(request: HttpRequest, error: TooManyTries) -> HttpResponse:
    response = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(error.wait_s)
    return response


class GatesMiddleware:
    """Lead people who are not ready yet to the page where they get ready, whatever page they ask for.

    Coordinators and superusers with a password alone set up a second factor first; students of whom the university
    knows nothing say what they study.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing: who asks for what is known only when the address is resolved."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Redirect a page, refuse the API."""
        name, api = _name_of(request), request.path.startswith("/api/")
        # Students have no business in the workspace, ready or not: it answers 404 as always.
        asks_students = not api and not request.path.startswith("/admin/")
        if name in ALWAYS_OPEN or not request.user.is_authenticated:
            return None
        if lacks_second_factor(request):
            if api:
                return _refused()
            return None if name.startswith(SET_UP) else redirect("mfa_index")
        if asks_students and can_complete_profile(request.user, request.user):
            return None if name.startswith(WELCOME) else redirect("welcome")
        return None


def _refused() -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": _("Not allowed"),
        "status": HTTPStatus.FORBIDDEN,
        "code": "second_factor_needed",
        "detail": _("Set up a second factor on the pages of the portal first."),
    }
    return JsonResponse(body, status=HTTPStatus.FORBIDDEN, content_type=PROBLEM)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Say whether the request's user must set up a second factor before anything else.

    Who came by the university's sign-in needs none here: that asks for one itself. Who has shown one in this session
    has one still, because the last one cannot be taken away.
    """
    user = request.user
    if not settings.SECOND_FACTOR_NEEDED or not needs_second_factor(user):
        return False
    if any(record.get("method") in ENOUGH for record in get_authentication_records(request, user)):
        return False
    return not has_second_factor(cast("User", user))


def _name_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.url_name or "") if match is not None and not match.namespaces else ""
