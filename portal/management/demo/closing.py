"""What the end of a training brings in the demo: visits planned and made, general reports begun, sent and approved."""

import datetime as dt

from django.utils import timezone

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import Visit, WeeklyReport
from apps.reporting.models import GeneralReport
from apps.reporting.states import GeneralReportState
from portal.management.demo.people import University
from portal.management.demo.places import Places

VISITS, REPORTS = 30, 15
SEEN = (
    "Saw the workplace and the logbook. The trainee explains every step; the hours agree with the gate book.",
    "Spoke with the supervisor: careful work, should ask more often. Agreed on more time at the machines.",
    "The logbook was two days behind and was filled in the same day. Safety shoes are worn.",
)
PARTS = {
    "introduction": "This report tells of eight weeks of practical training at {company}.",
    "company_overview": "{company} works in {region} and takes trainees every year.",
    "objectives": "To learn how work is planned, done and checked outside the university.",
    "methodology": "I worked under a supervisor, asked, measured, and wrote down each day what was done.",
    "achievements": "I did whole jobs from the order to the last check, and my measurements were used.",
    "skills": "Reading drawings, measuring, working safely with others, writing down what was done.",
    "challenges": "Tools were shared, so work had to be planned around those who needed them first.",
    "recommendations": "Trainees should get a list of the tools and rules before their first day.",
    "conclusion": "What I had learned in lectures I could use, and I know now what I still have to learn.",
}


def make_closing(u: University, places: Places) -> None:
    """Enter visits around today and general reports in all states; with every fourth report a part is still missing."""
    active = [row for row in places.placements if row.state == PlacementState.ACTIVE]
    Visit.objects.bulk_create([_visit(u, places, row, number) for number, row in enumerate(active[:VISITS])])
    reports = GeneralReport.objects.bulk_create([_report(row, n) for n, row in enumerate(active[:REPORTS])])
    weeks = WeeklyReport.objects.filter(enrolment__in=[row.enrolment_id for row in active[:REPORTS]])
    compiled = GeneralReport.compiled_from.through
    of_enrolment = {report.enrolment_id: report.pk for report in reports}
    compiled.objects.bulk_create(
        [compiled(generalreport_id=of_enrolment[week.enrolment_id], weeklyreport_id=week.pk) for week in weeks]
    )


def _visit(u: University, places: Places, placement: Placement, number: int) -> Visit:
    day = u.monday + dt.timedelta(days=7 * (number % 2) - 7 + number % 5)
    done = day < u.today
    return Visit(
        placement=placement,
        visitor=places.academic[placement.pk],
        planned_on=day,
        done_on=day if done else None,
        report=SEEN[number % len(SEEN)] if done else "",
    )


def _report(placement: Placement, number: int) -> GeneralReport:
    company = placement.company
    parts = {name: text.format(company=company.name, region=company.region) for name, text in PARTS.items()}
    state = (GeneralReportState.DRAFT, GeneralReportState.SUBMITTED, GeneralReportState.APPROVED)[number % 3]
    if state == GeneralReportState.DRAFT and number % 4 == 0:
        parts["conclusion"] = ""
    sent = timezone.now() if state != GeneralReportState.DRAFT else None
    is_approved = state == GeneralReportState.APPROVED
    return GeneralReport(
        enrolment=placement.enrolment,
        title=f"Eight weeks at {company.name}",
        **parts,
        submitted_at=sent,
        approved_at=sent if is_approved else None,
        state=state,
    )
