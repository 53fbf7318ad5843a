"""What applications tells of applications and interviews: to students and companies."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import representatives_of
from apps.accounts.services.notice_kinds import REPRESENTATIVE, STUDENT
from apps.accounts.services.notices import NoticeKind, declare_notice, tell
from apps.applications.models import Application
from apps.applications.notifications.facts import WHY_COMPANY, WHY_STUDENT, facts_of, in_words
from apps.applications.services.interviews import meeting_facts, meeting_from
from apps.applications.states import ApplicationState
from portal.kernel.calendars import calendar_of, method_of
from portal.kernel.mail import Attachment


def _calendar_file(facts: Mapping[str, Any]) -> Attachment:
    called_off = facts.get("called_off", False)
    content = calendar_of(meeting_from(facts["meeting"]), called_off=called_off)
    return Attachment("interview.ics", content, "calendar", {"method": method_of(called_off=called_off)})


APPLICATION_RECEIVED = declare_notice(
    NoticeKind(
        "applications.application_received",
        subject=_("%(student)s applies for “%(vacancy)s”"),
        sentence=_("%(student)s applies for “%(vacancy)s”."),
        button=_("Read the application"),
        why=WHY_COMPANY,
        label=_("Somebody applies"),
        to=REPRESENTATIVE,
    )
)
APPLICATION_WITHDRAWN = declare_notice(
    NoticeKind(
        "applications.application_withdrawn",
        subject=_("%(student)s does not apply for “%(vacancy)s” any more"),
        sentence=_("%(student)s has withdrawn the application for “%(vacancy)s”."),
        button=_("See the applicants"),
        why=WHY_COMPANY,
        label=_("An application was withdrawn"),
        to=REPRESENTATIVE,
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
        label=_("A student does not take the place"),
        to=REPRESENTATIVE,
    )
)
APPLICATION_READ = declare_notice(
    NoticeKind(
        "applications.application_read",
        subject=_("%(company)s is reading your application"),
        sentence=_("%(company)s has begun to read your application for “%(vacancy)s”."),
        button=_("See your application"),
        why=WHY_STUDENT,
        label=_("A company begins to read your application"),
        to=STUDENT,
    )
)
APPLICATION_SHORTLISTED = declare_notice(
    NoticeKind(
        "applications.application_shortlisted",
        subject=_("%(company)s has put you on its short list"),
        sentence=_("%(company)s has put you on its short list for “%(vacancy)s”."),
        button=_("See your application"),
        why=WHY_STUDENT,
        label=_("You are on a short list"),
        to=STUDENT,
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
        label=_("The answer to your application"),
        to=STUDENT,
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
        attach=_calendar_file,
        label=_("An invitation to an interview"),
        to=STUDENT,
    )
)
INTERVIEW_CALLED_OFF = declare_notice(
    NoticeKind(
        "applications.interview_called_off",
        subject=_("The interview at %(company)s does not take place"),
        sentence=_("The interview at %(company)s for “%(vacancy)s” on %(when)s does not take place."),
        button=_("See your application"),
        why=WHY_STUDENT,
        urgent=True,
        attach=_calendar_file,
        label=_("An interview does not take place"),
        to=STUDENT,
    )
)
APPLICANT_CALLED_OFF = declare_notice(
    NoticeKind(
        "applications.applicant_called_off",
        subject=_("The interview with %(student)s does not take place"),
        sentence=_("%(student)s does not apply any more; the interview for “%(vacancy)s” on %(when)s falls away."),
        button=_("See the interviews"),
        why=WHY_COMPANY,
        urgent=True,
        attach=_calendar_file,
        label=_("An applicant does not come to the interview"),
        to=REPRESENTATIVE,
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
        label=_("A company wants to meet you"),
        to=STUDENT,
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


def tell_progress(application: Application) -> None:
    """Tell the student that the company has begun to read, or has put the application on its short list; once each."""
    kinds = {
        ApplicationState.UNDER_REVIEW.value: APPLICATION_READ,
        ApplicationState.SHORTLISTED.value: APPLICATION_SHORTLISTED,
    }
    tell(
        application.student,
        kinds[application.state],
        facts=facts_of(application),
        url=reverse("application_detail", args=[application.pk]),
        dedupe_key=f"application_{application.state}:{application.pk}",
    )


def tell_interview(application: Application) -> None:
    """Tell the student when and where the interview is; once for each change of it."""
    facts, kind = facts_of(application), INTERVIEW_PLANNED
    if application.interview_at is not None:
        kind = INTERVIEW_SCHEDULED
        facts["when"] = in_words(application.interview_at, application.student)
        facts["place"] = application.interview_place
        facts["meeting"] = meeting_facts(application)
    tell(
        application.student,
        kind,
        facts=facts,
        url=reverse("application_detail", args=[application.pk]),
        dedupe_key=f"interview:{application.pk}:{application.interview_sequence}",
    )


def tell_interview_called_off(meeting: dict[str, Any], *, tell_company: bool) -> None:
    """Tell who has the interview in a calendar that it does not take place; an application that is gone is no error.

    ``meeting`` are the facts that the row does not hold any more.
    """
    rows = Application.objects.filter(pk=meeting["application"])
    application = rows.select_related("student", "vacancy__company").first()
    if application is None:
        return
    key = f"interview_off:{application.pk}:{meeting['sequence']}"
    people = list(representatives_of(application.vacancy.company_id)) if tell_company else []
    at = dt.datetime.fromisoformat(meeting["at"])
    for person in (application.student, *people):
        own = person.pk == application.student_id
        tell(
            person,
            INTERVIEW_CALLED_OFF if own else APPLICANT_CALLED_OFF,
            facts={**facts_of(application), "when": in_words(at, person), "meeting": meeting, "called_off": True},
            url=reverse("application_detail", args=[application.pk]) if own else reverse("company_interviews"),
            dedupe_key=f"{key}:{person.pk}",
        )
