"""Doors around the host: it completes a place that a student has found, and both say at the end how it was."""

from typing import Any, Final

from apps.accounts.services.links import Target
from apps.accounts.states import LinkPurpose
from apps.applications.models import Placement
from apps.applications.states import PlacementOrigin, PlacementState
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.world import World
from tests.matrix.applications import GATE
from tests.matrix.endpoints import COMPANY, HOSTS, LINKS, STUDENTS, WORKSPACE, Endpoint, Offers, Scene, api

HOST: Final = "host.person@njia.example"


def asked_place(world: World, _state: str) -> tuple[Placement, dict[str, Any]]:
    """Found by the student at an approved company; whom the student named there was asked and has no account."""
    Placement.objects.filter(enrolment=world.enrolment).update(state=PlacementState.CANCELLED)
    found = PlacementFactory.create(
        enrolment=world.enrolment,
        company=world.company,
        origin=PlacementOrigin.SELF_FOUND,
        state=PlacementState.PROPOSED,
        supervisor_name="Neema Mollel",
        supervisor_email=HOST,
        site_address=GATE,
        task="Turning.",
    )
    extra = {
        "purpose": LinkPurpose.COMPLETE_PLACE,
        "target": Target("applications.Placement", found.pk, {}),
        "holder": UserFactory.create(email=HOST),
        "loses": lambda _link: Placement.objects.filter(pk=found.pk).update(supervisor_email="another@njia.example"),
    }
    return found, extra


def over(world: World, _state: str) -> tuple[Placement, dict[str, Any]]:
    """The student's place, which is over."""
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.COMPLETED)
    target = Target("applications.Placement", world.placement.pk, {})
    return Placement.objects.get(pk=world.placement.pk), {"purpose": LinkPurpose.HOST_FEEDBACK, "target": target}


def _link(scene: Scene) -> tuple[int]:
    return (scene.extra["link"].pk,)


def _answer(scene: Scene) -> dict[str, Any]:
    placement = scene.obj
    return {
        "start": placement.start.isoformat(),
        "end": placement.end.isoformat(),
        "site_address": "Gate 4",
        "task": "Turning and milling.",
        "supervisor_name": "Neema Mollel",
        "supervisor_email": HOST,
        "version": placement.version,
    }


def _again(_scene: Scene) -> dict[str, Any]:
    return {"again": "yes", "places": "2"}


OFFERS = Offers(
    endpoints=[
        *api("placement", "asked_place finished_place", {}, reads="TO"),
        Endpoint("admin:applications_placement_ask_host", "asked_place", "ask_host", "post", WORKSPACE),
        Endpoint("link_place", "asked_place", "complete", serves=LINKS, args=_link),
        Endpoint("link_place", "asked_place", "complete", "post", LINKS, args=_link, data=_answer),
        Endpoint(
            "link_place",
            "asked_place",
            "refuse",
            "post",
            LINKS,
            args=_link,
            data=lambda _s: {"move": "refuse", "reason": "Nobody has time."},
        ),
        Endpoint("host_rate", "finished_place", "rate_host", "post", STUDENTS, data=lambda _s: {"stars": "4"}),
        Endpoint("host_feedback", "finished_place", "answer_as_host", "post", f"{COMPANY} {HOSTS}", data=_again),
        Endpoint("link_host_feedback", "finished_place", "answer_as_host", serves=LINKS, args=_link),
        Endpoint("link_host_feedback", "finished_place", "answer_as_host", "post", LINKS, args=_link, data=_again),
    ],
    public={},
    scenes={"asked_place": asked_place, "finished_place": over},
)
