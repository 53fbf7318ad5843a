"""Visits of the university at the host."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Placement
from portal.kernel.models import Timestamped


class Visit(Timestamped):
    """Planned by town and date; the report is written on the phone."""

    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="visits", verbose_name=_("placement")
    )
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits", verbose_name=_("visitor")
    )
    planned_on = models.DateField(_("planned for"))
    done_on = models.DateField(_("visited"), null=True, blank=True)
    report = models.TextField(_("report"), blank=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["planned_on"]

    def __str__(self) -> str:
        return f"{self.planned_on} · {self.placement}"
