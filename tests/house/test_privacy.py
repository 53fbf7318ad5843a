"""Everybody who adds a model or a column says what it holds about people, and what an erasure leaves of it."""

import pytest

from portal.kernel.privacy import Holding, holdings, undeclared

KNOWN = {holding.label: holding for holding in holdings()}


def test_every_model_of_ours_and_of_the_packages_is_declared():
    assert undeclared() == [], "declare it in the services/privacy.py of its app"


@pytest.mark.parametrize("holding", KNOWN.values(), ids=KNOWN)
def test_every_column_that_can_say_something_is_declared(holding: Holding):
    assert holding.unsaid() == [], "say whether erasure blanks it, strikes it out, or may leave it"


@pytest.mark.parametrize("holding", KNOWN.values(), ids=KNOWN)
def test_a_declaration_names_columns_that_there_are(holding: Holding):
    columns = {column.name for column in holding.model._meta.get_fields()}
    named = {*holding.blank, *holding.files, *holding.mentions, *holding.plain, *holding.hidden}
    assert named - columns == set()
    # The paths and conditions are those of a query; a wrong one raises here.
    str(holding.model._base_manager.filter(holding.ended, holding.shown).query)
    for path in (*holding.person, *([holding.since] if holding.since else [])):
        str(holding.model._base_manager.filter(**{f"{path}__isnull": False}).query)


@pytest.mark.parametrize("holding", KNOWN.values(), ids=KNOWN)
def test_what_is_kept_says_so(holding: Holding):
    assert str(holding.holds)
    assert bool(holding.keep) == bool(holding.since)
    if holding.person and not holding.delete:
        assert str(holding.leaves)


@pytest.mark.parametrize("holding", KNOWN.values(), ids=KNOWN)
def test_a_row_that_belongs_to_people_names_them(holding: Holding):
    owning = {"user", "owner", "student", "recipient", "person"}
    keys = {f.name for f in holding.model._meta.concrete_fields if f.is_relation} & owning
    assert keys <= set(holding.person)
