"""What was done, and what others think of it."""

import datetime as dt
import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.logbook.models import (
    Absence,
    ArrivalNote,
    Assessment,
    Criterion,
    DailyLog,
    DayReceipt,
    MarkRule,
    Operation,
    PlaceConsent,
    Reminder,
    ReminderRule,
    Rubric,
    Snippet,
    Visit,
    WeeklyReport,
)
from apps.logbook.states import AbsenceReason, AssessmentKind, MarkRuleKind, ReminderKind, ReminderLevel
from tests.factories.accounts import CohortFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import PlacementFactory


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


class DailyLogFactory(DjangoModelFactory[DailyLog]):
    """A draft of today with text; ``placement=None`` needs ``enrolment=``."""

    class Meta:
        model = DailyLog

    placement = factory.SubFactory(PlacementFactory)
    enrolment = factory.SelfAttribute("placement.enrolment")
    day = factory.LazyFunction(timezone.localdate)
    week_start = factory.LazyAttribute(lambda o: monday_of(o.day))
    text = "Measured shafts and turned a new one."
    hours = 8


class WeeklyReportFactory(DjangoModelFactory[WeeklyReport]):
    class Meta:
        model = WeeklyReport

    placement = factory.SubFactory(PlacementFactory)
    enrolment = factory.SelfAttribute("placement.enrolment")
    week_start = factory.LazyFunction(lambda: monday_of(timezone.localdate()))
    number = 1
    summary = "Shaft repair."
    main_job_title = "Shaft repair"


class OperationFactory(DjangoModelFactory[Operation]):
    class Meta:
        model = Operation

    report = factory.SubFactory(WeeklyReportFactory)
    number = factory.Sequence(lambda n: n + 1)
    description = "Turning"
    tools = "Lathe"


class DayReceiptFactory(DjangoModelFactory[DayReceipt]):
    class Meta:
        model = DayReceipt

    log = factory.SubFactory(DailyLogFactory)
    student = factory.SelfAttribute("log.enrolment.student")
    key = factory.LazyFunction(uuid.uuid4)
    digest = "0" * 64
    taken_version = 1


class PlaceConsentFactory(DjangoModelFactory[PlaceConsent]):
    class Meta:
        model = PlaceConsent

    enrolment = factory.SubFactory(EnrolmentFactory)


class AbsenceFactory(DjangoModelFactory[Absence]):
    class Meta:
        model = Absence

    placement = factory.SubFactory(PlacementFactory)
    enrolment = factory.SelfAttribute("placement.enrolment")
    day = factory.LazyFunction(timezone.localdate)
    reason = AbsenceReason.SICK


class ArrivalNoteFactory(DjangoModelFactory[ArrivalNote]):
    class Meta:
        model = ArrivalNote

    placement = factory.SubFactory(PlacementFactory, state="confirmed")
    arrived_on = factory.LazyFunction(timezone.localdate)
    supervisor_name = "Juma Mushi"
    supervisor_email = "juma.mushi@host.example"


class RubricFactory(DjangoModelFactory[Rubric]):
    class Meta:
        model = Rubric
        skip_postgeneration_save = True

    cohort = factory.SubFactory(CohortFactory)
    kind = AssessmentKind.INDUSTRY
    title = "Assessment by the industrial supervisor"

    @factory.post_generation
    def questions(self, create, extracted, **_values):
        """Two questions that count, unless ``questions=[]``."""
        if create and extracted is None:
            CriterionFactory.create(rubric=self, number=1, label="Comes on time", weight=1)
            CriterionFactory.create(rubric=self, number=2, label="Works with skill", weight=3)


class CriterionFactory(DjangoModelFactory[Criterion]):
    class Meta:
        model = Criterion

    rubric = factory.SubFactory(RubricFactory, questions=[])
    number = factory.Sequence(lambda n: n + 1)
    label = "Works with skill"


class MarkRuleFactory(DjangoModelFactory[MarkRule]):
    class Meta:
        model = MarkRule

    cohort = factory.SubFactory(CohortFactory)
    kind = MarkRuleKind.INCOMPLETE_HOURS
    limit = 80


class AssessmentFactory(DjangoModelFactory[Assessment]):
    class Meta:
        model = Assessment

    placement = factory.SubFactory(PlacementFactory)
    rubric = factory.SubFactory(RubricFactory, cohort=factory.SelfAttribute("..placement.enrolment.cohort"))


class VisitFactory(DjangoModelFactory[Visit]):
    class Meta:
        model = Visit

    placement = factory.SubFactory(PlacementFactory)
    visitor = factory.SubFactory(UserFactory)
    planned_on = factory.LazyFunction(timezone.localdate)


class SnippetFactory(DjangoModelFactory[Snippet]):
    """A sentence of its owner alone."""

    class Meta:
        model = Snippet

    owner = factory.SubFactory(UserFactory)
    text = factory.Sequence(lambda n: f"Name the machine and the tool, please ({n}).")


class ReminderRuleFactory(DjangoModelFactory[ReminderRule]):
    """A missing log after one day, daily, at most twice, told to nobody else."""

    class Meta:
        model = ReminderRule

    cohort = factory.SubFactory(CohortFactory)
    kind = ReminderKind.LOG
    after_days = 1
    every_days = 1
    times = 2


class ReminderFactory(DjangoModelFactory[Reminder]):
    class Meta:
        model = Reminder

    placement = factory.SubFactory(PlacementFactory)
    person = factory.SelfAttribute("placement.enrolment.student")
    kind = ReminderKind.LOG
    level = ReminderLevel.IN_CHARGE
    on = factory.LazyFunction(timezone.localdate)
