"""Every cell of the table through HTTP, at every door that offers it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.matrix.mapping import scene_of, scenes
from tests.matrix.trying import Trial
from tests.matrix.worlds import build_matrix_world

# Code that has tests of its own: to trace each line would take as long as the requests do.
pytestmark = [pytest.mark.django_db, pytest.mark.matrix, pytest.mark.no_cover]


# On a second database it is asked whether the queries hold, not who may: those of one without an account, and of two
# who may do the same elsewhere.
ON_ANOTHER = frozenset({"AN", "SX", "KX"})


def tried() -> Iterator[Any]:
    """Yield every object in every state; on a second database one state of each says whether its queries hold."""
    seen: set[str] = set()
    for thing, state in scenes():
        later = [pytest.mark.one_database] if thing in seen else []
        seen.add(thing)
        yield pytest.param(thing, state, marks=later, id=f"{thing}-{state}".replace(" ", "-"))


@pytest.mark.parametrize(("thing", "state"), list(tried()))
def test_every_cell_of_an_object_holds(thing: str, state: str, record_property, pytestconfig: pytest.Config):
    trial = Trial(scene_of(build_matrix_world(), thing, state))
    if pytestconfig.getoption("database_only"):
        trial.refused = ON_ANOTHER
    result = trial.run()
    for name in ("allowed", "refused", "requests"):
        record_property(f"matrix_{name}", getattr(result, name))
    record_property("matrix_held", sum(result.cells.values()))
    if result.problems:
        pytest.fail("\n".join(result.problems), pytrace=False)
