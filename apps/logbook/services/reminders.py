"""Reminders: who should hear of what today, and that it was sent. A cohort's rules are entered here too."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Notice, User
from apps.accounts.permissions import can_change_cohort
from apps.accounts.selectors import coordinators_by_cohort
from apps.accounts.services.cohorts import copied_with_cohort
from apps.accounts.services.history import note_history
from apps.accounts.states import NoticeState
from apps.applications.states import SupervisorKind
from apps.logbook.models import Reminder, ReminderRule
from apps.logbook.selectors import LOOK_BACK, Sight, Undone, undone, usual_rule
from apps.logbook.states import ReminderKind, ReminderLevel
from portal.kernel.errors import NotAllowed, RuleViolation

type Key = tuple[int, str, str, int, str]
type InCharge = Callable[[Undone], Sequence[User]]


@dataclass(frozen=True)
class Asked:
    """A thing and one person who should hear of it now, as what."""

    thing: Undone
    person: User
    level: ReminderLevel

    @property
    def key(self) -> Key:
        """What tells it apart from every other reminder, but for the day."""
        return (self.person.pk, self.thing.kind, self.thing.about, self.thing.placement.pk, self.level)


@dataclass
class Rules:
    """The rules of all cohorts that are looked at; one query."""

    stored: dict[tuple[int, str], ReminderRule] = field(default_factory=dict)

    @classmethod
    def of(cls, cohorts: Iterable[Cohort]) -> "Rules":
        """Read them."""
        rows = ReminderRule.objects.filter(cohort__in={cohort.pk for cohort in cohorts})
        return cls({(row.cohort_id, row.kind): row for row in rows})

    def of_thing(self, thing: Undone) -> ReminderRule:
        """Return the rule by which the thing goes, the usual one where the cohort says nothing."""
        cohort = thing.placement.enrolment.cohort
        key = (cohort.pk, thing.kind)
        if key not in self.stored:
            self.stored[key] = usual_rule(cohort, thing.kind)
        return self.stored[key]


@dataclass
class Day:
    """One day's work: what is undone, by which rules, and what was sent before. Each is read once for all students."""

    sight: Sight
    in_charge: InCharge
    _ages: dict[tuple[int, str, dt.date], int] = field(default_factory=dict)

    @cached_property
    def things(self) -> list[Undone]:
        """All that is undone at a place where today is a day of work."""
        today = self.sight.today
        return [thing for thing in undone(self.sight) if self.sight.calendar(thing.placement).is_working(today)]

    @cached_property
    def rules(self) -> Rules:
        """The rules of the cohorts."""
        return Rules.of(placement.enrolment.cohort for placement in self.sight.placements)

    @cached_property
    def sent(self) -> dict[Key, list[dt.date]]:
        """The days on which each reminder was sent."""
        rows = Reminder.objects.filter(on__gte=self.sight.today - LOOK_BACK).order_by("on")
        found: dict[Key, list[dt.date]] = {}
        columns = rows.values_list("person", "kind", "about", "placement", "level", "on")
        for person, kind, about, placement, level, on in columns:
            found.setdefault((person, kind, about, placement, level), []).append(on)
        return found

    @cached_property
    def told_today(self) -> set[int]:
        """Who got reminders today already; one mail a day is enough."""
        return {key[0] for key, days in self.sent.items() if self.sight.today in days}

    @cached_property
    def coordinators(self) -> dict[int, list[User]]:
        """The coordinators of each cohort."""
        return coordinators_by_cohort({placement.enrolment.cohort_id for placement in self.sight.placements})

    def age(self, thing: Undone) -> int:
        """Return how many days of work the thing waits, today not counted."""
        placement = thing.placement
        key = (placement.enrolment.cohort_id, placement.company.country, thing.since)
        if key not in self._ages:
            yesterday = self.sight.today - dt.timedelta(days=1)
            self._ages[key] = len(self.sight.calendar(placement).working_days(thing.since, yesterday))
        return self._ages[key]

    def asked(self) -> list[Asked]:
        """Return who should hear of what today; nobody who was reminded today already."""
        found = [asked for thing in self.things for asked in self._asked_of(thing)]
        return [asked for asked in found if asked.person.is_active and asked.person.pk not in self.told_today]

    def _asked_of(self, thing: Undone) -> Iterator[Asked]:
        rule, age = self.rules.of_thing(thing), self.age(thing)
        if not rule.is_on:
            return
        people = list(self.in_charge(thing))
        if age >= rule.after_days:
            for person in people:
                asked = Asked(thing, person, ReminderLevel.IN_CHARGE)
                if self._is_time(asked, rule):
                    yield asked
        for level, after, others in (
            (ReminderLevel.SUPERVISOR, rule.supervisor_after, self._supervisors),
            (ReminderLevel.COORDINATOR, rule.coordinator_after, self._coordinators),
        ):
            if after is not None and age >= after:
                for person in others(thing):
                    asked = Asked(thing, person, level)
                    if person not in people and not self._days(asked):
                        yield asked

    def _supervisors(self, thing: Undone) -> list[User]:
        rows = [row for row in thing.placement.supervisors.all() if row.kind == SupervisorKind.UNIVERSITY]
        return [row.user for row in rows if row.is_active and not row.is_deputy]

    def _coordinators(self, thing: Undone) -> list[User]:
        if thing.is_passed_on:
            return []
        return self.coordinators.get(thing.placement.enrolment.cohort_id, [])

    def _days(self, asked: Asked) -> list[dt.date]:
        """Return when this was said before; what was said of an earlier time of the same kind does not count."""
        return [day for day in self.sent.get(asked.key, ()) if day >= asked.thing.since]

    def _is_time(self, asked: Asked, rule: ReminderRule) -> bool:
        days = self._days(asked)
        if not days:
            return True
        calendar = self.sight.calendar(asked.thing.placement)
        passed = len(calendar.working_days(days[-1] + dt.timedelta(days=1), self.sight.today))
        return len(days) < rule.times and passed >= rule.every_days


