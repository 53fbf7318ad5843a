import pytest
from django.utils.functional import lazystr
from import_export.widgets import Widget

from portal.kernel.errors import RuleViolation
from portal.kernel.import_columns import uncleaned_block
from portal.kernel.imports import (
    CellRefusedError,
    Line,
    Problem,
    SheetField,
    SheetResource,
    chunks,
    clean_line,
    differences,
    first_problem,
    importable,
    likeness,
    lines_alike,
    match_columns,
    resource_for,
)
from portal.kernel.sheets import Column, Sheet, SheetRow
from portal.kernel.sheets.blocks import whole_blocks


class Shout(Widget):
    def clean(self, value, row=None, **_kwargs):
        assert row is not None
        if value == "bad":
            raise CellRefusedError("bad", lazystr("Do not write bad."))
        return value.upper()


class ThingResource(SheetResource):
    code = SheetField(Column("code", "Code", ("Kodi",), required=True), attribute="code", widget=Shout())
    name = SheetField(Column("name", "Name"), attribute="name", widget=Shout())
    place = SheetField(Column("place", "Place"), attribute="place", widget=Shout(), constant=True)


def sheet(headers: list[str], *rows: list[str]) -> Sheet:
    return Sheet(headers, [SheetRow(number, row) for number, row in enumerate(rows, start=2)], "utf-8", ",", "", [])


def test_a_registered_kind_gives_a_new_resource_each_time():
    importable("tests.things")(ThingResource)
    first, second = resource_for("tests.things"), resource_for("tests.things")
    assert [type(first), type(second)] == [ThingResource, ThingResource]
    assert first.fields["code"].widget is not second.fields["code"].widget


def test_columns_and_labels_come_from_the_fields():
    resource = ThingResource()
    assert [column.name for column in resource.columns()] == ["code", "name", "place"]
    assert [resource.label_of("code"), resource.label_of("other")] == ["Code", "other"]


def test_lines_carry_the_matched_cells_and_what_the_reader_found():
    table = sheet(["Kodi", "Shoe size"], ["a1", "44"], ["a2", "45"])
    table.rows[1].problems.append("Column B shows the error #N/A.")
    rest, blocks = whole_blocks(table)
    block = uncleaned_block(next(blocks), match_columns(rest, ThingResource()))
    first, second = block.line(0), block.line(1)
    assert (first.number, first.cells, first.problems) == (2, {"code": "a1"}, [])
    assert second.problems == [Problem("", "unreadable", "Column B shows the error #N/A.")]


@pytest.mark.parametrize(
    ("headers", "code", "sentence"),
    [
        (["name"], "columns_missing", "The table has no column for: Code. Add it, or correct its header."),
        (
            ["code", "kodi"],
            "columns_repeated",
            "These headers mean the same column (Code): code, kodi. Delete or rename all but one.",
        ),
    ],
)
def test_a_table_without_a_needed_column_or_with_one_twice_is_refused(headers, code, sentence):
    with pytest.raises(RuleViolation) as caught:
        match_columns(sheet(headers, ["x"] * len(headers)), ThingResource())
    assert (caught.value.code, str(caught.value.message)) == (code, sentence)


def test_cells_become_values_and_refused_ones_problems():
    line = Line(2, {"code": "a1", "name": "bad", "place": ""})
    clean_line(ThingResource(), line)
    assert line.values == {"code": "A1"}
    assert [problem.stored() for problem in line.problems] == [
        {
            "column": "name",
            "code": "bad",
            "message": "Do not write bad.",
            "said": dict.fromkeys(("en", "sw", "ar"), "Do not write bad."),
        }
    ]


def test_a_form_takes_an_empty_cell_as_a_value():
    line = Line(1, {"code": "a1", "name": ""})
    clean_line(ThingResource(), line, keep_empty=True)
    assert line.values == {"code": "A1", "name": ""}


def test_differences_name_old_and_new_and_leave_constants_alone():
    stored = {"code": "A1", "name": "OLD", "place": "HERE"}
    values = {"code": "A1", "name": "NEW", "place": "THERE"}
    assert differences(ThingResource(), stored, values) == {"name": ("OLD", "NEW")}


def test_lines_alike_are_grouped_by_their_key_and_empty_keys_by_none():
    lines = [Line(number, {"code": code}) for number, code in enumerate(["a", "", "A", "", "b"], start=2)]
    groups = lines_alike(lines, lambda line: line.cells["code"].lower())
    assert {key: [line.number for line in group] for key, group in groups.items()} == {"a": [2, 4]}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("2024-04-00012", "2024/4/12", True),
        ("00123", "123", True),
        ("abc-1", "ABC 01", True),
        ("000", "0", True),
        ("2024-1-11", "2024-11-1", False),
        ("T/123", "T/124", False),
    ],
)
def test_numbers_are_alike_but_for_case_separators_and_zeros_in_front(one, other, alike):
    assert (likeness(one) == likeness(other)) is alike


def test_chunks_hold_everything_in_order():
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]


def test_the_first_problem_of_a_line_is_the_rule_that_refuses_it():
    line = Line(1, {})
    line.refuse("", "whole", lazystr("The whole line."))
    line.refuse("code", "later", lazystr("Later."))
    error = first_problem(line)
    assert (error.code, str(error.message), error.field) == ("whole", "The whole line.", None)
