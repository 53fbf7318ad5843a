"""What goes into a run: read in a few queries, turned into numbers, and hashed."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from apps.accounts.models import Enrolment
from apps.ai.models import AiConsent
from apps.ai.services.calls import embed
from apps.ai.services.drafting import Unavailable
from apps.applications.matching.allocate import Problem
from apps.applications.matching.features import (
    Person,
    Place,
    Point,
    are_near,
    common_to,
    drawn,
    is_welcome,
    middles_of,
    normal,
)
from apps.applications.matching.pairs import Pair, pairs_of
from apps.applications.matching.score import Score, score_of, standing_of
from apps.applications.models import AllocationRound, AllocationRun, PriorityCase, Ranking, Resume
from apps.applications.services.rounds import is_placed
from apps.applications.states import PriorityState
from apps.vacancies.models import Vacancy

RULES = ("most_wishes", "host_cap", "department_cap", "fills_up", "uses_meaning", "allows_pairs")


@dataclass(frozen=True)
class Input:
    """All that a run rests on. ``wishes`` are numbers of ``places`` for each of ``persons``, ``scores`` beside them."""

    persons: Sequence[Person]
    places: Sequence[Place]
    names: Sequence[str]
    programmes: Sequence[str]
    wishes: Sequence[Sequence[int]]
    scores: Sequence[Sequence[Score]]
    middles: Mapping[str, Point]
    problem: Problem
    pairs: Sequence[Pair]
    rules: dict[str, Any]
    digest: str

    def near(self, one: int, other: int) -> bool:
        """Say whether two places are of one company or in one region."""
        return are_near(self.places[one], self.places[other])

    def score(self, student: int, place: int) -> Score:
        """Return the score of any pair, wished for or not."""
        person = self.persons[student]
        common = common_to(person, self.places[place], self.middles)
        return score_of(common, wishes_region=bool(person.region))


def read_input(run: AllocationRun) -> Input:
    """Read everything anew: the same rows give the same digest, whenever and in whatever order they come."""
    found = run.round
    places, names = _places(found)
    persons, programmes, wished = _persons(found)
    if found.uses_meaning and found.cohort.ai_enabled:
        persons, places = _with_meaning(persons, places, names)
    number = {place.key: index for index, place in enumerate(places)}
    wishes = [
        [number[key] for key in wished.get(person.key, ()) if key in number and is_welcome(person, places[number[key]])]
        for person in persons
    ]
    middles = middles_of(places)
    scores = [
        [
            score_of(common_to(person, places[place], middles), wishes_region=bool(person.region))
            for place in mine[: found.most_wishes]
        ]
        for person, mine in zip(persons, wishes, strict=True)
    ]
    wishes = [mine[: found.most_wishes] for mine in wishes]
    pairs = pairs_in(found, [person.key for person in persons])
    rules = {name: getattr(found, name) for name in RULES} | {"way": run.way, "seed": run.seed}
    return Input(
        persons=persons,
        places=places,
        names=names,
        programmes=programmes,
        wishes=wishes,
        scores=scores,
        middles=middles,
        pairs=pairs,
        problem=_problem(run, persons, places, wishes, scores),
        rules=rules,
        digest=_digest(rules, persons, places, [wishes, pairs]),
    )


def pairs_in(found: AllocationRound, enrolments: Sequence[int]) -> list[Pair]:
    """Return which of these enrolments have named each other, as their numbers in the sequence."""
    if not found.allows_pairs:
        return []
    number = {key: index for index, key in enumerate(enrolments)}
    rows = Ranking.objects.filter(round=found, confirmed_at__isnull=False).exclude(companion="")
    said = rows.values_list("enrolment", "companion", "enrolment__student__student_profile__reg_no")
    telling = [(number[key], normal(companion), normal(own or "")) for key, companion, own in said if key in number]
    of_reg_no = {own: one for one, _companion, own in telling}
    return pairs_of({one: of_reg_no[companion] for one, companion, _own in telling if companion in of_reg_no})


def _problem(
    run: AllocationRun,
    persons: Sequence[Person],
    places: Sequence[Place],
    wishes: Sequence[Sequence[int]],
    scores: Sequence[Sequence[Score]],
) -> Problem:
    hosts = {host: number for number, host in enumerate(dict.fromkeys(place.host for place in places))}
    return Problem(
        wishes=wishes,
        standing=[
            [standing_of(score, first=person.first) for score in seen]
            for person, seen in zip(persons, scores, strict=True)
        ],
        lottery=drawn(run.seed, [person.key for person in persons]),
        seats=[place.seats for place in places],
        hosts=[hosts[place.host] for place in places],
        host_seats=run.round.host_cap,
        groups=[person.department or 0 for person in persons],
        group_seats=run.round.department_cap,
    )


def _places(found: AllocationRound) -> tuple[list[Place], list[str]]:
    programmes: dict[int, set[int]] = defaultdict(set)
    links = Vacancy.programmes.through.objects.filter(vacancy__allocation_offers__round=found)
    for key, programme in links.values_list("vacancy", "programme"):
        programmes[key].add(programme)
    places, names = [], []
    for offer in found.offers.select_related("company", "vacancy").order_by("pk"):
        company, vacancy = offer.company, offer.vacancy
        known = company.latitude is not None and company.longitude is not None
        places.append(
            Place(
                key=offer.pk,
                host=company.pk,
                # Others may have been accepted for the vacancy since it was offered here.
                seats=min(offer.places, vacancy.places_left) if vacancy else offer.places,
                region=company.region,
                point=(float(company.latitude or 0), float(company.longitude or 0)) if known else None,
                skills=frozenset(map(normal, vacancy.skills)) if vacancy else frozenset(),
                programmes=frozenset(programmes[vacancy.pk]) if vacancy else frozenset(),
                years=frozenset(vacancy.years) if vacancy else frozenset(),
            )
        )
        names.append(str(offer))
    return places, names


def _persons(found: AllocationRound) -> tuple[list[Person], list[str], dict[int, list[int]]]:
    rows = Enrolment.objects.filter(cohort=found.cohort_id, is_active=True).exclude(is_placed(found)).order_by("pk")
    profile = "student__student_profile"
    columns = ("pk", "student", *(f"{profile}__{name}" for name in ("programme", "programme__department")))
    columns += (f"{profile}__year_of_study", f"{profile}__gender", f"{profile}__region_preference")
    confirmed = Ranking.objects.filter(round=found, confirmed_at__isnull=False)
    rankings = {key: (wishes, region) for key, wishes, region in confirmed.values_list("enrolment", "wishes", "region")}
    first = set(
        PriorityCase.objects.filter(round=found, state=PriorityState.GRANTED).values_list("enrolment", flat=True)
    )
    skills = _skills_of(rows.values("student"))
    persons, programmes = [], []
    for key, student, programme, department, year, gender, region, name in rows.values_list(
        *columns, f"{profile}__programme__name"
    ):
        persons.append(
            Person(
                key=key,
                programme=programme,
                department=department,
                year=year,
                gender=gender or "",
                region=(rankings[key][1] if key in rankings else "") or region or "",
                skills=skills.get(student, frozenset()),
                first=key in first,
            )
        )
        programmes.append(name or "")
    return persons, programmes, {key: wishes for key, (wishes, _region) in rankings.items()}


def _skills_of(students: Any) -> dict[int, frozenset[str]]:
    """Return the skills of each student's newest resume, as the student sees and corrects them."""
    resumes = Resume.objects.filter(owner__in=students, stored_at__isnull=False).order_by("pk")
    found = resumes.only("pk", "owner_id", "facts", "own_facts")
    return {row.owner_id: frozenset(map(normal, row.shown_facts["skills"])) for row in found.iterator()}


