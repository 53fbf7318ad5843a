"""What reporting tells: the university supervisor of a report that waits, the student of what became of it."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.services.notice_kinds import STUDENT, UNIVERSITY, name_subject
from apps.accounts.services.notices import NoticeKind, declare_notice, tell
from apps.applications.states import SupervisorKind
from apps.reporting.models import GeneralReport

if TYPE_CHECKING:
    from apps.accounts.models import User

name_subject("reporting", _("Reports"))

WHY_STUDENT = _("You get this because it is about your own report.")

REPORT_WAITS = declare_notice(
    NoticeKind(
        "reporting.report_waits",
        subject=_("The report of %(student)s waits for you"),
        sentence=_("%(student)s has sent the general report on the training. Please read it and approve it."),
        button=_("Read the report"),
        why=_("You get this because you supervise %(student)s for the university."),
        label=_("A general report waits for you"),
        to=UNIVERSITY,
    )
)
REPORT_CAME_BACK = declare_notice(
    NoticeKind(
        "reporting.report_came_back",
        subject=_("Your report came back to you"),
        sentence=_("Your general report came back to you: %(reason)s"),
        button=_("Mend it"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("Your general report came back to you"),
        to=STUDENT,
    )
)
REPORT_APPROVED = declare_notice(
    NoticeKind(
        "reporting.report_approved",
        subject=_("Your report is approved"),
        sentence=_("The university has approved your general report. It is locked now."),
        button=_("See the report"),
        why=WHY_STUDENT,
        label=_("Your general report is approved"),
        to=STUDENT,
    )
)


def tell_report_waits(report: GeneralReport, *, key: str) -> None:
    """Tell the university supervisors of the student's placements; deputies only where nobody else is."""
    places = report.enrolment.placements.all()
    rows = [
        row
        for place in places
        for row in place.supervisors.all()
        if row.kind == SupervisorKind.UNIVERSITY and row.is_active
    ]
    asked: dict[int, User] = {row.user_id: row.user for row in rows if not row.is_deputy}
    for person in (asked or {row.user_id: row.user for row in rows}).values():
        url = reverse("report_detail", args=[report.pk])
        tell(person, REPORT_WAITS, facts=_facts(report), url=url, dedupe_key=f"report:{key}:{person.pk}")


def tell_report_decided(report: GeneralReport, *, approved: bool, key: str) -> None:
    """Tell the student what became of the report."""
    kind = REPORT_APPROVED if approved else REPORT_CAME_BACK
    student = report.enrolment.student
    facts = _facts(report, reason=report.reason)
    tell(student, kind, facts=facts, url=reverse("general_report"), dedupe_key=f"report:{key}:{student.pk}")


def _facts(report: GeneralReport, **more: Any) -> dict[str, Any]:
    return {"student": str(report.enrolment.student), **more}
