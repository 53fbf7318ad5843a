"""What a reminder says: to whose matter it is, and to who looks after it."""

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.services.links import Target
from apps.accounts.services.notice_kinds import COORDINATOR, INDUSTRIAL, STUDENT, UNIVERSITY
from apps.accounts.services.notices import LinkWish, NoticeKind, Telling, declare_notice, tell_many
from apps.accounts.states import LinkPurpose, Role
from apps.applications.states import SupervisorKind
from apps.logbook.notifications.chain import WHY_STUDENT, supervisors_of
from apps.logbook.selectors import is_undone, look_at
from apps.logbook.services.reminders import Asked, Day, links_on_their_way, write_down
from apps.logbook.states import AssessmentKind, ReminderKind, ReminderLevel
from portal.kernel.dates import week_number

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from apps.accounts.models import User
    from apps.logbook.selectors import Undone
    from portal.kernel.errors import Text

WHY_SUPERVISOR: Final = _("You get this because you supervise %(student)s.")
WHY_LOOKING_AFTER: Final = _("You get this because you look after %(student)s for the university.")


def still_undone(kind: ReminderKind, facts: "Mapping[str, Any]") -> bool:
    """Say whether the thing of a reminder still waits when its mail is written."""
    return is_undone(kind, facts["placement"], facts["about"], timezone.localdate())


def _declare(kind: ReminderKind, name: str, **words: Any) -> NoticeKind:
    still = partial(still_undone, kind)
    return declare_notice(NoticeKind(f"logbook.{name}", still=still, **words))


OWN: Final = {
    ReminderKind.LOG: _declare(
        ReminderKind.LOG,
        "log_missing",
        subject=_("Your log since %(day)s is missing"),
        sentence=_("You have sent no daily log since %(day)s. A few words a day are enough."),
        button=_("Write the log"),
        why=WHY_STUDENT,
        label=_("Reminder: daily log"),
        to=STUDENT,
    ),
    ReminderKind.UNVERIFIED: _declare(
        ReminderKind.UNVERIFIED,
        "week_unverified",
        subject=_("%(student)s's week %(number)s still waits for you"),
        sentence=_("Days of week %(number)s of %(student)s wait for your word since %(day)s."),
        button=_("See the week"),
        why=WHY_SUPERVISOR,
        label=_("Reminder: a trainee's week"),
        to=INDUSTRIAL,
    ),
    ReminderKind.WEEK: _declare(
        ReminderKind.WEEK,
        "week_not_closed",
        subject=_("Week %(number)s is not closed yet"),
        sentence=_("The days of week %(number)s are sent; its summary is not. Close it with a few sentences."),
        button=_("Close the week"),
        why=WHY_STUDENT,
        label=_("Reminder: close the week"),
        to=STUDENT,
    ),
    ReminderKind.ARRIVAL: _declare(
        ReminderKind.ARRIVAL,
        "arrival_missing",
        subject=_("Have you arrived at %(company)s?"),
        sentence=_("Your place at %(company)s began on %(day)s. Say that you are there; your logs open with it."),
        button=_("Report the arrival"),
        why=WHY_STUDENT,
        label=_("Reminder: report the arrival"),
        to=STUDENT,
    ),
    ReminderKind.REPORT: _declare(
        ReminderKind.REPORT,
        "report_due",
        subject=_("Your report is due"),
        sentence=_("Your time at %(company)s is over since %(day)s, and your report is not handed in yet."),
        button=_("Go to the report"),
        why=WHY_STUDENT,
        label=_("Reminder: the report"),
        to=STUDENT,
    ),
    ReminderKind.ASSESSMENT: _declare(
        ReminderKind.ASSESSMENT,
        "assessment_due",
        subject=_("The assessment of %(student)s waits for you"),
        sentence=_("Please fill in for %(student)s: %(title)s. It takes a few minutes."),
        button=_("Open the form"),
        why=WHY_SUPERVISOR,
        label=_("Reminder: an assessment"),
        to=(Role.INDUSTRIAL_SUPERVISOR, Role.UNIVERSITY_SUPERVISOR),
    ),
}
LOOKING_AFTER: Final = {
    ReminderKind.LOG: _("No log of %(student)s since %(day)s"),
    ReminderKind.UNVERIFIED: _("Week %(number)s of %(student)s is not verified since %(day)s"),
    ReminderKind.WEEK: _("%(student)s has not closed week %(number)s"),
    ReminderKind.ARRIVAL: _("%(student)s has not reported the arrival at %(company)s"),
    ReminderKind.REPORT: _("The report of %(student)s is due since %(day)s"),
    ReminderKind.ASSESSMENT: _("%(title)s is not filled in for %(student)s"),
}


def _declare_escalated(kind: ReminderKind) -> NoticeKind:
    words: Text = LOOKING_AFTER[kind]
    return _declare(
        kind,
        f"escalated_{kind.value}",
        subject=words,
        sentence=_ESCALATED[kind],
        button=_("See the placement"),
        why=WHY_LOOKING_AFTER,
        label=_LABELS[kind],
        to=(*UNIVERSITY, *COORDINATOR),
    )


