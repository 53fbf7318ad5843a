"""What is done with many rows of a list and is no move: each row on its own, recorded as bulk moves are, taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    sentence,
)
from apps.accounts.services.jobs import Progress, job, start_job
from apps.accounts.states import JobState
from portal.kernel.bulk import among
from portal.kernel.errors import NotAllowed, RuleViolation, Text

ACT_MANY: Final = "accounts.act_many"
# Each row is a transaction of its own kind: more of them than a page can do within a second are done by a job.
AT_ONCE: Final = 50
CHUNK: Final = 50
TAKE_BACK: Final = gettext_lazy("Take it back")
NOT_YOURS: Final = gettext_lazy("This is not yours to do.")

type Values = Mapping[str, Any]


@dataclass(frozen=True)
class BulkAct:
    """Something that is done with each of many rows of the list ``label``.

    ``do(row, values, actor)`` returns what ``undo(row, note, actor)`` needs to take it back, as plain values without
    names, or None where nothing is to be taken back. Both raise ``RuleViolation``, or ``NotAllowed``, which is told as
    ``refusal``. ``done`` and ``undone`` are the words for the rows. ``about(values, notes, keys)`` says a word more of
    each row in the table of the result. ``related`` is read along with the rows.
    """

    code: str
    label: str
    title: Text
    done: Text
    do: Callable[[Any, Values, User], Any]
    undone: Text = ""
    undo: Callable[[Any, Any, User], Any] | None = None
    undo_label: Text = TAKE_BACK
    refusal: Text = NOT_YOURS
    related: tuple[str, ...] = ()
    about: Callable[[Values, Mapping[str, Any], Sequence[int]], Mapping[int, str]] | None = None


_acts: dict[str, BulkAct] = {}


def declare_act(act: BulkAct) -> BulkAct:
    """Register an act; each app does so for its lists."""
    _acts[act.code] = act
    return act


def act_on_rows(
    code: str, keys: Sequence[int], values: Values, *, actor: User, unkept: Values | None = None, taken_back: int = 0
) -> Job:
    """Do something with many rows: few at once, more by a job; the job that is returned is done or waits.

    It is not stored where nothing was done: whoever may not do it leaves nothing behind.

    ``values`` hold ids and codes only. ``unkept`` are values that must not be stored; with them it is done at once,
    and more than ``AT_ONCE`` rows are refused with ``RuleViolation`` ``too_many``. ``taken_back`` is the job whose
    notes are taken back. Raises ``NotAllowed`` for a list that is not the actor's, and ``RuleViolation``
    ``nothing_chosen`` without rows; rights of each row are asked when its turn comes.
    """
    act = _acts[code]
    page_for(act.label, actor)
    if not keys:
        raise RuleViolation("nothing_chosen", _("None of these rows is yours to do something with."))
    payload = {"label": act.label, "act": code, "values": dict(values), "taken_back": taken_back}
    title = str(act.undo_label if taken_back else act.title)[:200]
    if len(keys) > AT_ONCE:
        if unkept:
            text = _("This is done with %(most)d rows at once at the most. Tick fewer.") % {"most": AT_ONCE}
            raise RuleViolation("too_many", text)
        more = {"keys": list(keys), "language": translation.get_language() or "en"}
        return start_job(ACT_MANY, title=title, payload={**payload, **more}, actor=actor)
    row = Job(owner=actor, kind=ACT_MANY, title=title, payload=payload, state=JobState.DONE)
    outcome = _new_outcome()
    with transaction.atomic():
        _act_on(row, keys, outcome, {**values, **(unkept or {})})
        row.outcome, row.finished_at = outcome, timezone.now()
        row.message = sentence(outcome, _done(row))[:300]
        if outcome["moved"]:
            row.save()
    return row


def _new_outcome() -> Outcome:
    return {**new_outcome(), "notes": {}}


@job(ACT_MANY)
def act_on_many(progress: Progress, keys: list[int], values: dict[str, Any], language: str, **_what: Any) -> None:
    """Do it part by part; each part is whole with its record, and a second run goes on after the last one."""
    row = progress.job
    outcome: Outcome = row.outcome or _new_outcome()
    with translation.override(language):
        in_parts(progress, keys, outcome, lambda some: _act_on(row, some, outcome, values), part=CHUNK)


def _act_on(row: Job, keys: Sequence[int], outcome: Outcome, values: Values) -> None:
    act, actor = _acts[row.payload["act"]], row.owner
    rows = type(page_for(act.label, actor)).selector(actor).filter(among(keys))
    found = {thing.pk: thing for thing in rows.select_related(*act.related)}
    notes = _notes_of(row)
    for key in keys:
        if key not in found:
            refuse(outcome, gone(), [key])
            continue
        try:
            with transaction.atomic():
                note = _one(act, found[key], values, notes, actor)
        except RuleViolation as error:
            refuse(outcome, error.message, [key])
        except NotAllowed:
            refuse(outcome, act.refusal, [key])
        else:
            outcome["moved"].append(key)
            if note is not None:
                outcome["notes"][str(key)] = note


def _one(act: BulkAct, thing: Any, values: Values, notes: Mapping[str, Any] | None, actor: User) -> Any:
    if notes is None:
        return act.do(thing, values, actor)
    assert act.undo is not None  # noqa: S101 - without it nobody gets a button
    act.undo(thing, notes[str(thing.pk)], actor)
    return None


def _notes_of(row: Job) -> Mapping[str, Any] | None:
    """Return the notes that the job takes back; None for one that does something."""
    if not row.payload["taken_back"]:
        return None
    earlier = Job.objects.filter(owner=row.owner_id, kind=ACT_MANY, pk=row.payload["taken_back"]).first()
    if earlier is None:
        raise NotAllowed
    notes: Mapping[str, Any] = earlier.outcome.get("notes", {})
    return notes


# -- on the page of the result ------------------------------------------------------------------------------------


def _done(row: Job) -> Text:
    act = _acts[row.payload["act"]]
    return act.undone if row.payload["taken_back"] else act.done


def _back(row: Job) -> WayBack | None:
    act = _acts[row.payload["act"]]
    return WayBack(act.undo_label) if act.undo is not None and row.outcome.get("notes") else None


def _undo(row: Job, *, reason: str, actor: User) -> str:
    del reason
    notes = row.outcome.get("notes", {})
    if row.owner_id != actor.pk or not notes:
        raise RuleViolation("no_way_back", _("There is nothing that could be taken back."))
    taken = act_on_rows(row.payload["act"], [int(key) for key in notes], {}, actor=actor, taken_back=row.pk)
    if taken.pk is None:
        raise RuleViolation("nothing_undone", sentence(taken.outcome, _done(taken), reasons=True))
    return page_of_act(taken)


def page_of_act(row: Job) -> str:
    """Return where a person sees what became of it, or watches it."""
    return reverse("bulk_result" if row.state == JobState.DONE else "job_detail", args=[row.pk])


def _about(row: Job, keys: Sequence[int]) -> Mapping[int, str]:
    about = _acts[row.payload["act"]].about
    return about(row.payload["values"], row.outcome.get("notes", {}), keys) if about else {}


declare_bulk_kind(
    ACT_MANY, BulkKind(done=_done, back=_back, undo=_undo, about=_about, about_label=gettext_lazy("Details"))
)
