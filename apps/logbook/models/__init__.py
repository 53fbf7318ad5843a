"""What was done, and what others think of it."""

from apps.logbook.models.arrivals import ArrivalNote
from apps.logbook.models.assessments import Assessment, Criterion, MarkRule, Rubric
from apps.logbook.models.counts import PlacementCount, WeekCount
from apps.logbook.models.logs import Absence, DailyLog, DayReceipt, LogAttachment, PlaceConsent
from apps.logbook.models.reminders import Reminder, ReminderRule
from apps.logbook.models.snippets import Snippet
from apps.logbook.models.visits import Visit
from apps.logbook.models.weeks import Operation, WeeklyReport

__all__ = [
    "Absence",
    "ArrivalNote",
    "Assessment",
    "Criterion",
    "DailyLog",
    "DayReceipt",
    "LogAttachment",
    "MarkRule",
    "Operation",
    "PlaceConsent",
    "PlacementCount",
    "Reminder",
    "ReminderRule",
    "Rubric",
    "Snippet",
    "Visit",
    "WeekCount",
    "WeeklyReport",
]