_ESCALATED: Final = {
    ReminderKind.LOG: _("%(student)s at %(company)s has sent no daily log since %(day)s, in spite of reminders."),
    ReminderKind.UNVERIFIED: _("Days of week %(number)s of %(student)s wait at %(company)s since %(day)s."),
    ReminderKind.WEEK: _("%(student)s at %(company)s has not closed week %(number)s, in spite of reminders."),
    ReminderKind.ARRIVAL: _("%(student)s should be at %(company)s since %(day)s and has not reported the arrival."),
    ReminderKind.REPORT: _("The report of %(student)s about %(company)s is due since %(day)s."),
    ReminderKind.ASSESSMENT: _("%(title)s for %(student)s at %(company)s was asked for and is not filled in."),
}
_LABELS: Final = {
    ReminderKind.LOG: _("A student sends no logs"),
    ReminderKind.UNVERIFIED: _("A company does not verify"),
    ReminderKind.WEEK: _("A student does not close a week"),
    ReminderKind.ARRIVAL: _("A student has not arrived"),
    ReminderKind.REPORT: _("A report is late"),
    ReminderKind.ASSESSMENT: _("An assessment is late"),
}
ESCALATED: Final = {kind: _declare_escalated(kind) for kind in ReminderKind}


FIRST_HOUR: Final = 6


def send_reminders(now: "dt.datetime") -> int:
    """Tell everybody what waits, once a day from ``FIRST_HOUR`` on; returns how many reminders were written.

    Each is a notice of its own, all of a person become due at the same moment and so go into one mail. ``now`` is local
    time. The number of queries does not grow with the students; a second run of the same day writes nothing.
    """
    if now.hour < FIRST_HOUR:
        return 0
    day = Day(look_at(Q(), now.date()), in_charge_of)
    asked = _without_links_on_their_way(day.asked())
    with transaction.atomic():
        tell_many([_telling(one, now.date()) for one in asked])
        write_down(asked, now.date())
    return len(asked)


def _without_links_on_their_way(asked: list[Asked]) -> list[Asked]:
    waiting = links_on_their_way(one.person for one in asked)

    def waits(one: Asked) -> bool:
        link = link_of(one.thing) if one.level == ReminderLevel.IN_CHARGE else None
        if link is None:
            return False
        return (one.person.pk, link.purpose.value, link.target.pk, link.target.scope.get("week", "")) in waiting

    return [one for one in asked if not waits(one)]


def in_charge_of(thing: "Undone") -> "list[User]":
    """Return whose matter it is: the student's, or that of who supervises on the side that is asked."""
    side = side_of(thing)
    return supervisors_of(thing.placement, side) if side else [thing.placement.enrolment.student]


def side_of(thing: "Undone") -> SupervisorKind | None:
    """Return the side whose supervisors are in charge; None for what is the student's matter."""
    if thing.kind == ReminderKind.UNVERIFIED:
        return SupervisorKind.INDUSTRIAL
    if thing.assessment is None:
        return None
    by_host = thing.assessment.rubric.kind == AssessmentKind.INDUSTRY
    return SupervisorKind.INDUSTRIAL if by_host else SupervisorKind.UNIVERSITY


def _telling(one: Asked, on: "dt.date") -> Telling:
    """Return what is told to the person, with the page or the link on which it can be done at once."""
    own = one.level == ReminderLevel.IN_CHARGE
    kind = (OWN if own else ESCALATED)[one.thing.kind]
    key = ":".join(str(part) for part in ("reminder", *one.key, on))
    url, link = _url(one.thing, one.level), link_of(one.thing) if own else None
    # Days are written out here, so in the language of who reads them.
    with translation.override(one.person.language or None):
        facts = _facts(one.thing)
    return Telling(one.person, kind, facts, url=url, dedupe_key=key, link=link)


def link_of(thing: "Undone") -> LinkWish | None:
    """Return the link that needs no account; for what the company is asked."""
    if side_of(thing) != SupervisorKind.INDUSTRIAL:
        return None
    if thing.assessment is not None:
        return LinkWish(LinkPurpose.ASSESS, Target("logbook.Assessment", thing.assessment.pk, {}))
    target = Target("applications.Placement", thing.placement.pk, {"week": thing.about})
    return LinkWish(LinkPurpose.VERIFY_WEEK, target)


def _facts(thing: "Undone") -> dict[str, Any]:
    placement = thing.placement
    return {
        "placement": placement.pk,
        "about": thing.about,
        "student": str(placement.enrolment.student),
        "company": placement.company.name,
        "day": date_format(thing.since, "j F"),
        "number": week_number(thing.monday, placement.start) if thing.monday else 0,
        "title": thing.assessment.rubric.title if thing.assessment else "",
    }


def _url(thing: "Undone", level: ReminderLevel) -> str:
    placement = thing.placement
    if level == ReminderLevel.COORDINATOR:
        return reverse("admin:applications_placement_change", args=[placement.pk])
    if level == ReminderLevel.SUPERVISOR:
        return reverse("validate_weeks")
    if thing.assessment is not None:
        return reverse("assessment_edit", args=[thing.assessment.pk])
    if thing.kind == ReminderKind.UNVERIFIED and thing.monday is not None:
        return reverse("supervise_week", args=[placement.pk, thing.monday])
    if thing.kind == ReminderKind.WEEK and thing.monday is not None:
        return reverse("week_edit", args=[thing.monday])
    pages = {
        ReminderKind.LOG: lambda: reverse("student_today"),
        ReminderKind.ARRIVAL: lambda: reverse("arrival_report", args=[placement.pk]),
        ReminderKind.REPORT: lambda: reverse("documents"),
    }
    return pages[thing.kind]()
