"""Uploaded tables: from a read sheet to cleaned lines, and what they would change, around import-export resources.

A resource of django-import-export declares the columns of one kind of table, once for import and export: its fields
are ``SheetField``, its widgets clean the cells and write them. The package's own row loop and its pages are not used:
they save row by row (138 times slower at 10,000 rows), keep uploads where every session can confirm them, and let
everybody import and export who is not forbidden it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.resources import Resource

from portal.kernel.errors import RuleViolation, Text
from portal.kernel.sentences import filled, in_every_language, in_this_language
from portal.kernel.sheets import Column, HeaderMatch, Sheet, match_headers

CHUNK = 1000
_SIGNS = re.compile(r"[^a-z0-9\n]+")
_END_SIGNS = re.compile(r"^-|-$", re.MULTILINE)
_FRONT_ZEROS = re.compile(r"(?<![a-z0-9])0+(?=[a-z0-9])")


class CellRefusedError(ValueError):
    """A widget cannot make a value of a cell; ``code`` is for programs, ``message`` says what to do."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


class SheetField(Field):  # type: ignore[misc] # import-export ships no types
    """A field of a resource that knows how people call its column.

    A ``constant`` is the same for the whole table: its cells are checked and never written.
    """

    def __init__(self, column: Column, *, attribute: str, widget: Any, constant: bool = False) -> None:
        super().__init__(attribute=attribute, column_name=column.name, widget=widget)
        self.column = column
        self.constant = constant


class SheetResource(Resource):  # type: ignore[misc] # import-export ships no types
    """Base of the resources of uploaded tables; made anew for each table, with what its widgets need to know."""

    def sheet_fields(self) -> list[SheetField]:
        """Return the fields in the order of the columns."""
        return cast("list[SheetField]", list(self.fields.values()))

    def columns(self) -> list[Column]:
        """Return the columns for ``match_headers``."""
        return [sheet_field.column for sheet_field in self.sheet_fields()]

    def label_of(self, name: str) -> Text:
        """Return how people call a column; a column of no field is called by its name."""
        return next((column.label for column in self.columns() if column.name == name), name)

    def texts_of(self, row: Any) -> dict[str, str]:
        """Return a stored row as the cells of an export."""
        return {f.column_name: f.export(row) for f in self.sheet_fields()}

    def text(self, name: str, value: Any) -> str:
        """Return a cleaned value as the cell of an export."""
        return str(self.fields[name].widget.render(value))


# -- kinds of tables ----------------------------------------------------------------------------------------------

_resources: dict[str, Callable[..., SheetResource]] = {}


def importable[R: SheetResource](kind: str) -> Callable[[type[R]], type[R]]:
    """Register a resource as the reader of tables of this kind (``"<app>.<nouns>"``); services ask for it by kind."""

    def register(resource: type[R]) -> type[R]:
        _resources[kind] = resource
        return resource

    return register


def resource_for(kind: str, **known: Any) -> SheetResource:
    """Return a new resource of this kind; ``known`` is what its widgets need."""
    return _resources[kind](**known)


# -- lines --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line: ``column`` is the name of a column, empty where the whole line is meant."""

    column: str
    code: str
    message: Text

    def stored(self) -> dict[str, Any]:
        """Return it as JSON keeps it: the sentence in the language that is active now, and in every other."""
        said = in_every_language(self.message)
        return {"column": self.column, "code": self.code, "message": str(self.message), "said": said}


def told_problem(stored: Mapping[str, Any]) -> str:
    """Return the sentence of a stored problem for who reads it now."""
    return in_this_language(stored.get("said", {}), stored["message"])


@dataclass
class Line:
    """A line of the table: ``cells`` as they stand there, ``values`` cleaned, both by the names of columns.

    A cell that is empty has no value: an import leaves what is stored where the table says nothing.
    """

    number: int
    cells: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, code: str, message: Text) -> None:
        """Note a problem. A lazy message is kept in every language, another one as it is."""
        self.problems.append(Problem(column, code, message))


def match_columns(sheet: Sheet, resource: SheetResource, chosen: Mapping[str, str] | None = None) -> HeaderMatch:
    """Find our columns in the sheet; ``chosen`` as in ``match_headers``.

    Raises ``RuleViolation``: ``columns_missing`` with the names, ``columns_repeated`` where two headers mean the same.
    """
    match = match_headers(sheet.headers, resource.columns(), chosen)
    if match.missing:
        names = format_lazy(", ".join(["{}"] * len(match.missing)), *(column.label for column in match.missing))
        text = filled(_("The table has no column for: %(columns)s. Add it, or correct its header."), columns=names)
        raise RuleViolation("columns_missing", text)
    if match.repeated:
        first = match.repeated[0]
        text = filled(
            _("These headers mean the same column (%(column)s): %(headers)s. Delete or rename all but one."),
            headers=", ".join(first.headers),
            column=first.column.label,
        )
        raise RuleViolation("columns_repeated", text)
    return match


def clean_line(resource: SheetResource, line: Line, *, keep_empty: bool = False) -> None:
    """Fill the line's values from its cells; what a widget refuses becomes a problem of the line.

    ``keep_empty`` takes an empty cell as a value that is to be emptied, as a form means it.
    """
    for sheet_field in resource.sheet_fields():
        name = sheet_field.column_name
        if name not in line.cells or (not line.cells[name] and not keep_empty):
            continue
        try:
            line.values[name] = sheet_field.clean(line.cells)
        except CellRefusedError as error:
            line.refuse(name, error.code, error.message)


def lines_alike(lines: Iterable[Line], key: Callable[[Line], str]) -> dict[str, list[Line]]:
    """Return the groups of two and more lines that have the same key; lines with an empty key belong to none."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        found = key(line)
        if found:
            groups.setdefault(found, []).append(line)
    return {found: group for found, group in groups.items() if len(group) > 1}


def differences(
    resource: SheetResource, stored: Mapping[str, str], values: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """Return old and new cell of every column in which the values differ from what is stored; constants never do."""
    found: dict[str, tuple[str, str]] = {}
    for sheet_field in resource.sheet_fields():
        name = sheet_field.column_name
        if name in values and not sheet_field.constant:
            new = resource.text(name, values[name])
            if new != stored[name]:
                found[name] = (stored[name], new)
    return found


def likeness(number: str) -> str:
    """Return what two spellings of one number share: no case, one kind of separator, no zeros in front of a part.

    ``2024/04/00012`` and ``2024-4-12`` are alike, as are ``00123`` and the ``123`` that a spreadsheet makes of it.
    """
    text = unicodedata.normalize("NFKC", number).casefold()
    parts = "".join(letter if letter.isalnum() else " " for letter in text).split()
    return "-".join(part.lstrip("0") or "0" for part in parts)


def likenesses(numbers: Sequence[str]) -> list[str]:
    """Return the ``likeness`` of each number; those without letters outside ASCII in one go."""
    text = "\n".join(numbers).lower()
    if not text.isascii() or text.count("\n") != len(numbers) - 1:
        return [likeness(number) for number in numbers]
    return _FRONT_ZEROS.sub("", _END_SIGNS.sub("", _SIGNS.sub("-", text))).split("\n")


def chunks[T](things: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Return the things in lists of at most ``size``, so that no query holds more parameters than databases take."""
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part


def first_problem(line: Line) -> RuleViolation:
    """Return the first problem of a line as the rule that refuses it, for a form with a single line."""
    problem = line.problems[0]
    return RuleViolation(problem.code, problem.message, field=problem.column or None)
