"""Selector and predicate say the same, and who may move what is written down in a golden table."""

from pathlib import Path
from typing import Any

import pytest

from apps.applications.models import Placement
from portal.kernel.fsm import moves_for, perform
from portal.kernel.models import StatefulModel
from tests.factories.world import World, build_world
from tests.house.everything import KINDS, Kind, build_everything

type Everything = dict[str, list[Any]]

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parents[1] / "golden" / "moves_by_role.txt"


@pytest.fixture(scope="module")
def world(module_db: None) -> World:
    return build_world()


@pytest.fixture(scope="module")
def everything(world: World) -> Everything:
    return build_everything(world)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.model._meta.label)
@pytest.mark.usefixtures("everything")
def test_the_selector_is_the_predicate_as_a_query(world: World, kind: Kind):
    placement = Placement.objects.get(pk=world.placement.pk)
    perform(placement, "end_early", actor=world.coordinator, reason="for a history entry")
    rows = list(kind.model._default_manager.all())
    assert rows or kind.model._meta.label == "accounts.Notice"
    for name, person in world.personas().items():
        listed = {row.pk for row in kind.selector(person)}
        allowed = {row.pk for row in rows if kind.predicate(row, person)}
        assert listed == allowed, f"{name}: list {sorted(listed - allowed)}, detail {sorted(allowed - listed)}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.model._meta.label)
@pytest.mark.usefixtures("everything")
def test_the_deactivated_and_the_anonymous_have_nothing(world: World, kind: Kind):
    people = world.personas()
    assert [list(kind.selector(people[name])) for name in ("deactivated", "anonymous")] == [[], []]


def table(world: World, everything: Everything) -> list[str]:
    """Return "model state: persona may move, move" for every object in every state."""
    lines = []
    for label, objects in sorted(everything.items()):
        for number, obj in enumerate(objects):
            for name, person in world.personas().items():
                fresh: Any = type(obj)._default_manager.get(pk=obj.pk)
                assert isinstance(fresh, StatefulModel)
                moves = ", ".join(move.name for move in moves_for(fresh, person))
                if moves:
                    lines.append(f"{label} {number} {fresh.state}: {name} may {moves}")
    return lines


def test_who_may_move_what_is_the_golden_table(world: World, everything: Everything, update_golden: bool):
    found = "\n".join(table(world, everything)) + "\n"
    if update_golden:
        GOLDEN.write_text(found)
    assert GOLDEN.read_text() == found, "run `make golden` and read the difference"
