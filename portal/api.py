"""The roof of the API: every app's views under /api/v1/, the schema and its pages; SCIM under its own address."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from apps.accounts.api import people, signing_in
from apps.accounts.api import v1 as accounts
from apps.applications.api import placements
from apps.applications.api import v1 as applications
from apps.logbook.api import marks, weeks
from apps.logbook.api import v1 as logbook
from apps.reporting.api import v1 as reporting
from apps.vacancies.api import v1 as vacancies
from portal import views

router = SimpleRouter()
# Clients spell both ways, and a redirect would lose what they send. Told at once, the package makes "/" of it.
router.trailing_slash = "/?"
for prefix, basename, viewset in (
    ("people", "person", people.PersonViewSet),
    ("departments", "department", people.DepartmentViewSet),
    ("programmes", "programme", people.ProgrammeViewSet),
    ("cohorts", "cohort", people.CohortViewSet),
    ("enrolments", "enrolment", people.EnrolmentViewSet),
    ("companies", "company", accounts.CompanyViewSet),
    ("notices", "notice", accounts.NoticeViewSet),
    ("jobs", "job", accounts.JobViewSet),
    ("vacancies", "vacancy", vacancies.VacancyViewSet),
    ("resumes", "resume", applications.ResumeViewSet),
    ("applications", "application", applications.ApplicationViewSet),
    ("placements", "placement", placements.PlacementViewSet),
    ("arrivals", "arrival", marks.ArrivalNoteViewSet),
    ("logs", "log", logbook.DailyLogViewSet),
    ("attachments", "attachment", logbook.AttachmentViewSet),
    ("weeks", "week", weeks.WeeklyReportViewSet),
    ("absences", "absence", weeks.AbsenceViewSet),
    ("assessments", "assessment", marks.AssessmentViewSet),
    ("visits", "visit", marks.VisitViewSet),
    ("reports", "report", reporting.GeneralReportViewSet),
    ("logbooks", "logbook", reporting.LogbookViewSet),
):
    router.register(prefix, viewset, basename=f"api-{basename}")

v1: list[URLPattern | URLResolver] = [
    re_path(r"^auth/login/?$", signing_in.LoginView.as_view(), name="api-login"),
    re_path(r"^auth/refresh/?$", signing_in.RefreshView.as_view(), name="api-refresh"),
    re_path(r"^auth/logout/?$", signing_in.LogoutView.as_view(), name="api-logout"),
    re_path(r"^auth/logout-everywhere/?$", signing_in.LogoutEverywhereView.as_view(), name="api-logout-everywhere"),
    re_path(r"^me/?$", people.MeView.as_view(), name="api-me"),
    re_path(
        r"^placements/(?P<pk>[0-9]{1,18})/arrival/?$", marks.ArrivalReportView.as_view(), name="api-placement-arrival"
    ),
    re_path(r"^exports/?$", accounts.ExportView.as_view(), name="api-exports"),
    re_path(r"^analytics/coordinator-dashboard/?$", reporting.DashboardView.as_view(), name="api-dashboard"),
    re_path(r"^schema/?$", SpectacularAPIView.as_view(), name="api-schema"),
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
    re_path(r"^(?:api/v1/)?health/?$", views.ready, name="health"),
    re_path(r"^(?:api/v1/)?docs/?$", views.api_docs, name="api_docs"),
    re_path(r"^(?:api/v1/)?redoc/?$", views.api_redoc, name="api_redoc"),
    path("scim/v2/", include("apps.accounts.api.scim.urls")),
]
