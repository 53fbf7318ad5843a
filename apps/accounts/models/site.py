"""What the superuser decides for the whole installation, and how often something may be tried."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.organisations import Cohort
from portal.kernel.models import Timestamped


def logo_path(_settings: models.Model, _name: str) -> str:
    """Return where a logo is stored: each one under a name of its own, so that its address may be kept for ever."""
    return f"site/{uuid.uuid4().hex}.png"


class SiteSettings(Timestamped):
    """The one row of switches of this installation; a new installation begins with what its environment says."""

    ONLY = 1

    student_registration = models.BooleanField(
        _("students register alone"), default=True, help_text=_("Off: students come by import or single sign-on.")
    )
    company_registration = models.BooleanField(
        _("companies register alone"), default=True, help_text=_("They wait until a coordinator approves them.")
    )
    registrations_an_hour = models.PositiveSmallIntegerField(
        _("registrations an hour from one network address"),
        default=5,
        help_text=_("Raise it for a day on which many register from one room."),
    )
    default_cohort = models.ForeignKey(
        Cohort,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("default cohort"),
        help_text=_("Takes who registers alone and fits no open cohort."),
    )
    phases = models.CharField(
        _("phases"), max_length=200, default="PT1, PT2, PT3", help_text=_("What students choose from; with commas.")
    )
    years_of_study = models.PositiveSmallIntegerField(_("years of study"), default=4)

    link_codes = models.BooleanField(
        _("links ask for a code"),
        default=False,
        help_text=_("Who opens a link from a mail types six digits that are mailed at that moment."),
    )

    # No picture field: its form would open what was sent in this process, and not in the child.
    logo = models.FileField(
        _("logo"),
        upload_to=logo_path,
        blank=True,
        help_text=_(
            "PNG, JPEG or WebP, at best 600 pixels wide, without margin. It stands on all pages, mails and documents."
        ),
    )
    accent = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        help_text=_("Of buttons, links and headings, such as #0f6b6b. Empty: the portal's own."),
    )
    accent_dark = models.CharField(
        _("colour in the dark"),
        max_length=7,
        blank=True,
        help_text=_("For screens that are set to dark. Empty: the colour above, as much lighter as it needs to be."),
    )

    class Meta:
        verbose_name = _("settings of the portal")
        verbose_name_plural = _("settings of the portal")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="accounts_site_settings_only_one"),
            models.CheckConstraint(
                condition=models.Q(years_of_study__range=(1, 8)),
                name="accounts_site_settings_years",
                violation_error_message=_("A study has 1 to 8 years."),
            ),
            models.CheckConstraint(
                condition=models.Q(registrations_an_hour__gte=1),
                name="accounts_site_settings_registrations",
                violation_error_message=_("Let at least one person an hour register, or close the registration."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def phase_names(self) -> list[str]:
        """Return the phases in their order."""
        return [name for part in self.phases.split(",") if (name := part.strip())]


class LimitCount(models.Model):
    """How often something was tried since when; ``key`` is a keyed digest, so that no address or name is kept."""

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counted tries")
        verbose_name_plural = _("counted tries")

    def __str__(self) -> str:
        return f"{self.count} since {self.since:%H:%M}"
