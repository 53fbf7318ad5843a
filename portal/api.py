"""The roof of the API: every app's views under /api/v1/, the schema and its pages; SCIM under its own address."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from apps.accounts.api import (
    import_schedules,
    imports,
    mass_mail,
    members,
    notes,
    operations,
    organisations,
    own,
    people,
    register,
    signing_in,
    students,
)
from apps.accounts.api import v1 as accounts
from apps.ai.api import v1 as helping
from apps.applications.api import allocation, hiring, papers, placements, placing, runs
from apps.applications.api import helping as applicants
from apps.applications.api import v1 as applications
from apps.logbook.api import final_marks, forms, marks, weeks
from apps.logbook.api import helping as comments
from apps.logbook.api import v1 as logbook
from apps.reporting.api import figures, templates
from apps.reporting.api import papers as documents
from apps.reporting.api import v1 as reporting
from apps.vacancies.api import keeping
from apps.vacancies.api import v1 as vacancies
from portal import finding, views
from portal.describing import DescriptionView

router = SimpleRouter()
# Clients spell both ways, and a redirect would lose what they send. Told at once, the package makes "/" of it.
router.trailing_slash = "/?"
for prefix, basename, viewset in (
    ("people", "person", people.PersonViewSet),
    ("departments", "department", organisations.DepartmentViewSet),
    ("programmes", "programme", organisations.ProgrammeViewSet),
    ("cohorts", "cohort", organisations.CohortViewSet),
    ("enrolments", "enrolment", students.EnrolmentViewSet),
    ("staff", "staff", students.StaffViewSet),
    ("companies", "company", accounts.CompanyViewSet),
    ("mergers", "merger", register.MergerViewSet),
    ("company-agreements", "companyagreement", members.CompanyAgreementViewSet),
    ("imports", "import", imports.ImportViewSet),
    ("import-rows", "importrow", imports.ImportRowViewSet),
    ("import-schedules", "importschedule", import_schedules.ImportScheduleViewSet),
    ("drafts", "draft", helping.HelpDraftViewSet),
    ("mass-mails", "massmail", mass_mail.MassMailViewSet),
    ("erasures", "erasure", operations.ErasureViewSet),
    ("webhooks", "webhook", operations.WebhookViewSet),
    ("service-tokens", "servicetoken", operations.ServiceTokenViewSet),
    ("tasks", "outboxtask", operations.OutboxTaskViewSet),
    ("history", "history", members.HistoryViewSet),
    ("notes", "note", notes.NoteViewSet),
    ("notices", "notice", accounts.NoticeViewSet),
    ("jobs", "job", accounts.JobViewSet),
    ("vacancies", "vacancy", vacancies.VacancyViewSet),
    ("bookmarks", "bookmark", keeping.BookmarkViewSet),
    ("saved-searches", "savedsearch", keeping.SavedSearchViewSet),
    ("resumes", "resume", applications.ResumeViewSet),
    ("applications", "application", applications.ApplicationViewSet),
    ("placements", "placement", placements.PlacementViewSet),
    ("amendments", "amendment", placing.AmendmentViewSet),
    ("host-ratings", "hostrating", placing.HostRatingViewSet),
    ("host-feedback", "hostfeedback", placing.HostFeedbackViewSet),
    ("agreements", "agreement", papers.AgreementViewSet),
    ("letters", "letter", papers.LetterViewSet),
    ("criteria", "criterion", hiring.CriterionViewSet),
    ("disclosures", "disclosure", hiring.DisclosureViewSet),
    ("allocation-rounds", "round", allocation.RoundViewSet),
    ("allocation-offers", "offer", allocation.OfferViewSet),
    ("rankings", "ranking", allocation.RankingViewSet),
    ("priority-cases", "prioritycase", allocation.PriorityCaseViewSet),
    ("allocation-runs", "run", runs.RunViewSet),
    ("allotments", "allotment", runs.AllotmentViewSet),
    ("arrivals", "arrival", marks.ArrivalNoteViewSet),
    ("logs", "log", logbook.DailyLogViewSet),
    ("attachments", "attachment", logbook.AttachmentViewSet),
    ("weeks", "week", weeks.WeeklyReportViewSet),
    ("absences", "absence", weeks.AbsenceViewSet),
    ("assessments", "assessment", marks.AssessmentViewSet),
    ("rubrics", "rubric", forms.RubricViewSet),
    ("mark-rules", "markrule", forms.MarkRuleViewSet),
    ("marks", "marks", final_marks.MarksViewSet),
    ("snippets", "snippet", forms.SnippetViewSet),
    ("visits", "visit", marks.VisitViewSet),
    ("reports", "report", reporting.GeneralReportViewSet),
    ("logbooks", "logbook", reporting.LogbookViewSet),
    ("credentials", "credential", documents.CredentialViewSet),
    ("issued-documents", "issued", documents.IssuedViewSet),
    ("templates", "template", templates.TemplateViewSet),
    ("portfolios", "portfolio", documents.PortfolioViewSet),
):
    router.register(prefix, viewset, basename=f"api-{basename}")

v1: list[URLPattern | URLResolver] = [
    re_path(r"^auth/login/?$", signing_in.LoginView.as_view(), name="api-login"),
    re_path(r"^auth/refresh/?$", signing_in.RefreshView.as_view(), name="api-refresh"),
    re_path(r"^auth/logout/?$", signing_in.LogoutView.as_view(), name="api-logout"),
    re_path(r"^auth/logout-everywhere/?$", signing_in.LogoutEverywhereView.as_view(), name="api-logout-everywhere"),
    re_path(r"^me/?$", people.MeView.as_view(), name="api-me"),
    re_path(r"^me/notice-choices/?$", own.NoticeChoicesView.as_view(), name="api-me-notice-choices"),
    re_path(r"^me/help/?$", helping.OwnHelpView.as_view(), name="api-me-help"),
    re_path(r"^help-use/?$", helping.HelpUseView.as_view(), name="api-help-use"),
    re_path(r"^vacancies/(?P<pk>[0-9]{1,18})/why/?$", applicants.WhyView.as_view(), name="api-vacancy-why"),
    re_path(
        r"^placements/(?P<pk>[0-9]{1,18})/weeks/(?P<monday>[0-9]{4}-[0-9]{2}-[0-9]{2})/help/?$",
        comments.CommentHelpView.as_view(),
        name="api-comment-help",
    ),
    re_path(r"^me/data/?$", own.OwnDataView.as_view(), name="api-me-data"),
    re_path(r"^me/calendar/?$", own.OwnCalendarView.as_view(), name="api-me-calendar"),
    re_path(
        r"^placements/(?P<pk>[0-9]{1,18})/arrival/?$", marks.ArrivalReportView.as_view(), name="api-placement-arrival"
    ),
    re_path(
        r"^vacancies/(?P<pk>[0-9]{1,18})/criteria/?$", hiring.VacancyCriteriaView.as_view(), name="api-vacancy-criteria"
    ),
    re_path(
        r"^arrivals/(?P<pk>[0-9]{1,18})/document/?$", documents.ArrivalSheetView.as_view(), name="api-arrival-document"
    ),
    re_path(
        r"^assessments/(?P<pk>[0-9]{1,18})/document/?$",
        documents.AssessmentSheetView.as_view(),
        name="api-assessment-document",
    ),
    re_path(r"^template-fields/?$", templates.DictionaryView.as_view(), name="api-template-fields"),
    re_path(r"^find/?$", finding.FindView.as_view(), name="api-find"),
    re_path(r"^analytics/figures/?$", figures.FiguresView.as_view(), name="api-figures"),
    re_path(
        r"^analytics/figures/(?P<ending>csv|xlsx|pdf)/?$", figures.FiguresFileView.as_view(), name="api-figures-file"
    ),
    re_path(
        r"^analytics/placements/(?P<measure>[a-z-]{1,40})/?$", figures.BehindView.as_view(), name="api-figures-behind"
    ),
    re_path(r"^batches/?$", documents.BatchView.as_view(), name="api-batches"),
    re_path(r"^exports/?$", accounts.ExportView.as_view(), name="api-exports"),
    re_path(r"^analytics/coordinator-dashboard/?$", reporting.DashboardView.as_view(), name="api-dashboard"),
    re_path(r"^schema/?$", DescriptionView.as_view(), name="api-schema"),
    path("client.py", views.api_client, name="api-client"),
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
