"""Daily logs, their files, and absences."""

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment
from apps.applications.models import Placement
from apps.logbook.models.chain import ChainModel
from apps.logbook.states import AbsenceReason, LocationHint
from portal.kernel.models import Timestamped


class DailyLog(ChainModel):
    """What one student did on one day at one placement; ``hours`` are hours of work, in steps of a half."""

    day = models.DateField(_("day"), db_index=True)
    text = models.TextField(_("what you did"), blank=True)
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=2, default=8)
    skills = models.JSONField[list[str], list[str]](_("skills"), default=list, blank=True)
    location_hint = models.CharField(
        _("place"), max_length=8, choices=LocationHint, default=LocationHint.UNKNOWN, editable=False
    )

    class Meta:
        verbose_name = _("daily log")
        verbose_name_plural = _("daily logs")
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "placement", "day"],
                condition=models.Q(is_current=True, placement__isnull=False),
                name="logbook_one_log_a_day",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "day"],
                condition=models.Q(is_current=True, placement__isnull=True),
                name="logbook_one_log_a_day_unplaced",
            ),
            models.CheckConstraint(condition=models.Q(hours__gt=0, hours__lte=24), name="logbook_log_hours"),
        ]
        indexes = [models.Index(fields=["placement", "week_start", "state"])]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.day}"

    @property
    def first_day(self) -> dt.date:
        """The day."""
        return self.day

    @property
    def last_day(self) -> dt.date:
        """The day."""
        return self.day

    @property
    def main_text(self) -> str:
        """What the student did."""
        return self.text

    @property
    def day_hours(self) -> Decimal | None:
        """Hours of the day."""
        return self.hours


def attachment_path(_attachment: "LogAttachment", name: str) -> str:
    """Return a name that tells nothing about the person and cannot be guessed."""
    return f"logs/{uuid.uuid4()}{PurePath(name).suffix.lower()}"


class DayReceipt(Timestamped):
    """That a day, sent under a key of the device, was taken: sent again it changes nothing.

    A phone does not know whether what it sent before the network went has arrived; it sends it again under the same
    ``key``. ``digest`` is the SHA-256 of what was sent, ``taken_version`` that of the log right after it was taken.
    """

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("student")
    )
    key = models.UUIDField(_("key"))
    log = models.ForeignKey(DailyLog, on_delete=models.CASCADE, related_name="receipts", verbose_name=_("log"))
    digest = models.CharField(max_length=64)
    taken_version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("receipt of a day")
        verbose_name_plural = _("receipts of days")
        constraints = [models.UniqueConstraint(fields=["student", "key"], name="logbook_day_taken_once")]

    def __str__(self) -> str:
        return str(self.key)


class PlaceConsent(Timestamped):
    """That a student lets the portal compare the place of the phone with that of the company; no row, no consent."""

    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.CASCADE, related_name="place_consent", verbose_name=_("enrolment")
    )

    class Meta:
        verbose_name = _("consent to the place hint")
        verbose_name_plural = _("consents to the place hint")

    def __str__(self) -> str:
        return str(self.enrolment)


class LogAttachment(Timestamped):
    """A file that belongs to a daily log."""

    log = models.ForeignKey(DailyLog, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("log"))
    file = models.FileField(_("file"), upload_to=attachment_path, max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=80)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("file of a log")
        verbose_name_plural = _("files of logs")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.original_name


class Absence(Timestamped):
    """A working day without a log, with its reason."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="absences", verbose_name=_("enrolment")
    )
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="absences", verbose_name=_("placement")
    )
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=12, choices=AbsenceReason)
    note = models.CharField(_("note"), max_length=240, blank=True)
    hours_to_make_up = models.DecimalField(_("hours to make up"), max_digits=4, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["placement", "day"], name="logbook_one_absence_a_day")]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.day}"
