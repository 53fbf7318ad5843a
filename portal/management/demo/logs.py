"""Eight weeks of logs of the demo, in all states, with their history, weeks, and absences."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched, permutations
from typing import Any

from django.utils import timezone

from apps.accounts.services.history import write_history
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import Absence, DailyLog, Operation, WeeklyReport
from apps.logbook.states import AbsenceReason, ChainState
from portal.kernel.fsm import Change
from portal.management.demo.assessments import make_assessments
from portal.management.demo.content import FLAG_REASONS, HOST_COMMENTS, RETURN_REASONS, SUMMARY
from portal.management.demo.people import WEEKS, University
from portal.management.demo.places import Places

DAYS = 6
BATCH = 2000
AT_ONCE, COPIED = 0.06, 0.004
# How many weeks ago a week lies decides how far it has come; the last week is being written.
PATH = (ChainState.DRAFT, ChainState.SUBMITTED, ChainState.VERIFIED_INDUSTRY, ChainState.VERIFIED_ACADEMIC)


@dataclass(frozen=True)
class Week:
    """One week of one placement: its Monday, its number, how many weeks ago it lies, and where it stands."""

    places: Places
    placement: Placement
    monday: dt.date
    number: int
    age: int
    state: ChainState


def make_logs(u: University, places: Places) -> int:
    """Write the logs of every active placement, with absences and forms of assessment; return how many."""
    rng = random.Random(u.rng.random())  # noqa: S311 - a demo, not a secret
    count = log_placements(u, places, [p for p in places.placements if p.state == PlacementState.ACTIVE], rng)
    _absences(u, rng, places)
    make_assessments(u, places, rng)
    return count


def log_placements(u: University, places: Places, placements: list[Placement], rng: random.Random) -> int:
    """Write the logs and weeks of placements; return how many logs."""
    weeks = list(_weeks(u, places, placements))
    count = 0
    for part in batched(weeks, 200):
        logs = [log for week in part for log in _days(u, rng, week)]
        count += len(DailyLog.objects.bulk_create(logs, batch_size=BATCH))
        _date_back(rng, logs)
        _keep_history(places, logs)
        _reports(u, rng, part)
    return count


def _weeks(u: University, places: Places, placements: list[Placement]) -> Iterator[Week]:
    for n, placement in enumerate(placements):
        for number in range(1, WEEKS + 1):
            monday = placement.start + dt.timedelta(weeks=number - 1)
            age = (u.monday - monday).days // 7
            slow = n % 7 == 0
            step = min(max(age - (1 if slow else 0), 0), len(PATH) - 1)
            yield Week(places, placement, monday, number, age, PATH[step])


def _stamps(places: Places, placement: Placement, state: ChainState, day: dt.date) -> dict[str, Any]:
    noon = timezone.make_aware(dt.datetime.combine(day, dt.time(16, 30)))
    stamps: dict[str, Any] = {}
    if state != ChainState.DRAFT:
        stamps["submitted_at"] = noon
    if state in (ChainState.VERIFIED_INDUSTRY, ChainState.VERIFIED_ACADEMIC, ChainState.FLAGGED):
        # Some companies answer the next day, some take five.
        wait = dt.timedelta(days=1 + placement.company_id % 5)
        stamps |= {"verified_at": noon + wait, "verified_by": places.industrial[placement.pk]}
    if state == ChainState.VERIFIED_ACADEMIC:
        stamps |= {"validated_at": noon + dt.timedelta(days=6), "validated_by": places.academic[placement.pk]}
    return stamps


def _text(rng: random.Random, tasks: tuple[str, ...], week: Week, offset: int) -> str:
    """Return what a student did: another pair of tasks each day, and now and then one that stood there before."""
    pairs = list(permutations(tasks, 2))
    random.Random(week.placement.pk).shuffle(pairs)  # noqa: S311 - a demo, not a secret
    number = (week.number - 1) * DAYS + offset
    return " ".join(pairs[0 if rng.random() < COPIED else number])


def _days(u: University, rng: random.Random, week: Week) -> Iterator[DailyLog]:
    words = u.field_of(week.placement.enrolment.cohort)
    for offset in range(DAYS):
        day = week.monday + dt.timedelta(days=offset)
        if day > u.today or rng.random() < 0.06 or (week.age == 0 and day == u.today):
            continue
        state, reason = week.state, ""
        if week.age == 0 and day < u.today - dt.timedelta(days=1):
            state = ChainState.SUBMITTED
        chance = rng.random()
        if state == ChainState.SUBMITTED and chance < 0.05:
            state, reason = ChainState.REVISION_REQUESTED, rng.choice(RETURN_REASONS)
        elif state == ChainState.VERIFIED_INDUSTRY and chance < 0.02:
            state, reason = ChainState.FLAGGED, rng.choice(FLAG_REASONS)
        yield DailyLog(
            enrolment=week.placement.enrolment,
            placement=week.placement,
            day=day,
            week_start=week.monday,
            text=_text(rng, words.tasks, week, offset),
            hours=Decimal(rng.choice(["7.5", "8", "8", "8", "8.5", "6"])) if offset < DAYS - 1 else Decimal(5),
            skills=rng.sample(words.skills, 2),
            reason=reason,
            version=1,
            state=state,
            **_stamps(week.places, week.placement, state, day),
        )


def _date_back(rng: random.Random, logs: list[DailyLog]) -> None:
    """Let most days be written on their own evening; a few weeks stay as if written at once, which is a signal."""
    weeks = dict.fromkeys((log.placement_id, log.week_start) for log in logs)
    late = {week for week in weeks if rng.random() < AT_ONCE}
    evening = [log for log in logs if (log.placement_id, log.week_start) not in late]
    for log in evening:
        log.created_at = log.submitted_at or timezone.make_aware(dt.datetime.combine(log.day, dt.time(16, 30)))
    DailyLog.objects.bulk_update(evening, ["created_at"], batch_size=BATCH)


def _keep_history(places: Places, logs: list[DailyLog]) -> None:
    """Write down the moves that must have happened, as if each had been made."""
    moves = (
        ("submit", ChainState.DRAFT, ChainState.SUBMITTED, "submitted_at"),
        ("verify", ChainState.SUBMITTED, ChainState.VERIFIED_INDUSTRY, "verified_at"),
        ("validate", ChainState.VERIFIED_INDUSTRY, ChainState.VERIFIED_ACADEMIC, "validated_at"),
    )
    for name, source, target, stamp in moves:
        by_week: dict[tuple[int, dt.date], list[DailyLog]] = {}
        for log in logs:
            if getattr(log, stamp) is not None and log.placement_id is not None:
                by_week.setdefault((log.placement_id, log.week_start), []).append(log)
        for (placement_id, monday), rows in by_week.items():
            actors = {
                "submit": rows[0].enrolment.student,
                "verify": places.industrial[placement_id],
                "validate": places.academic[placement_id],
            }
            write_history(
                Change(
                    model=DailyLog,
                    objects=rows,
                    sources={row.pk: source for row in rows},
                    move=name,
                    target=target,
                    actor=actors[name],
                    reason="",
                    via="link:demo" if name == "verify" else "",
                    at=getattr(rows[-1], stamp),
                    batch=f"{name}-{placement_id}-{monday}",
                )
            )


def _reports(u: University, rng: random.Random, weeks: tuple[Week, ...]) -> None:
    reports, jobs = [], []
    for week in weeks:
        words = u.field_of(week.placement.enrolment.cohort)
        title, steps = words.jobs[week.number % len(words.jobs)]
        jobs.append(steps)
        reports.append(
            WeeklyReport(
                enrolment=week.placement.enrolment,
                placement=week.placement,
                week_start=week.monday,
                number=week.number,
                summary=SUMMARY.format(job=title[0].lower() + title[1:]),
                main_job_title=title,
                main_job_detail=" ".join(rng.sample(words.tasks, 2)),
                host_comment=rng.choice(HOST_COMMENTS) if week.age > 1 else "",
                version=1,
                state=week.state,
                **_stamps(week.places, week.placement, week.state, week.monday + dt.timedelta(days=5)),
            )
        )
    made = WeeklyReport.objects.bulk_create(reports, batch_size=BATCH)
    Operation.objects.bulk_create(
        [
            Operation(report=report, number=number, description=step.split(";")[0], tools=step.split(";")[1])
            for report, steps in zip(made, jobs, strict=True)
            for number, step in enumerate(steps.split("|"), start=1)
        ],
        batch_size=BATCH,
    )


def _absences(u: University, rng: random.Random, places: Places) -> None:
    rows = []
    for placement in places.placements[::6]:
        if placement.state != PlacementState.ACTIVE:
            continue
        taken = set(DailyLog.objects.filter(placement=placement).values_list("day", flat=True))
        days = [placement.start + dt.timedelta(days=n) for n in range((u.today - placement.start).days)]
        free = [day for day in days if day not in taken and day.weekday() < DAYS]
        rows += [
            Absence(
                enrolment=placement.enrolment,
                placement=placement,
                day=day,
                reason=rng.choice(list(AbsenceReason)),
                hours_to_make_up=4,
            )
            for day in free[:1]
        ]
    Absence.objects.bulk_create(rows)
