"""What follows in the logbook when something became so: one line per reaction."""

from typing import TYPE_CHECKING, Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import scope_links_with
from apps.accounts.services.mergers import Follower, follow_company
from apps.applications.states import AmendmentKind, AmendmentState, PlacementState
from apps.logbook import notifications
from apps.logbook.models import Snippet
from apps.logbook.selectors import arrivals_visible_to, assessments_coordinated_by
from apps.logbook.services.assessments import open_assessments
from apps.logbook.states import ArrivalState, AssessmentState, ChainState
from portal.kernel.fsm import Event, reacts_to

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from apps.applications.models import Placement
    from apps.logbook.models import ArrivalNote, Assessment

LOG, WEEK = "logbook.DailyLog", "logbook.WeeklyReport"
RELATED = ("placement__enrolment__student", "placement__enrolment__cohort", "placement__company")

# Coordinators see and revoke the links that open something of their students.
scope_links_with("logbook.ArrivalNote", arrivals_visible_to)
scope_links_with("logbook.Assessment", assessments_coordinated_by)
# A sentence that is shared in a company is shared in the one that stands for it.
follow_company(Follower(Snippet, _("feedback sentences"), refers=False))


def _rows(event: Event) -> Any:
    rows = event.rows().select_related(*RELATED).prefetch_related("placement__supervisors__user")
    # Who moved on meanwhile is told by what happened then.
    return rows.filter(state=event.target, placement__isnull=False)


def _weeks(event: Event) -> "Iterator[tuple[Placement, dt.date]]":
    """Yield each placement and week of the event once."""
    found = {(row.placement_id, row.week_start): row.placement for row in _rows(event)}
    for (_pk, monday), placement in sorted(found.items()):
        yield placement, monday


def _each_week(event: Event, say: "Callable[[Placement, dt.date, dt.date], None]") -> None:
    for placement, monday in _weeks(event):
        say(placement, monday, timezone.localdate())


# -- arrival ------------------------------------------------------------------------------------------------------


def _notes(event: Event) -> "Iterator[ArrivalNote]":
    rows = event.rows().select_related(*RELATED).prefetch_related("placement__supervisors__user")
    return cast("Iterator[ArrivalNote]", iter(rows.filter(state=event.target)))


@reacts_to("logbook.ArrivalNote", to=ArrivalState.SUBMITTED)
def ask_to_confirm_the_arrival(event: Event) -> None:
    """A student says "I am here"; where nobody vouches for the supervisor's address a coordinator looks first."""
    for note in _notes(event):
        notifications.tell_arrival_reported(note)
        if note.address_waits:
            url = reverse("admin:logbook_arrivalnote_change", args=[note.pk])
            notifications.tell_address_waits(note, url=url)


@reacts_to("logbook.ArrivalNote", to=ArrivalState.CONFIRMED)
def tell_arrival_confirmed(event: Event) -> None:
    """The supervisor says yes."""
    for note in _notes(event):
        notifications.tell_arrival_decided(note, confirmed=True)


@reacts_to("logbook.ArrivalNote", to=ArrivalState.DISPUTED, moves=("dispute",))
def tell_arrival_disputed(event: Event) -> None:
    """The supervisor says no."""
    for note in _notes(event):
        notifications.tell_arrival_decided(note, confirmed=False)


@reacts_to("logbook.ArrivalNote", to=ArrivalState.DISPUTED, moves=("refuse_address",))
def tell_address_refused(event: Event) -> None:
    """The coordinator does not take the supervisor whom the student named."""
    for note in _notes(event):
        notifications.tell_address_refused(note)


# -- handing over -------------------------------------------------------------------------------------------------


@reacts_to("applications.PlacementAmendment", to=AmendmentState.IN_FORCE)
def bring_to_who_takes_over(event: Event) -> None:
    """Somebody else supervises: what waits in the logbook waits for this person now."""
    rows = event.rows().filter(kind=AmendmentKind.SUPERVISOR, taken_over_by__is_active=True)
    for amendment in rows.select_related("taken_over_by"):
        notifications.tell_handed_over(amendment.taken_over_by, amendment.placement_id, key=event.batch)


