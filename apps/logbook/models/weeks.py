"""Weekly reports over the days, with the main job and its operations."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.logbook.models.chain import ChainModel
from portal.kernel.models import Timestamped


def sketch_path(_report: "WeeklyReport", _name: str) -> str:
    """Return a name that cannot be guessed; sketches are stored as PNG."""
    return f"sketches/{uuid.uuid4()}.png"


class WeeklyReport(ChainModel):
    """One week of one student at one placement; ``number`` counts from the first week of the placement."""

    number = models.PositiveSmallIntegerField(_("week"))
    summary = models.TextField(_("summary"), blank=True)
    main_job_title = models.CharField(_("main job"), max_length=200, blank=True)
    main_job_detail = models.TextField(_("details of the main job"), blank=True)
    sketch = models.ImageField(_("sketch"), upload_to=sketch_path, blank=True, max_length=200)

    class Meta:
        verbose_name = _("weekly report")
        verbose_name_plural = _("weekly reports")
        ordering = ["week_start", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "placement", "week_start"],
                condition=models.Q(is_current=True, placement__isnull=False),
                name="logbook_one_report_a_week",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "week_start"],
                condition=models.Q(is_current=True, placement__isnull=True),
                name="logbook_one_report_a_week_unplaced",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.number}"

    @property
    def main_text(self) -> str:
        """The summary, or the main job where the student wrote only that."""
        return self.summary or self.main_job_title


class Operation(Timestamped):
    """One step of the main job of a week, with what it was done with."""

    report = models.ForeignKey(
        WeeklyReport, on_delete=models.CASCADE, related_name="operations", verbose_name=_("weekly report")
    )
    number = models.PositiveSmallIntegerField(_("step"))
    description = models.CharField(_("operation"), max_length=240)
    tools = models.CharField(_("tools and machinery"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "number"],
                name="logbook_operation_number_once",
                violation_error_message=_("This step number is taken."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.description}"
