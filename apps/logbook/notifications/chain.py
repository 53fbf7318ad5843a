"""What the logbook tells: to supervisors on both sides, to the student, to coordinators."""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import coordinators_of
from apps.accounts.services.links import Target, used_links
from apps.accounts.services.notice_kinds import COORDINATOR, INDUSTRIAL, STUDENT, UNIVERSITY, name_subject
from apps.accounts.services.notices import LinkWish, NoticeKind, declare_notice, is_notice_queued, tell
from apps.accounts.states import LinkPurpose
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.states import SupervisorKind
from apps.logbook.models import ArrivalNote
from apps.logbook.selectors import arrivals_awaiting, weeks_waiting_for
from portal.kernel.dates import week_number

if TYPE_CHECKING:
    from collections.abc import Iterable

name_subject("logbook", _("Logbook"))

WHY_INDUSTRIAL = _("You get this because %(student)s named you as supervisor.")
WHY_UNIVERSITY = _("You get this because you supervise %(student)s for the university.")
WHY_STUDENT = _("You get this because it is about your own logbook.")
WHY_COORDINATOR = _("You get this because you coordinate %(cohort)s.")

ARRIVAL_REPORTED = declare_notice(
    NoticeKind(
        "logbook.arrival_reported",
        subject=_("Is %(student)s with you since %(day)s?"),
        sentence=_("%(student)s says: I am at %(company)s since %(day)s. Please confirm, it takes one tap."),
        button=_("Confirm the arrival"),
        why=WHY_INDUSTRIAL,
        urgent=True,
        label=_("A trainee's arrival waits for your word"),
        to=INDUSTRIAL,
    )
)
ARRIVAL_CONFIRMED = declare_notice(
    NoticeKind(
        "logbook.arrival_confirmed",
        subject=_("Your arrival at %(company)s is confirmed"),
        sentence=_("Your arrival at %(company)s is confirmed. You can send your daily logs from now on."),
        button=_("Write today's log"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("Your arrival is confirmed"),
        to=STUDENT,
    )
)
ARRIVAL_DISPUTED = declare_notice(
    NoticeKind(
        "logbook.arrival_disputed",
        subject=_("Your arrival at %(company)s was not confirmed"),
        sentence=_("Your supervisor did not confirm your arrival: %(reason)s"),
        button=_("Look at it"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("Your arrival was not confirmed"),
        to=STUDENT,
    )
)
ADDRESS_WAITS = declare_notice(
    NoticeKind(
        "logbook.address_waits",
        subject=_("Is this the supervisor of %(student)s?"),
        sentence=_(
            "%(student)s has arrived at %(company)s and names %(supervisor)s (%(reach)s) as supervisor. Nobody else"
            " knows this person there. Allow or refuse it; until then no mail is sent."
        ),
        button=_("Look at it"),
        why=WHY_COORDINATOR,
        urgent=True,
        label=_("A supervisor's address waits for your word"),
        to=COORDINATOR,
    )
)
ADDRESS_REFUSED = declare_notice(
    NoticeKind(
        "logbook.address_refused",
        subject=_("Name your supervisor at %(company)s again"),
        sentence=_("Your coordinator did not take the supervisor whom you named: %(reason)s"),
        button=_("Name somebody else"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("A supervisor whom you named was not taken"),
        to=STUDENT,
    )
)
WEEK_WAITS = declare_notice(
    NoticeKind(
        "logbook.week_waits",
        subject=_("%(student)s's week %(number)s waits for you"),
        sentence=_("%(student)s has sent days of week %(number)s, from %(day)s. Please look and approve."),
        button=_("See the week"),
        why=WHY_INDUSTRIAL,
        label=_("A trainee's week waits for you"),
        to=INDUSTRIAL,
    )
)
WEEK_VERIFIED = declare_notice(
    NoticeKind(
        "logbook.week_verified",
        subject=_("%(student)s's week %(number)s is verified"),
        sentence=_("The company has verified days of week %(number)s of %(student)s. They wait for you."),
        button=_("See the weeks"),
        why=WHY_UNIVERSITY,
        label=_("A trainee's week is verified and waits for you"),
        to=UNIVERSITY,
    )
)
SENT_BACK = declare_notice(
    NoticeKind(
        "logbook.sent_back",
        subject=_("Something in week %(number)s came back to you"),
        sentence=_("Something in week %(number)s came back to you: %(reason)s"),
        button=_("Mend it"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("Something came back to you"),
        to=STUDENT,
    )
)
FLAGGED = declare_notice(
    NoticeKind(
        "logbook.flagged",
        subject=_("Week %(number)s of %(student)s is flagged"),
        sentence=_("The university supervisor has flagged something in week %(number)s of %(student)s: %(reason)s"),
        button=_("Decide"),
        why=WHY_COORDINATOR,
        urgent=True,
        label=_("Something in a logbook is flagged"),
        to=COORDINATOR,
    )
)
WEEK_VALIDATED = declare_notice(
    NoticeKind(
        "logbook.week_validated",
        subject=_("Week %(number)s is validated"),
        sentence=_("The university has validated days of week %(number)s. They are locked now."),
        button=_("See your weeks"),
        why=WHY_STUDENT,
        label=_("A week is validated"),
        to=STUDENT,
    )
)
TRAINEE_DISOWNED = declare_notice(
    NoticeKind(
        "logbook.trainee_disowned",
        subject=_("%(supervisor)s does not know %(student)s"),
        sentence=_("%(supervisor)s at %(company)s does not know %(student)s. Name who is in charge."),
        button=_("See the placement"),
        why=WHY_COORDINATOR,
        urgent=True,
        label=_("A supervisor does not know a student"),
        to=COORDINATOR,
    )
)


def supervisors_of(placement: Placement, kind: SupervisorKind) -> list[User]:
    """Return whom to ask on this side; ``placement.supervisors`` with their users are best loaded before."""
    rows = [row for row in placement.supervisors.all() if row.kind == kind and row.is_active]
    first = [row.user for row in rows if not row.is_deputy]
    # Deputies are asked only where nobody else is: one mail to one person who feels meant.
    return first or [row.user for row in rows]


def _facts(placement: Placement, **more: Any) -> dict[str, Any]:
    cohort = placement.enrolment.cohort
    return {
        "student": str(placement.enrolment.student),
        "company": placement.company.name,
        "cohort": cohort.name,
        **more,
    }


def _week_facts(placement: Placement, monday: dt.date, **more: Any) -> dict[str, Any]:
    return _facts(placement, number=week_number(monday, placement.start), day=date_format(monday, "j F"), **more)


# -- arrival ------------------------------------------------------------------------------------------------------


def tell_arrival_reported(note: ArrivalNote) -> None:
    """Ask the industrial supervisor, with a link that needs no account."""
    for person in supervisors_of(note.placement, SupervisorKind.INDUSTRIAL):
        _ask_to_confirm(person, note, key=f"arrival:{note.pk}:{person.pk}:{note.version}")


def _ask_to_confirm(person: User, note: ArrivalNote, *, key: str) -> None:
    facts = _facts(note.placement, day=date_format(note.arrived_on, "j F"))
    link = LinkWish(LinkPurpose.CONFIRM_ARRIVAL, Target("logbook.ArrivalNote", note.pk, {}))
    tell(person, ARRIVAL_REPORTED, facts=facts, url=reverse("supervise"), link=link, dedupe_key=key)


def tell_arrival_decided(note: ArrivalNote, *, confirmed: bool) -> None:
    """Tell the student what the supervisor said."""
    placement = note.placement
    kind = ARRIVAL_CONFIRMED if confirmed else ARRIVAL_DISPUTED
    url = reverse("student_today") if confirmed else reverse("arrival_report", args=[placement.pk])
    key = f"arrival-decided:{note.pk}:{note.version}"
    tell(placement.enrolment.student, kind, facts=_facts(placement, reason=note.reason), url=url, dedupe_key=key)


def tell_address_waits(note: ArrivalNote, *, url: str) -> None:
    """Ask the coordinators of the cohort whether the supervisor whom the student named is one."""
    reach = ", ".join(filter(None, (note.supervisor_email, note.supervisor_phone)))
    for person in coordinators_of(note.placement.enrolment.cohort):
        facts = _facts(note.placement, supervisor=note.supervisor_name, reach=reach)
        key = f"address-waits:{note.pk}:{person.pk}:{note.version}"
        tell(person, ADDRESS_WAITS, facts=facts, url=url, dedupe_key=key)


def tell_address_refused(note: ArrivalNote) -> None:
    """Tell the student that somebody else has to be named."""
    url = reverse("arrival_report", args=[note.placement_id])
    facts = _facts(note.placement, reason=note.reason)
    key = f"address-refused:{note.pk}:{note.version}"
    tell(note.placement.enrolment.student, ADDRESS_REFUSED, facts=facts, url=url, dedupe_key=key)


# -- the chain ----------------------------------------------------------------------------------------------------


def tell_week_waits(placement: Placement, monday: dt.date, on: dt.date) -> None:
    """Ask the industrial supervisor to look at a week: one notice a day, however many days of it were sent.

    Not while one waits for the person's next mail: a second link would revoke the first. Once the link of the day
    was used, what is sent afterwards is a new thing to tell.
    """
    link = _week_link(placement, monday)
    for person in supervisors_of(placement, SupervisorKind.INDUSTRIAL):
        if not is_notice_queued(person, WEEK_WAITS, link):
            used = used_links(person, link.purpose, link.target)
            key = f"week-waits:{placement.pk}:{monday}:{person.pk}:{on}:{used}"
            _ask_to_verify(person, WEEK_WAITS, placement, monday, key=key)


def _week_link(placement: Placement, monday: dt.date) -> LinkWish:
    scope = {"week": monday.isoformat()}
    return LinkWish(LinkPurpose.VERIFY_WEEK, Target("applications.Placement", placement.pk, scope))


def _ask_to_verify(person: User, kind: NoticeKind, placement: Placement, monday: dt.date, *, key: str) -> None:
    facts, url = _week_facts(placement, monday), reverse("supervise_week", args=[placement.pk, monday])
    tell(person, kind, facts=facts, url=url, link=_week_link(placement, monday), dedupe_key=key)


def tell_week_verified(placement: Placement, monday: dt.date, on: dt.date) -> None:
    """Tell the university supervisor that days of a week wait."""
    for person in supervisors_of(placement, SupervisorKind.UNIVERSITY):
        key = f"week-verified:{placement.pk}:{monday}:{person.pk}:{on}"
        facts = _week_facts(placement, monday)
        tell(person, WEEK_VERIFIED, facts=facts, url=reverse("validate_weeks"), dedupe_key=key)


def tell_sent_back(placement: Placement, day: dt.date, monday: dt.date, *, reason: str, batch: str) -> None:
    """Tell the student at once what has to be mended, and lead to the day."""
    facts = _week_facts(placement, monday, reason=reason)
    key = f"sent-back:{batch}:{day}"
    tell(placement.enrolment.student, SENT_BACK, facts=facts, url=reverse("log_edit", args=[day]), dedupe_key=key)


def tell_week_sent_back(placement: Placement, monday: dt.date, *, reason: str, batch: str) -> None:
    """Tell the student at once that the weekly report has to be mended."""
    facts = _week_facts(placement, monday, reason=reason)
    url = reverse("week_edit", args=[monday])
    tell(placement.enrolment.student, SENT_BACK, facts=facts, url=url, dedupe_key=f"week-back:{batch}:{monday}")


def tell_flagged(placement: Placement, monday: dt.date, *, url: str, reason: str, batch: str) -> None:
    """Tell the coordinators of the cohort at once."""
    people: Iterable[User] = coordinators_of(placement.enrolment.cohort)
    for person in people:
        facts = _week_facts(placement, monday, reason=reason)
        tell(person, FLAGGED, facts=facts, url=url, dedupe_key=f"flagged:{batch}:{monday}:{person.pk}")


def tell_week_validated(placement: Placement, monday: dt.date, on: dt.date) -> None:
    """Tell the student in the digest that days are locked."""
    key = f"week-validated:{placement.pk}:{monday}:{on}"
    facts = _week_facts(placement, monday)
    tell(placement.enrolment.student, WEEK_VALIDATED, facts=facts, url=reverse("student_weeks"), dedupe_key=key)


def tell_trainee_disowned(row: PlacementSupervisor, *, url: str) -> None:
    """Tell the coordinators at once that a student is without this supervisor."""
    placement = row.placement
    for person in coordinators_of(placement.enrolment.cohort):
        key = f"disowned:{row.pk}:{row.updated_at.isoformat()}:{person.pk}"
        tell(person, TRAINEE_DISOWNED, facts=_facts(placement, supervisor=str(row.user)), url=url, dedupe_key=key)


# -- once more ----------------------------------------------------------------------------------------------------


def tell_waiting_again(person: User) -> None:
    """Send an industrial supervisor fresh links for all that waits, at once; at most one mail a minute."""
    _tell_what_waits(person, f"again:{timezone.now():%Y%m%d%H%M}")


def tell_handed_over(person: User, placement_id: int, *, key: str) -> None:
    """Send who takes over a trainee in the company a link for each thing that waits there already, at once."""
    _tell_what_waits(person, f"handed-over:{key}", placement_id=placement_id)


def _tell_what_waits(person: User, key: str, *, placement_id: int | None = None) -> None:
    notes = arrivals_awaiting(person).select_related(
        "placement__company", "placement__enrolment__student", "placement__enrolment__cohort"
    )
    for note in notes:
        if placement_id in (None, note.placement_id):
            _ask_to_confirm(person, note, key=f"{key}:arrival:{note.pk}:{person.pk}")
    # Somebody asked for it: it does not wait for the digest.
    at_once = replace(WEEK_WAITS, urgent=True)
    for week in weeks_waiting_for(person, SupervisorKind.INDUSTRIAL):
        if placement_id in (None, week.placement.pk):
            name = f"{key}:week:{week.placement.pk}:{week.monday}:{person.pk}"
            _ask_to_verify(person, at_once, week.placement, week.monday, key=name)
