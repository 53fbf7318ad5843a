"""Imports: a table is uploaded, looked at, confirmed, and then applied whole or not at all."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Cohort, ImportBatch, ImportMapping, ImportRow, Job, User
from apps.accounts.permissions import can_confirm_import, can_import_into
from apps.accounts.services.history import note_history
from apps.accounts.services.import_kinds import Judgement, import_kind
from apps.accounts.services.import_staging import stage_table
from apps.accounts.services.jobs import Progress, job, start_job
from apps.accounts.services.students import STUDENTS
from apps.accounts.states import ImportState, JobState, RowStatus
from portal.kernel.bulk import update_each
from portal.kernel.errors import NotAllowed, RuleViolation, Text, WrongState
from portal.kernel.exports import clean_filename
from portal.kernel.imports import CHUNK, Line, chunks, resource_for
from portal.kernel.sentences import filled, in_every_language
from portal.kernel.sheets import EncodingNeeded, SheetLimits
from portal.kernel.sheets.headers import header_key
from portal.kernel.sheets.refusals import refusal

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

STAGE: Final = "accounts.stage_import"
APPLY: Final = "accounts.apply_import"
# What a person can mend by saying which column is which; the file is kept for it.
CAN_BE_MAPPED: Final = frozenset({"columns_missing", "columns_repeated"})
MOST_REMEMBERED: Final = 400


# -- uploading ----------------------------------------------------------------------------------------------------


def upload_table(kind: str, cohort: Cohort | None, file: "UploadedFile[Any]", *, actor: User) -> ImportBatch:
    """Keep the file and start looking at it; ``batch.job`` is the work to watch.

    Raises ``NotAllowed``, or ``RuleViolation``: ``cohort_missing``, ``too_large`` before anything is kept.
    """
    if import_kind(kind).into_cohort and cohort is None:
        raise RuleViolation("cohort_missing", _("Choose the cohort."), field="cohort")
    if not can_import_into(cohort, actor):
        raise NotAllowed
    limit = SheetLimits().bytes
    if (file.size or 0) > limit:
        raise refusal("too_large", limit=limit >> 20)
    data = file.read()
    name = clean_filename(file.name or "")
    with transaction.atomic():
        batch = ImportBatch(
            owner=actor,
            cohort=cohort,
            kind=kind,
            file_name=name,
            sha256=hashlib.sha256(data).hexdigest(),
            # What the work says is kept in the language in which the person works now.
            details={"language": translation.get_language() or settings.LANGUAGE_CODE},
        )
        ending = PurePath(name).suffix.lower()[:10]
        batch.file.save(f"{uuid.uuid4().hex}{ending}", ContentFile(data), save=False)
        batch.save()
        start_import_job(batch, STAGE, _("Reading %(file)s") % {"file": name}, actor)
    return batch


def upload_students(cohort: Cohort, file: "UploadedFile[Any]", *, actor: User) -> ImportBatch:
    """Keep a table of students of a cohort; as ``upload_table``."""
    return upload_table(STUDENTS, cohort, file, actor=actor)


def choose_encoding(batch: ImportBatch, encoding: str, *, actor: User) -> ImportBatch:
    """Look at the file again, read in the encoding that the person chose; as often as it takes until it is applied."""
    with transaction.atomic():
        batch = _kept(batch, actor)
        batch.encoding = encoding
        return _look_again(batch, actor)


def choose_columns(batch: ImportBatch, columns: Mapping[str, str], *, actor: User) -> ImportBatch:
    """Look at the file again with what the person says of its headers, and remember it for tables of this kind.

    ``columns`` leads from headers of this file to names of columns, to empty for what is left out; what is no header
    of this file or no column of ours is passed over.
    """
    with transaction.atomic():
        batch = _kept(batch, actor)
        known = {column.name for column in resource_for(batch.kind).columns()} | {""}
        headers = set(batch.details.get("headers", []))
        said = {header_key(h): name for h, name in columns.items() if h in headers and name in known}
        ImportMapping.objects.get_or_create(owner=actor, kind=batch.kind)
        mapping = ImportMapping.objects.select_for_update(of=("self",)).get(owner=actor, kind=batch.kind)
        mapping.columns = dict([*mapping.columns.items(), *said.items()][-MOST_REMEMBERED:])
        mapping.save()
        return _look_again(batch, actor)


def _kept(batch: ImportBatch, actor: User) -> ImportBatch:
    row = locked_import(batch, actor, {ImportState.REFUSED, ImportState.STAGED})
    if not row.file:
        raise RuleViolation("file_gone", _("The file is not kept any more. Upload it again."))
    return row


def _look_again(batch: ImportBatch, actor: User) -> ImportBatch:
    batch.state = ImportState.UPLOADED
    batch.save()
    start_import_job(batch, STAGE, _("Reading %(file)s") % {"file": batch.file_name}, actor)
    return batch


def locked_import(batch: ImportBatch, actor: User, states: set[ImportState]) -> ImportBatch:
    """Return the batch, locked, for somebody who decides of it. Raises ``NotAllowed``, ``WrongState``."""
    row = ImportBatch.objects.select_for_update(of=("self",)).select_related("cohort", "job").get(pk=batch.pk)
    if not can_confirm_import(row, actor):
        raise NotAllowed
    if row.state not in states:
        raise moved_on()
    return row


def moved_on() -> WrongState:
    """Return the refusal of what is not possible in the state of an import."""
    return WrongState("wrong_state", _("This import has moved on meanwhile. Look at it again."))


def start_import_job(batch: ImportBatch, kind: str, title: str, actor: User) -> Job:
    """Start work on the batch; it is what its page leads to."""
    batch.job = start_job(kind, title=title[:200], payload={"batch_id": batch.pk}, actor=actor)
    batch.save(update_fields=["job", "updated_at"])
    return batch.job


# -- looking at it ------------------------------------------------------------------------------------------------


@job(STAGE)
def stage_import(progress: Progress, batch_id: int) -> None:
    """Read the file, judge every line, and keep what each would do; nothing else is written.

    A file that cannot be read ends as a refused batch with the sentence that says why, and is deleted, unless the
    person only has to name its encoding. Run twice, it starts anew.
    """
    batch = (
        ImportBatch.objects.filter(pk=batch_id, state=ImportState.UPLOADED).select_related("cohort", "owner").first()
    )
    if batch is None:
        return
    with translation.override(batch.details["language"]):
        try:
            stage_table(batch, progress)
        except RuleViolation as error:
            _refuse(batch, error)
            sentence = str(error.message)
        else:
            sentence = str(sentence_of_import(batch))
        progress.say(sentence, next_url=page_of_import(batch))


def page_of_import(batch: ImportBatch) -> str:
    """Return the address of the page of an import."""
    return reverse("admin:accounts_importbatch_change", args=[batch.pk])


def _refuse(batch: ImportBatch, error: RuleViolation) -> None:
    batch.state = ImportState.REFUSED
    batch.refusal_code = error.code
    batch.counts = {}
    headers = batch.details.get("headers", [])
    batch.details = {"language": batch.details["language"]}
    say_of_import(batch, error.message)
    if isinstance(error, EncodingNeeded):
        batch.details["encodings"] = [
            {"encoding": c.encoding, "label": str(c.label), "preview": list(c.preview)} for c in error.candidates
        ]
    elif error.code in CAN_BE_MAPPED:
        batch.details["headers"] = headers
    with transaction.atomic():
        batch.rows.all().delete()
        if not isinstance(error, EncodingNeeded) and error.code not in CAN_BE_MAPPED:
            _drop_file(batch)
        batch.save()


def _drop_file(batch: ImportBatch) -> None:
    """Forget the file, and delete it once the transaction has committed."""
    if batch.file:
        storage, name = batch.file.storage, str(batch.file.name)
        transaction.on_commit(lambda: storage.delete(name))
        batch.file = ""


def sentence_of_import(batch: ImportBatch) -> Text:
    """Return how many lines would do what, for a table that could be read."""
    text = gettext_lazy("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(error)d with errors")
    return filled(text, **batch.counts)


def say_of_import(batch: ImportBatch, sentence: Text) -> None:
    """Enter what came of a table, in the language that is active now and in every other."""
    batch.message = str(sentence)
    batch.details["said"] = in_every_language(sentence)


# -- deciding -----------------------------------------------------------------------------------------------------


def confirm_import(batch: ImportBatch, *, actor: User) -> Job:
    """Start applying what was looked at; only its uploader may. Confirmed twice, the same work is returned.

    Raises ``NotAllowed``, ``WrongState``, or ``RuleViolation`` ``nothing_to_do`` where no line would change anything.
    """
    with transaction.atomic():
        row = locked_import(batch, actor, {ImportState.STAGED, ImportState.APPLIED})
        running = row.job
        if running is not None and running.kind == APPLY and running.state in {*JobState.unfinished(), JobState.DONE}:
            return running
        if row.state != ImportState.STAGED:
            raise moved_on()
        if not (row.counts[RowStatus.NEW] or row.counts[RowStatus.CHANGED]):
            raise RuleViolation("nothing_to_do", _("No line of this table would change anything."))
        return start_import_job(row, APPLY, _("Importing %(file)s") % {"file": row.file_name}, actor)


def discard_import(batch: ImportBatch, *, actor: User) -> ImportBatch:
    """Throw the upload away: its lines and its file. Nothing of it was applied."""
    with transaction.atomic():
        row = locked_import(batch, actor, {ImportState.UPLOADED, ImportState.STAGED, ImportState.REFUSED})
        if row.job is not None and row.job.kind == APPLY and row.job.state in JobState.unfinished():
            raise WrongState("wrong_state", _("This import is being applied."))
        row.rows.all().delete()
        _drop_file(row)
        row.state = ImportState.DISCARDED
        row.save()
    return row


# -- applying -----------------------------------------------------------------------------------------------------


@job(APPLY)
def apply_import(progress: Progress, batch_id: int) -> None:
    """Store the lines of a confirmed table in one transaction: all lines that were good, or none.

    Rights and lines are judged once more inside of it. A line that was good and is not any more stops everything,
    and the preview is brought up to date. Run again after a crash it does the whole work, after success nothing.
    No progress is written meanwhile: it would be invisible before the commit and would lock the job's row.
    """
    progress.start(ImportRow.objects.filter(batch=batch_id, status__in=[RowStatus.NEW, RowStatus.CHANGED]).count())
    with transaction.atomic():
        found = ImportBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id, state=ImportState.STAGED)
        batch = found.select_related("cohort", "owner").first()
        if batch is None:
            return
        if not can_confirm_import(batch, batch.owner):
            raise RuleViolation("not_allowed", _("You may not import this any more."))
        with translation.override(batch.details["language"]):
            spoiled = _apply(batch, progress)
    if spoiled:
        _show_spoiled(batch, spoiled)
    progress.say(batch.message, next_url=page_of_import(batch))


def _apply(batch: ImportBatch, progress: Progress) -> list[Judgement]:
    """Store the lines of the batch, unless some are not possible any more; return those."""
    kind = import_kind(batch.kind)
    way = kind.blocks
    doubtful = sorted(way.doubtful(batch)) if way is not None else []
    rows = _rows_to_judge(batch, doubtful, by_blocks=way is not None)
    judged = kind.judge(batch.cohort, [Line(row.line, row.values) for row in rows], actor=batch.owner) if rows else []
    spoiled = [judgement for judgement in judged if judgement.line.problems]
    # The last moment at which the owner can stop it; what follows is a few statements.
    progress.check()
    if not spoiled:
        kind.write(batch.cohort, judged, actor=batch.owner)
        if way is not None:
            way.enter(batch, without=doubtful)
        _finish(batch, judged, rows)
    return spoiled


def _rows_to_judge(batch: ImportBatch, doubtful: Sequence[int], *, by_blocks: bool) -> list[ImportRow]:
    if not by_blocks:
        return list(batch.rows.filter(status__in=[RowStatus.NEW, RowStatus.CHANGED]))
    # New lines of a table that was looked at before they were taken by thousands are judged as all were then.
    rows = list(batch.rows.filter(Q(status=RowStatus.CHANGED) | Q(status=RowStatus.NEW, ready__isnull=True)))
    for part in chunks(doubtful):
        rows += batch.rows.filter(status=RowStatus.NEW, line__in=part)
    return sorted(rows, key=lambda row: row.line)


def _finish(batch: ImportBatch, judged: Sequence[Judgement], rows: Sequence[ImportRow]) -> None:
    _keep_what_was_done(judged, rows)
    batch.state = ImportState.APPLIED
    batch.applied_at = timezone.now()
    _drop_file(batch)
    say_of_import(batch, sentence_of_import(batch))
    note_history(
        batch,
        "apply",
        actor=batch.owner,
        department_id=batch.cohort.department_id if batch.cohort else None,
        reason=f"{batch.cohort or import_kind(batch.kind).title}: {batch.file_name}: {batch.message}",
        via=f"import:{batch.pk}",
    )
    batch.save()


def _keep_what_was_done(judged: Sequence[Judgement], rows: Sequence[ImportRow]) -> None:
    """Keep which row each line made or changed: by these the import can be undone.

    A line may do something else than was shown when the table was read; what it did is what is kept.
    """
    other: list[ImportRow] = []
    targets = {}
    for row, judgement in zip(rows, judged, strict=True):
        changes = {name: list(pair) for name, pair in judgement.changes.items()}
        if (row.status, row.changes) != (judgement.status, changes):
            row.status, row.changes = judgement.status, changes
            other.append(row)
        if judgement.target is not None:
            targets[row.pk] = judgement.target
    update_each(ImportRow, "target", targets)
    ImportRow.objects.bulk_update(other, ["status", "changes"], batch_size=CHUNK)


def _show_spoiled(batch: ImportBatch, spoiled: Sequence[Judgement]) -> None:
    """Bring the preview up to date with what has changed since, and stop."""
    with translation.override(batch.details["language"]), transaction.atomic():
        for judgement in spoiled:
            problems = [problem.stored() for problem in judgement.line.problems]
            batch.rows.filter(line=judgement.line.number).update(status=RowStatus.ERROR, problems=problems, changes={})
        batch.counts = {status: batch.rows.filter(status=status).count() for status in RowStatus.values}
        batch.save(update_fields=["counts", "updated_at"])
        first = spoiled[0].line
        values: dict[str, Any] = {"line": first.number, "problem": first.problems[0].message}
        text = _("Nothing was imported: line %(line)d is not possible any more. %(problem)s") % values
    raise RuleViolation("changed_meanwhile", text)