def write_down(asked: Iterable[Asked], on: dt.date) -> None:
    """Store that these were reminded today; a second run of the day stores nothing."""
    rows = [
        Reminder(
            placement=one.thing.placement,
            kind=one.thing.kind,
            about=one.thing.about,
            person=one.person,
            level=one.level,
            on=on,
        )
        for one in asked
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def links_on_their_way(people: Iterable[User]) -> set[tuple[int, str, int, str]]:
    """Return the links that wait for these people's next mail, as (person, purpose, key, week).

    A second link for the same would revoke the first.
    """
    keys = {person.pk for person in people}
    waiting = Notice.objects.filter(recipient__in=keys, state=NoticeState.QUEUED, link__isnull=False)
    rows: Iterable[Any] = waiting.order_by().values_list("recipient", "link")
    return {(pk, link["purpose"], link["pk"], link["scope"].get("week", "")) for pk, link in rows}


# -- the rules of a cohort ----------------------------------------------------------------------------------------


def save_rules(cohort: Cohort, kept: Sequence[ReminderRule], deleted: Sequence[ReminderRule], *, actor: User) -> None:
    """Store the rules that were changed; one that is taken away goes back to the usual.

    Raises ``NotAllowed``, or ``RuleViolation`` ``passed_on``: who does not answer a link is escalated with the link.
    """
    if not can_change_cohort(cohort, actor):
        raise NotAllowed
    if any(rule.kind == ReminderKind.UNVERIFIED and rule.coordinator_after is not None for rule in kept):
        raise RuleViolation(
            "passed_on",
            _("What nobody verifies is passed on to coordinators anyway: leave “coordinator after” empty."),
        )
    with transaction.atomic():
        for rule in deleted:
            rule.delete()
        for rule in kept:
            rule.cohort = cohort
            rule.save()
        note_history(cohort, "change", actor=actor, department_id=cohort.department_id, reason="reminders")


@copied_with_cohort
def copy_rules(old: Cohort, new: Cohort) -> None:
    """Give next year's cohort the same rules."""
    own = {"id", "created_at", "updated_at", "cohort"}
    names = [column.attname for column in ReminderRule._meta.concrete_fields if column.name not in own]
    rows = [{name: getattr(rule, name) for name in names} for rule in old.reminder_rules.all()]
    ReminderRule.objects.bulk_create([ReminderRule(cohort=new, **row) for row in rows])
