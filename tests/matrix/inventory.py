"""Every door of the portal as Django's resolver, the routers and the workspace know it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from apps.accounts.models import User

type Door = tuple[str, str]

UNNAMED_IN_WORKSPACE = "admin:None"


def _patterns(entries: list[Any] | None = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    for entry in entries if entries is not None else get_resolver().url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _patterns(entry.url_patterns, here, inner)
        elif isinstance(entry, URLPattern):
            name = f"{space}{entry.name}" if entry.name else f"{space}None {here}"
            yield name, here, entry.callback


def _methods(view: Any) -> list[str]:
    if actions := getattr(view, "actions", None):
        # The framework adds HEAD beside GET with the first request.
        return sorted(set(actions) - {"head"})
    api_view = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if api_view is not None and issubclass(api_view, APIView):
        return [m for m in ("get", "post", "put", "patch", "delete") if hasattr(api_view, m)]
    return [""]


def doors() -> list[Door]:
    """Return (name, method) of every address; the method is empty where a page itself looks at it."""
    found: set[Door] = set()
    for name, _address, view in _patterns():
        found |= {(name, method) for method in _methods(view)}
    return sorted(found | {(name, "") for name in list_actions()})


def list_actions() -> list[str]:
    """Return ``"<list>#<action>"`` for every action that a list of the workspace offers to a superuser."""
    request: Any = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)
    found = []
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        found += [f"{name}#{action}" for action in page.get_actions(request)]
    assert not isinstance(request.user, AnonymousUser)
    return found
