"""Reminders: what a cohort wants to be reminded of, and what was sent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort
from apps.applications.models import Placement
from apps.logbook.states import ReminderKind, ReminderLevel
from portal.kernel.models import Timestamped


class ReminderRule(Timestamped):
    """When a cohort reminds of one thing; all days are working days of the host's country.

    A cohort without a row goes by the usual rule (``selectors.reminders.USUAL``). An empty escalation tells nobody.
    """

    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, related_name="reminder_rules", verbose_name=_("cohort")
    )
    kind = models.CharField(_("of what"), max_length=12, choices=ReminderKind)
    is_on = models.BooleanField(_("on"), default=True)
    after_days = models.PositiveSmallIntegerField(_("after days"), help_text=_("Working days of the host's country."))
    every_days = models.PositiveSmallIntegerField(_("again every"), default=3)
    times = models.PositiveSmallIntegerField(_("at most"), default=3, help_text=_("So many reminders of one thing."))
    supervisor_after = models.PositiveSmallIntegerField(
        _("supervisor after"), null=True, blank=True, help_text=_("The university supervisor is told.")
    )
    coordinator_after = models.PositiveSmallIntegerField(
        _("coordinator after"), null=True, blank=True, help_text=_("The coordinators are told.")
    )

    class Meta:
        verbose_name = _("reminder of a cohort")
        verbose_name_plural = _("reminders of a cohort")
        ordering = ["cohort", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "kind"],
                name="logbook_reminder_rule_once",
                violation_error_message=_("The cohort has a rule for this already."),
            ),
            models.CheckConstraint(
                condition=models.Q(after_days__gte=1, every_days__gte=1, times__gte=1),
                name="logbook_reminder_rule_days",
                violation_error_message=_("Days and times are at least 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort} · {self.get_kind_display()}"


class Reminder(Timestamped):
    """That one person was reminded of one thing on one day; the words are in the person's notice.

    ``about`` tells things of one kind and placement apart: a Monday, the key of a form. The constraint makes a second
    run of the same day write nothing.
    """

    placement = models.ForeignKey(
        Placement, on_delete=models.CASCADE, related_name="reminders", verbose_name=_("placement")
    )
    kind = models.CharField(_("of what"), max_length=12, choices=ReminderKind)
    about = models.CharField(max_length=20, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders", verbose_name=_("to whom")
    )
    level = models.CharField(_("as"), max_length=11, choices=ReminderLevel)
    on = models.DateField(_("on"), db_index=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "placement", "kind", "about", "level", "on"], name="logbook_reminder_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.person}"
