"""Pages that belong to no app: health, language, the API's description, what is shown offline, refused forms."""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.defaults import page_not_found

from portal import health
from portal.client.writing import whole_client
from portal.kernel.api.answers import nothing_at_this_address
from portal.kernel.screens import keep_language
from portal.middleware import LANGUAGE_SESSION_KEY, supported

A_YEAR_S = 365 * 24 * 3600


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form was too old and how to send it again; ``reason`` is for logs, not for people."""
    return render(request, "403_csrf.html", {"reason": reason}, status=HTTPStatus.FORBIDDEN)


def nothing_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: a page to people, the one format of errors to programs that missed an address of the API."""
    if request.path_info.startswith("/api/"):
        return nothing_at_this_address()
    return page_not_found(request, exception)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language on this device, and in the account of who is signed in; back to ``next``."""
    code = supported(request.POST.get("language"))
    if not code:
        return HttpResponseBadRequest()
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    request.session.pop(LANGUAGE_SESSION_KEY, None)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=A_YEAR_S,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    if request.user.is_authenticated:
        keep_language(request.user, code)
    return response


@never_cache
@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """Answer that the process runs; touches nothing else."""
    return JsonResponse({"status": health.OK})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Answer whether requests should be sent here: 200 for ok and degraded, 503 for down."""
    status, parts = health.readiness()
    code = HTTPStatus.SERVICE_UNAVAILABLE if status == health.DOWN else HTTPStatus.OK
    return JsonResponse({"status": status, "checks": parts}, status=code)


@require_safe
@cache_control(max_age=3600)
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page that the browser keeps for when there is no network; the same for everybody, signed in or not."""
    return render(request, "offline.html", {"user": AnonymousUser(), "nav_bottom": []})


@require_safe
@cache_control(max_age=3600)
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the top of the site, because its scope is the folder that it comes from."""
    return render(request, "worker.js", content_type="text/javascript")


@require_safe
@cache_control(max_age=3600)
def manifest(_request: HttpRequest) -> JsonResponse:
    """Describe the portal to a phone that puts it on its home screen."""
    body = {
        "name": f"Practicum · {settings.UNIVERSITY_NAME}",
        "short_name": "Practicum",
        "id": "/",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f7f9",
        "theme_color": "#0f6b6b",
        "icons": [{"src": static("portal/favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return JsonResponse(body, content_type="application/manifest+json")


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show the API to try it out, by the session or a token."""
    return _api_page(request, "swagger")


@require_safe
def api_redoc(request: HttpRequest) -> HttpResponse:
    """Show the API to read."""
    return _api_page(request, "redoc")


@require_safe
@cache_control(max_age=3600)
def api_client(_request: HttpRequest) -> HttpResponse:
    """Hand out the typed client of the API, one file of Python."""
    headers = {"Content-Disposition": 'attachment; filename="practicum_client.py"'}
    return HttpResponse(whole_client(), content_type="text/x-python; charset=utf-8", headers=headers)


def _api_page(request: HttpRequest, shown_by: str) -> HttpResponse:
    context = {"shown_by": shown_by, "schema_url": reverse("api-schema")}
    return render(request, "portal/api_docs.html", context)
