"""Every door is mapped to a row of the table, and what the table says and no door offers is listed."""

from pathlib import Path

import pytest

from tests.matrix import mapping
from tests.matrix.inventory import doors
from tests.matrix.table import PERSONAS, rows

pytestmark = pytest.mark.matrix

LISTED = Path(__file__).parent / "not_offered.txt"
WAITING = Path(__file__).parent / "unmapped.txt"
HEAD = """\
# What the table says of rights and no door offers yet: "object[state] action = who may", or who of them is not served.
# Written by `make golden`. It only shrinks: a line that a door now offers has to go, and no line may come back.

"""


def lines_of(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if line and not line.startswith("#")]


def test_every_door_is_mapped(record_property):
    found = mapping.unmapped()
    record_property("matrix_endpoints", len(doors()))
    record_property("matrix_unmapped", len(found))
    lines = "\n".join(f"  {door}" for door in found if door not in lines_of(WAITING))
    assert not lines, (
        f"These addresses stand in no row of the table of rights:\n{lines}\n"
        "Add one line each to tests/matrix/<app>.py, such as\n"
        '  Endpoint("vacancy_detail", "vacancy", "view")  # address, object and action of tests/matrix/rights.txt\n'
        '  Endpoint("job_cancel", "job", "cancel", "post", "KO KX")  # and for whom the page is made\n'
        "or api(...) and workspace(...) for a viewset's or an admin's pages. What the table does not name gets a row\n"
        "in tests/matrix/further.txt. What is no matter of rights goes into `public` with its reason."
    )


def test_what_waits_to_be_mapped_only_shrinks():
    assert sorted(set(lines_of(WAITING)) - set(mapping.unmapped())) == [], "take these lines out of unmapped.txt"


def test_every_endpoint_means_a_row():
    known = {(row.thing, row.action) for row in rows()}
    strange = [
        f"{endpoint.name} ({endpoint.method}): {thing} {action}"
        for endpoint in mapping.endpoints()
        for thing in endpoint.thing.split()
        for action in endpoint.actions.split()
        if (thing, action) not in known and not endpoint.closed
    ]
    assert strange == [], "name an object and action of tests/matrix/rights.txt, or add the row to further.txt"


def test_every_endpoint_is_a_door():
    names = {name for name, _method in doors()}
    assert {endpoint.name for endpoint in mapping.endpoints()} - names == set()
    assert set(mapping.public()) - names == set()


def test_nothing_is_both_public_and_mapped():
    assert {endpoint.name for endpoint in mapping.endpoints()} & set(mapping.public()) == set()


def test_every_public_address_has_a_reason():
    assert [name for name, reason in mapping.public().items() if len(reason) < 20] == []


def test_every_object_with_a_door_has_a_builder():
    built = {name for app in mapping.APPS for name in app.scenes}
    assert {thing for thing, _state in mapping.scenes()} - built == set()


def cells_in(lines: list[str]) -> int:
    """Count the cells of the list: all personas of a row that nobody offers, the named ones of the others."""
    offered = {str(row) for row in rows() if any(not e.closed for e in mapping.endpoints_for(row))}
    found = (line.partition(" = ") for line in lines)
    return sum(len(who.split()) if row in offered else len(PERSONAS) for row, _equals, who in found)


def test_what_no_door_offers_is_listed(update_golden: bool, record_property):
    found = mapping.not_offered()
    record_property("matrix_listed", cells_in(found))
    if update_golden:
        LISTED.write_text(HEAD + "\n".join(found) + "\n")
    assert found == lines_of(LISTED), (
        "a door offers what is listed, or one is gone: run `make golden` and read the difference"
    )
