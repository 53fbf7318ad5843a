"""How much of a general report, and of all texts of a training, came from AI help."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet

from apps.ai.selectors import Share, shares_of
from apps.applications.models import Placement
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.selectors.helped import DAY, TEXTS_OF_WEEK, WEEK
from apps.reporting.models import SECTIONS, GeneralReport

REPORT: Final = "reporting.report"


def share_of_report(report: GeneralReport) -> Share | None:
    """Return the share over all parts, None where no help touched it; a cohort without help costs no query."""
    if not report.enrolment.cohort.ai_enabled:
        return None
    return shares_of(REPORT, {report.pk: {name: getattr(report, name) for name in SECTIONS}}).get(report.pk)


def share_of_training(placement: Placement) -> Share:
    """Return the share over all days, weeks and reports of the enrolment."""
    here = {"enrolment": placement.enrolment_id}
    texts = {
        DAY: _by_key(DailyLog.objects.filter(**here, is_current=True), ("text",)),
        WEEK: _by_key(WeeklyReport.objects.filter(**here, is_current=True), TEXTS_OF_WEEK),
        REPORT: _by_key(GeneralReport.objects.filter(**here), SECTIONS),
    }
    found = [share for place, rows in texts.items() for share in shares_of(place, rows).values()]
    words = sum(len(text.split()) for rows in texts.values() for parts in rows.values() for text in parts.values())
    return Share(sum(share.helped for share in found), words, sum(share.calls for share in found))


def _by_key(rows: QuerySet[Any], names: Sequence[str]) -> dict[int, dict[str, str]]:
    """Read the fields of each row; as plain values, for a row with stages reads its state as well."""
    return {row.pop("pk"): row for row in rows.values("pk", *names)}
