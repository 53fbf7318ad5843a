"""What became of work with many rows of a list: counted, reason by reason, row by row as a table, and the way back.

The outcome of such a job holds keys only: ``moved`` those with which it was done, ``refused`` the others by their
reason, ``next`` the place from which a second run goes on.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Job, User
from apps.accounts.services.jobs import Progress
from apps.accounts.services.lists import list_for
from portal.kernel.admin import PortalModelAdmin
from portal.kernel.admin.tables import request_of
from portal.kernel.bulk import among
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.exports import write_csv

PART: Final = 500

type Outcome = dict[str, Any]


@dataclass(frozen=True)
class WayBack:
    """The button that takes back what was done."""

    label: Text
    needs_reason: bool = False


def _no_way_back(_row: Job) -> WayBack | None:
    return None


def _no_undo(_row: Job, **_how: Any) -> str:
    raise RuleViolation("no_way_back", _("This cannot be undone: no move leads back."))


def _label_in_payload(row: Job) -> str:
    return str(row.payload["label"])


def _kept(row: Job) -> Outcome:
    return dict(row.outcome)


def _no_move(_row: Job) -> Text:
    return ""


def _nothing_more(_row: Job) -> tuple[Text, str] | None:
    return None


@dataclass(frozen=True)
class BulkKind:
    """What the page of a result asks of the jobs of one kind.

    ``done(row)`` is the word for rows with which it was done, ``move(row)`` the name of a move, which then begins the
    sentence in the place of that word, ``label(row)`` the list that the keys belong to,
    ``back(row)`` the button that leads back or None, ``undo(row, reason=, actor=)`` does so and returns the page on
    which that is watched. ``outcome(row)`` is read anew where it goes on after the job has ended. ``more(row)`` is a
    link (words, address) to a page that says more; ``about(row, keys)`` says a word more of each row under
    ``about_label``.
    """

    done: Callable[[Job], Text]
    move: Callable[[Job], Text] = _no_move
    label: Callable[[Job], str] = _label_in_payload
    back: Callable[[Job], WayBack | None] = _no_way_back
    undo: Callable[..., str] = _no_undo
    outcome: Callable[[Job], Outcome] = _kept
    more: Callable[[Job], tuple[Text, str] | None] = _nothing_more
    about: Callable[[Job, Sequence[int]], Mapping[int, str]] | None = None
    about_label: Text = ""


_kinds: dict[str, BulkKind] = {}


def declare_bulk_kind(kind: str, found: BulkKind) -> None:
    """Register the jobs of a kind as such that have a page of results."""
    _kinds[kind] = found


def bulk_kinds() -> Collection[str]:
    """Return the kinds of jobs that have a page of results."""
    return _kinds.keys()


def bulk_kind(row: Job) -> BulkKind:
    """Return what is declared about a job's kind."""
    return _kinds[row.kind]


def page_for(label: str, user: User) -> PortalModelAdmin:
    """Return a list of the workspace; raises ``NotAllowed`` where the user has none such."""
    page = list_for(label, user)
    if page is None:
        raise NotAllowed
    return page


def result_page(row: Job) -> str:
    """Return the address of the page of a job's results."""
    return reverse("bulk_result", args=[row.pk])


# -- doing --------------------------------------------------------------------------------------------------------


def new_outcome() -> Outcome:
    """Return the outcome of work that has not begun."""
    return {"moved": [], "refused": {}, "back": None, "next": 0}


def refuse(outcome: Outcome, reason: Text, keys: Sequence[int]) -> None:
    """Note rows with which it was not done; without keys nothing."""
    if keys:
        outcome["refused"].setdefault(str(reason), []).extend(keys)


def gone() -> str:
    """Return the reason of rows that are not the person's to see, which may be because there are none."""
    return _("It is not there any more, or not yours.")


