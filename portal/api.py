"""The roof of the API: every app's views under /api/v1/, the schema and its pages; SCIM under its own address."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from apps.accounts.api import signing_in
from apps.accounts.api import v1 as accounts
from apps.applications.api import v1 as applications
from apps.logbook.api import v1 as logbook
from apps.vacancies.api import v1 as vacancies

router = SimpleRouter(trailing_slash="/?")  # type: ignore[arg-type] # a regular expression: clients spell both ways
router.register("companies", accounts.CompanyViewSet, basename="api-company")
router.register("notices", accounts.NoticeViewSet, basename="api-notice")
router.register("jobs", accounts.JobViewSet, basename="api-job")
router.register("vacancies", vacancies.VacancyViewSet, basename="api-vacancy")
router.register("applications", applications.ApplicationViewSet, basename="api-application")
router.register("placements", applications.PlacementViewSet, basename="api-placement")
router.register("logs", logbook.DailyLogViewSet, basename="api-log")
router.register("weeks", logbook.WeeklyReportViewSet, basename="api-week")
router.register("arrivals", logbook.ArrivalNoteViewSet, basename="api-arrival")

v1: list[URLPattern | URLResolver] = [
    re_path(r"^auth/login/?$", signing_in.LoginView.as_view(), name="api-login"),
    re_path(r"^auth/refresh/?$", signing_in.RefreshView.as_view(), name="api-refresh"),
    re_path(r"^auth/logout/?$", signing_in.LogoutView.as_view(), name="api-logout"),
    re_path(r"^auth/logout-everywhere/?$", signing_in.LogoutEverywhereView.as_view(), name="api-logout-everywhere"),
    re_path(r"^me/?$", accounts.MeView.as_view(), name="api-me"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("", include(router.urls)),
]

# What clients of the source documents call; each app has its part of a dialect.
DIALECTS = (
    "apps.accounts.api.report_generator.urls",
    "apps.accounts.api.internsync",
    "apps.ai.api.report_generator",
    "apps.vacancies.api.internsync",
    "apps.applications.api.report_generator",
    "apps.applications.api.internsync",
    "apps.logbook.api.report_generator.urls",
    "apps.reporting.api.report_generator.urls",
)
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(v1)),
    *(path("api/", include(dialect)) for dialect in DIALECTS),
    path("scim/v2/", include("apps.accounts.api.scim.urls")),
]
