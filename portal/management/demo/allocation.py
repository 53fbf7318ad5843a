"""Two rounds of allocation of the demo: one published, of a cohort that is over, and one in which students choose."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.utils import timezone

from apps.accounts.models import Cohort, Company, Enrolment
from apps.accounts.services.jobs import run_job
from apps.accounts.states import CompanyState
from apps.applications.matching.allocate import has_flow
from apps.applications.models import AllocationOffer, AllocationRound, AllocationRun, PriorityCase, Ranking
from apps.applications.services.allocation_runs import start_run
from apps.applications.states import AllocationState, AllocationWay, PriorityKind, PriorityState
from portal.management.demo.content import REGIONS
from portal.management.demo.people import STUDENTS, University, enrol, new_students

CODE = "mech"
FORMER, COMING, OFFERS, MOST_WISHES = 40, 30, 12, 4
WEEKS_AGO, WEEKS_AHEAD, WEEKS = 20, 6, 8
SEED = 7
WHYS = (
    (PriorityKind.CARE, "I look after my younger brothers in the evening."),
    (PriorityKind.DISABILITY, "I need a clinic within an hour's way."),
    (PriorityKind.NEED, "I cannot pay for a room away from home."),
)


def day_at(u: University, weeks: int, days: int = 0) -> dt.date:
    """Return the day so many weeks and days after this week's Monday."""
    return u.monday + dt.timedelta(weeks=weeks, days=days)


def former_cohort(u: University, people: Iterator[tuple[str, str]]) -> list[Enrolment]:
    """Enter a cohort that ended some weeks ago; its students were registered weeks before it began."""
    cohort = _cohort(u, "Mechanical PT1, last term", "PT1", day_at(u, -WEEKS_AGO))
    students = new_students(people, range(STUDENTS + 1, STUDENTS + FORMER + 1), u.today.year - 3)
    rows = enrol(u, [(student, cohort) for student in students])
    registered = timezone.make_aware(dt.datetime.combine(day_at(u, -WEEKS_AGO - 6), dt.time(9)))
    for row in rows:
        row.created_at = registered
    Enrolment.objects.bulk_update(rows, ["created_at"])
    return rows


def _cohort(u: University, name: str, phase: str, start: dt.date) -> Cohort:
    cohort: Cohort = Cohort.objects.create(
        department=u.departments[CODE],
        name=f"{name} {start.year}",
        phase=phase,
        start=start,
        end=start + dt.timedelta(weeks=WEEKS, days=-2),
        required_hours=WEEKS * 6 * 8,
        latest_day_back=14,
    )
    return cohort


def _round(u: University, cohort: Cohort, opens: dt.date, closes: dt.date) -> list[AllocationOffer]:
    found = AllocationRound.objects.create(
        cohort=cohort,
        title=f"Places for {cohort.name}",
        opens_on=opens,
        closes_on=closes,
        most_wishes=MOST_WISHES,
        allows_pairs=True,
    )
    approved = [company for company in u.companies if company.state == CompanyState.APPROVED]
    fitting = [company for company in approved if company.proposed_for_id == u.departments[CODE].pk]
    return AllocationOffer.objects.bulk_create(
        [AllocationOffer(round=found, company=_host(fitting, n), places=2 + n % 3) for n in range(OFFERS)]
    )


def _host(companies: Sequence[Company], number: int) -> Company:
    return companies[number % len(companies)]


def _wish(u: University, offers: Sequence[AllocationOffer], enrolments: Sequence[Enrolment]) -> None:
    """Let students confirm wishes: some places are wished for by many. The first two want to be near each other."""
    rows = []
    near = {0: enrolments[1], 1: enrolments[0]}
    for n, enrolment in enumerate(enrolments):
        # Places at the front are liked better.
        order = sorted(offers, key=lambda offer: u.rng.random() + offers.index(offer) / len(offers))
        keys = [offer.pk for offer in order[: MOST_WISHES - n % 2]]
        companion = near[n].student.username if n in near else ""
        rows.append(
            Ranking(
                round=offers[0].round,
                enrolment=enrolment,
                draft=keys,
                wishes=keys,
                region=u.rng.choice(REGIONS) if n % 3 else "",
                companion=companion,
                confirmed_at=timezone.now(),
            )
        )
    Ranking.objects.bulk_create(rows)


def _ask_to_come_first(found: AllocationRound, enrolments: Sequence[Enrolment], state: PriorityState) -> None:
    cases = [
        PriorityCase(round=found, enrolment=enrolment, kind=kind, reason=why, state=state)
        for enrolment, (kind, why) in zip(enrolments[2:], WHYS, strict=False)
    ]
    PriorityCase.objects.bulk_create(cases)


def open_round(u: University, people: Iterator[tuple[str, str]]) -> list[Enrolment]:
    """Open a round in a cohort that begins soon: most have chosen, a few ask to come first, the last six are silent."""
    cohort = _cohort(u, "Mechanical PT2, next term", "PT2", day_at(u, WEEKS_AHEAD))
    first = STUDENTS + FORMER + 1
    rows = enrol(u, [(one, cohort) for one in new_students(people, range(first, first + COMING), u.today.year - 2)])
    offers = _round(u, cohort, day_at(u, -1), day_at(u, 2, 4))
    _wish(u, offers, rows[:-6])
    _ask_to_come_first(offers[0].round, rows, PriorityState.ASKED)
    return rows


def publish_round(u: University, enrolments: Sequence[Enrolment]) -> AllocationRun:
    """Solve the round of a cohort both ways, and let the stable answer be the one that was published."""
    offers = _round(u, enrolments[0].cohort, day_at(u, -WEEKS_AGO - 5), day_at(u, -WEEKS_AGO - 3))
    found = offers[0].round
    _wish(u, offers, enrolments[:-3])
    _ask_to_come_first(found, enrolments, PriorityState.GRANTED)
    ways = [AllocationWay.STABLE, *([AllocationWay.FEWEST_WITHOUT] if has_flow() else [])]
    runs = [start_run(found, way, SEED, actor=u.coordinators[CODE]) for way in ways]
    for run in runs:
        run_job(run.job_id or 0)
    moment = timezone.make_aware(dt.datetime.combine(day_at(u, -WEEKS_AGO - 2), dt.time(8)))
    rows = AllocationRun.objects.filter(pk=runs[0].pk)
    rows.update(state=AllocationState.PUBLISHED, published_at=moment, approved_by=u.coordinators[CODE])
    return rows.get()
