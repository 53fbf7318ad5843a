"""That a report is due: found here, because the logbook knows no reports."""

from collections.abc import Iterator

from apps.applications.states import PlacementState
from apps.logbook.selectors import Sight, Undone, finds
from apps.logbook.states import ReminderKind
from apps.reporting.models import GeneralReport
from apps.reporting.states import GeneralReportState


@finds(ReminderKind.REPORT)
def without_report(sight: Sight) -> Iterator[Undone]:
    """Yield the placements that are over and whose student has handed in no report; one a student, the last one."""
    handed_in = [GeneralReportState.SUBMITTED, GeneralReportState.APPROVED]
    rows = GeneralReport.objects.filter(enrolment__in=sight.rows.values("enrolment"), state__in=handed_in)
    done = set(rows.order_by().values_list("enrolment", flat=True))
    last = {
        placement.enrolment_id: placement
        for placement in sorted(sight.placements, key=lambda placement: (placement.end, placement.pk))
        if placement.state in (PlacementState.ACTIVE, PlacementState.COMPLETED)
    }
    for enrolment_id, placement in last.items():
        if enrolment_id not in done and placement.end < sight.today:
            yield Undone(placement, ReminderKind.REPORT, placement.end)