def _with_meaning(persons: list[Person], places: list[Place], names: Sequence[str]) -> tuple[list[Person], list[Place]]:
    """Add vectors of what students who agreed can do, and of what places are about; without a model nothing."""
    agreed = AiConsent.objects.filter(given_at__isnull=False, withdrawn_at__isnull=True).values("user")
    keys = set(Enrolment.objects.filter(student__in=agreed).values_list("pk", flat=True))
    told = [person.key for person in persons if person.key in keys and person.skills]
    texts = [", ".join(sorted(person.skills)) for person in persons if person.key in set(told)]
    about = [f"{name}. {', '.join(sorted(place.skills))}" for name, place in zip(names, places, strict=True)]
    vectors = embed([*texts, *about]) if texts else []
    if isinstance(vectors, Unavailable) or not vectors:
        return persons, places
    rounded = [tuple(round(value, 4) for value in vector) for vector in vectors]
    of_person = dict(zip(told, rounded[: len(texts)], strict=True))
    return (
        [replace(person, meaning=of_person.get(person.key, ())) for person in persons],
        [replace(place, meaning=vector) for place, vector in zip(places, rounded[len(texts) :], strict=True)],
    )


def _digest(rules: dict[str, Any], persons: Sequence[Person], places: Sequence[Place], wished: Sequence[Any]) -> str:
    whole = [rules, [asdict(person) for person in persons], [asdict(place) for place in places], *wished]
    text = json.dumps(whole, sort_keys=True, default=sorted, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
