"""Doors of /api/v1/ to mails to many, templates, figures, and what the superuser keeps."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone

from tests.matrix.endpoints import WORKSPACE, Endpoint, Offers, Scene, api, without_arguments
from tests.matrix.reporting import new_template


def _mail(scene: Scene) -> dict[str, Any]:
    return {"audience": "accounts.students", "ids": [scene.obj.pk], "subject": "Meeting", "text": "Dear {first_name}"}


def _token(_scene: Scene) -> dict[str, Any]:
    until = (timezone.now() + dt.timedelta(days=30)).isoformat()
    return {"name": "Registry", "scopes": ["api_read"], "expires_at": until}


def _hook(_scene: Scene) -> dict[str, Any]:
    return {"name": "Registry", "url": "https://new.example/told", "events": ["placement.begun"]}


def _figures(name: str, *args: str) -> Endpoint:
    return Endpoint(name, "admin_site", "index", serves=WORKSPACE, args=lambda _s: args)


MAILS: Final = [
    *api("massmail", "mass_mail", {"send": "send", "stop": "stop"}),
    Endpoint("api-massmail-list", "profile", "write_to", "post", args=without_arguments, quiet=True, data=_mail),
    Endpoint("api-massmail-detail", "mass_mail", "write", "patch", data=lambda _s: {"subject": "Meeting at noon"}),
    Endpoint("api-massmail-preview", "mass_mail", "view"),
]
TEMPLATES: Final = [
    Endpoint(
        "api-template-list", "template", "add", "post", states="uploaded", args=without_arguments, data=new_template
    ),
    Endpoint("api-template-detail", "template", "delete", "delete"),
    Endpoint(
        "api-template-try",
        "template",
        "test_render",
        "post",
        states="uploaded",
        query="?format=docx",
        data=lambda s: {"placement": s.world.placement.pk},
    ),
    *api("template", "template", {"publish": "activate", "retire": "retire"})[2:],
    Endpoint(
        "api-template-fields",
        "template",
        "read_dictionary",
        serves=WORKSPACE,
        states="uploaded",
        args=without_arguments,
        query="?kind=week",
        own=True,
    ),
]
KEPT: Final = [
    *api("erasure", "erasure", {"hold": "hold", "release": "release", "withdraw": "withdraw"}),
    Endpoint(
        "api-erasure-list",
        "user",
        "erase",
        "post",
        states="active",
        args=without_arguments,
        quiet=True,
        data=lambda s: {"person": s.obj.pk},
    ),
    *api("webhook", "webhook", {}),
    Endpoint("api-webhook-list", "webhook", "enter", "post", args=without_arguments, quiet=True, data=_hook),
    Endpoint("api-webhook-pause", "webhook", "pause", "post"),
    Endpoint("api-webhook-resume", "paused_webhook", "resume", "post"),
    *api("servicetoken", "service_token", {}),
    Endpoint("api-servicetoken-list", "service_token", "add", "post", args=without_arguments, data=_token),
    Endpoint("api-servicetoken-revoke", "service_token", "revoke", "post"),
    *api("outboxtask", "outbox", {}),
    Endpoint("api-outboxtask-try-again", "outbox", "try_again", "post"),
]
FIGURES: Final = [
    _figures("api-figures"),
    _figures("api-figures-file", "csv"),
    _figures("api-figures-behind", "completion"),
    _figures("api-massmail-audiences"),
]
OFFERS = Offers(
    endpoints=[*MAILS, *TEMPLATES, *KEPT, *FIGURES],
    public={"api-find": "own pages, and rows of the own selectors; refuses the anonymous, as the page of the search"},
    scenes={},
)
