"""What a move tells: history and parts inside its transaction, reactions after it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.dispatch import Signal
from django.utils import timezone

from portal.kernel.errors import Text
from portal.kernel.models import StatefulModel
from portal.kernel.tasks import enqueue, task

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.kernel.access import Actor

# Sent inside the transaction of the move, once a batch, with ``change=Change(...)``. History listens; nothing that
# leaves the transaction (mail, task, file) may.
state_changed = Signal()


@dataclass(frozen=True)
class Change:
    """What happened in one ``perform`` or ``perform_many``; ``sources`` maps each row's key to its old state."""

    model: type[StatefulModel]
    objects: Sequence[StatefulModel]
    sources: dict[Any, str]
    move: str
    target: str
    actor: "Actor"
    reason: str
    via: str
    at: Any
    batch: str


@dataclass(frozen=True)
class Event:
    """What a reaction gets, later and in a worker: keys only, never rows."""

    model: str
    pks: list[Any]
    move: str
    target: str
    actor_id: int | None
    reason: str
    batch: str

    def rows(self) -> "QuerySet[Any]":
        """Return the rows of the event as they are now; those that are gone are left out."""
        rows: QuerySet[Any] = apps.get_model(self.model)._default_manager.filter(pk__in=self.pks)
        return rows


@dataclass(frozen=True)
class Refusal:
    """A row that ``perform_many`` did not move, and why."""

    pk: Any
    code: str
    message: Text


@dataclass(frozen=True)
class BulkResult:
    """Keys of the rows that moved, and the others with their reason, both in the order of the queryset."""

    moved: list[Any]
    refused: list[Refusal]


@dataclass(frozen=True)
class Reaction:
    """One line of an app's table: when a row of ``model`` came to ``target`` (by ``moves``, if named), call it."""

    name: str
    model: str
    target: str
    moves: tuple[str, ...]
    function: Callable[[Event], None]

    def concerns(self, event: Event) -> bool:
        """Say whether this is to be called for the event."""
        same = self.model == event.model and self.target == event.target
        return same and (not self.moves or event.move in self.moves)

    def key(self, batch: str) -> str:
        """Return the key of the outbox row: one for each reaction and batch, however often it is asked for."""
        return f"{self.name}:{batch}"

    def enqueue(self, event: Event) -> None:
        """Write the outbox row in the current transaction; a row that is there already stays as it is."""
        enqueue(self.name, vars(event), dedupe_key=self.key(event.batch))


_reactions: list[Reaction] = []
_parts: dict[tuple[str, str], list[Callable[[Change], None]]] = {}


def with_move(model: str, name: str) -> Callable[[Callable[[Change], None]], Callable[[Change], None]]:
    """Register a function of a model's own ``services``: it is part of the move and runs in its transaction.

    For what must be true at the same moment as the new state (a seat is taken, a placement exists). It may raise
    ``RuleViolation``; then nothing has happened. Whatever can come a second later is a reaction instead.
    """

    def register(function: Callable[[Change], None]) -> Callable[[Change], None]:
        _parts.setdefault((model, name), []).append(function)
        return function

    return register


def parts() -> list[tuple[str, str, str]]:
    """Return every registered part of a move as (model, move, function), sorted."""
    found = [
        (model, name, f"{function.__module__}.{function.__name__}")
        for (model, name), functions in _parts.items()
        for function in functions
    ]
    return sorted(found)


def reactions() -> list[Reaction]:
    """Return every registered reaction, sorted by model, target and name."""
    return sorted(_reactions, key=lambda r: (r.model, r.target, r.name))


def reacts_to(
    model: str, *, to: str, moves: tuple[str, ...] = ()
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register a function of ``receivers.py``: it runs in a worker after the commit, once a batch.

    The function SHALL be idempotent (it may be called twice for one event) and MAY find rows gone or moved on.
    """

    def register(function: Callable[[Event], None]) -> Callable[[Event], None]:
        name = f"{function.__module__.split('.')[1]}.{function.__name__}"

        @task(name)
        def run(**event: Any) -> None:
            function(Event(**event))

        _reactions.append(Reaction(name, model, str(to), moves, function))
        return function

    return register


def announce(change: Change) -> None:
    """Run the parts of the move, tell history, and write an outbox row for each reaction: one transaction."""
    label = change.model._meta.label
    for part in _parts.get((label, change.move), []):
        part(change)
    state_changed.send(sender=change.model, change=change)
    pks = [row.pk for row in change.objects]
    event = Event(label, pks, change.move, change.target, change.actor.pk, change.reason, change.batch)
    for reaction in _reactions:
        if reaction.concerns(event):
            reaction.enqueue(event)


def announce_created(obj: StatefulModel, *, actor: "Actor", via: str = "", reason: str = "") -> None:
    """Write history and reactions for a row that was just inserted in its first state (the move is ``create``)."""
    announce_created_many([obj], actor=actor, via=via, reason=reason)


def announce_created_many(objects: Sequence[StatefulModel], *, actor: "Actor", via: str = "", reason: str = "") -> None:
    """Write history and reactions for rows of one model and one state, inserted in the current transaction."""
    if not objects:
        return
    first = objects[0]
    sources = {row.pk: "" for row in objects}
    state = first.state
    announce(
        Change(type(first), objects, sources, "create", state, actor, reason, via, timezone.now(), uuid.uuid4().hex)
    )
