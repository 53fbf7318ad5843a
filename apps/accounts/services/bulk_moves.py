"""Bulk moves of lists: what was done with which rows and why not with others, kept for two weeks; many as a job."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import Job, User
from apps.accounts.services.bulk_results import (
    BulkKind,
    Outcome,
    WayBack,
    declare_bulk_kind,
    gone,
    in_parts,
    new_outcome,
    page_for,
    refuse,
    sentence_of,
)
from apps.accounts.services.jobs import Progress, job, start_job
from apps.accounts.states import JobState
from portal.kernel.admin import PortalModelAdmin, human_moves
from portal.kernel.admin.recording import way_back
from portal.kernel.admin.tables import page_of_list
from portal.kernel.bulk import among
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.fsm import BulkResult, Move, perform_many

MOVE_MANY: Final = "accounts.move_many"
CHUNK: Final = 500


class BulkRecords:
    """What the workspace's lists ask (``portal.kernel.admin.recording``)."""

    def begin(self, label: str, move: str, keys: Sequence[int], *, reason: str, actor: User) -> str:
        """Start a job that moves the rows; returns its page."""
        row = start_moves(label, move, keys, reason=reason, actor=actor)
        return reverse("job_detail", args=[row.pk])

    def keep(self, label: str, move: str, result: BulkResult, *, back: str, actor: User) -> str:
        """Keep what was done at once, which is something; returns the page that says it row by row."""
        page = page_for(label, actor)
        outcome = {**new_outcome(), "moved": list(result.moved), "back": back}
        _note_refused(outcome, result)
        row = Job(
            owner=actor,
            kind=MOVE_MANY,
            title=_title(page, move),
            payload={"label": label, "move": move},
            outcome=outcome,
            state=JobState.DONE,
            finished_at=timezone.now(),
        )
        row.message = sentence_of(row, outcome)[:300]
        row.save()
        return reverse("bulk_result", args=[row.pk])


def start_moves(label: str, move: str, keys: Sequence[int], *, reason: str, actor: User) -> Job:
    """Start making one move with many rows of a list.

    Raises ``NotAllowed`` for a list or move that is not there for the actor. Rights of each row are asked when its
    turn comes.
    """
    page = page_for(label, actor)
    if move not in human_moves(page.model):
        raise NotAllowed
    payload = {"label": label, "move": move, "keys": list(keys), "reason": reason}
    payload["language"] = translation.get_language() or "en"
    return start_job(MOVE_MANY, title=_title(page, move), payload=payload, actor=actor)


def undo_moves(row: Job, *, reason: str, actor: User) -> Job:
    """Lead back the rows that a bulk move has moved, as far as they may; raises ``RuleViolation`` ``no_way_back``."""
    back = row.outcome.get("back", "")
    if row.owner_id != actor.pk or not back:
        raise RuleViolation("no_way_back", _("This cannot be undone: no move leads back."))
    return start_moves(row.payload["label"], back, row.outcome["moved"], reason=reason, actor=actor)


def _title(page: PortalModelAdmin, move: str) -> str:
    values = {"move": human_moves(page.model)[move].info.label, "list": page.opts.verbose_name_plural}
    return (_("%(move)s: %(list)s") % values)[:200]


def _note_refused(outcome: Outcome, result: BulkResult) -> None:
    for refusal in result.refused:
        refuse(outcome, refusal.message, [refusal.pk])


@job(MOVE_MANY)
def move_rows(progress: Progress, label: str, move: str, keys: list[int], reason: str, language: str) -> None:
    """Move the rows part by part; each part is whole with its record, and a second run goes on after the last one."""
    owner = progress.job.owner
    page = page_for(label, owner)
    outcome: Outcome = progress.job.outcome or new_outcome()

    def move_part(some: Sequence[int]) -> None:
        rows = type(page).selector(owner).filter(among(some))
        states = dict(rows.values_list("pk", "state"))
        result = perform_many(rows, move, actor=owner, reason=reason)
        outcome["moved"] += result.moved
        _note_refused(outcome, result)
        refuse(outcome, gone(), [key for key in some if key not in states])
        back = way_back(page.model, move, states, result.moved)
        if result.moved:
            outcome["back"] = back if outcome["back"] in (None, back) else ""

    with translation.override(language):
        in_parts(progress, keys, outcome, move_part, part=CHUNK)


# -- on the page of the result ------------------------------------------------------------------------------------


def _moves(row: Job) -> tuple[PortalModelAdmin, dict[str, Move]]:
    page = page_of_list(row.payload["label"])
    if page is None:
        raise NotAllowed
    return page, human_moves(page.model)


def _done(_row: Job) -> str:
    return _("Done")


def _move(row: Job) -> Text:
    _page, moves = _moves(row)
    return moves[row.payload["move"]].info.label


def _back(row: Job) -> WayBack | None:
    _page, moves = _moves(row)
    name = row.outcome.get("back")
    return WayBack(moves[name].info.label, moves[name].info.needs_reason) if name else None


def _undo(row: Job, *, reason: str, actor: User) -> str:
    return reverse("job_detail", args=[undo_moves(row, reason=reason, actor=actor).pk])


declare_bulk_kind(MOVE_MANY, BulkKind(done=_done, move=_move, back=_back, undo=_undo))
