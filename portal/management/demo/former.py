"""A cohort of the demo that is over: how its students came to their places, what they did, what both sides say now."""

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence

from django.utils import timezone

from apps.accounts.models import Company, Enrolment
from apps.applications.models import Allotment, Application, HostFeedback, HostRating, Placement
from apps.applications.states import ApplicationState, PlacementOrigin, PlacementState
from apps.vacancies.models import Vacancy
from apps.vacancies.states import VacancyState, WorkMode, WorkType
from portal.management.demo.allocation import CODE, WEEKS_AGO, day_at, former_cohort, publish_round
from portal.management.demo.logs import log_placements
from portal.management.demo.people import University
from portal.management.demo.places import Places, make_resume, name_supervisors

APPLIED, LEFT_EARLY = 8, 3
GOOD = "They explained everything, and I worked at the machines from the second week."
POOR = "I carried and swept for weeks before anybody showed me the work."


def make_former(u: University, places: Places, people: Iterator[tuple[str, str]]) -> int:
    """Let a cohort be over, most of its places allocated in a round; returns how many logs it wrote."""
    rng = random.Random(u.rng.random())  # noqa: S311 - a demo, not a secret
    enrolments = former_cohort(u, people)
    applied = _apply(u, enrolments[:APPLIED])
    placements = Placement.objects.bulk_create(
        [_placement(u, n, one.enrolment, one.vacancy.company, one) for n, one in enumerate(applied)]
    )
    # Who has a place already takes no part in the round.
    run = publish_round(u, enrolments[APPLIED:])
    given = list(run.allotments.exclude(offer=None).select_related("enrolment__cohort", "offer__company"))
    allotted = [_placement(u, n, one.enrolment, one.offer.company) for n, one in enumerate(given) if one.offer]
    for one, placement in zip(given, Placement.objects.bulk_create(allotted), strict=True):
        one.placement = placement
    Allotment.objects.bulk_update(given, ["placement"])
    placements += allotted
    name_supervisors(u, places, placements)
    count = log_placements(u, places, [row for row in placements if row.state == PlacementState.COMPLETED], rng)
    _say_how_it_was(u, rng, placements)
    return count


def _apply(u: University, enrolments: Sequence[Enrolment]) -> list[Application]:
    """Let a company have taken these students by a vacancy of that term."""
    company = next(company for company in u.companies if company.proposed_for_id == u.departments[CODE].pk)
    words = u.field_of(enrolments[0].cohort)
    vacancy = Vacancy.objects.create(
        company=company,
        title=f"{words.name.split()[0]} trainee, last term",
        short_description="Work in a small team.",
        description=" ".join(words.tasks[:3]),
        location=company.region,
        deadline=day_at(u, -WEEKS_AGO - 4),
        work_mode=WorkMode.ON_SITE,
        work_type=WorkType.FULL_TIME,
        places=APPLIED,
        places_taken=APPLIED,
        skills=list(words.skills[:3]),
        posted_by=u.representatives[company.pk],
        published_at=timezone.now(),
        state=VacancyState.CLOSED,
    )
    resumes = [make_resume(u, enrolment) for enrolment in enrolments]
    type(resumes[0]).objects.bulk_create(resumes)
    return Application.objects.bulk_create(
        [
            Application(
                vacancy=vacancy,
                student=enrolment.student,
                enrolment=enrolment,
                resume=resume,
                cover_letter="I should like to learn the work from the first order to the last check.",
                decided_at=timezone.now(),
                decided_by=u.representatives[company.pk],
                state=ApplicationState.ACCEPTED,
            )
            for enrolment, resume in zip(enrolments, resumes, strict=True)
        ]
    )


def _placement(
    u: University, number: int, enrolment: Enrolment, company: Company, application: Application | None = None
) -> Placement:
    start, end = enrolment.cohort.start, enrolment.cohort.end
    left = application is None and number < LEFT_EARLY
    confirmed = day_at(u, -WEEKS_AGO - (4 if application else 2), number % 5)
    return Placement(
        enrolment=enrolment,
        company=company,
        application=application,
        origin=PlacementOrigin.APPLIED if application else PlacementOrigin.ALLOCATED,
        start=start,
        end=start + dt.timedelta(weeks=2) if left else end,
        site_address=company.address,
        arrived_on=start,
        confirmed_at=timezone.make_aware(dt.datetime.combine(confirmed, dt.time(10))),
        reason="The student moved to another town." if left else "",
        state=PlacementState.ENDED_EARLY if left else PlacementState.COMPLETED,
    )


def _say_how_it_was(u: University, rng: random.Random, placements: Sequence[Placement]) -> None:
    ratings, answers = [], []
    for number, placement in enumerate(itertools.islice(placements, len(placements) - 6)):
        stars = rng.choice([2, 3, 4, 4, 5, 5])
        comment = GOOD if stars == 5 else POOR if stars == 2 else ""
        ratings.append(HostRating(placement=placement, stars=stars, would_recommend=stars > 3, comment=comment))
        if number % 4:
            again = rng.random() < 0.8
            answerer = u.representatives[placement.company_id]
            places = rng.randint(1, 3) if again else None
            answers.append(HostFeedback(placement=placement, again=again, places=places, answered_by=answerer))
    HostRating.objects.bulk_create(ratings)
    HostFeedback.objects.bulk_create(answers)
