"""What nobody answers goes on: to the deputies in the company, then to the coordinators.

How long that takes is the cohort's rule, in days of work at the host's place. Everything is counted from the rows that
still wait, so that it ends by itself with the answer. Every telling has a key, so that one run more tells nobody twice.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Min, QuerySet
from django.utils import timezone

from apps.accounts.models import Cohort
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import ArrivalNote, Assessment, DailyLog, WeeklyReport
from apps.logbook.selectors.days import calendar_at
from apps.logbook.selectors.reminders import LOOK_BACK
from apps.logbook.states import ArrivalState, AssessmentKind, AssessmentState, ChainState

A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Unanswered:
    """A week that the company has not answered for ``days`` days of work; an arrival by ``note``, or a form."""

    placement: Placement
    since: dt.date
    days: int
    monday: dt.date | None = None
    note: ArrivalNote | None = None
    assessment: Assessment | None = None

    @property
    def cohort(self) -> Cohort:
        """The cohort whose rule counts."""
        return self.placement.enrolment.cohort

    @property
    def concerns_deputies(self) -> bool:
        """Whether the deputies are to hear of it."""
        return 0 < self.cohort.deputy_after_days <= self.days

    @property
    def concerns_coordinators(self) -> bool:
        """Whether the coordinators are to hear of it."""
        return 0 < self.cohort.coordinator_after_days <= self.days


def unanswered(today: dt.date) -> list[Unanswered]:
    """Return what is to be passed on: weeks, arrivals, forms of assessment; eight queries however many."""
    before = timezone.make_aware(dt.datetime.combine(today, dt.time()))
    weeks = dict[tuple[int, dt.date], dt.date]()
    for model in (DailyLog, WeeklyReport):
        rows = model._default_manager.filter(
            state=ChainState.SUBMITTED, is_current=True, submitted_at__lt=before, placement__isnull=False
        )
        found = rows.order_by().values_list("placement", "week_start").annotate(since=Min("submitted_at"))
        for placement, monday, moment in found:
            since = timezone.localdate(moment)
            weeks[placement, monday] = min(since, weeks.get((placement, monday), since))
    # An address that a coordinator has to look at first waits for nobody in the company.
    asked = ArrivalNote.objects.filter(state=ArrivalState.SUBMITTED, address_waits=False)
    notes = {note.placement_id: note for note in asked}
    forms = list(_overdue_forms(today))
    wanted = {placement for placement, _monday in weeks} | set(notes) | {form.placement_id for form in forms}
    related = ("company", "enrolment__student", "enrolment__cohort")
    placements = Placement.objects.select_related(*related).prefetch_related(
        "supervisors__user", "enrolment__cohort__holidays"
    )
    by_key = placements.in_bulk(wanted)
    waits = [*_weeks(by_key, weeks, today), *_arrivals(by_key, notes, today), *_forms(by_key, forms, today)]
    return [one for one in waits if one.concerns_deputies or one.concerns_coordinators]


def _weeks(
    placements: dict[int, Placement], weeks: dict[tuple[int, dt.date], dt.date], today: dt.date
) -> Iterator[Unanswered]:
    for (pk, monday), since in sorted(weeks.items()):
        placement = placements[pk]
        yield Unanswered(placement, since, _days_of_work(placement, since, today), monday=monday)


def _arrivals(placements: dict[int, Placement], notes: dict[int, ArrivalNote], today: dt.date) -> Iterator[Unanswered]:
    for pk, note in sorted(notes.items()):
        placement, since = placements[pk], timezone.localdate(note.updated_at)
        note.placement = placement
        yield Unanswered(placement, since, _days_of_work(placement, since, today), note=note)


def _overdue_forms(today: dt.date) -> QuerySet[Assessment]:
    """Open forms of the company about trainees whose time is over: until then there is nothing to complain of."""
    states = [PlacementState.ACTIVE, PlacementState.COMPLETED]
    late = Assessment.objects.filter(
        placement__state__in=states, placement__end__lt=today, placement__end__gte=today - LOOK_BACK
    )
    by_host = late.filter(state=AssessmentState.OPEN, rubric__kind=AssessmentKind.INDUSTRY)
    return by_host.select_related("rubric").order_by("pk")


def _forms(placements: dict[int, Placement], forms: list[Assessment], today: dt.date) -> Iterator[Unanswered]:
    for form in forms:
        placement = placements[form.placement_id]
        form.placement = placement
        # A form that was made later is not late before it was there.
        since = max(placement.end, timezone.localdate(form.created_at))
        yield Unanswered(placement, since, _days_of_work(placement, since, today), assessment=form)


def _days_of_work(placement: Placement, since: dt.date, today: dt.date) -> int:
    """Count the whole days of work between the day of sending and today, neither included."""
    first, last = since + A_DAY, today - A_DAY
    return len(calendar_at(placement.enrolment, placement).working_days(first, last)) if first <= last else 0
