"""The names of the stages of what accounts holds, and the roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A role is a Django group of this name; one person may have several."""

    STUDENT = "student", _("Student")
    COMPANY_REPRESENTATIVE = "company_representative", _("Company representative")
    INDUSTRIAL_SUPERVISOR = "industrial_supervisor", _("Industrial supervisor")
    UNIVERSITY_SUPERVISOR = "university_supervisor", _("University supervisor")
    COORDINATOR = "coordinator", _("Coordinator")
    DEAN = "dean", _("Dean")


class CompanyState(models.TextChoices):
    """Moderation of a company."""

    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    ARCHIVED = "archived", _("Archived")


class JobState(models.TextChoices):
    """A long task that its owner can watch."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def unfinished(cls) -> list[str]:
        """Return the states in which work is still to be done."""
        return [cls.QUEUED, cls.RUNNING]


class NoticeState(models.TextChoices):
    """What became of something that we want to tell."""

    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")


class OutboxState(models.TextChoices):
    """Work that is done later; not a machine of the domain, the worker's own book-keeping."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Dead")


class ImportState(models.TextChoices):
    """An uploaded table on its way into the database."""

    UPLOADED = "uploaded", _("Uploaded")
    STAGED = "staged", _("Ready to look at")
    REFUSED = "refused", _("Refused")
    APPLIED = "applied", _("Applied")
    DISCARDED = "discarded", _("Discarded")
    UNDONE = "undone", _("Undone")


class ImportRhythm(models.TextChoices):
    """How often a folder of tables is looked into."""

    HOUR = "hour", _("Every hour")
    DAY = "day", _("Every day")
    WEEK = "week", _("Every week")


class RowStatus(models.TextChoices):
    """What an import would do with one row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    ERROR = "error", _("Error")


class MemberKind(models.TextChoices):
    """What a person is in a company."""

    REPRESENTATIVE = "representative", _("Representative")
    SUPERVISOR = "supervisor", _("Supervisor")


class LinkPurpose(models.TextChoices):
    """The one thing for which an access link is good."""

    VERIFY_WEEK = "verify_week", _("Verify a week")
    CONFIRM_ARRIVAL = "confirm_arrival", _("Confirm an arrival")
    JOIN = "join", _("Join the portal")
    ASSESS = "assess", _("Assess a trainee")
    COMPLETE_PLACE = "complete_place", _("Complete a place")
    SIGN_AGREEMENT = "sign_agreement", _("Sign a document")
    HOST_FEEDBACK = "host_feedback", _("Say whether you would host again")
    SHOW_PORTFOLIO = "show_portfolio", _("Show a portfolio")


class TokenScope(models.TextChoices):
    """What a program with a service token may do."""

    SCIM_READ = "scim_read", _("Read people and groups (SCIM)")
    SCIM_WRITE = "scim_write", _("Enter, change and deactivate people and groups (SCIM)")
    API_READ = "api_read", _("Read companies, open vacancies, placements and what is validated (API)")


class ErasureState(models.TextChoices):
    """A person who is to be forgotten."""

    WAITING = "waiting", _("Waiting")
    HELD = "held", _("Held back")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DONE = "done", _("Erased")


class NoticeFrequency(models.TextChoices):
    """How often a person wants mail for what can wait."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    NEVER = "never", _("Not by mail")


class IndustryType(models.TextChoices):
    """Sectors; the seven that clients of the report generator send, and those that universities asked for."""

    MANUFACTURING = "MANUFACTURING", _("Manufacturing")
    CONSTRUCTION = "CONSTRUCTION", _("Construction")
    TECHNOLOGY = "TECHNOLOGY", _("Technology")
    AUTOMOTIVE = "AUTOMOTIVE", _("Automotive")
    ENERGY = "ENERGY", _("Energy")
    TELECOMMUNICATIONS = "TELECOMMUNICATIONS", _("Telecommunications")
    OTHER = "OTHER", _("Other")


class Gender(models.TextChoices):
    """As student systems export it; never needed."""

    FEMALE = "F", _("Female")
    MALE = "M", _("Male")
    OTHER = "X", _("Other")


class ProviderKind(models.TextChoices):
    """How an identity provider speaks."""

    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML 2.0")


class MatchField(models.TextChoices):
    """By what of ours a claim names an imported person. Never by an e-mail address."""

    REG_NO = "reg_no", _("registration number")
    STAFF_NO = "staff_no", _("staff number")
    USERNAME = "username", _("user name")


class SignOnRole(models.TextChoices):
    """The roles that a rule may give to somebody who was not imported."""

    STUDENT = Role.STUDENT.value, Role.STUDENT.label
    UNIVERSITY_SUPERVISOR = Role.UNIVERSITY_SUPERVISOR.value, Role.UNIVERSITY_SUPERVISOR.label
    COORDINATOR = Role.COORDINATOR.value, Role.COORDINATOR.label


class SignOnOutcome(models.TextChoices):
    """What became of an attempt to sign in through a provider."""

    SIGNED_IN = "signed_in", _("Signed in")
    BOUND = "bound", _("Bound to an account")
    CREATED = "created", _("New person")
    REFUSED = "refused", _("Refused")
    SIGNED_OUT = "signed_out", _("Signed out")


class MassMailState(models.TextChoices):
    """A mail to many people on its way."""

    DRAFT = "draft", _("Draft")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    STOPPED = "stopped", _("Stopped")
