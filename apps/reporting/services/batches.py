"""Documents of many students as one zip: chosen, made by a job, handed out while all of them are still the owner's."""

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Job, User
from apps.accounts.services.bulk_results import BulkKind, declare_bulk_kind, result_page
from apps.accounts.services.jobs import Progress, job, start_job
from apps.accounts.services.lists import list_for
from apps.accounts.states import JobState
from apps.applications.models import Placement
from apps.reporting.models import GeneralReport
from apps.reporting.naming import FILE, FOLDER, check_pattern
from apps.reporting.permissions import takes_batches
from apps.reporting.selectors import PREFETCH, general_reports_visible_to, templates_in_force
from apps.reporting.selectors.batches import BATCH, batch_cohorts, batch_placements, batches_of
from apps.reporting.services.documents import CONTENT_TYPES
from apps.reporting.services.press import Order, Press, pieces_of
from apps.reporting.states import TemplateKind
from portal.kernel.admin.tables import rows_of
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.exports import ZipSink, write_csv

PLACEMENTS: Final = "applications.placement"
KINDS: Final = (TemplateKind.LOGBOOK, TemplateKind.WEEK, TemplateKind.REPORT)
FORMS: Final = tuple(CONTENT_TYPES)
AN_HOUR: Final = 10
CHUNK: Final = 50
MOST_SHOWN: Final = 200
RELATED: Final = (
    "enrolment__student__student_profile__programme",
    "enrolment__cohort__department",
    "company",
)


@dataclass(frozen=True)
class Wish:
    """What a person wants to take along. Without cohort, department and ``only`` these are all that they have.

    ``matching`` are the filters and the search of the list of placements, as its address holds them: all that match.
    """

    cohort: int | None = None
    department: int | None = None
    only: list[int] = field(default_factory=list)
    matching: str | None = None
    kinds: list[str] = field(default_factory=lambda: [TemplateKind.LOGBOOK.value])
    formats: list[str] = field(default_factory=lambda: ["pdf"])
    folder: str = FOLDER
    file_name: str = FILE
    language: str = "en"

    def rows(self, user: User) -> Any:
        """Return the placements, as this user has them now."""
        rows = batch_placements(user, cohort=self.cohort, department=self.department, only=self.only)
        if self.matching is None:
            return rows
        page = list_for(PLACEMENTS, user)
        if page is None:
            return rows.none()
        return rows.filter(pk__in=rows_of(page, user, self.matching).order_by().values("pk"))

    def order(self) -> Order:
        """Return what is made of each placement."""
        kinds = [kind for kind in KINDS if kind in self.kinds]
        return Order(
            kinds, [form for form in FORMS if form in self.formats], self.folder, self.file_name, self.language
        )


def start_batch(wish: Wish, *, actor: User) -> Job:
    """Start writing the zip.

    Raises ``NotAllowed`` for who is no coordinator or university supervisor, ``RuleViolation`` ``nothing_chosen`` and
    those of ``check_pattern`` with their fields, ``nobody``, ``still_running`` and ``too_often``.
    """
    if not takes_batches(actor):
        raise NotAllowed
    _check(wish)
    count = wish.rows(actor).count()
    if not count:
        raise RuleViolation("nobody", _("There is no logbook here yet, or it is not yours to take."), field="whose")
    mine = batches_of(actor)
    if mine.filter(state__in=JobState.unfinished()).exists():
        raise RuleViolation("still_running", _("Another zip of yours is being made. Wait for it, or cancel it."))
    if mine.filter(created_at__gt=timezone.now() - dt.timedelta(hours=1)).count() >= AN_HOUR:
        raise RuleViolation("too_often", _("You have had ten of these made within an hour. Try again later."))
    title = ngettext("Documents of %(count)d training", "Documents of %(count)d trainings", count) % {"count": count}
    with transaction.atomic():
        return start_job(BATCH, title=title, payload=asdict(wish), actor=actor)


def _check(wish: Wish) -> None:
    order = wish.order()
    if not order.kinds:
        raise RuleViolation("nothing_chosen", _("Choose what the zip is to hold."), field="kinds")
    if not order.forms:
        raise RuleViolation("nothing_chosen", _("Choose Word, PDF or both."), field="formats")
    check_pattern(wish.folder, field="folder")
    check_pattern(wish.file_name, field="file_name")


@dataclass(frozen=True)
class Having:
    """Which placements and general reports a person has now: two queries, whatever is asked of them."""

    placements: frozenset[int]
    reports: frozenset[int]

    @classmethod
    def of(cls, user: User) -> "Having":
        """Read what the user has."""
        rows = batch_placements(user)
        reports = general_reports_visible_to(user).filter(enrolment__placements__in=rows.values("pk"))
        return cls(
            frozenset(rows.values_list("pk", flat=True)), frozenset(reports.order_by().values_list("pk", flat=True))
        )

    def covers(self, row: Job) -> bool:
        """Say whether each logbook and report in a finished zip is among them."""
        found = row.outcome
        return self.placements.issuperset(found.get("placements", ())) and self.reports.issuperset(
            found.get("reports", ())
        )


def _still_theirs(row: Job) -> bool:
    return Having.of(User.objects.get(pk=row.owner_id)).covers(row)


