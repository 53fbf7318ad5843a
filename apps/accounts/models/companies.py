"""What the register keeps beside a company: places for each cohort, agreements, and what was merged into what."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.organisations import Cohort, Company
from apps.accounts.states import CompanyState
from portal.kernel.models import Timestamped


def agreement_path(_agreement: "Agreement", _name: str) -> str:
    """Return a name that tells nothing: it may stand in addresses and logs."""
    return f"agreements/{uuid.uuid4()}.pdf"


class CompanyCapacity(Timestamped):
    """How many trainees of one cohort a company takes; no row means that nobody has asked yet."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="capacities", verbose_name=_("company"))
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="capacities", verbose_name=_("cohort"))
    places = models.PositiveSmallIntegerField(_("places"))

    class Meta:
        verbose_name = _("capacity")
        verbose_name_plural = _("capacities")
        constraints = [models.UniqueConstraint(fields=["company", "cohort"], name="accounts_capacity_once")]

    def __str__(self) -> str:
        return f"{self.company} · {self.cohort}: {self.places}"


class Agreement(Timestamped):
    """The affiliation agreement with a company, with the day on which it ends; the newest one counts."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("company"))
    number = models.CharField(_("number"), max_length=60, blank=True)
    signed_on = models.DateField(_("signed"))
    expires_on = models.DateField(_("ends"))
    file = models.FileField(_("signed paper as PDF"), upload_to=agreement_path, max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-expires_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__gte=models.F("signed_on")),
                name="accounts_agreement_days",
                violation_error_message=_("It ends before it was signed."),
            ),
        ]
        indexes = [models.Index(fields=["expires_on", "id"], name="accounts_agreement_ends")]

    def __str__(self) -> str:
        return f"{self.company} {self.number}".strip()

    @property
    def days_left(self) -> int:
        """How many days it still holds after today; negative once it has ended."""
        return (self.expires_on - timezone.localdate()).days


class CompanyMerger(Timestamped):
    """One company merged into another: what went along, so that it can be taken back exactly.

    ``moved`` maps ``"vacancies.Vacancy.company"`` to the keys of the rows that changed their company.
    """

    kept = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="mergers", verbose_name=_("kept"))
    merged = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="own_mergers", verbose_name=_("merged"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    moved = models.JSONField(default=dict)
    source = models.CharField(_("state before"), max_length=10, choices=CompanyState)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("merger")
        verbose_name_plural = _("mergers")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
