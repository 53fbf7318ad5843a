"""How an app says which row of the table each of its addresses is: one line an address, in ``tests/matrix/<app>.py``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.factories.world import World
from tests.matrix.table import PERSONAS

# Everybody who signs in; the workspace is for coordinators and the superuser.
SIGNED_IN: Final = "SO SX SF CO CX IO IX UO UX KO KX RO"
STUDENTS: Final = "SO SX SF"
COMPANY: Final = "CO CX"
HOSTS: Final = "IO IX"
STAFF: Final = "UO UX"
WORKSPACE: Final = "KO KX RO"
LINKS: Final = "LO LX"


@dataclass(frozen=True)
class Scene:
    """One object of the table in one state, with the world around it. ``extra`` is what its builder lays ready."""

    world: World
    thing: str
    state: str
    obj: Any
    extra: Mapping[str, Any]


def by_key(scene: Scene) -> Sequence[Any]:
    """Return the object's key: the argument of most addresses."""
    return (scene.obj.pk,)


def without_arguments(_scene: Scene) -> Sequence[Any]:
    return ()


@dataclass(frozen=True)
class Endpoint:
    """An address that offers actions of the table.

    ``name`` is what ``reverse`` takes; an action of a list in the workspace is ``"<name of the list>#<action>"``.
    ``thing`` and ``actions`` are words of the table, several with blanks between. ``serves`` names the personas for
    whom the page is made: all others are refused there even if they may do the same elsewhere. ``states`` narrows to
    some states of the table. ``args`` are the address' arguments and ``data`` what is sent (JSON to the API, else a
    form). With ``form`` the form is first read from the page, as a browser does, and ``data`` typed into it.
    ``shows`` is a text that stands in the answer exactly for whom the object is listed. ``own`` marks pages that show
    everybody the own data and have no key: a stranger's answer may then be a page, but not one about the object.
    ``quiet`` marks doors that answer a refusal with a message on a page instead of a status. ``status`` is that of
    success where it is none of the usual ones. ``closed`` marks what Django or the API's framework would know and
    nobody can do here, such as deleting where no page deletes: everybody is refused.
    ``reads`` marks what is asked for by POST and writes nothing, such as many files at once.
    ``hidden`` marks an address of another object of the kind, which nobody of the table sees.
    """

    name: str
    thing: str
    actions: str
    method: str = "get"
    serves: str = SIGNED_IN
    states: str = ""
    args: Callable[[Scene], Sequence[Any]] = by_key
    data: Callable[[Scene], dict[str, Any]] | None = None
    form: bool = False
    shows: Callable[[Scene], str] | None = None
    query: str = ""
    own: bool = False
    quiet: bool = False
    status: int = 0
    reads: bool = False
    closed: bool = False
    hidden: bool = False

    @property
    def url_name(self) -> str:
        return self.name.partition("#")[0]

    @property
    def surface(self) -> str:
        """Return ``api``, ``token``, ``admin``, ``link`` or ``page``: each says in its own way that somebody is nobody."""
        if self.name.startswith("api-"):
            return "api"
        if self.name.startswith("scim_"):
            return "token"
        if self.name.startswith("admin:"):
            return "admin"
        return "link" if self.serves == LINKS else "page"

    @property
    def dialect(self) -> str:
        """Return whose tokens the address takes: of one of the dialects, or empty for the API's own."""
        return next((name for name in ("api-rg-", "api-is-") if self.name.startswith(name)), "")

    @property
    def audience(self) -> frozenset[str]:
        return frozenset() if self.closed else frozenset(self.serves.split())

    def offers(self, thing: str, state: str, action: str) -> bool:
        """Say whether the address offers this action on an object in this state."""
        in_state = not self.states or state in self.states.split(",")
        return thing in self.thing.split() and in_state and action in self.actions.split()


@dataclass(frozen=True)
class Offers:
    """What one app says: its endpoints, its public addresses with reasons, and builders of its objects.

    A builder takes the world and the table's state and returns the object, or the object and a mapping for ``extra``.
    """

    endpoints: Sequence[Endpoint]
    public: Mapping[str, str]
    scenes: Mapping[str, Callable[[World, str], Any]]


