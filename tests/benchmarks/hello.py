"""The portal's addresses and a bare page beside them: the same server and middleware, nothing asked of a database."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.urls import handler404 as handler404  # noqa: PLC0414 - Django looks for this name
from portal.urls import urlpatterns as portal_urls


def hello(_request: HttpRequest) -> HttpResponse:
    """Say so."""
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello), *portal_urls]
