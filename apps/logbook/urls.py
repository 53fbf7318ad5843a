"""The pages of logbook."""

from django.urls import URLPattern, URLResolver, path

from apps.logbook.views import (
    arrivals,
    assessments,
    link_assessments,
    links,
    snippets,
    student,
    supervisor,
    visits,
    weeks,
)
from portal.kernel import converters  # noqa: F401 - registers <day:…>

urlpatterns: list[URLPattern | URLResolver] = [
    path("today/", student.student_today, name="student_today"),
    path("logs/<day:day>/", student.log_edit, name="log_edit"),
    path("logs/<day:day>/autosave/", student.log_autosave, name="log_autosave"),
    path("logs/<day:day>/absence/", student.absence_edit, name="absence_edit"),
    path("logs/<int:pk>/move/", student.log_move, name="log_move"),
    path("logs/files/<int:pk>/", student.attachment_download, name="attachment_download"),
    path("logs/files/<int:pk>/remove/", student.attachment_remove, name="attachment_remove"),
    path("weeks/", weeks.student_weeks, name="student_weeks"),
    path("weeks/<day:monday>/", weeks.week_edit, name="week_edit"),
    path("weeks/<int:pk>/move/", weeks.week_move, name="week_move"),
    path("placement/<int:pk>/arrival/", arrivals.arrival_report, name="arrival_report"),
    path("link/<int:pk>/week/", links.link_week, name="link_week"),
    path("link/<int:pk>/files/<int:file>/", links.link_file, name="link_file"),
    path("link/<int:pk>/arrival/", links.link_arrival, name="link_arrival"),
    path("link/<int:pk>/assessment/", link_assessments.link_assessment, name="link_assessment"),
    path("supervise/", supervisor.supervise, name="supervise"),
    path("supervise/<int:pk>/<day:monday>/", supervisor.supervise_week, name="supervise_week"),
    path("assessments/<int:pk>/", assessments.assessment_edit, name="assessment_edit"),
    path("marks/", assessments.student_marks, name="student_marks"),
    path("visits/", visits.visit_list, name="visit_list"),
    path("visits/<int:pk>/", visits.visit_report, name="visit_report"),
    path("visits/<int:pk>/cancel/", visits.visit_cancel, name="visit_cancel"),
    path("sentences/", snippets.snippet_list, name="snippet_list"),
    path("sentences/<int:pk>/", snippets.snippet_change, name="snippet_change"),
    path("sentences/<int:pk>/drop/", snippets.snippet_drop, name="snippet_drop"),
    path("validate/", supervisor.validate_many, name="validate_weeks"),
]
