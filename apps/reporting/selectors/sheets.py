"""Single sheets of a training as plain data: the arrival note, an assessment, the certificate at its end."""

from collections import Counter
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from apps.applications.models import Placement
from apps.logbook import models as logbook
from apps.logbook.models import ArrivalNote, Criterion, DailyLog
from apps.logbook.states import ArrivalState, AssessmentKind, ChainState, CriterionKind
from apps.reporting.context import Decision
from apps.reporting.selectors.books import cover_of, host_of
from apps.reporting.sheets import Answer, Arrival, Assessment, Certificate, Sheet
from portal.kernel.dates import monday_of

if TYPE_CHECKING:
    from decimal import Decimal

MOST_SKILLS = 8


def arrival_sheet(note: ArrivalNote, *, language: str) -> Sheet:
    """Return the arrival note as its document shows it."""
    with translation.override(language):
        confirmed = None
        if note.state == ArrivalState.CONFIRMED:
            confirmed = Decision(_("Industrial supervisor"), note.supervisor_name, note.decided_at)
        content = Arrival(
            arrived_on=note.arrived_on,
            supervisor_name=note.supervisor_name,
            supervisor_email=note.supervisor_email,
            supervisor_phone=note.supervisor_phone,
            state_label=str(note.get_state_display()),
            confirmed=confirmed,
        )
        return Sheet("arrival", cover_of(note.placement, _("Arrival note"), language=language), content)


def assessment_sheet(assessment: logbook.Assessment, *, language: str) -> Sheet:
    """Return a filled-in assessment as its document shows it."""
    with translation.override(language):
        by_host = assessment.rubric.kind == AssessmentKind.INDUSTRY
        by = None
        if assessment.submitted_by is not None:
            side = _("Industrial supervisor") if by_host else _("University supervisor")
            if assessment.is_entered:
                side = _("Coordinator of practical training")
            by = Decision(side, assessment.submitted_by.get_full_name(), assessment.submitted_at)
        criteria = assessment.rubric.criteria.all()
        content = Assessment(
            title=assessment.rubric.title,
            answers=tuple(_answer(one, assessment.answers.get(str(one.pk), "")) for one in criteria),
            comment=assessment.comment,
            mark=None if assessment.mark is None else float(assessment.mark),
            by=by,
        )
        return Sheet("assessment", cover_of(assessment.placement, _("Assessment"), language=language), content)


def _answer(criterion: Criterion, given: str) -> Answer:
    if criterion.kind == CriterionKind.TEXT:
        return Answer(criterion.number, criterion.question, given)
    said = ""
    if criterion.kind == CriterionKind.SCALE and given:
        said = criterion.steps[int(float(given))]
    return Answer(criterion.number, criterion.question, said, points=given, most=str(criterion.best))


def certificate_sheet(placement: Placement, *, language: str) -> Sheet:
    """Return the certificate of a completed placement: hours and skills of the days that the company verified."""
    rows = DailyLog.objects.filter(placement=placement, is_current=True, state__in=ChainState.verified())
    logs = list(rows.only("day", "hours", "skills", "state"))
    skills = Counter(skill for log in logs for skill in log.skills)
    hours: Decimal | int = sum(log.hours for log in logs)
    with translation.override(language):
        book = cover_of(placement, _("Certificate of practical training"), language=language)
        content = Certificate(
            student=book.student.full_name,
            reg_no=book.student.reg_no,
            programme=book.student.programme,
            company=host_of(placement).name,
            start=placement.start,
            end=placement.end,
            weeks=len({monday_of(log.day) for log in logs}),
            hours=float(hours),
            skills=tuple(skill for skill, _days in skills.most_common(MOST_SKILLS)),
            completed_on=placement.end,
        )
        return Sheet("certificate", book, content)
