"""What left the portal, and what anybody may know of it who has the code."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import Q, QuerySet

from apps.accounts.models import Erasure
from apps.accounts.selectors import everything_for, in_scope
from apps.accounts.services.late_seals import sealed_later
from apps.accounts.services.seals import Seal, altered, content_digests, seal_of
from apps.accounts.states import ErasureState, Role
from apps.applications.models import Placement
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.states import ChainState
from apps.reporting.carried import SIGNS, Carried, read_code
from apps.reporting.models import GeneralReport, IssuedDocument, Portfolio
from apps.reporting.selectors.decisions import decision_of
from apps.reporting.states import EntriesStanding, IssuedKind, IssuedState
from portal.kernel.errors import Text

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

# The kinds that show days and weeks; the others show one row, which is their target.
OF_DAYS: Final = frozenset({IssuedKind.WEEK, IssuedKind.LOGBOOK, IssuedKind.CERTIFICATE})
LENGTHS: Final = {8: 4, 10: 5, SIGNS: 5}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

type Decided = list[tuple[Seal, list[Any]]]


def issued_documents_visible_to(user: "Viewer") -> QuerySet[IssuedDocument]:
    """Files of the students whom the user coordinates; a superuser has all."""
    return IssuedDocument.objects.filter(everything_for(user, in_scope(user, "enrolment__cohort")))


# -- which decided rows stand in a document -----------------------------------------------------------------------


def decided_rows(document: IssuedDocument, until: dt.datetime) -> Decided:
    """Return the sealed rows that stood in a document made at that moment, by their seal."""
    if document.kind in OF_DAYS:
        which = Q(placement=document.placement_id, state=ChainState.VERIFIED_ACADEMIC, validated_at__lte=until)
        return _of_days(which & _week(document))
    return _of_target(document)


def _week(document: IssuedDocument) -> Q:
    return Q() if document.week_start is None else Q(week_start=document.week_start)


def _of_days(which: Q) -> Decided:
    found: Decided = []
    for model in (DailyLog, WeeklyReport):
        seal = seal_of(model._meta.label)
        if seal is not None:
            found.append((seal, list(model._base_manager.filter(which).order_by("pk").values_list("pk", flat=True))))
    return found


def _of_target(document: IssuedDocument) -> Decided:
    """Return the one row that a document shows, if it is decided."""
    seal = seal_of(document.target_label)
    if seal is None:
        return []
    rows = seal.rows.filter(pk=document.target_id, state__in=seal.states)
    return [(seal, list(rows.values_list("pk", flat=True)))]


def entries_in(document: IssuedDocument) -> int:
    """Return how many days and weeks stand in a document that is made now, whether decided or not."""
    if document.kind not in OF_DAYS:
        return 1
    which = Q(placement=document.placement_id, is_current=True) & _week(document) & ~Q(state=ChainState.DRAFT)
    return sum(model._base_manager.filter(which).count() for model in (DailyLog, WeeklyReport))


def digest_of_entries(decided: Decided) -> str:
    """Return one hash over what the rows say now, empty where there are none."""
    lines = [digest for seal, pks in decided for _pk, digest in sorted(content_digests(seal, pks).items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""


# -- the answer to whoever has the code ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """What the page says of a code: no more than stands on the document itself, and how it stands today.

    ``student`` is empty where the person was erased. ``start`` and ``end`` are the time of the training or the week.
    ``forms`` are those of the files that were remembered, empty where none was. ``sealed_later`` is the day on which
    the first entry got its seal, where that was after its decision.
    """

    code: str
    kind: IssuedKind
    student: str
    university: str
    start: dt.date
    end: dt.date
    made_at: dt.datetime
    forms: tuple[str, ...]
    confirmed_at: dt.datetime | None
    confirmed_by: Text
    entry_count: int
    validated_count: int
    entries: EntriesStanding
    withdrawn_at: dt.datetime | None
    sealed_later: dt.datetime | None = None

    @property
    def counts_entries(self) -> bool:
        """Whether it shows days and weeks, of which some may be validated and others not."""
        return self.kind in OF_DAYS


def typed_code(text: str) -> str:
    """Return a code as it is stored from how somebody typed it, empty where it can be none of ours."""
    signs = re.sub(r"[^0-9A-Z]", "", text[:40].upper())
    part = LENGTHS.get(len(signs), 0)
    return "-".join(signs[start : start + part] for start in range(0, len(signs), part)) if part else ""


def check_of(code: str) -> Checked | None:
    """Return what may be known of a code, None for one that we never gave out."""
    rows = list(
        IssuedDocument.objects.filter(code=code).select_related("enrolment__student", "enrolment__cohort", "placement")
    )
    # A paper may have been taken along again since; the newest file of the code is the one that is asked about.
    last = rows[0] if rows else _carried_by(code)
    return None if last is None else _checked(last, rows)


def _carried_by(code: str) -> IssuedDocument | None:
    """Return what a code stands for that carries it, as a row that is not stored; None for one that is not ours."""
    carried = read_code(code)
    target = None if carried is None else _target_of(carried)
    if carried is None or target is None:
        return None
    placement = target if isinstance(target, Placement) else None
    row = IssuedDocument(
        code=code,
        kind=carried.kind,
        enrolment=target.enrolment,
        placement=placement,
        target_label=target._meta.label,
        target_id=target.pk,
        week_start=carried.week_start,
        created_at=carried.made_at,
    )
    decided = decided_rows(row, carried.made_at)
    row.entry_count = entries_in(row)
    row.validated_count = sum(len(pks) for _seal, pks in decided)
    row.entries_digest = digest_of_entries(decided)
    row.confirmed_at, row.confirmed_role = decision_of(row, target, carried.made_at)
    return row


def _target_of(carried: Carried) -> Placement | GeneralReport | Portfolio | None:
    models: dict[IssuedKind, Any] = {IssuedKind.REPORT: GeneralReport, IssuedKind.PORTFOLIO: Portfolio}
    rows = models.get(carried.kind, Placement)._base_manager.filter(pk=carried.key)
    found: Placement | GeneralReport | Portfolio | None = rows.select_related(
        "enrolment__student", "enrolment__cohort"
    ).first()
    return found


def _checked(last: IssuedDocument, rows: list[IssuedDocument]) -> Checked:
    erased = Erasure.objects.filter(person=last.enrolment.student_id, state=ErasureState.DONE).exists()
    start, end = _days(last)
    return Checked(
        code=last.code,
        kind=IssuedKind(last.kind),
        student="" if erased else last.enrolment.student.get_full_name(),
        university=settings.UNIVERSITY_NAME,
        start=start,
        end=end,
        made_at=last.created_at,
        forms=tuple(sorted({row.form for row in rows})),
        confirmed_at=last.confirmed_at,
        confirmed_by=Role(last.confirmed_role).label if last.confirmed_role else "",
        entry_count=last.entry_count,
        validated_count=last.validated_count,
        entries=standing_of(last),
        withdrawn_at=next((row.withdrawn_at for row in rows if row.state == IssuedState.WITHDRAWN), None),
        sealed_later=_sealed_later(last),
    )


def _days(document: IssuedDocument) -> tuple[dt.date, dt.date]:
    if document.week_start is not None:
        return document.week_start, document.week_start + dt.timedelta(days=6)
    span = document.placement or document.enrolment.cohort
    return span.start, span.end


def standing_of(document: IssuedDocument) -> EntriesStanding:
    """Say whether the decided rows that stood in the document are still what they were."""
    if not document.entries_digest:
        return EntriesStanding.NONE
    decided = decided_rows(document, document.created_at)
    same = digest_of_entries(decided) == document.entries_digest
    if not same or any(altered(seal, pks) for seal, pks in decided):
        return EntriesStanding.CHANGED
    return EntriesStanding.CORRECTED if _corrected(decided) else EntriesStanding.SAME


def _sealed_later(document: IssuedDocument) -> dt.datetime | None:
    moments = [at for seal, pks in decided_rows(document, document.created_at) for at in sealed_later(seal, pks)]
    return min(moments, default=None)


def _corrected(decided: Decided) -> bool:
    chained = [(seal, pks) for seal, pks in decided if "supersedes_id" in seal.columns]
    return any(seal.rows.filter(supersedes__in=pks).exists() for seal, pks in chained)


def typed_hash(text: str) -> str:
    """Return a SHA-256 as it is stored from how somebody pasted it, empty where it is none."""
    found = re.sub(r"\s", "", text[:200]).lower().removeprefix("sha256:")
    return found if _SHA256.fullmatch(found) else ""


def is_file_of(code: str, sha256: str) -> bool:
    """Say whether a file with this hash left the portal under this code."""
    return IssuedDocument.objects.filter(code=code, sha256=sha256).exists()
