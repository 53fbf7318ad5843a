"""Exports of lists: a job that writes a table of what its owner has, and keeps it for the owner alone."""

import tempfile
from typing import Any, Final

from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Cohort, Job, User
from apps.accounts.permissions import can_view_cohort, coordinates_something
from apps.accounts.services.import_kinds import import_kind
from apps.accounts.services.jobs import Progress, job, start_job
from apps.accounts.services.lists import rights_last, scope_note
from apps.accounts.services.students import STUDENTS
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.exports import write_csv, write_xlsx
from portal.kernel.imports import CHUNK, resource_for

EXPORT: Final = "accounts.export_table"
FORMATS: Final = ("csv", "xlsx")


def export_table(kind: str, form: str, *, actor: User, cohort: Cohort | None = None) -> Job:
    """Start writing the rows of a kind which the actor has, those of one cohort or all, as ``csv`` or ``xlsx``.

    The columns are those of the import: the file can be corrected and imported again. Raises ``NotAllowed`` for
    everybody but coordinators, or ``RuleViolation`` ``format_unknown``.
    """
    if not coordinates_something(actor):
        raise NotAllowed
    if form not in FORMATS:
        raise RuleViolation("format_unknown", _("Choose CSV or XLSX."), field="format")
    if cohort is not None and not can_view_cohort(cohort, actor):
        raise NotAllowed
    title = str(import_kind(kind).title)
    if cohort is not None:
        title = _("%(things)s of %(cohort)s") % {"things": title, "cohort": cohort}
    payload = {"kind": kind, "form": form, "cohort_id": cohort.pk if cohort else None}
    return start_job(EXPORT, title=title[:200], payload=payload, actor=actor)


def export_students(form: str, *, actor: User, cohort: Cohort | None = None) -> Job:
    """Start writing the students whom the actor has; as ``export_table``."""
    return export_table(STUDENTS, form, actor=actor, cohort=cohort)


@job(EXPORT, still_theirs=rights_last)
def write_export(progress: Progress, kind: str, form: str, cohort_id: int | None) -> None:
    """Write the table with the rights that the owner has now."""
    cohort = None if cohort_id is None else Cohort.objects.get(pk=cohort_id)
    rows = import_kind(kind).rows(progress.job.owner, cohort)
    resource = resource_for(kind)
    progress.start(rows.count())

    def cells(row: Any) -> list[str]:
        progress.step()
        return list(resource.texts_of(row).values())

    headers = [column.name for column in resource.columns()]
    lines = (cells(row) for row in rows.iterator(CHUNK))
    with tempfile.TemporaryFile() as target:
        if form == "csv":
            write_csv(headers, lines, target)
        else:
            write_xlsx(headers, lines, target, title=progress.job.title)
        target.seek(0)
        progress.attach(File(target), f"{progress.job.title} {timezone.localdate()}.{form}")
    progress.note(scope_note(progress.job.owner))
