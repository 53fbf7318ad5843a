"""Sentences that supervisors write again and again."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Company, Department
from portal.kernel.models import Timestamped

MOST_SNIPPET = 500


class Snippet(Timestamped):
    """A sentence of feedback that its owner uses again; shared with one circle, a company or a department, or not."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="snippets", verbose_name=_("person")
    )
    text = models.CharField(_("sentence"), max_length=MOST_SNIPPET)
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("company")
    )
    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("department")
    )

    class Meta:
        verbose_name = _("feedback sentence")
        verbose_name_plural = _("feedback sentences")
        ordering = ["text", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "text"],
                name="logbook_snippet_once",
                violation_error_message=_("You keep this sentence already."),
            ),
            models.CheckConstraint(
                condition=models.Q(company__isnull=True) | models.Q(department__isnull=True),
                name="logbook_snippet_one_circle",
            ),
        ]

    def __str__(self) -> str:
        return self.text
