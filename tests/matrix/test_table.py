"""The table is read as it was agreed."""

import pytest

from tests.matrix.table import PERSONAS, Row, agreed, allowed_to, parse, rows, viewers_of


def test_the_agreed_table_has_all_its_rows():
    allowed = sum(len(row.allowed) for row in agreed())
    assert (len(agreed()), len(agreed()) * len(PERSONAS), allowed) == (331, 5958, 637)


def test_no_row_stands_twice():
    assert len(set(rows())) == len(rows())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a[b c] : d e = SO -", [("a", "b c", "d", {"SO"}), ("a", "b c", "e", {"SO"})]),
        ("a        : d = -   # nobody", [("a", "", "d", set())]),
        ("a[x]: d=KO RO", [("a", "x", "d", {"KO", "RO"})]),
        ("# only a remark", []),
        ("", []),
    ],
    ids=["state", "nobody", "tight", "remark", "empty"],
)
def test_a_line_gives_a_row_for_each_action(line, found):
    assert [(row.thing, row.state, row.action, set(row.allowed)) for row in parse([line])] == found


@pytest.mark.parametrize("line", ["log[draft] view = SO", "log : view", "log[ : view = SO", "log : view = SOO"])
def test_a_line_of_another_form_is_refused(line):
    with pytest.raises(ValueError, match=r"line|personas"):
        parse([line])


def test_who_sees_is_who_may_list_or_view():
    assert viewers_of("placement", "active") == allowed_to("placement", "active", "list") | {"LO"}
    assert viewers_of("log", "any") == viewers_of("log", "verified_academic")


def test_rows_are_named_as_in_the_table():
    assert str(Row("log", "draft", "view", frozenset())) == "log[draft] view"
    assert str(Row("resume", "", "add", frozenset())) == "resume add"
