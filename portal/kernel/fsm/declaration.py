"""How a machine is declared and read: arrows with a label, a danger level, a permission and conditions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

import django_fsm
from django.apps import apps
from django_fsm import Transition

from portal.kernel.errors import Text
from portal.kernel.models import StatefulModel


class Danger(StrEnum):
    """How a button looks: the main step, an ordinary one, one that sends back, one that ends something."""

    MAIN = "main"
    PLAIN = "plain"
    CAREFUL = "careful"
    FINAL = "final"


class Stamp(StrEnum):
    """What a move writes beside the state."""

    NOW = "now"
    ACTOR = "actor"
    REASON = "reason"


@dataclass(frozen=True)
class MoveInfo:
    """The part of a move's declaration that django-fsm does not know.

    ``stamps`` maps a field of the row to what is written into it; transition bodies stay empty, so that the
    set-based twin writes the same. ``system`` lets the portal itself make the move. ``bulk=False`` makes
    ``perform_many`` go row by row, each in its own savepoint, because a ``with_move`` part may refuse a single row.
    """

    label: Text
    help: Text = ""
    danger: Danger = Danger.PLAIN
    needs_reason: bool = False
    system: bool = False
    bulk: bool = True
    stamps: dict[str, Stamp] = field(default_factory=dict)


def move(label: Text, **details: Any) -> dict[str, MoveInfo]:
    """Build the ``custom`` of a ``@transition``: label, help, danger, needs_reason, system, bulk, stamps."""
    return {"move": MoveInfo(label, **details)}


def transition(
    *,
    field: Any,
    source: str | Sequence[str],
    target: str,
    custom: dict[str, MoveInfo],
    permission: Callable[[Any, Any], bool] | None = None,
    conditions: Sequence[Callable[[Any], bool]] = (),
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Declare an arrow: django-fsm's decorator with the arguments that the house uses, and their types.

    ``permission`` is a predicate of ``permissions.py`` (object first), never a string: that would be satisfied by the
    model-wide right whatever the object.
    """
    sources = source if isinstance(source, str) else list(source)
    decorator: Callable[[Callable[[Any], None]], Callable[[Any], None]] = django_fsm.transition(
        field=field,
        source=sources,
        target=target,
        permission=permission,
        conditions=list(conditions),
        custom=dict(custom),
    )
    return decorator


def rule(code: str, message: Text) -> Callable[[Callable[[Any], bool]], Callable[[Any], bool]]:
    """Give a condition of a transition the code and the sentence that are shown when it does not hold."""

    def mark(function: Callable[[Any], bool]) -> Callable[[Any], bool]:
        function.refusal = (code, message)  # type: ignore[attr-defined] # functions carry attributes
        return function

    return mark


@dataclass(frozen=True)
class Move:
    """One arrow of a machine: ``name`` from ``source`` to ``target``."""

    model: type[StatefulModel]
    name: str
    source: str
    target: str
    info: MoveInfo
    transition: Transition


# -- the declaration, read --------------------------------------------------------------------------------------


def stateful_models() -> list[type[StatefulModel]]:
    """Return every model with a machine, sorted by label."""
    found = [m for m in apps.get_models() if issubclass(m, StatefulModel)]
    return sorted(found, key=lambda m: m._meta.label)


def moves_of(model: type[StatefulModel]) -> list[Move]:
    """Return every arrow of the model's machine, sorted by name and source."""
    arrows = []
    for found in model().get_all_state_transitions():  # type: ignore[attr-defined] # added by the field
        info = found.custom["move"]
        arrows.append(Move(model, found.name, str(found.source), str(found.target), info, found))
    return sorted(arrows, key=lambda a: (a.name, a.source))


def arrow_of(obj: StatefulModel, name: str) -> Transition | None:
    """Return the arrow of this name that starts in the row's state, None if none does; LookupError for no such move."""
    method = getattr(type(obj), name, None)
    meta = getattr(method, "_django_fsm", None)
    if meta is None:
        message = f"{type(obj).__name__} has no move {name!r}"
        raise LookupError(message)
    return cast("Transition | None", meta.get_transition(obj.state))
