"""The undo of imports whose line is one row: what a line made goes, what it changed gets its former value back.

A row that the import made may go only while nothing points to it and nobody has changed it. What the import changed
must still be as it left it, and its former value passes the same judgement as a table. What follows from an import
outside of the rows stays: letters that were sent, and the history of both.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import ForeignObjectRel, Model, ProtectedError, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import HistoryEntry, ImportBatch, ImportRow, User
from apps.accounts.services.import_kinds import ImportUndo, Judgement, UndoPlan, import_kind
from apps.accounts.states import RowStatus
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.imports import Line, chunks, clean_line, differences, resource_for

if TYPE_CHECKING:
    from django.db.models.fields.related import ForeignKey

type Found = Iterator[tuple[Any, Text]]


def applied_rows(batch: ImportBatch, **which: Any) -> QuerySet[ImportRow]:
    """Return the lines that an applied import wrote: all that were not wrong and would change something."""
    return batch.rows.filter(status__in=[RowStatus.NEW, RowStatus.CHANGED]).filter(**which)


def made_by(batch: ImportBatch) -> QuerySet[ImportRow, Any]:
    """Return the keys of the rows that an import made, as a subquery."""
    return applied_rows(batch, status=RowStatus.NEW, target__isnull=False).values("target")


def pointing_to(
    model: type[Model], rows: QuerySet[Any], owner: str, own: frozenset[type[Model]] = frozenset()
) -> Found:
    """Yield the ``owner`` of every row to which something points but the ``own`` models, with the name of what does."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many or relation.related_model in own:
            continue
        column: ForeignKey[Any, Any] = relation.field  # type: ignore[assignment] # no other kind is left
        pointing = relation.related_model._base_manager.filter(**{f"{column.name}__in": rows.values("pk")})
        name = relation.related_model._meta.verbose_name
        for key in pointing.order_by().values_list(f"{column.name}__{owner}", flat=True).distinct():
            yield key, _("This is used since: %(thing)s.") % {"thing": name}


