"""Runs of an allocation: started as a job, whole or not at all, repaired by hand."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.history import note_history
from apps.accounts.services.jobs import Progress, job, start_job
from apps.applications.matching.allocate import NOBODY, fewest_without, fill_up, has_flow, stable
from apps.applications.matching.features import Place, are_near, is_welcome
from apps.applications.matching.figures import Outcome, figures_of
from apps.applications.matching.pairs import bring_together
from apps.applications.matching.score import Reason
from apps.applications.matching.words import MOST_FULL
from apps.applications.models import AllocationOffer, AllocationRound, AllocationRun, Allotment
from apps.applications.permissions import can_repair_allotment, can_run_allocation, coordinates_round
from apps.applications.services.allocation_input import Input, pairs_in, read_input
from apps.applications.states import AllocationState, AllocationWay
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import announce_created, perform

SOLVE: Final = "applications.solve_allocation"
BATCH: Final = 1000


def start_run(found: AllocationRound, way: AllocationWay, seed: int, *, actor: User) -> AllocationRun:
    """Start a run as a job. Raises ``NotAllowed``, ``RuleViolation`` ``nothing_offered`` or ``no_library``."""
    if not coordinates_round(found, actor):
        raise NotAllowed
    if not found.offers.filter(places__gt=0).exists():
        raise RuleViolation("nothing_offered", _("Nothing is offered in this round yet."))
    if way == AllocationWay.FEWEST_WITHOUT and not has_flow():
        raise RuleViolation("no_library", _("This way needs the package highspy, which is not installed."))
    title = f"{found.title} · {way.label} · {seed}"[:120]
    with transaction.atomic():
        run = AllocationRun(round=found, cohort=found.cohort, title=title, way=way, seed=seed)
        run.save()
        announce_created(run, actor=actor)
        row = start_job(SOLVE, title=title, payload={"run_id": run.pk}, actor=actor)
        AllocationRun.objects.filter(pk=run.pk).update(job=row)
        run.job = row
    return run


def page_of_run(run_id: int) -> str:
    """Return the address of the page of a run, to which its work leads."""
    return reverse("admin:applications_allocationrun_change", args=[run_id])


@job(SOLVE)
def solve_run(progress: Progress, run_id: int) -> None:
    """Find the answer and store it in one transaction; a second call does the same again or nothing."""
    run = AllocationRun.objects.select_related("round__cohort", "cohort").get(pk=run_id)
    if not can_run_allocation(run, progress.job.owner):
        raise NotAllowed
    progress.say("", next_url=page_of_run(run_id))
    found = read_input(run)
    progress.start(2 * len(found.persons))
    rows = _allotments(run, found, _with_pairs(found, _answer(run, found, progress)))
    with transaction.atomic():
        locked = AllocationRun.objects.select_for_update(of=("self",)).get(pk=run_id)
        if locked.state != AllocationState.DRAFT:
            return
        for start in range(0, len(rows), BATCH):
            Allotment.objects.bulk_create(rows[start : start + BATCH])
            progress.step(len(rows[start : start + BATCH]))
        AllocationRun.objects.filter(pk=run_id).update(rules=found.rules, digest=found.digest)
        refresh_figures(run)
        perform(run, "solve", actor=SYSTEM)


def _answer(run: AllocationRun, found: Input, progress: Progress) -> list[int]:
    heard = 0

    def tick(done: int) -> None:
        nonlocal heard
        progress.step(done - heard)
        heard = done

    if run.way == AllocationWay.STABLE:
        chosen = stable(found.problem, tick)
    else:
        try:
            chosen = fewest_without(found.problem, [2 if person.first else 1 for person in found.persons])
        except TimeoutError as error:
            message = _("This took too long. Take the stable way, or fewer wishes a student.")
            raise RuleViolation("too_long", message) from error
    tick(len(found.persons))
    return chosen


def _turns(found: Input) -> list[int]:
    """Return the students in the order of the waiting list: who comes first by the rules, then the lottery."""
    lottery = found.problem.lottery
    return sorted(range(len(found.persons)), key=lambda one: (not found.persons[one].first, lottery[one]))


@dataclass(frozen=True)
class _Answer:
    """The wishes that come true, and what they were (``alone``) before pairs were moved near each other."""

    chosen: list[int]
    alone: list[int]
    paired: frozenset[int]

    def moved(self, one: int) -> bool:
        """Say whether a student has another wish to be near somebody."""
        return one in self.paired and NOBODY != self.alone[one] != self.chosen[one]


def _with_pairs(found: Input, alone: list[int]) -> _Answer:
    chosen = bring_together(found.problem, alone, found.pairs, found.near)
    return _Answer(chosen, alone, frozenset(one for pair in found.pairs for one in pair))


def _allotments(run: AllocationRun, found: Input, answer: _Answer) -> list[Allotment]:
    chosen = answer.chosen
    wanted = Counter(place for mine in found.wishes for place in mine)
    turns = _turns(found)
    filled = fill_up(found.problem, chosen, turns, lambda one: _suiting(found, one)) if run.round.fills_up else {}
    waiting = [one for one in turns if chosen[one] == NOBODY and one not in filled]
    place_of = {one: number for number, one in enumerate(waiting, 1)}
    rows = []
    for one, person in enumerate(found.persons):
        wish = chosen[one]
        got = found.wishes[one][wish] if wish != NOBODY else filled.get(one)
        reasons = _reasons(found, one, answer, got, wanted)
        rows.append(
            Allotment(
                run=run,
                enrolment_id=person.key,
                offer_id=None if got is None else found.places[got].key,
                rank=None if got is None else wish + 1,
                waiting=place_of.get(one),
                reasons=[[reason.code, *reason.facts] for reason in reasons],
            )
        )
    return rows


def _suiting(found: Input, one: int) -> list[int]:
    """Return the places that a student may have, the best fitting first."""
    person, places = found.persons[one], found.places
    welcome = [number for number, place in enumerate(places) if place.seats and is_welcome(person, place)]
    return sorted(welcome, key=lambda place: (-found.score(one, place).points, places[place].key))


def _reasons(found: Input, one: int, answer: _Answer, got: int | None, wanted: Counter[int]) -> list[Reason]:
    mine, wish = found.wishes[one], answer.chosen[one]
    if got is None:
        first = [Reason("none_left" if mine else "no_wishes")]
    elif wish == NOBODY:
        first = [Reason("filled")]
    else:
        first = [Reason("wish", (str(wish + 1), str(len(mine)))), *found.scores[one][wish].reasons]
    if found.persons[one].first and got is not None:
        first.append(Reason("first"))
    if answer.moved(one):
        first.append(Reason("together"))
        wish = min(wish, answer.alone[one])
    missed = mine[:wish] if wish != NOBODY else mine
    full = [
        Reason("full", (found.names[place], str(found.places[place].seats), str(wanted[place])))
        for place in missed[:MOST_FULL]
    ]
    return first + full


def refresh_figures(run: AllocationRun) -> None:
    """Store the figures of the run as its allotments stand now."""
    profile = "enrolment__student__student_profile"
    rows = run.allotments.values_list(f"{profile}__programme__name", f"{profile}__gender", "offer", "rank")
    outcomes = [
        Outcome(name or "", gender or "", None if offer is None else rank) for name, gender, offer, rank in rows
    ]
    result = asdict(figures_of(outcomes)) | {"by_hand": run.allotments.filter(by_hand=True).count()}
    result |= _figures_of_pairs(run)
    AllocationRun.objects.filter(pk=run.pk).update(result=result)


def _figures_of_pairs(run: AllocationRun) -> dict[str, int]:
    """Return how many have named each other, and how many of these pairs are near each other."""
    if not run.round.allows_pairs:
        return {}
    columns = ("enrolment", "offer", "offer__company", "offer__company__region")
    rows = list(run.allotments.values_list(*columns))
    pairs = pairs_in(run.round, [key for key, *_rest in rows])
    places = [Place(offer or 0, company or -key, 0, region or "") for key, offer, company, region in rows]
    return {"pairs": len(pairs), "near": sum(are_near(places[one], places[other]) for one, other in pairs)}


# -- by hand ------------------------------------------------------------------------------------------------------


def change_allotment(row: Allotment, offer: AllocationOffer | None, *, actor: User, reason: str = "") -> Allotment:
    """Give the student another place, or none: then the student waits at the end.

    Raises ``NotAllowed``, ``RuleViolation`` ``other_round`` or ``no_place_left``.
    """
    with transaction.atomic():
        run = AllocationRun.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=row.run_id)
        row.run = run
        if not can_repair_allotment(row, actor):
            raise NotAllowed
        if offer is not None:
            _check_room(run, row, offer)
        last = run.allotments.aggregate(last=Max("waiting"))["last"] or 0
        row.offer, row.by_hand, row.reasons = offer, True, [["by_hand"]]
        row.rank = None if offer is None else _rank_of(row, offer)
        row.waiting = last + 1 if offer is None else None
        row.save()
        refresh_figures(run)
        said = f"{offer or '-'}: {reason}" if reason else str(offer or "-")
        note_history(row, "change", actor=actor, department_id=run.cohort.department_id, reason=said)
    return row


def _check_room(run: AllocationRun, row: Allotment, offer: AllocationOffer) -> None:
    if offer.round_id != run.round_id:
        raise RuleViolation("other_round", _("This place is offered in another round."), field="offer")
    if run.allotments.filter(offer=offer).exclude(pk=row.pk).count() >= offer.places:
        message = _("All places there are given. Take one from somebody else first.")
        raise RuleViolation("no_place_left", message, field="offer")


def _rank_of(row: Allotment, offer: AllocationOffer) -> int:
    rankings: Any = offer.round.rankings.filter(enrolment=row.enrolment_id).values_list("wishes", flat=True)
    wishes: list[int] = next(iter(rankings), [])
    return wishes.index(offer.pk) + 1 if offer.pk in wishes else 0
