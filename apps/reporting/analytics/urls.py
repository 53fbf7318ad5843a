"""The addresses of the figures; the workspace mounts them as its own pages."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from apps.reporting.analytics import views


def analytics_urls(guarded: Callable[[Any], Any]) -> list[URLPattern]:
    """Return them with each page behind the door of the workspace."""
    return [
        path("analytics/", guarded(views.figures), name="analytics"),
        path("analytics/figures.<slug:ending>", guarded(views.figures_file), name="analytics_file"),
        path("analytics/<slug:slug>/", guarded(views.behind_figure), name="analytics_list"),
    ]
