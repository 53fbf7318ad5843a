"""Final marks as a table for the gradebook: a job, with the rights that its owner has when it runs."""

import tempfile
from collections.abc import Iterator
from typing import Final

from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Cohort, Job, User
from apps.accounts.permissions import coordinates_cohort
from apps.accounts.selectors import enrolments_visible_to
from apps.accounts.services.jobs import Progress, job, start_job
from apps.accounts.services.lists import rights_last, scope_note
from apps.logbook.marking import FinalMark
from apps.logbook.models import Rubric
from apps.logbook.selectors import Marks, marks_of
from apps.logbook.states import MarkRuleKind, MarkStatus
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.exports import write_csv, write_xlsx

EXPORT: Final = "logbook.export_marks"
FORMATS: Final = ("csv", "xlsx")
CHUNK: Final = 500
# What a rule found, as the reason beside one student's mark.
TOO_LITTLE: Final = {
    MarkRuleKind.ZERO_HOURS: gettext_lazy("too few hours"),
    MarkRuleKind.INCOMPLETE_HOURS: gettext_lazy("too few hours"),
    MarkRuleKind.INCOMPLETE_VISITS: gettext_lazy("too few visits"),
    MarkRuleKind.INCOMPLETE_DAYS: gettext_lazy("days not validated"),
}


def export_marks(cohort: Cohort, form: str, *, actor: User) -> Job:
    """Start writing the final marks of a cohort as ``csv`` or ``xlsx``.

    Raises ``NotAllowed`` for who does not coordinate the cohort, ``RuleViolation`` ``format_unknown``.
    """
    if form not in FORMATS:
        raise RuleViolation("format_unknown", _("Choose CSV or XLSX."), field="format")
    if not coordinates_cohort(cohort, actor):
        raise NotAllowed
    title = _("Marks of %(cohort)s") % {"cohort": cohort}
    return start_job(EXPORT, title=title[:200], payload={"cohort_id": cohort.pk, "form": form}, actor=actor)


@job(EXPORT, still_theirs=rights_last)
def write_marks(progress: Progress, cohort_id: int, form: str) -> None:
    """Write the table; whoever lost the cohort meanwhile gets an empty one."""
    owner = progress.job.owner
    cohort = Cohort.objects.get(pk=cohort_id)
    rows = (
        enrolments_visible_to(owner)
        .filter(cohort=cohort)
        .select_related("cohort", "student__student_profile__programme")
    )
    rows = rows.order_by("student__student_profile__reg_no", "pk") if coordinates_cohort(cohort, owner) else rows.none()
    progress.start(rows.count())

    def lines() -> Iterator[list[object]]:
        keys = list(rows.values_list("pk", flat=True))
        for start in range(0, len(keys), CHUNK):
            for marks in marks_of(rows.filter(pk__in=keys[start : start + CHUNK])):
                progress.step()
                yield _line(marks)

    headers = _headers(cohort)
    with tempfile.TemporaryFile() as target:
        if form == "csv":
            write_csv(headers, lines(), target)
        else:
            write_xlsx(headers, lines(), target, title=progress.job.title)
        target.seek(0)
        progress.attach(File(target), f"{progress.job.title} {timezone.localdate()}.{form}")
    progress.note(scope_note(owner))


def _headers(cohort: Cohort) -> list[str]:
    titles = Rubric.objects.filter(cohort=cohort).order_by("pk").values_list("title", flat=True)
    facts = [_("Verified hours"), _("Visits"), _("Days not validated"), _("Final mark"), _("Status"), _("Why")]
    return [_("Registration number"), _("Last name"), _("First name"), _("Programme"), *titles, *facts]


def _line(marks: Marks) -> list[object]:
    student, work = marks.enrolment.student, marks.work
    profile = getattr(student, "student_profile", None)
    who = [profile.reg_no if profile else "", student.last_name, student.first_name]
    return [
        *who,
        profile.programme.code if profile else "",
        *(part.mark for part in marks.parts),
        work.hours,
        work.visits,
        work.open_days,
        marks.final.mark,
        str(marks.final.status.label),
        "; ".join(reasons_of(marks.final)),
    ]


def reasons_of(final: FinalMark) -> list[str]:
    """Return why a mark is zero or incomplete, in words: first the forms, then the rules."""
    titles = [reason for reason in final.reasons if reason not in TOO_LITTLE]
    rules = [str(TOO_LITTLE[MarkRuleKind(reason)]) for reason in final.reasons if reason in TOO_LITTLE]
    if not titles:
        return rules
    said = _("Without a mark: %(titles)s") if final.status == MarkStatus.INCOMPLETE else _("Too low: %(titles)s")
    return [said % {"titles": ", ".join(titles)}, *rules]
