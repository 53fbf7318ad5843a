"""What applications tells: to students, representatives, supervisors and coordinators."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import coordinators_of, representatives_of
from apps.accounts.services.notices import NoticeKind, declare_notice, tell
from apps.applications.models import Application, Placement, PlacementAmendment, PlacementSupervisor

WHY_STUDENT = _("You get this because it is about your own application or placement.")
WHY_COMPANY = _("You get this because you represent %(company)s.")
WHY_COORDINATOR = _("You get this because you coordinate %(cohort)s.")
WHY_SUPERVISOR = _("You get this because you were named as supervisor.")

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
PLACEMENT_OFFERED = declare_notice(
    NoticeKind(
        "applications.placement_offered",
        subject=_("%(company)s has a place for you"),
        sentence=_("%(company)s has a place for you, %(start)s to %(end)s. Confirm it."),
        button=_("See the place"),
        why=WHY_STUDENT,
        urgent=True,
    )
)
PLACEMENT_PROPOSED = declare_notice(
    NoticeKind(
        "applications.placement_proposed",
        subject=_("%(student)s has found a place at %(company)s"),
        sentence=_("%(student)s (%(cohort)s) has found a place at %(company)s and waits for your confirmation."),
        button=_("Look at the place"),
        why=WHY_COORDINATOR,
    )
)
PLACEMENT_CONFIRMED = declare_notice(
    NoticeKind(
        "applications.placement_confirmed",
        subject=_("Your place at %(company)s is confirmed"),
        sentence=_("Your place at %(company)s is confirmed: %(start)s to %(end)s."),
        button=_("See your place"),
        why=WHY_STUDENT,
        urgent=True,
    )
)
TRAINEE_CONFIRMED = declare_notice(
    NoticeKind(
        "applications.trainee_confirmed",
        subject=_("%(student)s comes to %(company)s"),
        sentence=_(
            "%(student)s comes to %(company)s from %(start)s to %(end)s. Name the supervisor, if it is not done."
        ),
        button=_("See your trainees"),
        why=WHY_COMPANY,
    )
)
PLACEMENT_ENDED = declare_notice(
    NoticeKind(
        "applications.placement_ended",
        subject=_("Your place at %(company)s: a change"),
        sentence=_("Your place at %(company)s does not take place, or ends now. Reason: %(reason)s"),
        button=_("See your place"),
        why=WHY_STUDENT,
        urgent=True,
    )
)
PLACEMENT_AMENDED = declare_notice(
    NoticeKind(
        "applications.placement_amended",
        subject=_("Your place at %(company)s has changed"),
        sentence=_("Your place at %(company)s has changed: %(change)s. Reason: %(reason)s"),
        button=_("See your place"),
        why=WHY_STUDENT,
        urgent=True,
    )
)
TRAINEE_AMENDED = declare_notice(
    NoticeKind(
        "applications.trainee_amended",
        subject=_("The training of %(student)s has changed"),
        sentence=_("The training of %(student)s at %(company)s has changed: %(change)s. Reason: %(reason)s"),
        button=_("See your trainees"),
        why=WHY_COMPANY,
    )
)
SUPERVISOR_NAMED = declare_notice(
    NoticeKind(
        "applications.supervisor_named",
        subject=_("You supervise %(student)s"),
        sentence=_("You supervise %(student)s at %(company)s from %(start)s to %(end)s."),
        button=_("See your students"),
        why=WHY_SUPERVISOR,
    )
)


# -- facts --------------------------------------------------------------------------------------------------------


def _in_words(moment: dt.datetime | dt.date, person: User) -> str:
    """Return a day or a moment as the person writes it; the notice is written once and read in one language."""
    with translation.override(person.language or None):
        if isinstance(moment, dt.datetime):
            return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
        return date_format(moment, "DATE_FORMAT")


def _facts_of(application: Application) -> dict[str, Any]:
    return {
        "student": str(application.student),
        "vacancy": application.vacancy.title,
        "company": application.vacancy.company.name,
    }


def _facts_about(placement: Placement, person: User) -> dict[str, Any]:
    return {
        "student": str(placement.enrolment.student),
        "company": placement.company.name,
        "cohort": placement.enrolment.cohort.name,
        "start": _in_words(placement.start, person),
        "end": _in_words(placement.end, person),
    }


def _tell_company(
    application: Application, kind: NoticeKind, *, url: str, key: str, facts: Mapping[str, Any] | None = None
) -> None:
    for person in representatives_of(application.vacancy.company_id):
        tell(person, kind, facts=facts or _facts_of(application), url=url, dedupe_key=f"{key}:{person.pk}")


# -- applications -------------------------------------------------------------------------------------------------


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
    facts = {**_facts_of(application), "reason": application.reason}
    tell(
        application.student,
        APPLICATION_DECIDED,
        facts=facts,
        url=reverse("application_detail", args=[application.pk]),
        dedupe_key=f"application_decided:{application.pk}",
    )


def tell_interview(application: Application) -> None:
    """Tell the student when and where the interview is; once for each time and place."""
    facts, kind = _facts_of(application), INTERVIEW_PLANNED
    if application.interview_at is not None:
        kind = INTERVIEW_SCHEDULED
        facts["when"] = _in_words(application.interview_at, application.student)
        facts["place"] = application.interview_place
    tell(
        application.student,
        kind,
        facts=facts,
        url=reverse("application_detail", args=[application.pk]),
        dedupe_key=f"interview:{application.pk}:{application.interview_at}:{application.interview_place[:80]}",
    )


# -- placements ---------------------------------------------------------------------------------------------------


def tell_placement_offered(placement: Placement) -> None:
    """Tell the student of a place that waits for the own confirmation."""
    student = placement.enrolment.student
    tell(
        student,
        PLACEMENT_OFFERED,
        facts=_facts_about(placement, student),
        url=reverse("my_placement"),
        dedupe_key=f"placement_offered:{placement.pk}",
    )


def tell_placement_proposed(placement: Placement) -> None:
    """Tell the coordinators of a self-found place that waits for their confirmation."""
    for person in coordinators_of(placement.enrolment.cohort):
        tell(
            person,
            PLACEMENT_PROPOSED,
            facts=_facts_about(placement, person),
            url=reverse("admin:applications_placement_change", args=[placement.pk]),
            dedupe_key=f"placement_proposed:{placement.pk}:{person.pk}",
        )


def tell_placement_confirmed(placement: Placement, *, by: int | None) -> None:
    """Tell the student, unless it was the own act (``by`` is the key of who confirmed), and the company."""
    student = placement.enrolment.student
    if by != student.pk:
        tell(
            student,
            PLACEMENT_CONFIRMED,
            facts=_facts_about(placement, student),
            url=reverse("my_placement"),
            dedupe_key=f"placement_confirmed:{placement.pk}",
        )
    for person in representatives_of(placement.company_id):
        tell(
            person,
            TRAINEE_CONFIRMED,
            facts=_facts_about(placement, person),
            url=reverse("company_trainees"),
            dedupe_key=f"trainee_confirmed:{placement.pk}:{person.pk}",
        )


def tell_placement_ended(placement: Placement, *, by: int | None) -> None:
    """Tell the student that the place is cancelled or ends early, unless it was the own act."""
    student = placement.enrolment.student
    if by == student.pk:
        return
    tell(
        student,
        PLACEMENT_ENDED,
        facts={**_facts_about(placement, student), "reason": placement.reason},
        url=reverse("my_placement"),
        dedupe_key=f"placement_ended:{placement.pk}",
    )


def tell_placement_amended(amendment: PlacementAmendment) -> None:
    """Tell the student at once, and the company in the digest, what was changed and why."""
    placement = amendment.placement

    def say(person: User, kind: NoticeKind, url: str) -> None:
        with translation.override(person.language or None):
            change = ", ".join(f"{line.label}: {line.after}" for line in amendment.lines)
        facts = {**_facts_about(placement, person), "change": change, "reason": amendment.reason}
        tell(person, kind, facts=facts, url=url, dedupe_key=f"amended:{amendment.pk}:{person.pk}")

    say(placement.enrolment.student, PLACEMENT_AMENDED, reverse("my_placement"))
    for person in representatives_of(placement.company_id):
        say(person, TRAINEE_AMENDED, reverse("company_trainees"))


def tell_supervisor_named(supervision_id: int, moment: str) -> None:
    """Tell a person that the person supervises a student; a supervision that is over by now is no error."""
    rows = PlacementSupervisor.objects.filter(pk=supervision_id, is_active=True)
    row = rows.select_related("user", "placement__enrolment__student", "placement__enrolment__cohort").first()
    if row is None:
        return
    tell(
        row.user,
        SUPERVISOR_NAMED,
        facts=_facts_about(row.placement, row.user),
        url=reverse("home"),
        dedupe_key=f"supervisor_named:{row.pk}:{moment}",
    )
