"""The university's logo and colours as files: the same for everybody, kept by browsers for as long as they hold."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.models import SiteSettings
from apps.accounts.selectors import site_look

FOR_EVER = "public, max-age=31536000, immutable"
# A mail or a page that was opened before shows the address of an older one.
A_MINUTE = "public, max-age=60"


@require_safe
def look_logo(_request: HttpRequest, version: str) -> HttpResponse:
    """Send the logo as it is now."""
    look = site_look()
    if not look.logo:
        raise Http404
    try:
        with SiteSettings._meta.get_field("logo").storage.open(look.logo, "rb") as stored:
            data = stored.read()
    except FileNotFoundError as error:
        raise Http404 from error
    return _kept(HttpResponse(data, content_type="image/png"), is_current=version == look.logo_version)


@require_safe
def look_colours(_request: HttpRequest, version: str) -> HttpResponse:
    """Send the style sheet with the colours as they are now; an empty one where they are the portal's own."""
    look = site_look()
    answer = HttpResponse(look.style_sheet(), content_type="text/css; charset=utf-8")
    return _kept(answer, is_current=version == look.colours_version)


def _kept(answer: HttpResponse, *, is_current: bool) -> HttpResponse:
    answer["Cache-Control"] = FOR_EVER if is_current else A_MINUTE
    return answer
