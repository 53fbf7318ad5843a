"""What coordinators note for each other about a student, a company or what belongs to a student."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.kernel.models import Timestamped


class Note(Timestamped):
    """A short text about one object, for those whose scope contains it.

    It hangs on an enrolment or on a company, which says whose scope that is. ``label`` and ``key`` name the row of an
    upper app of the same student that it is about ("applications.Placement"); empty, it is about the anchor itself.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    enrolment = models.ForeignKey(
        "accounts.Enrolment",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name=_("student"),
    )
    company = models.ForeignKey(
        "accounts.Company",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name=_("company"),
    )
    label = models.CharField(_("about"), max_length=60, blank=True, editable=False)
    key = models.BigIntegerField(_("number"), null=True, blank=True, editable=False)
    text = models.CharField(_("note"), max_length=2000)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["label", "key"], condition=Q(key__isnull=False), name="accounts_note_of_row"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolment__isnull=False, company__isnull=True)
                | Q(enrolment__isnull=True, company__isnull=False, key__isnull=True),
                name="accounts_note_one_anchor",
            ),
            models.CheckConstraint(
                condition=Q(label="", key__isnull=True) | (~Q(label="") & Q(key__isnull=False)),
                name="accounts_note_label_with_key",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def anchor(self) -> Any:
        """The enrolment or the company on which it hangs."""
        return self.enrolment if self.enrolment_id is not None else self.company
