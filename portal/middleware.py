"""The language of a page, and the headers that keep a page private."""

from collections.abc import Callable
from typing import Any, Final

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import ResolverMatch
from django.utils import translation
from django.utils.cache import patch_vary_headers

type Handler = Callable[[HttpRequest], HttpResponse]

LANGUAGE_SESSION_KEY: Final = "language"

# django-unfold's pages are built with Alpine, which turns the text of attributes into functions ('unsafe-eval') and
# writes style attributes; its dialogs show our own pages in a frame. Style and script elements stay as strict as
# everywhere: our own files, or the nonce. Decision 0006.
ADMIN_POLICY: Final[dict[str, list[Any]]] = {
    "default-src": [NONE],
    "script-src": [SELF, NONCE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "style-src-elem": [SELF, NONCE],
    "style-src-attr": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "worker-src": [SELF],
    "frame-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
    "object-src": [NONE],
}
# Besides the pages of each provider, whose names end in "_login".
SIGN_IN_PAGES: Final = frozenset({"account_signup", "socialaccount_connections"})
# The same for everybody: browsers keep it also for who is signed in.
FILES_OF_THE_LOOK: Final = frozenset({"look_logo", "look_colours"})
# What no page of ours uses is off; the place hint of a log and the camera for a photo are ours alone.
PERMISSIONS_POLICY: Final = (
    "accelerometer=(), autoplay=(), camera=(self), display-capture=(), fullscreen=(self), geolocation=(self), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)


def supported(code: str | None) -> str:
    """Return the language of ours that a code means, or the empty text."""
    try:
        return translation.get_supported_language_variant(code or "")
    except LookupError:
        return ""


def chosen_language(request: HttpRequest) -> str:
    """Return the language chosen on this device: in the session, else in the cookie; else the empty text."""
    session = getattr(request, "session", {})
    return supported(session.get(LANGUAGE_SESSION_KEY)) or supported(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))


class LanguageMiddleware:
    """Choose the language: what was chosen on this device, what the user's account says, what the browser asks for."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the chosen language, or in the one that the browser asks for."""
        code = chosen_language(request) or translation.get_language_from_request(request)
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or code)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Follow the account's language where nothing was chosen on this device; users are known only now."""
        user = getattr(request, "user", None)
        if user is None or chosen_language(request) or not user.is_authenticated:
            return
        if code := supported(user.language):
            translation.activate(code)
            request.LANGUAGE_CODE = code


class FormOnlyMiddleware:
    """Answer who opens the address of a form, such as by going back or reloading, with a page instead of nothing."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Fill the empty answer 405 to a browser's GET; status and ``Allow`` stay."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content and request.method == "GET":
            response.content = render_to_string("405.html", {}, request)
        return response


class PrivatePagesMiddleware:
    """Keep signed-in pages out of every cache, and give the coordinators' site the policy that its pages need.

    Stands inside of the CSP middleware, which writes the policy that is chosen here.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers to the answer."""
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not _is_of_the_look(request):
            response.headers["Cache-Control"] = "no-store, private"
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if _has_signed_out(request):
            # What a page kept on the device goes with the session, also where no script runs: phones are shared.
            response.headers["Clear-Site-Data"] = '"storage"'
        if (rate := getattr(request, "rate_limit", None)) is not None:
            for name, value in zip(("Limit", "Remaining", "Reset"), rate, strict=True):
                response.headers[f"RateLimit-{name}"] = str(value)
        if request.resolver_match is not None:
            _choose_policy(request.resolver_match, response)
        return response


def _is_of_the_look(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name in FILES_OF_THE_LOOK


def _has_signed_out(request: HttpRequest) -> bool:
    match, user = request.resolver_match, getattr(request, "user", None)
    left = user is not None and not user.is_authenticated
    return request.method == "POST" and match is not None and match.url_name == "account_logout" and left


def _choose_policy(match: ResolverMatch, response: HttpResponse) -> None:
    """Tell django-csp, by the attributes that it reads, where a page needs another policy than the strict one."""
    if "admin" in match.app_names:
        response._csp_config = ADMIN_POLICY  # type: ignore[attr-defined] # noqa: SLF001 - its interface
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    elif match.url_name in SIGN_IN_PAGES or (match.url_name or "").endswith("_login"):
        targets = {"form-action": settings.SIGN_IN_FORM_TARGETS}
        response._csp_update = targets  # type: ignore[attr-defined] # noqa: SLF001 - its interface
