"""What a student shows of a training to whom the student chooses."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment
from apps.logbook.models import Assessment, LogAttachment, WeeklyReport
from portal.kernel.models import Timestamped


class Portfolio(Timestamped):
    """One per enrolment: chosen parts only. Whether a part is validated is asked anew whenever it is shown."""

    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.PROTECT, related_name="portfolio", verbose_name=_("enrolment")
    )
    title = models.CharField(_("title"), max_length=120, blank=True)
    about = models.TextField(_("about you"), blank=True)
    skills = models.JSONField[list[str], list[str]](_("skills"), default=list, blank=True)
    shows_hours = models.BooleanField(_("show hours"), default=True)
    weeks = models.ManyToManyField(WeeklyReport, blank=True, related_name="+", verbose_name=_("weeks"))
    assessments = models.ManyToManyField(Assessment, blank=True, related_name="+", verbose_name=_("assessments"))
    files = models.ManyToManyField(LogAttachment, blank=True, related_name="+", verbose_name=_("files"))

    class Meta:
        verbose_name = _("portfolio")
        verbose_name_plural = _("portfolios")

    def __str__(self) -> str:
        return self.title or str(self.enrolment)