@dataclass(frozen=True)
class RowsUndo:
    """How an import of a kind with one row a line is taken back.

    ``rows()`` are the rows of the kind with all that its columns read. ``remove(keys, batch, actor)`` deletes rows that
    the import made. ``own`` are models that belong to a row and go with it. ``unsaid`` are columns that a new line may
    say without effect. ``also(batch)`` yields keys of rows that the import made, with what else stands in the way.
    """

    kind: str
    rows: Callable[[], QuerySet[Any]]
    remove: Callable[[Sequence[int], ImportBatch, User], None]
    keys: tuple[str, ...]
    own: frozenset[type[Model]] = frozenset()
    unsaid: frozenset[str] = frozenset()
    also: Callable[[ImportBatch], Found] | None = None

    def as_undo(self) -> ImportUndo:
        """Return it for the declaration of the kind."""
        return ImportUndo(plan=self.plan, lock=self.lock, carry_out=self.carry_out)

    # -- looking ---------------------------------------------------------------------------------------------------

    def plan(self, batch: ImportBatch) -> UndoPlan:
        """Say what the undo would do and, line by line, what stands in its way; writes nothing."""
        rows = list(applied_rows(batch))
        plan = UndoPlan(
            removed=sum(row.status == RowStatus.NEW for row in rows),
            restored=sum(len(row.changes) for row in rows if row.status == RowStatus.CHANGED),
        )
        lines = {row.target: row.line for row in rows}
        for row in rows:
            if row.target is None:
                plan.obstacles[row.line] = _("What this line did was not kept yet when it was imported.")
        for found in (self._not_as_left(batch, rows), self._used(batch), self._changed(batch)):
            for key, reason in found:
                plan.obstacles.setdefault(lines[key], reason)
        if not plan.obstacles:
            for judgement in self._judged(batch, batch.owner):
                if judgement.line.problems:
                    values = {"problem": judgement.line.problems[0].message}
                    text = _("The former value cannot come back. %(problem)s") % values
                    plan.obstacles[judgement.line.number] = text
        plan.obstacles = dict(sorted(plan.obstacles.items()))
        return plan

    def _not_as_left(self, batch: ImportBatch, rows: Sequence[ImportRow]) -> Found:
        """Compare what is stored with what the lines say."""
        resource = resource_for(self.kind, cohort=batch.cohort, actor=batch.owner)
        for part in chunks(row for row in rows if row.target is not None):
            stored = self.rows().in_bulk([row.target for row in part])
            for row in part:
                known = stored.get(row.target)
                if known is None:
                    yield row.target, _("What this line made or changed is not there any more.")
                    continue
                texts = resource.texts_of(known)
                if row.status == RowStatus.CHANGED:
                    same = all(texts[name] == new for name, (_old, new) in row.changes.items())
                else:
                    line = Line(row.line, row.values)
                    clean_line(resource, line)
                    said = {name: value for name, value in line.values.items() if name not in self.unsaid}
                    same = not differences(resource, texts, said)
                if not same:
                    yield row.target, _("Somebody has changed this since.")

    def _used(self, batch: ImportBatch) -> Found:
        made = self.rows().filter(pk__in=made_by(batch)).order_by()
        yield from pointing_to(made.model, made, "pk", self.own)
        if self.also is not None:
            yield from self.also(batch)

    def _changed(self, batch: ImportBatch) -> Found:
        """Find rows that were written, or have an entry in the history, after the import made them."""
        made = self.rows().filter(pk__in=made_by(batch)).order_by()
        label = made.model._meta.label
        entries = HistoryEntry.objects.filter(target_label=label, at__gt=batch.applied_at).values("target_id")
        for rows in (made.filter(updated_at__gt=batch.applied_at), made.filter(pk__in=entries)):
            for key in rows.values_list("pk", flat=True):
                yield key, _("Somebody has changed this since.")

    # -- doing -----------------------------------------------------------------------------------------------------

    def lock(self, batch: ImportBatch) -> None:
        """Lock what would go or change, so that nothing new can point there before it is gone."""
        keys = applied_rows(batch, target__isnull=False).values("target")
        rows = self.rows().model._base_manager.filter(pk__in=keys).order_by("pk")
        list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))

    def carry_out(self, batch: ImportBatch, *, actor: User) -> None:
        """Take back what a plan without obstacles says, inside the caller's transaction."""
        judged = self._judged(batch, actor)
        for judgement in judged:
            if judgement.line.problems:
                values: dict[str, Any] = {
                    "line": judgement.line.number,
                    "problem": judgement.line.problems[0].message,
                }
                text = _("Line %(line)d cannot get its former value back. %(problem)s") % values
                raise RuleViolation("not_restored", text)
        import_kind(self.kind).write(batch.cohort, judged, actor=actor)
        made = [row["target"] for row in made_by(batch)]
        try:
            for part in chunks(made):
                self.remove(part, batch, actor)
        except ProtectedError as error:
            raise RuleViolation("used_meanwhile", _("Somebody used one of these at this moment.")) from error

    def _judged(self, batch: ImportBatch, actor: User) -> Sequence[Judgement]:
        """Judge the former values as the lines of a table in which an empty cell empties."""
        rows = list(applied_rows(batch, status=RowStatus.CHANGED))
        lines = []
        for row in rows:
            found_by = {name: row.values[name] for name in self.keys if row.values.get(name)}
            lines.append(Line(row.line, {**found_by, **{name: old for name, (old, _new) in row.changes.items()}}))
        if not lines:
            return []
        judged = list(import_kind(self.kind).judge(batch.cohort, lines, actor=actor, keep_empty=True))
        for row, judgement in zip(rows, judged, strict=True):
            known = judgement.known
            if not judgement.line.problems and (known is None or known.pk != row.target):
                judgement.line.refuse("", "another_row", _("It is not found by what the line says any more."))
        return judged
