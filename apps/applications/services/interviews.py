"""Interviews: when and where a company meets an applicant, also as a file for everybody's calendar."""

import datetime as dt
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any, Final, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.applications.models import Application
from apps.applications.permissions import can_decide_application
from apps.applications.states import ApplicationState
from portal.kernel.calendars import Meeting
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import Change, perform, with_move
from portal.kernel.tasks import enqueue

LONGEST_MINUTES: Final = 480
USUAL_MINUTES: Final = 30


def schedule_interview(
    application: Application, *, at: dt.datetime, place: str, minutes: int = USUAL_MINUTES, actor: User
) -> Application:
    """Invite to an interview, or change its time or place; the student is told at once.

    Raises ``NotAllowed``, ``WrongState`` once it is decided, ``RuleViolation`` ``interview_in_past``,
    ``interview_nowhere`` or ``interview_length``.
    """
    if not place.strip():
        raise RuleViolation("interview_nowhere", _("Say where you meet, or enter the link of the call."), field="place")
    if at <= timezone.now():
        raise RuleViolation("interview_in_past", _("This time has passed. Choose a later one."), field="at")
    if not 0 < minutes <= LONGEST_MINUTES:
        raise RuleViolation("interview_length", _("An interview lasts from 1 to 480 minutes."), field="minutes")
    with transaction.atomic():
        fresh = _locked(application, actor)
        fresh.interview_at, fresh.interview_place = at, " ".join(place.split())
        fresh.interview_minutes = minutes
        fresh.interview_sequence += 1
        fresh.version += 1
        fresh.save()
        if fresh.state == ApplicationState.INTERVIEW_SCHEDULED:
            enqueue("applications.tell_interview", {"application_id": fresh.pk})
        else:
            perform(fresh, "schedule_interview", actor=actor)
    application.refresh_from_db()
    return application


def _locked(application: Application, actor: User) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related(*Application.MOVE_RELATED)
    fresh = rows.get(pk=application.pk)
    if not can_decide_application(fresh, actor):
        raise NotAllowed
    return fresh


def call_off_interview(application: Application, *, actor: User) -> Application:
    """Call off an interview that lies ahead; the application goes on, and both sides are told.

    Raises ``NotAllowed`` and ``RuleViolation`` ``no_interview`` where none lies ahead.
    """
    with transaction.atomic():
        fresh = _locked(application, actor)
        if not fresh.has_interview_ahead:
            raise RuleViolation("no_interview", _("No interview lies ahead."))
        _drop(fresh, tell_company=False)
        if fresh.state == ApplicationState.INTERVIEW_SCHEDULED:
            perform(fresh, "start_review", actor=actor)
    application.refresh_from_db()
    return application


def _drop(application: Application, *, tell_company: bool) -> None:
    """Take the interview out of the row and tell who has it in a calendar, with the facts that go away here."""
    lost = meeting_facts(application) | {"sequence": application.interview_sequence + 1}
    Application.objects.filter(pk=application.pk).update(
        interview_at=None,
        interview_place="",
        interview_sequence=F("interview_sequence") + 1,
        version=F("version") + 1,
    )
    enqueue("applications.tell_interview_called_off", {"meeting": lost, "tell_company": tell_company})


def drop_interviews_ahead(change: Change) -> None:
    """Call off what lies ahead of those who were answered or do not apply any more; held interviews stay."""
    for application in cast("list[Application]", change.objects):
        if application.has_interview_ahead:
            _drop(application, tell_company=change.move == "withdraw")


# With the answer, or without an application, nobody has to come.
for _name in ("accept", "reject", "withdraw"):
    with_move("applications.Application", _name)(drop_interviews_ahead)


# -- for calendars ------------------------------------------------------------------------------------------------


def meeting_facts(application: Application) -> dict[str, Any]:
    """Return the plain values of an interview, which outlive the row's own; ``meeting_from`` reads them."""
    return {
        "application": application.pk,
        "sequence": application.interview_sequence,
        "at": cast("dt.datetime", application.interview_at).isoformat(),
        "minutes": application.interview_minutes,
        "place": application.interview_place,
        "vacancy": application.vacancy.title,
        "company": application.vacancy.company.name,
    }


def meeting_from(facts: Mapping[str, Any]) -> Meeting:
    """Return the interview as a calendar knows it, in the active language."""
    return Meeting(
        uid=f"interview-{facts['application']}@{urlsplit(settings.SITE_URL).hostname}",
        sequence=facts["sequence"],
        at=dt.datetime.fromisoformat(facts["at"]),
        minutes=facts["minutes"],
        title=gettext("Interview: %(vacancy)s · %(company)s") % facts,
        where=facts["place"],
        host=facts["company"],
        host_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    )
