"""Publication of an allocation on its day: placements are made, and every student learns the place and the reason."""

import datetime as dt
import logging
from typing import Final, cast

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.history import note_history
from apps.accounts.services.jobs import Progress, job, start_job
from apps.accounts.states import JobState
from apps.applications.models import AllocationRound, AllocationRun, Allotment, Placement
from apps.applications.permissions import can_repair_allotment, can_run_allocation
from apps.applications.services.allocation_runs import page_of_run
from apps.applications.services.placements import allocate_placement
from apps.applications.services.terms import Terms
from apps.applications.states import AllocationState
from apps.vacancies.models import Vacancy
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import Change, perform, with_move
from portal.kernel.tasks import enqueue

PLACE: Final = "applications.place_allotted"
TELL_ALLOTTED: Final = "applications.tell_allotted"
CHUNK: Final = 100

log = logging.getLogger(__name__)


def publish_run(run: AllocationRun, day: dt.date | None, *, actor: User) -> AllocationRun:
    """Publish a run now, or on a later day by itself.

    Raises ``NotAllowed``, ``WrongState``, and ``RuleViolation`` ``wishes_open``, ``too_early`` (the round has promised
    a later day) or ``published_already``.
    """
    if not can_run_allocation(run, actor):
        raise NotAllowed
    with transaction.atomic():
        AllocationRun.objects.filter(pk=run.pk).update(approved_by=actor, publish_on=day)
        run.refresh_from_db()
        if day is None or day <= timezone.localdate():
            return perform(run, "publish", actor=actor)
        if run.state != AllocationState.SOLVED:
            raise WrongState("wrong_state", _("This run has no answer that could be published."))
        _check(run, day)
        note_history(run, "schedule", actor=actor, department_id=run.anchor_department_id, reason=day.isoformat())
    return run


def _check(run: AllocationRun, day: dt.date) -> None:
    found = run.round
    if found.closes_on >= day:
        raise RuleViolation("wishes_open", _("Students can still change their wishes on that day. Publish later."))
    if found.publish_on and day < found.publish_on:
        raise RuleViolation("too_early", _("The round promises its results for a later day. Change that day first."))
    if found.runs.filter(state=AllocationState.PUBLISHED).exclude(pk=run.pk).exists():
        raise RuleViolation("published_already", _("Another run of this round is published."))


@with_move("applications.AllocationRun", "publish")
def begin_publication(change: Change) -> None:
    """Check once more, under the lock of the round, and start the job that makes the placements."""
    for run in cast("list[AllocationRun]", change.objects):
        # Two runs of one round that are published at once wait for each other here.
        list(AllocationRound.objects.select_for_update().filter(pk=run.round_id).values_list("pk"))
        _check(run, timezone.localdate())
        if isinstance(change.actor, User):
            run.approved_by = change.actor
            AllocationRun.objects.filter(pk=run.pk).update(approved_by=change.actor)
        _start(run)


def _start(run: AllocationRun) -> None:
    if run.approved_by is not None:
        row = start_job(PLACE, title=run.title, payload={"run_id": run.pk}, actor=run.approved_by)
        AllocationRun.objects.filter(pk=run.pk).update(job=row)
        run.job = row


def publish_due() -> None:
    """Publish what a coordinator has decided for today, and go on with what was begun and not ended."""
    due = AllocationRun.objects.filter(state=AllocationState.SOLVED, publish_on__lte=timezone.localdate())
    for run in due.order_by("pk"):
        try:
            perform(run, "publish", actor=SYSTEM)
        except RuleViolation as error:
            log.warning("Run %s is not published: %s", run.pk, error.message)
    begun = AllocationRun.objects.filter(state=AllocationState.PUBLISHED, pk__in=_waiting().values("run"))
    for run in begun.exclude(job__state__in=JobState.unfinished()).select_related("approved_by"):
        _start(run)


