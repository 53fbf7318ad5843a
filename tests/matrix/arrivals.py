"""Doors to arrivals."""

from typing import Any, Final

from django.utils import timezone

from apps.accounts.services.links import Target
from apps.accounts.states import LinkPurpose
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from tests.factories.logbook import ArrivalNoteFactory
from tests.factories.world import World
from tests.matrix.endpoints import HOSTS, LINKS, STUDENTS, Endpoint, Offers, Scene, api, without_arguments, workspace
from tests.matrix.words import state_of

# The product's moves by the table's actions.
MOVES: Final = {
    "submit": "submit",
    "confirm": "confirm",
    "dispute": "return",
    "reopen": "reopen_with_reason",
    "allow_address": "allow_supervisor",
    "refuse_address": "refuse_supervisor",
}


def _link(scene: Scene) -> tuple[int]:
    return (scene.extra["link"].pk,)


def arrival(world: World, state: str) -> Any:
    """Report it at the placement, which is not active before; as a draft there is only the placement."""
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.CONFIRMED)
    world.placement.refresh_from_db()
    if state == "draft":
        return world.placement
    note = ArrivalNoteFactory.create(placement=world.placement, state=state_of("arrival", state), address_waits=True)
    target = Target("logbook.ArrivalNote", note.pk, {})
    return note, {"purpose": LinkPurpose.CONFIRM_ARRIVAL, "target": target}


def _arrived(scene: Scene) -> dict[str, Any]:
    return {
        "arrived_on": timezone.localdate().isoformat(),
        "supervisor_name": "Juma Mushi",
        "supervisor_email": "juma.mushi@host.example",
    }


def _note_move(name: str) -> Any:
    return lambda s: {"note": s.obj.pk, "move": name, "reason": "Not this day.", "version": s.obj.version}


ARRIVALS: Final = [
    *api(
        "arrival",
        "arrival",
        MOVES,
        states="submitted,confirmed,disputed",
    ),
    *workspace(
        "logbook_arrivalnote",
        "arrival",
        moves=MOVES,
        bulk=("allow_address", "refuse_address", "reopen"),
        states="submitted,confirmed,disputed",
    ),
    Endpoint("arrival_report", "arrival", "add submit", "post", STUDENTS, states="draft", data=_arrived),
    Endpoint(
        "arrival_report",
        "arrival",
        "view",
        serves=STUDENTS,
        states="submitted,confirmed,disputed",
        args=lambda s: (s.obj.placement_id,),
    ),
    Endpoint(
        "arrival_report",
        "arrival",
        "change",
        "post",
        STUDENTS,
        states="submitted,confirmed,disputed",
        args=lambda s: (s.obj.placement_id,),
        data=_arrived,
    ),
    Endpoint(
        "supervise",
        "arrival",
        "list",
        serves=HOSTS,
        states="submitted",
        args=without_arguments,
        shows=lambda s: f'name="note" value="{s.obj.pk}"',
    ),
    Endpoint(
        "supervise",
        "arrival",
        "confirm",
        "post",
        HOSTS,
        states="submitted",
        args=without_arguments,
        data=_note_move("confirm"),
    ),
    Endpoint(
        "supervise",
        "arrival",
        "return",
        "post",
        HOSTS,
        states="submitted",
        args=without_arguments,
        data=_note_move("dispute"),
    ),
    Endpoint("link_arrival", "arrival", "list view", serves=LINKS, states="submitted", args=_link),
    Endpoint(
        "link_arrival", "arrival", "confirm", "post", LINKS, states="submitted", args=_link, data=_note_move("confirm")
    ),
    Endpoint(
        "link_arrival", "arrival", "return", "post", LINKS, states="submitted", args=_link, data=_note_move("dispute")
    ),
]
OFFERS = Offers(
    endpoints=ARRIVALS,
    public={},
    scenes={
        "arrival": arrival,
    },
)