# -- the chain: the same for days and weeks -----------------------------------------------------------------------


@reacts_to(LOG, to=ChainState.SUBMITTED)
def ask_to_verify_days(event: Event) -> None:
    """Days wait for the company."""
    _each_week(event, notifications.tell_week_waits)


@reacts_to(WEEK, to=ChainState.SUBMITTED)
def ask_to_verify_weeks(event: Event) -> None:
    """Weekly reports wait for the company."""
    _each_week(event, notifications.tell_week_waits)


@reacts_to(LOG, to=ChainState.VERIFIED_INDUSTRY)
def ask_to_validate_days(event: Event) -> None:
    """Days wait for the university."""
    _each_week(event, notifications.tell_week_verified)


@reacts_to(WEEK, to=ChainState.VERIFIED_INDUSTRY)
def ask_to_validate_weeks(event: Event) -> None:
    """Weekly reports wait for the university."""
    _each_week(event, notifications.tell_week_verified)


@reacts_to(LOG, to=ChainState.REVISION_REQUESTED)
def tell_what_to_mend_in_days(event: Event) -> None:
    """Days came back to the student."""
    for log in _rows(event):
        notifications.tell_sent_back(log.placement, log.day, log.week_start, reason=event.reason, batch=event.batch)


@reacts_to(WEEK, to=ChainState.REVISION_REQUESTED)
def tell_what_to_mend_in_weeks(event: Event) -> None:
    """Weekly reports came back to the student."""
    for report in _rows(event):
        notifications.tell_week_sent_back(report.placement, report.week_start, reason=event.reason, batch=event.batch)


@reacts_to(LOG, to=ChainState.FLAGGED)
def tell_coordinators_of_flagged_days(event: Event) -> None:
    """The university supervisor found something odd in days."""
    url = reverse("admin:logbook_dailylog_changelist") + f"?state__exact={ChainState.FLAGGED}"
    for placement, monday in _weeks(event):
        notifications.tell_flagged(placement, monday, url=url, reason=event.reason, batch=event.batch)


@reacts_to(WEEK, to=ChainState.FLAGGED)
def tell_coordinators_of_flagged_weeks(event: Event) -> None:
    """The university supervisor found something odd in weekly reports."""
    url = reverse("admin:logbook_weeklyreport_changelist") + f"?state__exact={ChainState.FLAGGED}"
    for placement, monday in _weeks(event):
        notifications.tell_flagged(placement, monday, url=url, reason=event.reason, batch=event.batch)


@reacts_to(LOG, to=ChainState.VERIFIED_ACADEMIC)
def tell_days_are_locked(event: Event) -> None:
    """Days are validated."""
    _each_week(event, notifications.tell_week_validated)


@reacts_to(WEEK, to=ChainState.VERIFIED_ACADEMIC)
def tell_weeks_are_locked(event: Event) -> None:
    """Weekly reports are validated."""
    _each_week(event, notifications.tell_week_validated)


# -- assessments --------------------------------------------------------------------------------------------------


def _assessments(event: Event) -> "Iterator[Assessment]":
    rows = event.rows().select_related("rubric", *RELATED).prefetch_related("placement__supervisors__user")
    return cast("Iterator[Assessment]", iter(rows.filter(state=event.target)))


@reacts_to("applications.Placement", to=PlacementState.ACTIVE)
def open_forms_of_assessment(event: Event) -> None:
    """A student has arrived: the forms of the cohort are opened."""
    open_assessments(event.rows().select_related("enrolment"))


@reacts_to("logbook.Assessment", to=AssessmentState.OPEN, moves=("reopen",))
def tell_assessment_reopened(event: Event) -> None:
    """A coordinator wants a form to be changed."""
    for assessment in _assessments(event):
        notifications.tell_assessment_reopened(assessment, batch=event.batch)


@reacts_to("logbook.Assessment", to=AssessmentState.RELEASED)
def tell_mark_released(event: Event) -> None:
    """The student may see what was given."""
    for assessment in _assessments(event):
        notifications.tell_mark_released(assessment, batch=event.batch)
