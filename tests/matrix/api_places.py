"""Doors of /api/v1/ to papers, amendments, ratings, interviews, reviews and the allocation of a cohort."""

from typing import Any, Final

from apps.applications.models import (
    Criterion,
    Disclosure,
    HostFeedback,
    HostRating,
    PlacementAmendment,
    PlacementSupervisor,
)
from apps.applications.states import DisclosureWay, SupervisorKind
from tests.factories.applications import (
    CriterionFactory,
    HostFeedbackFactory,
    HostRatingFactory,
    PlacementAmendmentFactory,
)
from tests.factories.world import World
from tests.matrix.agreements import scan_upload
from tests.matrix.allocation import new_case, new_offer, new_round
from tests.matrix.endpoints import STUDENTS, Endpoint, Offers, Scene, api, without_arguments
from tests.matrix.letters import new_letter

WHY: Final = "The matrix asks."


def criterion(world: World, _state: str) -> Criterion:
    return CriterionFactory.create(company=world.company)


def disclosure(world: World, _state: str) -> Disclosure:
    return Disclosure.objects.create(
        application=world.application,
        resume=world.application.resume,
        viewer=world.representative,
        way=DisclosureWay.TEXT,
    )


def amendment(world: World, _state: str) -> PlacementAmendment:
    return PlacementAmendmentFactory.create(placement=world.placement)


def host_rating(world: World, _state: str) -> HostRating:
    return HostRatingFactory.create(placement=world.placement)


def host_feedback(world: World, _state: str) -> HostFeedback:
    return HostFeedbackFactory.create(placement=world.placement)


def _supervision(scene: Scene) -> tuple[int, int]:
    # By the student: the address of a placement that is not there names a supervision that is.
    rows = PlacementSupervisor.objects.filter(placement__enrolment=scene.obj.enrolment_id)
    return scene.obj.pk, rows.filter(kind=SupervisorKind.UNIVERSITY).latest("pk").pk


def _paper(action: str, name: str, method: str = "post", *, states: str = "sent", **more: Any) -> Endpoint:
    return Endpoint(f"api-agreement-{name}", "agreement", action, method, states=states, **more)


def _shown(scene: Scene) -> str:
    return f'"id":{scene.obj.pk},'


def _person(scene: Scene) -> dict[str, Any]:
    return {"email": scene.world.other_university_supervisor.email, "reason": WHY}


def _wished(scene: Scene) -> dict[str, Any]:
    return {"wishes": [scene.extra["other"].pk, *scene.obj.draft], "region": "Dodoma", "confirm": True}


def _of_round(scene: Scene) -> tuple[int]:
    return (scene.obj.round_id,)


def _application(scene: Scene) -> tuple[int]:
    return (scene.extra["application"].pk,)


