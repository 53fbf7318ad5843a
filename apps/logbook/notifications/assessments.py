"""What is told about assessments and visits."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.links import Target
from apps.accounts.services.notice_kinds import STUDENT
from apps.accounts.services.notices import LinkWish, NoticeKind, declare_notice, tell
from apps.accounts.states import LinkPurpose, Role
from apps.applications.states import SupervisorKind
from apps.logbook.models import Assessment, Visit
from apps.logbook.notifications.chain import WHY_STUDENT, supervisors_of
from apps.logbook.states import AssessmentKind

ASSESSMENT_WAITS = declare_notice(
    NoticeKind(
        "logbook.assessment_waits",
        subject=_("Please assess %(student)s"),
        sentence=_("The training of %(student)s at %(company)s ends on %(day)s. Please fill in: %(title)s."),
        button=_("Open the form"),
        why=_("You get this because you supervise %(student)s."),
        urgent=True,
        label=_("An assessment waits for you"),
        to=(Role.INDUSTRIAL_SUPERVISOR, Role.UNIVERSITY_SUPERVISOR),
    )
)
ASSESSMENT_REOPENED = declare_notice(
    NoticeKind(
        "logbook.assessment_reopened",
        subject=_("The assessment of %(student)s is open again"),
        sentence=_("The coordinator has opened your assessment of %(student)s again: %(reason)s"),
        button=_("Open the form"),
        why=_("You get this because you supervise %(student)s."),
        urgent=True,
        label=_("An assessment is open again"),
        to=(Role.INDUSTRIAL_SUPERVISOR, Role.UNIVERSITY_SUPERVISOR),
    )
)
MARK_RELEASED = declare_notice(
    NoticeKind(
        "logbook.mark_released",
        subject=_("You can see an assessment"),
        sentence=_("%(title)s: %(mark)s per cent."),
        button=_("See your marks"),
        why=WHY_STUDENT,
        label=_("You can see an assessment"),
        to=STUDENT,
    )
)
VISIT_PLANNED = declare_notice(
    NoticeKind(
        "logbook.visit_planned",
        subject=_("%(visitor)s visits you on %(day)s"),
        sentence=_("%(visitor)s plans to visit you at %(company)s on %(day)s."),
        button=_("See your placement"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("The university visits you"),
        to=STUDENT,
    )
)


def _ask(assessment: Assessment, kind: NoticeKind, *, key: str, reason: str = "", only: User | None = None) -> None:
    """Ask whoever fills it in, or ``only`` this person; the company's supervisor gets a link that needs no account."""
    placement, rubric = assessment.placement, assessment.rubric
    by_host = rubric.kind == AssessmentKind.INDUSTRY
    facts = {
        "student": str(placement.enrolment.student),
        "company": placement.company.name,
        "title": rubric.title,
        "day": date_format(placement.end, "j F"),
        "reason": reason,
    }
    wish = LinkWish(LinkPurpose.ASSESS, Target("logbook.Assessment", assessment.pk, {})) if by_host else None
    url = reverse("assessment_edit", args=[assessment.pk])
    side = SupervisorKind.INDUSTRIAL if by_host else SupervisorKind.UNIVERSITY
    for person in [only] if only is not None else supervisors_of(placement, side):
        tell(person, kind, facts=facts, url=url, link=wish, dedupe_key=f"{key}:{person.pk}")


def tell_assessment_waits(assessment: Assessment) -> None:
    """Ask once that a form is filled in."""
    _ask(assessment, ASSESSMENT_WAITS, key=f"assess:{assessment.pk}")


def tell_assessment_again(assessment: Assessment, person: User) -> None:
    """Ask somebody in the company once more, with a fresh link; at most one mail a minute."""
    key = f"assess-once-more:{assessment.pk}:{timezone.now():%Y%m%d%H%M}"
    _ask(assessment, ASSESSMENT_WAITS, key=key, only=person)


def tell_assessment_reopened(assessment: Assessment, *, batch: str) -> None:
    """Say that a form is open again, and why."""
    _ask(assessment, ASSESSMENT_REOPENED, key=f"assess-again:{batch}:{assessment.pk}", reason=assessment.reason)


def tell_mark_released(assessment: Assessment, *, batch: str) -> None:
    """Tell the student what was given."""
    mark = number_format(assessment.mark, decimal_pos=1) if assessment.mark is not None else "—"
    facts = {"title": assessment.rubric.title, "mark": mark}
    student, key = assessment.placement.enrolment.student, f"mark-released:{batch}:{assessment.pk}"
    tell(student, MARK_RELEASED, facts=facts, url=reverse("student_marks"), dedupe_key=key)


def tell_visit_planned(visit: Visit) -> None:
    """Tell the student and the company's supervisors which day the university comes."""
    placement = visit.placement
    facts = {
        "visitor": str(visit.visitor),
        "company": placement.company.name,
        "day": date_format(visit.planned_on, "j F"),
    }
    key, url = f"visit:{visit.pk}:{visit.planned_on}", reverse("student_today")
    tell(placement.enrolment.student, VISIT_PLANNED, facts=facts, url=url, dedupe_key=key)
