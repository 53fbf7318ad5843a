"""The names of the stages of applications, placements with their amendments, and allocation runs."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ApplicationState(models.TextChoices):
    """From the wish to the answer."""

    PENDING = "pending", _("Pending")
    UNDER_REVIEW = "under_review", _("Under review")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    INTERVIEW_SCHEDULED = "interview_scheduled", _("Interview scheduled")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    @classmethod
    def undecided(cls) -> list[str]:
        """Return the states in which the company still has to answer."""
        return [cls.PENDING, cls.UNDER_REVIEW, cls.SHORTLISTED, cls.INTERVIEW_SCHEDULED]

    @classmethod
    def seen_by_company(cls) -> list[str]:
        """Return the states in which the company may open the resume."""
        return [*cls.undecided(), cls.ACCEPTED]


class PlacementState(models.TextChoices):
    """From the agreement to the end."""

    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    ACTIVE = "active", _("Active")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    ENDED_EARLY = "ended_early", _("Ended early")

    @classmethod
    def alive(cls) -> list[str]:
        """Return the states in which the placement counts as the student's place."""
        return [cls.PROPOSED, cls.CONFIRMED, cls.ACTIVE, cls.COMPLETED]

    @classmethod
    def planned(cls) -> list[str]:
        """Return the states before the student has arrived."""
        return [cls.PROPOSED, cls.CONFIRMED]

    @classmethod
    def unfinished(cls) -> list[str]:
        """Return the states in which dates, host and supervisors may still change."""
        return [*cls.planned(), cls.ACTIVE]

    @classmethod
    def over(cls) -> list[str]:
        """Return the states after which both sides are asked how it was."""
        return [cls.COMPLETED, cls.ENDED_EARLY]

    @classmethod
    def settled(cls) -> list[str]:
        """Return the states in which nobody has to answer any more and the place is, or was, really the student's."""
        return [cls.CONFIRMED, cls.ACTIVE, cls.COMPLETED]


class PlacementOrigin(models.TextChoices):
    """The four ways in."""

    APPLIED = "applied", _("Applied and accepted")
    SELF_FOUND = "self_found", _("Self-found")
    ALLOCATED = "allocated", _("Allocated")
    MATCHED = "matched", _("Interviewed, then matched")


class AmendmentKind(models.TextChoices):
    """What a later agreement changes about a placement."""

    EXTENSION = "extension", _("Extension")
    TERMS = "terms", _("Days, share or task")
    HOST = "host", _("Change of host")
    SUPERVISOR = "supervisor", _("Change of supervisor")


class AmendmentState(models.TextChoices):
    """Whether a later change of the same kind has taken its place."""

    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")


class AgreementKind(models.TextChoices):
    """Which paper goes with a placement."""

    LETTER = "letter", _("Introduction letter")
    TRIPARTITE = "tripartite", _("Tripartite agreement")


class AgreementState(models.TextChoices):
    """From the first version of a paper to its last signature."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("To be signed")
    SIGNED = "signed", _("Partly signed")
    COMPLETE = "complete", _("Signed by all")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    @classmethod
    def waiting(cls) -> list[str]:
        """Return the states in which somebody still has to sign."""
        return [cls.SENT, cls.SIGNED]

    @classmethod
    def open(cls) -> list[str]:
        """Return the states in which the paper is on its way."""
        return [cls.DRAFT, *cls.waiting()]


class LetterState(models.TextChoices):
    """A letter that introduces a student who looks for a place."""

    REQUESTED = "requested", _("Requested")
    # On documents the same word stands before the day.
    ISSUED = "issued", pgettext_lazy("state of a letter", "Issued")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Party(models.TextChoices):
    """Who signs."""

    STUDENT = "student", _("Student")
    HOST = "host", _("Company")
    UNIVERSITY = "university", _("University")


class SigningWay(models.TextChoices):
    """How somebody has signed."""

    ELECTRONIC = "electronic", _("Electronically")
    PAPER = "paper", _("On paper")


class SupervisorKind(models.TextChoices):
    """On whose side a supervisor of a placement stands."""

    INDUSTRIAL = "industrial", _("Industrial supervisor")
    UNIVERSITY = "university", _("University supervisor")


class AllocationState(models.TextChoices):
    """One run that allocates a cohort to places."""

    DRAFT = "draft", _("Draft")
    SOLVED = "solved", _("Solved")
    PUBLISHED = "published", _("Published")
    DISCARDED = "discarded", _("Discarded")


class AllocationWay(models.TextChoices):
    """How a run finds its answer; the page says what the two promise."""

    STABLE = "stable", _("Stable by wishes and rules")
    FEWEST_WITHOUT = "fewest", _("Fewest without a wished place")


class PriorityKind(models.TextChoices):
    """Why somebody asks to come before others."""

    DISABILITY = "disability", _("Disability or illness")
    CARE = "care", _("Children or family to look after")
    NEED = "need", _("Hardship")
    OTHER = "other", _("Another reason")


class PriorityState(models.TextChoices):
    """What the coordinators have said."""

    ASKED = "asked", _("Asked")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


class ExtractionState(models.TextChoices):
    """What became of reading a resume's text."""

    WAITING = "waiting", _("Being read")
    READ = "read", _("Read")
    UNREADABLE = "unreadable", _("No text found")


class ReadingQuality(models.TextChoices):
    """How much of a resume's text came out."""

    GOOD = "good", _("read well")
    POOR = "poor", _("read in part")
    NONE = "none", _("not read")


class Degree(models.TextChoices):
    """The levels that the rules find in a resume, highest first; the keys are those of the vocabulary."""

    DOCTORATE = "doctorate", _("Doctorate")
    MASTER = "master", _("Master")
    BACHELOR = "bachelor", _("Bachelor")
    DIPLOMA = "diploma", _("Diploma")
    CERTIFICATE = "certificate", _("Certificate")
    SECONDARY = "secondary", _("Secondary school")


class DisclosureWay(models.TextChoices):
    """How a company looked into a resume."""

    TEXT = "text", _("Read the text")
    DOWNLOAD = "download", _("Downloaded the file")
