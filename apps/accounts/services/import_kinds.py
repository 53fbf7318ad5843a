"""Kinds of tables: who judges a line, who writes it, and which rows an export holds; one entry for each kind."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, ImportBatch, User
from apps.accounts.services.import_blocks import BlockWay
from apps.accounts.states import RowStatus
from portal.kernel.errors import Text
from portal.kernel.imports import Line, SheetResource, chunks, clean_line, differences, lines_alike, resource_for
from portal.kernel.sentences import filled


@dataclass
class Judgement:
    """What a line would do: its status, old and new cells of every column that changes, and the row it concerns."""

    line: Line
    status: RowStatus = RowStatus.ERROR
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    known: Any = None
    # The key of the row that was made or changed, noted by the writer of a kind whose imports can be undone.
    target: int | None = None


type Told = Callable[[int], None] | None


@dataclass
class UndoPlan:
    """What the undo of an import would do, and what stands in its way, by the numbers of the lines.

    ``removed`` rows go, ``taken_out`` lose what the import gave them, of ``restored`` former values come back.
    """

    removed: int = 0
    taken_out: int = 0
    restored: int = 0
    obstacles: dict[int, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportUndo:
    """How an import of a kind is taken back.

    ``plan(batch)`` looks and writes nothing. ``lock(batch)`` keeps others from using what would go, and
    ``carry_out(batch, actor=)`` does it, both inside the caller's transaction.
    """

    plan: Callable[[ImportBatch], UndoPlan]
    lock: Callable[[ImportBatch], None]
    carry_out: Callable[..., None]


@dataclass(frozen=True)
class ImportKind:
    """One kind of table.

    ``judge(cohort, lines, actor=, told=, keep_empty=)`` says of every line what it would do and writes nothing;
    ``told`` is called with the number of lines after each part, ``keep_empty`` takes an empty cell as one that empties.
    ``write(cohort, judged, actor=)`` stores what was judged, inside the caller's transaction, and deletes nothing. Both
    ask for the actor's rights on every line. ``rows(user, cohort)``
    are the rows of the export, from the selector of who asks. ``key`` is the column by which a line is called,
    ``names`` those by which a person is. ``into_cohort``: a table of this kind belongs to one cohort; only then is
    ``cohort`` given. ``page``: where what was imported can be seen.
    ``undo``: how an import of this kind is taken back, None where it cannot be.
    ``blocks``: how lines are taken by thousands, for a kind of which there are so many.
    ``example``: the made-up line of the template, by columns; left in a table it is refused.
    """

    kind: str
    title: Text
    judge: Callable[..., Sequence[Judgement]]
    write: Callable[..., None]
    rows: Callable[[Any, Cohort | None], QuerySet[Any]]
    key: str
    page: str
    names: tuple[str, ...] = ()
    into_cohort: bool = False
    undo: "ImportUndo | None" = None
    blocks: BlockWay | None = None
    example: Mapping[str, str] = field(default_factory=dict)


_kinds: dict[str, ImportKind] = {}


def declare_import(kind: ImportKind) -> ImportKind:
    """Register a kind; upper apps do so as well. Its columns are the resource registered under the same name."""
    _kinds[kind.kind] = kind
    return kind


def import_kind(kind: str) -> ImportKind:
    """Return a kind by its name; ``LookupError`` for one that there is not."""
    return _kinds[kind]


def import_kinds() -> list[ImportKind]:
    """Return all kinds in the order in which they were declared."""
    return list(_kinds.values())


def kind_names() -> list[str]:
    """Return the names of all kinds; the schema of the API knows them by this function."""
    return [kind.kind for kind in import_kinds()]


# -- judging line by line ------------------------------------------------------------------------------------------


class TableJudge:
    """Judges the lines of a simple kind; a subclass says what is stored and what is wrong.

    ``key`` names the columns that together find the stored row. ``check_together`` sees the whole file once. For
    each thousand lines ``read`` is called once, then for each line ``find`` and, as it finds something or not,
    ``check_known`` or ``check_new``; these note problems.
    """

    kind: str
    key: tuple[str, ...]

    def __init__(self, *, actor: User, cohort: Cohort | None = None) -> None:
        """Make the resource with what its widgets need to know."""
        self.actor, self.cohort = actor, cohort
        self.resource: SheetResource = resource_for(self.kind, cohort=cohort, actor=actor)

    @abstractmethod
    def read(self, lines: Sequence[Line]) -> None:
        """Read what the database knows about these lines."""

    @abstractmethod
    def find(self, line: Line) -> Any:
        """Return the stored row of a line, None for a new one; a line whose row is not the actor's is refused."""

    def check_new(self, line: Line) -> None:
        """Note what keeps a new row from being entered."""

    def check_known(self, line: Line, known: Any, changes: dict[str, tuple[str, str]]) -> None:
        """Note what keeps a stored row from being changed."""

    def key_of(self, line: Line) -> str:
        """Return what two lines of one file must not share; empty for a line that lacks it."""
        parts = [str(line.values.get(name, "")) for name in self.key]
        return "\x1f".join(part.casefold() for part in parts) if all(parts) else ""

    def check_together(self, lines: Sequence[Line]) -> None:
        """Note what keeps lines of one file from standing beside each other."""

    def judge(self, lines: Sequence[Line], told: Told = None, *, keep_empty: bool = False) -> list[Judgement]:
        """Judge all lines in their order; ``keep_empty`` takes an empty cell as a value that is to be emptied."""
        for line in lines:
            clean_line(self.resource, line, keep_empty=keep_empty)
        for group in lines_alike(lines, self.key_of).values():
            for line in group:
                other = next(found for found in group if found is not line)
                line.refuse(
                    self.key[0], "twice_in_file", filled(_("Line %(line)s is about the same."), line=other.number)
                )
        self.check_together(lines)
        judged: list[Judgement] = []
        for part in chunks(lines):
            self.read(part)
            judged += [self._judge(line) for line in part]
            if told is not None:
                told(len(part))
        return judged

    def _judge(self, line: Line) -> Judgement:
        judgement = Judgement(line)
        refused = {problem.column for problem in line.problems}
        for name in self._required():
            if not line.values.get(name) and name not in refused:
                line.refuse(name, "missing", _("This is needed in every line."))
        if line.problems:
            return judgement
        known = judgement.known = self.find(line)
        if known is not None:
            judgement.changes = differences(self.resource, self.resource.texts_of(known), line.values)
            self.check_known(line, known, judgement.changes)
        elif not line.problems:
            self.check_new(line)
        if not line.problems:
            changed = RowStatus.CHANGED if judgement.changes else RowStatus.UNCHANGED
            judgement.status = RowStatus.NEW if known is None else changed
        return judgement

    def _required(self) -> list[str]:
        return [column.name for column in self.resource.columns() if column.required]

    @staticmethod
    def need(line: Line, *names: str) -> None:
        """Note which of these a new row lacks."""
        for name in names:
            if not line.values.get(name):
                line.refuse(name, "missing", _("A new line needs this."))


def changed_values(judgement: Judgement) -> dict[str, Any]:
    """Return the cleaned values of the columns that change."""
    return {name: judgement.line.values[name] for name in judgement.changes}
