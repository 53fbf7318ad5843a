"""The names of the stages of logs, weeks, arrival notes and assessments."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChainState(models.TextChoices):
    """The verification chain of daily logs and weekly reports."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    REVISION_REQUESTED = "revision_requested", _("Sent back")
    VERIFIED_INDUSTRY = "verified_industry", _("Verified by the company")
    FLAGGED = "flagged", _("Flagged")
    VERIFIED_ACADEMIC = "verified_academic", _("Validated by the university")

    @classmethod
    def with_student(cls) -> list[str]:
        """Return the states in which the student may write."""
        return [cls.DRAFT, cls.REVISION_REQUESTED]

    @classmethod
    def verified(cls) -> list[str]:
        """Return the states that count as confirmed by the company."""
        return [cls.VERIFIED_INDUSTRY, cls.VERIFIED_ACADEMIC]


class ArrivalState(models.TextChoices):
    """The student says "I am here"; the supervisor confirms."""

    SUBMITTED = "submitted", _("Submitted")
    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed")


class AssessmentState(models.TextChoices):
    """A form being filled in."""

    OPEN = "open", _("Open")
    SUBMITTED = "submitted", _("Submitted")
    RELEASED = "released", _("Released")


class AssessmentKind(models.TextChoices):
    """What is assessed, and by which side."""

    INDUSTRY = "industry", _("By the industrial supervisor")
    ACADEMIC = "academic", _("By the university supervisor")
    LOGBOOK = "logbook", _("Logbook")
    REPORT = "report", _("Report")
    PRESENTATION = "presentation", _("Presentation")


class CriterionKind(models.TextChoices):
    """How one question of a rubric is answered."""

    POINTS = "points", _("Points")
    SCALE = "scale", _("Scale")
    TEXT = "text", _("Free text")


class MarkRuleKind(models.TextChoices):
    """What makes a final mark zero or incomplete."""

    ZERO_HOURS = "zero_hours", _("Zero if fewer hours are verified than, in per cent of the required ones")
    INCOMPLETE_HOURS = "incomplete_hours", _("Incomplete if fewer hours are verified than, in per cent")
    INCOMPLETE_VISITS = "incomplete_visits", _("Incomplete if fewer visits were made than")
    INCOMPLETE_DAYS = "incomplete_days", _("Incomplete if more sent days are not validated than")


class MarkStatus(models.TextChoices):
    """What a final mark is worth."""

    FINAL = "final", _("Final")
    ZERO = "zero", _("Zero by rule")
    INCOMPLETE = "incomplete", _("Incomplete")


class AbsenceReason(models.TextChoices):
    """Why a day has no log."""

    SICK = "sick", _("Sick")
    FAMILY = "family", _("Family")
    UNIVERSITY = "university", _("Called by the university")
    HOST_CLOSED = "host_closed", _("The company was closed")
    OTHER = "other", _("Another reason")


class LocationHint(models.TextChoices):
    """What the optional place hint of a log says; it never blocks anything."""

    UNKNOWN = "unknown", _("Unknown")
    NEAR = "near", _("Near the site")
    FAR = "far", _("Far from the site")


class ReminderKind(models.TextChoices):
    """Of what somebody is reminded."""

    LOG = "log", _("Daily log")
    UNVERIFIED = "unverified", _("Verification")
    WEEK = "week", _("Closing the week")
    ARRIVAL = "arrival", _("Arrival")
    REPORT = "report", _("Report")
    ASSESSMENT = "assessment", _("Assessment")


class ReminderLevel(models.TextChoices):
    """As what somebody is told: whose matter it is, or who looks after it."""

    IN_CHARGE = "in_charge", _("In charge")
    SUPERVISOR = "supervisor", _("University supervisor")
    COORDINATOR = "coordinator", _("Coordinator")
