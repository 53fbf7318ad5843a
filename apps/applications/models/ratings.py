"""What is said when a placement is over: the student of the host, and the host of the next time."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.applications.models.placements import Placement
from portal.kernel.models import Timestamped


class HostRating(Timestamped):
    """A student's word about the host; the university reads it, the host does not."""

    placement = models.OneToOneField(
        Placement, on_delete=models.CASCADE, related_name="rating", verbose_name=_("placement")
    )
    stars = models.PositiveSmallIntegerField(
        _("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)], help_text=_("5 is the best.")
    )
    would_recommend = models.BooleanField(_("would recommend it"))
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("rating of a host")
        verbose_name_plural = _("ratings of hosts")
        constraints = [
            models.CheckConstraint(condition=models.Q(stars__range=(1, 5)), name="applications_rating_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.placement}: {self.stars}"


class HostFeedback(Timestamped):
    """A host's answer to "would you host again, how many places": by a page or by the link of a mail."""

    placement = models.OneToOneField(
        Placement, on_delete=models.CASCADE, related_name="host_feedback", verbose_name=_("placement")
    )
    again = models.BooleanField(_("would host again"))
    places = models.PositiveSmallIntegerField(_("places next time"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        verbose_name = _("answer of a host")
        verbose_name_plural = _("answers of hosts")

    def __str__(self) -> str:
        return f"{self.placement}: {_('yes') if self.again else _('no')}"
