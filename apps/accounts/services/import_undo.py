"""Taking an import back while nothing depends on it: looked at first, then done whole or not at all."""

from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import ImportBatch, Job, User
from apps.accounts.permissions import can_undo_import
from apps.accounts.services.history import note_history
from apps.accounts.services.import_kinds import ImportUndo, UndoPlan, import_kind
from apps.accounts.services.imports import locked_import, moved_on, page_of_import, say_of_import, start_import_job
from apps.accounts.services.jobs import Progress, job
from apps.accounts.states import ImportState, JobState
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.sentences import filled

UNDO: Final = "accounts.undo_import"


def plan_import_undo(batch: ImportBatch, *, actor: User) -> UndoPlan:
    """Return what the undo would do and what stands in its way.

    Raises ``NotAllowed``, ``WrongState``, or ``RuleViolation`` ``cannot_undo`` for kinds that cannot be taken back.
    """
    if not can_undo_import(batch, actor):
        raise NotAllowed
    if batch.state != ImportState.APPLIED:
        raise moved_on()
    return _undo_of(batch).plan(batch)


def _undo_of(batch: ImportBatch) -> ImportUndo:
    undo = import_kind(batch.kind).undo
    if undo is None:
        raise RuleViolation("cannot_undo", _("An import of this kind cannot be undone."))
    return undo


def start_import_undo(batch: ImportBatch, *, actor: User) -> Job:
    """Start taking an import back; asked twice, the same work is returned. Raises as ``plan_import_undo``."""
    with transaction.atomic():
        row = locked_import(batch, actor, {ImportState.APPLIED})
        _undo_of(row)
        running = row.job
        if running is not None and running.kind == UNDO and running.state in JobState.unfinished():
            return running
        return start_import_job(row, UNDO, _("Undoing %(file)s") % {"file": row.file_name}, actor)


@job(UNDO)
def undo_import(progress: Progress, batch_id: int) -> None:
    """Take an import back in one transaction, if nothing has come to depend on it; else say what, and do nothing.

    Rights and obstacles are asked once more inside of it. Run again after a crash it does the whole work, after
    success nothing.
    """
    batch = ImportBatch.objects.select_related("cohort", "owner").filter(pk=batch_id).first()
    if batch is None:
        return
    with translation.override(batch.details["language"]):
        # Said first, so that work that ends with a refusal leads back to the page as well.
        progress.say("", next_url=page_of_import(batch))
        with transaction.atomic():
            row = ImportBatch.objects.select_for_update(of=("self",)).select_related("cohort", "owner").get(pk=batch_id)
            if row.state != ImportState.APPLIED:
                return
            _take_back(row)
        progress.say(row.message, next_url=page_of_import(batch))


def _take_back(batch: ImportBatch) -> None:
    if not can_undo_import(batch, batch.owner):
        raise RuleViolation("not_allowed", _("You may not import this any more."))
    undo = _undo_of(batch)
    undo.lock(batch)
    plan = undo.plan(batch)
    for line, reason in plan.obstacles.items():
        text = _("Nothing was undone: line %(line)d. %(reason)s") % {"line": line, "reason": reason}
        raise RuleViolation("depends", text)
    undo.carry_out(batch, actor=batch.owner)
    batch.state = ImportState.UNDONE
    say_of_import(batch, undo_sentence(plan))
    note_history(
        batch,
        "undo",
        actor=batch.owner,
        department_id=batch.cohort.department_id if batch.cohort else None,
        reason=f"{batch.cohort or import_kind(batch.kind).title}: {batch.file_name}: {batch.message}",
        via=f"import:{batch.pk}",
    )
    batch.save()


def undo_sentence(plan: UndoPlan) -> Text:
    """Return what an undo does, in numbers."""
    return filled(
        gettext_lazy("%(removed)d removed, %(taken_out)d taken out of the cohort, %(restored)d former values"),
        removed=plan.removed,
        taken_out=plan.taken_out,
        restored=plan.restored,
    )