def api(
    base: str, thing: str, moves: Mapping[str, str], *, states: str = "", reads: str = "", **fields: Any
) -> list[Endpoint]:
    """Map list, detail and moves of a ``ScopedViewSet``, each move of one and of many, and what can be done now.

    ``reads`` names programs that list and read beside people. ``moves`` gives the table's action of each move; several, with blanks, where the table has several words for it.
    """
    readers = {**fields, "serves": f"{fields.get('serves', SIGNED_IN)} {reads}"}
    found = [
        Endpoint(f"api-{base}-list", thing, "list", args=without_arguments, states=states, **readers),
        Endpoint(f"api-{base}-detail", thing, "view", states=states, **readers),
    ]
    for move, actions in moves.items():
        found.append(Endpoint(f"api-{base}-{move}", thing, actions, "post", states=states, data=_with_reason, **fields))
        many: dict[str, Any] = {"args": without_arguments, "data": _many, "quiet": True}
        found.append(Endpoint(f"api-{base}-bulk-{move}", thing, actions, "post", states=states, **many, **fields))
    if moves:
        found.append(Endpoint(f"api-{base}-moves", thing, "view", states=states, **fields))
    return found


def workspace(
    model: str,
    thing: str,
    *,
    moves: Mapping[str, str] | None = None,
    bulk: Iterable[str] = (),
    change: Callable[[Scene], dict[str, Any]] | None = None,
    add: Callable[[Scene], dict[str, Any]] | None = None,
    deletes: bool = False,
    looks: bool = False,
    **fields: Any,
) -> list[Endpoint]:
    """Map the pages of a ``PortalModelAdmin``: list, object, history, change, add, delete, moves and bulk moves.

    ``model`` is ``"<app>_<model>"``. ``change`` and ``add`` say what is typed into the form, ``deletes`` that rows can
    be deleted here, ``looks`` that the list offers a quick look; without them the page is asked as well, but nobody may get through. ``moves`` are the table's actions by the name of the move,
    ``bulk`` those of them that the list offers for many.
    """
    fields = {"serves": WORKSPACE, **fields}

    def page(name: str, actions: str, method: str = "get", **more: Any) -> Endpoint:
        return Endpoint(f"admin:{model}_{name}", thing, actions, method, **{**fields, **more})

    found = [
        page("changelist", "list", args=without_arguments, shows=_row_link(model)),
        page("change", "view"),
        page("history", "view"),
        page("change", "change", "post", data=change or _nothing, form=change is not None, closed=change is None),
        page("delete", "delete", "post", data=lambda _s: {"post": "yes"}, closed=not deletes),
        page(
            "add", "add", "post", args=without_arguments, data=add or _nothing, form=add is not None, closed=add is None
        ),
    ]
    if looks:
        found.append(page("look", "view"))
    for move, actions in (moves or {}).items():
        found.append(page("move", actions, "post", args=_move_of(move), data=_with_reason))
    for move in bulk:
        chosen = {"action": f"move_{move}", "confirmed": "1", "reason": "The matrix asks."}
        name = f"changelist#move_{move}"
        more = {"args": without_arguments, "data": _selected(chosen), "quiet": True}
        found.append(page(name, (moves or {})[move], "post", **more))
    return found


def list_action(
    model: str,
    action: str,
    thing: str,
    actions: str,
    *,
    data: Callable[[Scene], dict[str, Any]] | None = None,
    **fields: Any,
) -> Endpoint:
    """Map an action of a list in the workspace that is no move; ``data`` is what it asks for."""
    typed = data or _nothing
    return Endpoint(
        f"admin:{model}_changelist#{action}",
        thing,
        actions,
        "post",
        args=without_arguments,
        data=lambda scene: {**_selected({"action": action})(scene), **typed(scene)},
        quiet=True,
        **{"serves": WORKSPACE, **fields},
    )


def _nothing(_scene: Scene) -> dict[str, Any]:
    return {}


def _with_reason(_scene: Scene) -> dict[str, Any]:
    return {"reason": "The matrix asks."}


def _many(scene: Scene) -> dict[str, Any]:
    return {"ids": [scene.obj.pk], "reason": "The matrix asks."}


def _row_link(model: str) -> Callable[[Scene], str]:
    app_label, _underscore, name = model.partition("_")
    return lambda scene: f"/admin/{app_label}/{name}/{scene.obj.pk}/change/"


def _move_of(move: str) -> Callable[[Scene], Sequence[Any]]:
    return lambda scene: (scene.obj.pk, move)


def _selected(chosen: dict[str, Any]) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {**chosen, "_selected_action": [str(scene.obj.pk)]}


def check(endpoint: Endpoint) -> None:
    """Fail with a sentence for a word that is none of the table's."""
    if unknown := set(endpoint.serves.split()) - set(PERSONAS):
        message = f"{endpoint.name}: {sorted(unknown)} are no personas of the table"
        raise ValueError(message)
