"""What is told when a company does not answer: to its deputies, then to the coordinators."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import coordinators_of
from apps.accounts.services.links import Target
from apps.accounts.services.notice_kinds import COORDINATOR, INDUSTRIAL
from apps.accounts.services.notices import LinkWish, NoticeKind, Telling, declare_notice, tell_many
from apps.accounts.states import LinkPurpose
from apps.applications.models import Placement
from apps.applications.states import SupervisorKind
from apps.logbook.notifications.chain import WHY_COORDINATOR
from apps.logbook.selectors import Unanswered
from portal.kernel.dates import week_number

WHY_DEPUTY: Final = _("You get this because you are deputy for %(student)s.")

WEEK_PASSED_ON = declare_notice(
    NoticeKind(
        "logbook.week_passed_on",
        subject=_("%(student)s's week %(number)s waits for a deputy"),
        sentence=_("%(student)s's week %(number)s has waited since %(day)s without an answer. Please look at it."),
        button=_("See the week"),
        why=WHY_DEPUTY,
        urgent=True,
        label=_("A week waits, and the supervisor does not answer"),
        to=INDUSTRIAL,
    )
)
ARRIVAL_PASSED_ON = declare_notice(
    NoticeKind(
        "logbook.arrival_passed_on",
        subject=_("Is %(student)s with you? A deputy is asked"),
        sentence=_("%(student)s's arrival at %(company)s has waited since %(day)s without an answer. Please confirm."),
        button=_("Confirm the arrival"),
        why=WHY_DEPUTY,
        urgent=True,
        label=_("An arrival waits, and the supervisor does not answer"),
        to=INDUSTRIAL,
    )
)
WEEK_UNANSWERED = declare_notice(
    NoticeKind(
        "logbook.week_unanswered",
        subject=_("%(company)s does not answer %(student)s's week %(number)s"),
        sentence=_(
            "%(student)s's week %(number)s has waited at %(company)s since %(day)s. Call them or name a deputy."
        ),
        button=_("See what waits"),
        why=WHY_COORDINATOR,
        label=_("A company does not answer a week"),
        to=COORDINATOR,
    )
)
ARRIVAL_UNANSWERED = declare_notice(
    NoticeKind(
        "logbook.arrival_unanswered",
        subject=_("%(company)s does not confirm %(student)s's arrival"),
        sentence=_("%(student)s's arrival has waited since %(day)s. Call the company or name a deputy."),
        button=_("See what waits"),
        why=WHY_COORDINATOR,
        label=_("A company does not confirm an arrival"),
        to=COORDINATOR,
    )
)
ASSESSMENT_PASSED_ON = declare_notice(
    NoticeKind(
        "logbook.assessment_passed_on",
        subject=_("The assessment of %(student)s waits for a deputy"),
        sentence=_(
            "The training of %(student)s ended on %(ended)s, and %(title)s is not filled in. Please do it instead."
        ),
        button=_("Open the form"),
        why=WHY_DEPUTY,
        urgent=True,
        label=_("An assessment waits, and the supervisor does not answer"),
        to=INDUSTRIAL,
    )
)
ASSESSMENT_UNANSWERED = declare_notice(
    NoticeKind(
        "logbook.assessment_unanswered",
        subject=_("%(company)s does not assess %(student)s"),
        sentence=_(
            "The training of %(student)s ended on %(ended)s, and %(title)s is not filled in. Call the company or name "
            "a deputy."
        ),
        button=_("See the placement"),
        why=WHY_COORDINATOR,
        label=_("A company does not assess a trainee"),
        to=COORDINATOR,
    )
)


def tell_unanswered(waits: Iterable[Unanswered]) -> None:
    """Tell whom the cohort's rule names; each person once for each time that it waits."""
    coordinators = dict[int, list[User]]()
    tellings: list[Telling] = []
    for one in waits:
        if one.concerns_deputies:
            tellings += _to(_deputies(one.placement), one, is_deputy=True)
        if one.concerns_coordinators:
            cohort = one.cohort
            if cohort.pk not in coordinators:
                coordinators[cohort.pk] = list(coordinators_of(cohort))
            tellings += _to(coordinators[cohort.pk], one, is_deputy=False)
    tell_many(tellings)


def _deputies(placement: Placement) -> list[User]:
    """Return the deputies in the company; none where nobody stands before them, because they were asked themselves."""
    rows = [row for row in placement.supervisors.all() if row.kind == SupervisorKind.INDUSTRIAL and row.is_active]
    return [row.user for row in rows if row.is_deputy] if any(not row.is_deputy for row in rows) else []


def _to(people: Sequence[User], one: Unanswered, *, is_deputy: bool) -> Iterator[Telling]:
    way = _form if one.assessment is not None else _arrival if one.note is not None else _week
    kind, url, link, thing = way(one, is_deputy=is_deputy)
    facts = _facts(one)
    for person in people:
        key = f"unanswered:{thing}:{one.since}:{person.pk}"
        yield Telling(person, kind, facts, url, key, link if is_deputy else None)


def _week(one: Unanswered, *, is_deputy: bool) -> tuple[NoticeKind, str, LinkWish, str]:
    placement, monday = one.placement, one.monday
    scope = {"week": str(monday)}
    link = LinkWish(LinkPurpose.VERIFY_WEEK, Target("applications.Placement", placement.pk, scope))
    url = reverse("supervise_week", args=[placement.pk, monday]) if is_deputy else _list("dailylog") + "?todo=verify"
    return (WEEK_PASSED_ON if is_deputy else WEEK_UNANSWERED), url, link, f"{placement.pk}:{monday}"


def _arrival(one: Unanswered, *, is_deputy: bool) -> tuple[NoticeKind, str, LinkWish, str]:
    note: Any = one.note
    link = LinkWish(LinkPurpose.CONFIRM_ARRIVAL, Target("logbook.ArrivalNote", note.pk, {}))
    url = reverse("supervise") if is_deputy else _list("arrivalnote")
    return (ARRIVAL_PASSED_ON if is_deputy else ARRIVAL_UNANSWERED), url, link, f"arrival:{note.pk}"


def _form(one: Unanswered, *, is_deputy: bool) -> tuple[NoticeKind, str, LinkWish, str]:
    form: Any = one.assessment
    link = LinkWish(LinkPurpose.ASSESS, Target("logbook.Assessment", form.pk, {}))
    # Coordinators do not see a form before it is sent, but the placement and whom to call.
    page, key = ("assessment_edit", form.pk) if is_deputy else ("admin:applications_placement_change", one.placement.pk)
    url = reverse(page, args=[key])
    return (ASSESSMENT_PASSED_ON if is_deputy else ASSESSMENT_UNANSWERED), url, link, f"assessment:{form.pk}"


def _list(model: str) -> str:
    return reverse(f"admin:logbook_{model}_changelist")


def _facts(one: Unanswered) -> dict[str, Any]:
    placement = one.placement
    facts: dict[str, Any] = {
        "student": str(placement.enrolment.student),
        "company": placement.company.name,
        "cohort": one.cohort.name,
        "day": date_format(one.since, "j F"),
        "days": one.days,
    }
    if one.assessment is not None:
        return {**facts, "title": one.assessment.rubric.title, "ended": date_format(placement.end, "j F")}
    return facts if one.monday is None else {**facts, "number": week_number(one.monday, placement.start)}
