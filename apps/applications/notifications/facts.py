"""Why somebody is told, and the facts of which the sentences are made."""

import datetime as dt
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.notice_kinds import name_subject
from apps.applications.models import Application, Placement

name_subject("applications", _("Applications and places"))

WHY_STUDENT = _("You get this because it is about your own application or placement.")
WHY_COMPANY = _("You get this because you represent %(company)s.")
WHY_COORDINATOR = _("You get this because you coordinate %(cohort)s.")
WHY_HOST = _("You get this because %(student)s entered your address as that of the supervisor.")
WHY_SUPERVISOR = _("You get this because you were named as supervisor.")


def in_words(moment: dt.datetime | dt.date, person: User) -> str:
    """Return a day or a moment as the person writes it; the notice is written once and read in one language."""
    with translation.override(person.language or None):
        if isinstance(moment, dt.datetime):
            return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
        return date_format(moment, "DATE_FORMAT")


def facts_of(application: Application) -> dict[str, Any]:
    """Return what is said about an application."""
    return {
        "student": str(application.student),
        "vacancy": application.vacancy.title,
        "company": application.vacancy.company.name,
    }


def facts_about(placement: Placement, person: User) -> dict[str, Any]:
    """Return what is said about a placement, in the words of who reads it."""
    return {
        "student": str(placement.enrolment.student),
        "company": placement.company.name,
        "cohort": placement.enrolment.cohort.name,
        "start": in_words(placement.start, person),
        "end": in_words(placement.end, person),
    }
