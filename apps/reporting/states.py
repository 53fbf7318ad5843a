"""The names of the stages of general reports and document templates."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GeneralReportState(models.TextChoices):
    """The student writes, the university supervisor approves."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    REVISION_REQUESTED = "revision_requested", _("Sent back")
    APPROVED = "approved", _("Approved")

    @classmethod
    def with_student(cls) -> "list[GeneralReportState]":
        """In which the student writes."""
        return [cls.DRAFT, cls.REVISION_REQUESTED]


class TemplateState(models.TextChoices):
    """A Word template of the university."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class TemplateKind(models.TextChoices):
    """What a template makes."""

    WEEK = "week", _("Weekly sheet")
    LOGBOOK = "logbook", _("Logbook")
    REPORT = "report", _("General report")
    LETTER = "letter", _("Introduction letter")
    TRIPARTITE = "tripartite", _("Tripartite agreement")
    ARRIVAL = "arrival", _("Arrival note")
    ASSESSMENT = "assessment", _("Assessment")
    CERTIFICATE = "certificate", _("Certificate")


class IssuedState(models.TextChoices):
    """A file that left the portal."""

    ISSUED = "issued", _("Issued")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class IssuedKind(models.TextChoices):
    """What a file that left the portal shows."""

    WEEK = "week", _("Weekly sheet")
    LOGBOOK = "logbook", _("Logbook")
    REPORT = "report", _("General report")
    LETTER = "letter", _("Introduction letter")
    TRIPARTITE = "tripartite", _("Tripartite agreement")
    ARRIVAL = "arrival", _("Arrival note")
    ASSESSMENT = "assessment", _("Assessment")
    CERTIFICATE = "certificate", _("Certificate")
    PORTFOLIO = "portfolio", _("Portfolio")


class CredentialState(models.TextChoices):
    """The signed credential of a completed training."""

    ISSUED = "issued", _("Issued")
    REVOKED = "revoked", _("Revoked")


class EntriesStanding(models.TextChoices):
    """What has become of the decided rows that stood in a document."""

    NONE = "none", _("none was validated when the document was made")
    SAME = "same", _("unchanged since the document was made")
    CORRECTED = "corrected", _("unchanged; some were corrected by a newer version since")
    CHANGED = "changed", _("not what they were when the document was made")
