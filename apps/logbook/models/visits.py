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
        ordering = ["planned_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "visitor", "planned_on"],
                name="logbook_visit_once_a_day",
                violation_error_message=_("This visit is planned already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.planned_on} · {self.placement}"
