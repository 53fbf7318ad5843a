"""What is told about applications: to students and representatives."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import representatives_of
from apps.accounts.services.notices import NoticeKind, declare_notice, tell
from apps.applications.models import Application
from apps.applications.notifications.facts import WHY_COMPANY, WHY_STUDENT, facts_of, in_words

APPLICATION_RECEIVED = declare_notice(
    NoticeKind(
        "applications.application_received",
        subject=_("%(student)s applies for “%(vacancy)s”"),
        sentence=_("%(student)s applies for “%(vacancy)s”."),
        button=_("Read the application"),
        why=WHY_COMPANY,
    )
)
APPLICATION_WITHDRAWN = declare_notice(
    NoticeKind(
        "applications.application_withdrawn",
        subject=_("%(student)s does not apply for “%(vacancy)s” any more"),
        sentence=_("%(student)s has withdrawn the application for “%(vacancy)s”."),
        button=_("See the applicants"),
        why=WHY_COMPANY,
    )
)
OFFER_DECLINED = declare_notice(
    NoticeKind(
        "applications.offer_declined",
        subject=_("%(student)s does not take the place “%(vacancy)s”"),
        sentence=_("%(student)s does not take the place “%(vacancy)s”. It is free again."),
        button=_("See the applicants"),
        why=WHY_COMPANY,
        urgent=True,
    )
)
APPLICATION_DECIDED = declare_notice(
    NoticeKind(
        "applications.application_decided",
        subject=_("%(company)s has answered your application"),
        sentence=_("%(company)s has not chosen you for “%(vacancy)s”. Reason: %(reason)s"),
        button=_("See your application"),
        why=WHY_STUDENT,
        urgent=True,
    )
)
INTERVIEW_SCHEDULED = declare_notice(
    NoticeKind(
        "applications.interview_scheduled",
        subject=_("%(company)s invites you to an interview"),
        sentence=_("%(company)s invites you to an interview for “%(vacancy)s”: %(when)s, %(place)s."),
        button=_("See your application"),
        why=WHY_STUDENT,
        urgent=True,
    )
)
INTERVIEW_PLANNED = declare_notice(
    NoticeKind(
        "applications.interview_planned",
        subject=_("%(company)s wants to meet you"),
        sentence=_("%(company)s wants to meet you for “%(vacancy)s” and will say when and where."),
        button=_("See your application"),
        why=WHY_STUDENT,
        urgent=True,
    )
)


def _tell_company(
    application: Application, kind: NoticeKind, *, url: str, key: str, facts: Mapping[str, Any] | None = None
) -> None:
    for person in representatives_of(application.vacancy.company_id):
        tell(person, kind, facts=facts or facts_of(application), url=url, dedupe_key=f"{key}:{person.pk}")


def tell_application_received(application: Application) -> None:
    """Tell the representatives that somebody applies."""
    url = reverse("company_application", args=[application.pk])
    _tell_company(application, APPLICATION_RECEIVED, url=url, key=f"application_received:{application.pk}")


def tell_application_withdrawn(application: Application, *, was_offer: bool) -> None:
    """Tell the representatives that the student does not want it any more."""
    kind = OFFER_DECLINED if was_offer else APPLICATION_WITHDRAWN
    url = reverse("company_applicants", args=[application.vacancy_id])
    _tell_company(application, kind, url=url, key=f"application_withdrawn:{application.pk}")


def tell_application_decided(application: Application) -> None:
    """Tell the student that the company has said no, and why."""
    facts = {**facts_of(application), "reason": application.reason}
    tell(
        application.student,
        APPLICATION_DECIDED,
        facts=facts,
        url=reverse("application_detail", args=[application.pk]),
        dedupe_key=f"application_decided:{application.pk}",
    )


def tell_interview(application: Application) -> None:
    """Tell the student when and where the interview is; once for each time and place."""
    facts, kind = facts_of(application), INTERVIEW_PLANNED
    if application.interview_at is not None:
        kind = INTERVIEW_SCHEDULED
        facts["when"] = in_words(application.interview_at, application.student)
        facts["place"] = application.interview_place
    tell(
        application.student,
        kind,
        facts=facts,
        url=reverse("application_detail", args=[application.pk]),
        dedupe_key=f"interview:{application.pk}:{application.interview_at}:{application.interview_place[:80]}",
    )
