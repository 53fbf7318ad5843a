"""Letters and agreements for many: prepared or issued row by row and taken back, and their files as one zip."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment, Job, User
from apps.accounts.services.bulk_acts import BulkAct, declare_act
from apps.accounts.services.bulk_results import (
    BulkKind,
    Outcome,
    declare_bulk_kind,
    gone,
    new_outcome,
    page_for,
    refuse,
    result_page,
    sentence,
)
from apps.accounts.services.jobs import Progress, job, start_job
from apps.applications.models import Agreement, IntroductionLetter, Placement
from apps.applications.services.agreements import prepare_agreement
from apps.applications.services.letters import Wish, issue_letter
from apps.applications.states import AgreementKind
from portal.kernel.bulk import among
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.exports import ZipSink
from portal.kernel.fsm import perform

ZIP: Final = "applications.zip_papers"
CHUNK: Final = 50
NOT_COORDINATED: Final = _("The placement is over, or you do not coordinate this student.")


# -- made for many ------------------------------------------------------------------------------------------------


def _prepare(placement: Placement, values: Mapping[str, Any], actor: User) -> int:
    return prepare_agreement(placement, AgreementKind(values["kind"]), actor=actor).pk


def _withdraw(_placement: Placement, pk: int, actor: User) -> None:
    # The reason is read by everybody whom the paper concerns.
    perform(Agreement.objects.get(pk=pk), "withdraw", actor=actor, reason=gettext("It was prepared by mistake."))


def _issue(enrolment: Enrolment, _values: Mapping[str, Any], actor: User) -> int:
    return issue_letter(enrolment, Wish(), actor=actor).pk


def _withdraw_letter(_enrolment: Enrolment, pk: int, actor: User) -> None:
    letter = IntroductionLetter.objects.get(pk=pk)
    perform(letter, "withdraw", actor=actor, reason=gettext("It was issued by mistake."))


PREPARE: Final = declare_act(
    BulkAct(
        "applications.prepare_papers",
        "applications.placement",
        title=_("Prepare letters and agreements"),
        done=_("Prepared"),
        do=_prepare,
        undone=_("Withdrawn"),
        undo=_withdraw,
        undo_label=_("Withdraw them"),
        refusal=NOT_COORDINATED,
        related=("enrolment__cohort",),
    )
)
ISSUE: Final = declare_act(
    BulkAct(
        "applications.issue_letters",
        "accounts.enrolment",
        title=_("Issue introduction letters"),
        done=_("Issued"),
        do=_issue,
        undone=_("Withdrawn"),
        undo=_withdraw_letter,
        undo_label=_("Withdraw them"),
        refusal=_("You do not coordinate this student."),
        related=("cohort", "student"),
    )
)


# -- their files --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Papers:
    """Files of one list that can be taken along: what is read with its rows, and how a row's file is called."""

    title: Text
    related: tuple[str, ...]
    name: Callable[[Any], str]


FILES: Final[Mapping[str, Papers]] = {
    "applications.agreement": Papers(
        _("Letters and agreements"),
        ("placement__enrolment__student", "placement__enrolment__cohort", "placement__company"),
        lambda row: f"{row.placement.enrolment.cohort}/{row.placement.enrolment.student} {row.get_kind_display()}",
    ),
    "applications.introductionletter": Papers(
        _("Introduction letters"),
        ("enrolment__student", "enrolment__cohort"),
        lambda row: f"{row.enrolment.cohort}/{row.enrolment.student} {row.company_name or row.code}",
    ),
}


def start_zip(label: str, rows: QuerySet[Any], *, actor: User) -> Job:
    """Start writing the files of letters or agreements into a zip.

    Raises ``NotAllowed`` for a list that is not the actor's, ``RuleViolation`` ``nothing_chosen`` without rows.
    """
    page_for(label, actor)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    if not keys:
        raise RuleViolation("nothing_chosen", _("None of these rows is yours to do something with."))
    payload = {"label": label, "keys": keys, "language": translation.get_language() or "en"}
    return start_job(ZIP, title=str(FILES[label].title), payload=payload, actor=actor)


def _rows_of(label: str, keys: Sequence[int], user: User) -> QuerySet[Any]:
    rows: QuerySet[Any] = type(page_for(label, user)).selector(user).filter(among(keys))
    return rows


def _still_theirs(row: Job) -> bool:
    owner, keys = User.objects.get(pk=row.owner_id), row.outcome.get("moved", [])
    return _rows_of(row.payload["label"], keys, owner).count() == len(keys)


@job(ZIP, still_theirs=_still_theirs)
def write_zip(progress: Progress, label: str, keys: list[int], language: str) -> None:
    """Write the files that the owner may have now; one file is in memory. A second run begins anew.

    Raises ``RuleViolation`` ``nothing_made`` where there is not one file.
    """
    papers, owner, outcome = FILES[label], progress.job.owner, new_outcome()
    progress.start(len(keys))
    with translation.override(language), tempfile.TemporaryDirectory(prefix="practicum-papers-") as folder:
        path = Path(folder) / "papers.zip"
        with ZipSink(path) as sink:
            for start in range(0, len(keys), CHUNK):
                some = keys[start : start + CHUNK]
                found = {row.pk: row for row in _rows_of(label, some, owner).select_related(*papers.related)}
                refuse(outcome, gone(), [key for key in some if key not in found])
                for row in found.values():
                    _add(sink, row, papers, outcome)
                progress.step(len(some))
        if not outcome["moved"]:
            why = " ".join(outcome["refused"])
            raise RuleViolation("nothing_made", gettext("Not one document could be made. %(why)s") % {"why": why})
        with path.open("rb") as written:
            progress.attach(File(written), f"{progress.job.title} {timezone.localdate()}.zip")
        progress.note(outcome)
        progress.say(sentence(outcome, _done(progress.job)), next_url=result_page(progress.job))


def _add(sink: ZipSink, row: Any, papers: Papers, outcome: Outcome) -> None:
    """Put one file into the zip, or note why it is not there."""
    if not row.file:
        refuse(outcome, row.problem or _("The file is not made yet, or was withdrawn before it was."), [row.pk])
        return
    try:
        with row.file.open("rb") as stored:
            content = stored.read()
    except OSError:
        refuse(outcome, _("The file cannot be read."), [row.pk])
        return
    sink.add(f"{papers.name(row)}.pdf", content)
    outcome["moved"].append(row.pk)


def _done(_row: Job) -> Text:
    return _("In the zip")


declare_bulk_kind(ZIP, BulkKind(done=_done))
