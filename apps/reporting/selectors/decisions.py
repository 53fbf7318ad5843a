"""When and by which role that what a document shows was decided."""

import datetime as dt
from typing import Any

from django.db.models import Max, Model, Q

from apps.accounts.states import Role
from apps.applications.models import IntroductionLetter
from apps.logbook.models import ArrivalNote, Assessment, DailyLog, WeeklyReport
from apps.logbook.states import ArrivalState, AssessmentKind, ChainState
from apps.reporting.models import GeneralReport, IssuedDocument
from apps.reporting.states import IssuedKind

type Decision = tuple[dt.datetime | None, str]


def decision_of(document: IssuedDocument, target: Model, until: dt.datetime) -> Decision:
    """Return moment and role of the last decision before ``until``; None and empty where nobody has decided.

    ``document`` needs no row of its own: its kind, placement and week count.
    """
    row: Any = target
    match document.kind:
        case IssuedKind.WEEK | IssuedKind.LOGBOOK | IssuedKind.CERTIFICATE:
            return _of_days(document, until)
        case IssuedKind.REPORT if isinstance(row, GeneralReport):
            return row.approved_at, Role.UNIVERSITY_SUPERVISOR if row.approved_at else ""
        case IssuedKind.ARRIVAL if isinstance(row, ArrivalNote):
            confirmed = row.state == ArrivalState.CONFIRMED
            return (row.decided_at, Role.INDUSTRIAL_SUPERVISOR) if confirmed else (None, "")
        case IssuedKind.ASSESSMENT if isinstance(row, Assessment):
            by_host = row.rubric.kind == AssessmentKind.INDUSTRY
            side = Role.INDUSTRIAL_SUPERVISOR if by_host else Role.UNIVERSITY_SUPERVISOR
            return row.submitted_at, side if row.submitted_at else ""
        case IssuedKind.LETTER if isinstance(row, IntroductionLetter):
            return row.issued_at, Role.COORDINATOR
        case _:
            return getattr(row, "completed_at", None), ""


def _of_days(document: IssuedDocument, until: dt.datetime) -> Decision:
    which = Q(placement=document.placement_id, state=ChainState.VERIFIED_ACADEMIC, validated_at__lte=until)
    if document.week_start is not None:
        which &= Q(week_start=document.week_start)
    found = [
        model._base_manager.filter(which).aggregate(at=Max("validated_at"))["at"] for model in (DailyLog, WeeklyReport)
    ]
    last = max((at for at in found if at is not None), default=None)
    return last, Role.UNIVERSITY_SUPERVISOR if last else ""
