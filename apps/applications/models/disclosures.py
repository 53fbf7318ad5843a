"""Disclosures: each time that a company opened a student's resume."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.applications.models.applications import Application
from apps.applications.models.resumes import Resume
from apps.applications.states import DisclosureWay


class Disclosure(models.Model):
    """Who in the company opened which resume for which application, how and when; append-only, shown to the student."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="disclosures", verbose_name=_("application")
    )
    resume = models.ForeignKey(Resume, on_delete=models.CASCADE, related_name="disclosures", verbose_name=_("resume"))
    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    way = models.CharField(_("how"), max_length=10, choices=DisclosureWay)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("opening of a resume")
        verbose_name_plural = _("openings of resumes")
        ordering = ["-id"]
        indexes = [models.Index(fields=["viewer", "at"])]

    def __str__(self) -> str:
        return f"{self.viewer} · {self.resume} · {self.at:%Y-%m-%d}"
