"""Lines of an upload that cannot be taken, as they stand in the file, each with what is wrong with it."""

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import ImportBatch, ImportRow
from apps.accounts.services.students import ENROLMENT
from apps.accounts.states import RowStatus
from portal.kernel.errors import Text
from portal.kernel.exports import clean_filename, write_csv
from portal.kernel.imports import SheetResource, resource_for, told_problem


def errors_name(batch: ImportBatch) -> str:
    """Return under which name the file of errors is handed out."""
    return clean_filename(_("errors of %(file)s") % {"file": batch.file_name}) + ".csv"


def write_errors(batch: ImportBatch, out: Any) -> None:
    """Write the lines with errors as CSV into ``out``, which has ``write``."""
    resource = resource_for(batch.kind)
    columns = batch.details.get("columns", [])
    rows = batch.rows.filter(status=RowStatus.ERROR)
    cells = ([*(row.values.get(column, "") for column in columns), reasons_of(row, resource)] for row in rows)
    write_csv([*columns, _("What is wrong")], cells, out)


def label_of(resource: SheetResource, name: str) -> Text:
    """Return how a column is called for people."""
    return _("Cohort") if name == ENROLMENT else resource.label_of(name)


def reasons_of(row: ImportRow, resource: SheetResource) -> str:
    """Return what is wrong with a line, in sentences."""
    parts = ((label_of(resource, p["column"]), told_problem(p)) for p in row.problems)
    return " ".join(f"{label}: {message}" if label else message for label, message in parts)