@job(BATCH, still_theirs=_still_theirs)
def write_batch(progress: Progress, **payload: Any) -> None:
    """Write the zip of what the owner has now; a run that died begins anew, and nothing of it is kept before the end.

    In memory are the documents of one lot, never more. Raises ``RuleViolation`` ``nobody`` and ``nothing_made``.
    """
    wish = Wish(**payload)
    with translation.override(wish.language), tempfile.TemporaryDirectory(prefix="practicum-batch-") as folder:
        path = Path(folder) / "documents.zip"
        with ZipSink(path) as sink:
            batch = _Batch(progress, wish, sink)
            batch.write()
        with path.open("rb") as written:
            progress.attach(File(written), f"{progress.job.title} {timezone.localdate()}.zip")
        progress.note(batch.outcome())
        progress.say(batch.sentence(), next_url=result_page(progress.job))


class _Batch:
    def __init__(self, progress: Progress, wish: Wish, sink: ZipSink) -> None:
        self._progress, self._wish, self._sink = progress, wish, sink
        self._owner, self._order = progress.job.owner, wish.order()
        self._told: set[int] = set()
        self._placements: list[int] = []
        self._reports: list[int] = []
        templates = templates_in_force(self._order.kinds, batch_cohorts(self._owner))
        self._press = Press(sink, self._order, templates, actor=self._owner, alive=lambda: progress.step(0))

    def write(self) -> None:
        keys = list(self._rows().order_by(*_BY_NAME).values_list("pk", flat=True))
        if not keys:
            raise RuleViolation("nobody", _("There is no logbook here yet, or it is not yours to take."))
        self._progress.start(len(keys))
        for placement in self._placements_of(keys):
            self._write_one(placement)
            self._progress.step()
        self._press.finish()
        if not self._press.made:
            why = self._press.missing[0].why if self._press.missing else ""
            raise RuleViolation("nothing_made", _("Not one document could be made. %(why)s") % {"why": why})
        self._list_missing()

    def _rows(self) -> Any:
        return self._wish.rows(self._owner)

    def _placements_of(self, keys: list[int]) -> Iterator[Placement]:
        """Yield the placements in their order, read in parts: who has left the scope meanwhile is not among them."""
        for start in range(0, len(keys), CHUNK):
            part = keys[start : start + CHUNK]
            rows = self._rows().filter(pk__in=part).select_related(*RELATED).prefetch_related(*PREFETCH)
            found = {row.pk: row for row in rows}
            yield from (found[key] for key in part if key in found)

    def _write_one(self, placement: Placement) -> None:
        report = self._report_of(placement) if TemplateKind.REPORT in self._order.kinds else None
        self._placements.append(placement.pk)
        for piece in pieces_of(placement, report, self._order, self._owner):
            self._press.add(piece)

    def _report_of(self, placement: Placement) -> GeneralReport | None:
        """Return the report of the student, with the first of several placements; say where there is none."""
        if placement.enrolment_id in self._told:
            return None
        self._told.add(placement.enrolment_id)
        rows = general_reports_visible_to(self._owner).filter(enrolment=placement.enrolment_id)
        related = ("enrolment__student__student_profile__programme", "enrolment__cohort__department", "approved_by")
        report = rows.select_related(*related).first()
        if report is None:
            self._press.note(placement, _("General report"), _("The student has not handed in a general report."))
        else:
            self._reports.append(report.pk)
        return report

    def _list_missing(self) -> None:
        if not self._press.missing:
            return
        headers = [_("Registration number"), _("Student"), _("Document"), _("Form"), _("Why it is missing")]
        with self._sink.entry(_("Not in this zip") + ".csv") as target:
            write_csv(headers, (_line(one) for one in self._press.missing), target)

    def outcome(self) -> Mapping[str, Any]:
        shown = self._press.missing[:MOST_SHOWN]
        refused: dict[str, list[int]] = {}
        for one in self._press.missing:
            keys = refused.setdefault(f"{one.label}: {one.why}", [])
            if one.placement.pk not in keys[-1:]:
                keys.append(one.placement.pk)
        lacking = {key for keys in refused.values() for key in keys}
        return {
            "moved": [key for key in self._placements if key not in lacking],
            "refused": refused,
            "placements": self._placements,
            "reports": self._reports,
            "made": self._press.made,
            "missing_count": len(self._press.missing),
            "missing": [[one.placement.pk, one.label, one.form, one.why] for one in shown],
        }

    def sentence(self) -> str:
        made, missing = self._press.made, len(self._press.missing)
        text = ngettext("%(n)d document is in the zip.", "%(n)d documents are in the zip.", made) % {"n": made}
        if not missing:
            return text
        more = ngettext("%(n)d is missing: a list in the zip says why.", "%(n)d are missing: a list says why.", missing)
        return f"{text} {more % {'n': missing}}"


_BY_NAME: Final = (
    "enrolment__student__last_name",
    "enrolment__student__first_name",
    "enrolment__student",
    "start",
    "pk",
)


def _line(one: Any) -> list[object]:
    student = one.placement.enrolment.student
    return [student.student_profile.reg_no, student.get_full_name(), one.label, one.form, one.why]


def _done(_row: Job) -> Text:
    return _("Complete in the zip")


def _more(_row: Job) -> tuple[Text, str]:
    return _("Your zips"), reverse("exports")


declare_bulk_kind(BATCH, BulkKind(done=_done, label=lambda _row: PLACEMENTS, more=_more))