def _waiting() -> QuerySet[Allotment]:
    return Allotment.objects.filter(
        run__state=AllocationState.PUBLISHED, offer__isnull=False, placement=None, problem=""
    )


@job(PLACE)
def place_allotted(progress: Progress, run_id: int) -> None:
    """Make the placements of a published run, some at a time, and tell their students; a second call goes on."""
    run = AllocationRun.objects.select_related("approved_by").get(pk=run_id)
    actor = run.approved_by or progress.job.owner
    waiting = list(_waiting().filter(run=run_id).order_by("pk").values_list("pk", flat=True))
    without = list(run.allotments.filter(offer=None).order_by("pk").values_list("pk", flat=True))
    progress.say("", next_url=page_of_run(run_id))
    progress.start(len(waiting) + len(without))
    for start in range(0, len(waiting), CHUNK):
        keys = waiting[start : start + CHUNK]
        with transaction.atomic():
            rows = Allotment.objects.select_for_update(of=("self",)).filter(pk__in=keys, placement=None)
            for row in rows.select_related("offer__company", "offer__vacancy", "run__round", "enrolment__cohort"):
                _place(row, actor)
            _tell(keys)
        progress.step(len(keys))
    for start in range(0, len(without), CHUNK):
        with transaction.atomic():
            _tell(without[start : start + CHUNK])
        progress.step(len(without[start : start + CHUNK]))


def _tell(keys: list[int], moment: str = "published") -> None:
    key = f"{TELL_ALLOTTED}:{moment}:{keys[0]}:{keys[-1]}"
    enqueue(TELL_ALLOTTED, {"allotment_ids": keys}, dedupe_key=key)


def _place(row: Allotment, actor: User) -> None:
    """Make one placement in its own savepoint; what refuses it is kept with the row for the coordinator."""
    try:
        with transaction.atomic():
            _make(row, actor)
    except (RuleViolation, NotAllowed) as error:
        row.problem = str(getattr(error, "message", "") or _("Whoever decided it may not place this student."))[:300]
        row.save(update_fields=["problem", "updated_at"])


def _make(row: Allotment, actor: User) -> None:
    offer = row.offer
    if offer is None:
        return
    terms = Terms()
    if offer.vacancy is not None:
        taken = Vacancy.objects.filter(pk=offer.vacancy.pk, places_taken__lt=F("places"))
        if not taken.update(places_taken=F("places_taken") + 1):
            raise RuleViolation("no_place_left", _("All places of this vacancy are taken."))
        terms = Terms(site_address=offer.vacancy.location)
    row.placement = allocate_placement(row.enrolment, offer.company, actor=actor, terms=terms)
    row.problem = ""
    row.save(update_fields=["placement", "problem", "updated_at"])
    if not row.run.round.students_confirm:
        perform(row.placement, "confirm", actor=actor)


def place_from_waiting(row: Allotment, *, actor: User) -> Allotment:
    """Place somebody who got an offer by hand after the publication, and tell the student.

    Raises ``NotAllowed``, and ``RuleViolation`` as ``allocate_placement`` does or ``no_place_left``.
    """
    if not can_repair_allotment(row, actor):
        raise NotAllowed
    with transaction.atomic():
        _make(row, actor)
        _tell([row.pk], f"offer {row.offer_id}")
    return row


@with_move("applications.Placement", "cancel")
def give_seat_back(change: Change) -> None:
    """Give the place of an allotted vacancy back; one with an application does so by its own move."""
    placements = [placement.pk for placement in cast("list[Placement]", change.objects)]
    allotted = Q(allocation_offers__allotments__placement__in=placements)
    for vacancy in Vacancy.objects.filter(allotted, places_taken__gt=0):
        count = Allotment.objects.filter(placement__in=placements, offer__vacancy=vacancy).count()
        Vacancy.objects.filter(pk=vacancy.pk, places_taken__gte=count).update(places_taken=F("places_taken") - count)