PAPERS: Final = [
    *api("agreement", "agreement", {"withdraw": "withdraw"}),
    *api("agreement", "agreement", {"send": "send"}, states="made")[2:4],
    _paper("find_waiting", "to-sign", "get", args=without_arguments, shows=_shown),
    _paper("sign", "sign", data=lambda s: {"name": "Juma Mushi", "sha256": s.obj.sha256}),
    _paper("download", "file", "get"),
    _paper("download", "scan", "get"),
    _paper("file_scan", "scans", args=without_arguments, data=scan_upload, quiet=True),
    _paper("accept_scan", "accept-scan", data=lambda _s: {"parties": ["student"]}),
    _paper("make_again", "make-again", states="draft"),
    Endpoint(
        "api-placement-papers",
        "placement",
        "prepare_papers",
        "post",
        states="planned,active,completed",
        data=lambda _s: {"kind": "letter"},
    ),
    *api(
        "letter",
        "letter",
        {"issue": "issue", "refuse": "refuse", "withdraw": "withdraw", "take_back": "take_back"},
    ),
    Endpoint("api-letter-list", "letter", "add", "post", args=without_arguments, data=new_letter),
    Endpoint("api-letter-file", "letter", "download", states="requested,issued"),
    Endpoint("api-letter-make-again", "letter", "make_again", "post", states="unmade"),
    Endpoint(
        "api-letter-ask",
        "letter_wish",
        "ask",
        "post",
        STUDENTS,
        args=without_arguments,
        own=True,
        data=lambda s: {"enrolment": s.obj.pk, "company_name": "Njia Works"},
    ),
]
PLACES: Final = [
    *api("amendment", "amendment", {}),
    *api("hostrating", "host_rating", {}),
    *api("hostfeedback", "host_feedback", {}),
    Endpoint("api-placement-ask-host", "asked_place", "ask_host", "post"),
    Endpoint(
        "api-placement-rating",
        "finished_place",
        "rate_host",
        "put",
        data=lambda _s: {"stars": 4, "would_recommend": True},
    ),
    Endpoint(
        "api-placement-host-feedback",
        "finished_place",
        "answer_as_host",
        "put",
        data=lambda _s: {"again": True, "places": 2},
    ),
    Endpoint(
        "api-placement-hand-over", "placement", "hand_over", "post", states="active", args=_supervision, data=_person
    ),
    Endpoint("api-placement-supervisor", "placement", "assign_supervisors", "delete", args=_supervision),
    Endpoint(
        "api-placement-change-host",
        "placement",
        "change_host",
        "post",
        states="active",
        data=lambda s: {"company": s.world.rival.pk, "first_day": s.obj.end.isoformat(), "reason": WHY},
    ),
]
HIRING: Final = [
    *api("criterion", "criterion", {}),
    *(
        Endpoint("api-vacancy-criteria", "vacancy", "set_criteria", method, states="active", data=data)
        for method, data in (
            ("get", None),
            ("put", lambda _s: {"criteria": [{"name": "Comes on time", "weight": 2}]}),
        )
    ),
    Endpoint("api-application-interview", "interview", "view"),
    Endpoint("api-application-call-off-interview", "interview", "call_off", "post"),
    Endpoint("api-application-match", "interview", "match", "post"),
    Endpoint(
        "api-application-review",
        "application",
        "review",
        "put",
        states="pending",
        data=lambda s: {"scores": {str(s.extra["criterion"].pk): 4}, "comment": "Asks well."},
    ),
    Endpoint("api-application-reviews", "application", "view_company_notes"),
    Endpoint("api-application-resume-text", "resume", "view extracted_text", args=_application),
    Endpoint("api-resume-facts", "resume", "correct_facts"),
    Endpoint("api-resume-facts", "resume", "correct_facts", "patch", data=lambda _s: {"skills": ["Turning"]}),
    *api("disclosure", "disclosure", {}),
]
ALLOCATION: Final = [
    *api("round", "allocation_round", {}),
    Endpoint("api-round-list", "allocation_round", "add", "post", args=without_arguments, data=new_round),
    Endpoint("api-round-detail", "allocation_round", "change", "patch", data=lambda _s: {"title": "Renamed"}),
    Endpoint("api-round-detail", "allocation_round", "delete", "delete"),
    *(
        Endpoint(f"api-round-{name}", "allocation_round", "take", "post")
        for name in ("take-capacities", "take-vacancies")
    ),
    Endpoint("api-round-run", "allocation_round", "run", "post", data=lambda _s: {"way": "stable", "seed": 7}),
    *api("offer", "allocation_offer", {}),
    Endpoint("api-offer-list", "allocation_offer", "add", "post", args=without_arguments, data=new_offer),
    Endpoint("api-offer-detail", "allocation_offer", "change", "patch", data=lambda _s: {"places": 4}),
    Endpoint("api-offer-detail", "allocation_offer", "delete", "delete"),
    *api("ranking", "ranking", {}),
    Endpoint(
        "api-round-wishes", "ranking", "choose order confirm", "put", STUDENTS, args=_of_round, own=True, data=_wished
    ),
    Endpoint(
        "api-round-ask-to-come-first",
        "ranking",
        "ask_to_come_first",
        "post",
        STUDENTS,
        args=_of_round,
        own=True,
        data=lambda _s: {"kind": "need", "reason": WHY},
    ),
    *api("prioritycase", "priority_case", {}),
    Endpoint("api-prioritycase-list", "priority_case", "add", "post", args=without_arguments, data=new_case),
    *(Endpoint(f"api-prioritycase-{name}", "priority_case", name, "post") for name in ("grant", "refuse")),
    *api("run", "allocation_run", {"discard": "discard"}),
    Endpoint("api-run-publish", "allocation_run", "publish", "post"),
    *api("allotment", "allotment", {}),
    Endpoint("api-allotment-detail", "allotment", "change", "patch", data=lambda _s: {"offer": None}),
]
OFFERS = Offers(
    endpoints=[*PAPERS, *PLACES, *HIRING, *ALLOCATION],
    public={},
    scenes={
        "criterion": criterion,
        "disclosure": disclosure,
        "amendment": amendment,
        "host_rating": host_rating,
        "host_feedback": host_feedback,
    },
)
