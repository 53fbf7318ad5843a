"""The roof: every app's pages in one place."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from portal import home, palette, views

handler404 = "portal.views.nothing_here"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("admin/", admin.site.urls),
    path("find/", palette.find, name="find"),
    path("language/", views.set_language, name="set_language"),
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("offline/", views.offline, name="offline"),
    path("worker.js", views.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("", include("portal.api")),
    path("", include("apps.accounts.urls")),
    # Ours first: some of the package's addresses have our pages.
    path("accounts/", include("allauth.urls")),
    path("", include("apps.ai.urls")),
    path("", include("apps.vacancies.urls")),
    path("", include("apps.applications.urls")),
    path("", include("apps.logbook.urls")),
    path("", include("apps.reporting.urls")),
]