def in_parts(
    progress: Progress, keys: Sequence[int], outcome: Outcome, do: Callable[[Sequence[int]], None], *, part: int
) -> None:
    """Do something with many rows, each part whole with its record; a second run goes on after the last one."""
    page = result_page(progress.job)
    progress.start(len(keys))
    progress.step(outcome["next"])
    for start in range(outcome["next"], len(keys), part):
        some = keys[start : start + part]
        with transaction.atomic():
            do(some)
            outcome["next"] = start + len(some)
            progress.note(outcome)
            # Whoever stops it before the end finds what was done until then.
            progress.say(sentence_of(progress.job, outcome), next_url=page)
        progress.step(len(some))


def sentence_of(row: Job, outcome: Outcome) -> str:
    """Return what became of a job in the words of its kind."""
    kind = bulk_kind(row)
    move = kind.move(row)
    return move_sentence(outcome, move) if move else sentence(outcome, kind.done(row))


def move_sentence(outcome: Outcome, move: Text) -> str:
    """Return what became of a move: "Approve: 31 done, 2 not."."""
    refused = sum(len(keys) for keys in outcome.get("refused", {}).values())
    values = {"move": str(move), "moved": len(outcome.get("moved", ())), "refused": refused}
    if not refused:
        return _("%(move)s: %(moved)d done.") % values
    return _("%(move)s: %(moved)d done, %(refused)d not.") % values


def sentence(outcome: Outcome, done: Text, *, reasons: bool = False) -> str:
    """Return what became of it: "31 approved, 2 not.", with ``reasons`` each of them and how often it was given."""
    counts = {reason: len(keys) for reason, keys in outcome.get("refused", {}).items()}
    values: dict[str, object] = {"moved": len(outcome.get("moved", ())), "state": str(done).lower()}
    if not counts:
        return _("%(moved)d %(state)s.") % values
    values["refused"] = sum(counts.values())
    if not reasons:
        return _("%(moved)d %(state)s, %(refused)d not.") % values
    commonest = sorted(counts.items(), key=lambda pair: -pair[1])
    values["reasons"] = " ".join(f"{reason} ({count})" for reason, count in commonest)
    return _("%(moved)d %(state)s, %(refused)d not: %(reasons)s") % values


# -- reading ------------------------------------------------------------------------------------------------------


def refused_rows(row: Job, outcome: Outcome, user: User, most: int) -> list[tuple[str, int, list[tuple[str, str]]]]:
    """Return each reason with how many rows it kept and the first of them as (text, address), the commonest first.

    Who has no workspace gets no addresses.
    """
    page = page_for(bulk_kind(row).label(row), user)
    found = sorted(outcome.get("refused", {}).items(), key=lambda pair: -len(pair[1]))
    opens = page.admin_site.has_permission(request_of(user))
    return [
        (
            reason,
            len(keys),
            [(str(thing), page.url_of(thing) if opens else "") for thing in _things(page, user, keys[:most])],
        )
        for reason, keys in found
    ]


def write_result(row: Job, user: User, target: Any) -> None:
    """Write all rows that are the user's to see as CSV: the row, what became of it, and why not."""
    kind = bulk_kind(row)
    page = page_for(kind.label(row), user)
    more = [str(kind.about_label)] if kind.about else []
    write_csv([_("Row"), _("Result"), _("Reason"), *more], _lines(page, row, user), target)


def _lines(page: PortalModelAdmin, row: Job, user: User) -> Iterable[list[object]]:
    kind = bulk_kind(row)
    outcome = kind.outcome(row)
    parts = [(str(kind.done(row)), "", outcome.get("moved", []))]
    parts += [(_("Not done"), reason, keys) for reason, keys in outcome.get("refused", {}).items()]
    for result, reason, keys in parts:
        for start in range(0, len(keys), PART):
            some = keys[start : start + PART]
            words = kind.about(row, some) if kind.about else None
            for thing in _things(page, user, some):
                yield [str(thing), result, reason, *([] if words is None else [words.get(thing.pk, "")])]


def _things(page: PortalModelAdmin, user: User, keys: Sequence[int]) -> Any:
    related = page.list_select_related
    rows = type(page).selector(user).filter(among(keys))
    return rows.select_related(*related) if isinstance(related, tuple | list) and related else rows
