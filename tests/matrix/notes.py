"""Doors to what coordinators note about students, their applications and places, and companies."""

from collections.abc import Callable
from typing import Any, Final

from apps.accounts.models import Note
from apps.accounts.services.notes import write_note
from tests.factories.world import World
from tests.matrix.applications import application
from tests.matrix.endpoints import WORKSPACE, Endpoint, Offers, Scene, api, without_arguments

TEXT: Final = "They expect her on Monday at gate 3."


def note(world: World, state: str) -> Note:
    """One of the coordinator's about the student, what is the student's, or the company."""
    about = {
        "on student": lambda: world.enrolment,
        "on placement": lambda: world.placement,
        "on application": lambda: application(world, "pending")[0],
        "on company": lambda: world.company,
    }
    return write_note(about[state](), TEXT, actor=world.coordinator)


def _about(scene: Scene) -> tuple[str, int]:
    row: Note = scene.obj
    if row.key is not None:
        return row.label.rpartition(".")[2].lower(), row.key
    return ("company", row.company_id or 0) if row.company_id else ("enrolment", row.enrolment_id or 0)


def _typed(_scene: Scene) -> dict[str, Any]:
    return {"text": "One more."}


def _sent(scene: Scene) -> dict[str, Any]:
    about, key = _about(scene)
    return {"about": about, "key": key, "text": "One more."}


def _page(model: str, state: str, key: Callable[[Scene], Any]) -> list[Endpoint]:
    page = f"admin:{model}"
    one: dict[str, Any] = {"serves": WORKSPACE, "states": state, "hidden": True}
    return [
        Endpoint(f"{page}_change", "note", "list", args=lambda s: (key(s),), shows=lambda _s: TEXT, **one),
        Endpoint(f"{page}_note", "note", "add", "post", args=lambda s: (key(s),), data=_typed, **one),
        Endpoint(f"{page}_note_delete", "note", "delete", "post", args=lambda s: (key(s), s.obj.pk), **one),
    ]


OFFERS = Offers(
    endpoints=[
        *_page("accounts_enrolment", "on student", lambda s: s.obj.enrolment_id),
        *_page("accounts_enrolment", "on placement", lambda s: s.obj.enrolment_id)[2:],
        *_page("applications_placement", "on placement", lambda s: s.obj.key),
        *_page("applications_application", "on application", lambda s: s.obj.key),
        *_page("accounts_company", "on company", lambda s: s.obj.company_id),
        *api("note", "note", {}),
        Endpoint("api-note-list", "note", "add", "post", args=without_arguments, data=_sent),
        Endpoint("api-note-detail", "note", "delete", "delete"),
    ],
    public={},
    scenes={"note": note},
)
