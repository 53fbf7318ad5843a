"""Doors to the allocation of a cohort: rounds, offers, wishes, priority, runs and what they give."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone

from apps.applications.models import AllocationOffer, AllocationRound, AllocationRun, Allotment, PriorityCase, Ranking
from apps.applications.states import AllocationState
from tests.factories.accounts import CompanyCapacityFactory, EnrolmentFactory
from tests.factories.applications import (
    AllocationOfferFactory,
    AllocationRoundFactory,
    AllocationRunFactory,
    AllotmentFactory,
    PriorityCaseFactory,
    RankingFactory,
)
from tests.factories.world import World
from tests.matrix.endpoints import (
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    list_action,
    without_arguments,
    workspace,
)

ROUND: Final = "applications_allocationround"
WHY: Final = "Looks after a grandmother."


def allocation_round(world: World, _state: str) -> AllocationRound:
    """Open, with one offer; another company has told how many it takes."""
    CompanyCapacityFactory.create(cohort=world.cohort)
    return AllocationOfferFactory.create(round__cohort=world.cohort, company=world.company).round


def allocation_offer(world: World, _state: str) -> AllocationOffer:
    return AllocationOfferFactory.create(round__cohort=world.cohort, company=world.company)


def ranking(world: World, _state: str) -> tuple[Ranking, dict[str, Any]]:
    """The student has confirmed one of two places."""
    found = AllocationRoundFactory.create(cohort=world.cohort)
    offer, other = AllocationOfferFactory.create_batch(2, round=found)
    return RankingFactory.create(round=found, enrolment=world.enrolment, wishes=[offer.pk]), {"other": other}


def priority_case(world: World, _state: str) -> tuple[PriorityCase, dict[str, Any]]:
    """Asked for by the student; ``free`` is somebody who has asked for nothing."""
    case = PriorityCaseFactory.create(round__cohort=world.cohort, enrolment=world.enrolment, reason=WHY)
    return case, {"free": EnrolmentFactory.create(cohort=world.cohort)}


def allocation_run(world: World, state: str) -> AllocationRun:
    """Of a round that is closed."""
    closed = {
        "opens_on": timezone.localdate() - dt.timedelta(days=9),
        "closes_on": timezone.localdate() - dt.timedelta(days=1),
    }
    found = AllocationRoundFactory.create(cohort=world.cohort, **closed)
    return AllocationRunFactory.create(round=found, cohort=world.cohort, state=AllocationState(state))


def allotment(world: World, state: str) -> Allotment:
    """What such a run gives the student; published, there is a placement, too."""
    placement = world.placement if state == "published" else None
    return AllotmentFactory.create(
        run=allocation_run(world, state), enrolment=world.enrolment, offer__company=world.company, placement=placement
    )


def new_round(scene: Scene) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    return {"cohort": scene.world.cohort.pk, "title": "Second", "opens_on": today, "closes_on": today, "most_wishes": 3}


def new_offer(scene: Scene) -> dict[str, Any]:
    return {"round": scene.obj.round_id, "company": scene.world.rival.pk, "places": 2}


def new_case(scene: Scene) -> dict[str, Any]:
    free = scene.extra["free"].pk
    return {"round": scene.obj.round_id, "enrolment": free, "kind": "need", "reason": "The matrix asks."}


def _of_round(name: str, actions: str, method: str = "post", **more: Any) -> Endpoint:
    return Endpoint(f"admin:{ROUND}_{name}", "allocation_round", actions, method, WORKSPACE, **more)


def _wish(name: str, action: str, data: Any) -> Endpoint:
    return Endpoint(name, "ranking", action, "post", STUDENTS, args=without_arguments, own=True, data=data)


ALLOCATION: Final = [
    *workspace(ROUND, "allocation_round", add=new_round, change=lambda _s: {"title": "Renamed"}, deletes=True),
    _of_round("compare", "compare", "get"),
    _of_round("run", "run", data=lambda _s: {"way": "stable", "seed": "7"}),
    _of_round("take_capacities", "take"),
    _of_round("take_vacancies", "take"),
    *workspace(
        "applications_allocationoffer",
        "allocation_offer",
        add=new_offer,
        change=lambda _s: {"places": "4"},
        deletes=True,
    ),
    *workspace("applications_ranking", "ranking"),
    Endpoint(
        "wish_confirm",
        "ranking",
        "view",
        serves=STUDENTS,
        args=without_arguments,
        own=True,
        shows=lambda s: str(AllocationOffer.objects.get(pk=s.obj.wishes[0]).company),
    ),
    Endpoint(
        "wish_order",
        "ranking",
        "view",
        serves=STUDENTS,
        args=without_arguments,
        own=True,
        shows=lambda s: str(AllocationOffer.objects.get(pk=s.obj.draft[0]).company),
    ),
    Endpoint("wish_choose", "ranking", "view", serves=STUDENTS, args=without_arguments, own=True),
    _wish("wish_choose", "choose", lambda s: {"offer": [s.extra["other"].pk], "shown": [s.extra["other"].pk]}),
    _wish("wish_order", "order", lambda s: {"move": f"up:{s.obj.draft[0]}"}),
    _wish("wish_confirm", "confirm", lambda _s: {"region": "Dodoma"}),
    _wish("wish_priority", "ask_to_come_first", lambda _s: {"kind": "need", "reason": "The matrix asks."}),
    *workspace("applications_prioritycase", "priority_case", add=new_case),
    *(list_action("applications_prioritycase", name, "priority_case", name) for name in ("grant", "refuse")),
    Endpoint(
        "wish_confirm",
        "priority_case",
        "view",
        serves=STUDENTS,
        args=without_arguments,
        own=True,
        shows=lambda _s: WHY,
    ),
    *workspace(
        "applications_allocationrun",
        "allocation_run",
        moves={"publish": "publish", "discard": "discard"},
        bulk=("discard",),
    ),
    Endpoint(
        "admin:applications_allocationrun_publish",
        "allocation_run",
        "publish",
        "post",
        WORKSPACE,
        quiet=True,
        data=lambda _s: {"day": ""},
    ),
    *workspace("applications_allotment", "allotment", change=lambda _s: {"offer": ""}),
    Endpoint(
        "allotted_place",
        "allotment",
        "view_result",
        serves=STUDENTS,
        args=without_arguments,
        own=True,
        shows=lambda s: str(s.obj.offer.company),
    ),
]

OFFERS = Offers(
    endpoints=ALLOCATION,
    public={},
    scenes={
        "allocation_round": allocation_round,
        "allocation_offer": allocation_offer,
        "ranking": ranking,
        "priority_case": priority_case,
        "allocation_run": allocation_run,
        "allotment": allotment,
    },
)
