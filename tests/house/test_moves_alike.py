"""``perform_many`` does with a set what ``perform`` does with each of its rows: for any machine, move, row and person."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import HistoryEntry, OutboxTask, User
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import moves_of, perform, perform_many, stateful_models
from portal.kernel.models import StatefulModel
from tests.factories.world import World, build_world
from tests.house.everything import build_everything

GOLDEN = Path(__file__).parents[1] / "golden" / "moves_by_role.txt"
NOW = "now"


@dataclass
class Outcome:
    """What came of a move with some rows: all of it, without the order in which it was asked for."""

    rows: dict[Any, dict[str, Any]] = field(default_factory=dict)
    refused: dict[Any, str] = field(default_factory=dict)
    history: list[tuple[Any, ...]] = field(default_factory=list)
    reactions: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(frozen=True)
class Stage:
    """The small university with an object in every state, made once."""

    world: World
    objects: dict[str, list[StatefulModel]]


@pytest.fixture
def stage(db: None) -> Stage:
    world = build_world()
    return Stage(world, build_everything(world))


def promising() -> list[tuple[str, str, str]]:
    """Return (model, move, persona) for what somebody may do in some state, from the golden table."""
    found = set()
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        thing, _colon, rest = line.partition(": ")
        persona, _may, moves = rest.partition(" may ")
        found |= {(thing.split()[0], move, persona) for move in moves.split(", ")}
    return sorted(found)


def machines() -> dict[str, list[str]]:
    """Return the names of the moves of every model that stands in the golden table."""
    shown = {label for label, _move, _persona in promising()}
    models = {model._meta.label: model for model in stateful_models()}
    return {label: sorted({arrow.name for arrow in moves_of(models[label])}) for label in sorted(shown)}


def cases() -> st.SearchStrategy[tuple[str, str, str]]:
    """Half of the draws are moves that somebody may make, the others any move by anybody."""
    personas = sorted({persona for _label, _move, persona in promising()} | {"deactivated", "system"})
    anything = [(label, move, who) for label, moves in machines().items() for move in moves for who in personas]
    return st.one_of(st.sampled_from(promising()), st.sampled_from(anything))


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases(), some=st.integers(min_value=1), reason=st.sampled_from(["", "It is not so.", " "]))
def test_many_at_once_end_as_one_by_one(stage: Stage, case: tuple[str, str, str], some: int, reason: str):
    label, move, persona = case
    # The bits of the number say which of the rows are meant; none at all would show nothing.
    every = stage.objects[label]
    chosen = [row for place, row in enumerate(every) if some >> place & 1] or every
    model, pks = type(chosen[0]), sorted(row.pk for row in chosen)
    actor: Callable[[], Any] = (lambda: SYSTEM) if persona == "system" else partial(_person, stage, persona)
    single = _tried(model, pks, lambda: _one_by_one(model, pks, move, actor(), reason))
    many = _tried(model, pks, lambda: _all_at_once(model, pks, move, actor(), reason))
    assert many == single


def _person(stage: Stage, name: str) -> Any:
    """Return a fresh instance, which has not cached what it may."""
    return AnonymousUser() if name == "anonymous" else User.objects.get(pk=getattr(stage.world, name).pk)


def _one_by_one(model: Any, pks: list[Any], move: str, actor: Any, reason: str) -> dict[Any, str]:
    refused = {}
    for pk in pks:
        try:
            perform(model._default_manager.get(pk=pk), move, actor=actor, reason=reason, via="test")
        except RuleViolation as error:
            refused[pk] = error.code
        except NotAllowed:
            refused[pk] = "not_allowed"
    return refused


def _all_at_once(model: Any, pks: list[Any], move: str, actor: Any, reason: str) -> dict[Any, str]:
    rows = model._default_manager.filter(pk__in=pks)
    try:
        result = perform_many(rows, move, actor=actor, reason=reason, via="test")
    except RuleViolation as error:
        # What is wrong with the request itself is said once, instead of once for each row that it would have moved.
        said = _tried(model, pks, lambda: _all_at_once(model, pks, move, actor, "A reason."))
        return {pk: said.refused.get(pk, error.code) for pk in pks}
    return {refusal.pk: refusal.code for refusal in result.refused}


def _tried(model: Any, pks: list[Any], act: Callable[[], dict[Any, str]]) -> Outcome:
    """Act, write down what came of it, and take it back."""
    with transaction.atomic():
        outcome = Outcome(refused=act())
        outcome.rows = {row.pk: _plain(row) for row in model._default_manager.filter(pk__in=pks)}
        outcome.history = sorted(_history())
        outcome.reactions = sorted(_reactions())
        transaction.set_rollback(True)
    return outcome


def _plain(row: StatefulModel) -> dict[str, Any]:
    recent = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: NOW if isinstance(value, dt.datetime) and value > recent else value for name, value in values.items()}


def _history() -> Iterator[tuple[Any, ...]]:
    names = ("target_label", "action", "source", "target", "via", "reason")
    for entry in HistoryEntry.objects.all():
        # What a move creates has another key each time: a sequence of PostgreSQL does not go back.
        key = 0 if entry.action == "create" else entry.target_id
        yield (key, *(getattr(entry, name) for name in names), str(entry.actor_key), str(entry.department_id))


def _reactions() -> Iterator[tuple[Any, ...]]:
    """Yield kind, move and each row: a batch tells of many rows at once what single moves tell one by one."""
    for task in OutboxTask.objects.filter(payload__has_key="batch"):
        for pk in task.payload["pks"]:
            key = "" if task.payload["move"] == "create" else str(pk)
            yield task.kind, task.payload["move"], task.payload["reason"], str(task.payload["actor_id"]), key
