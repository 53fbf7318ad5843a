"""Views of lists that people have named."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.kernel.models import Timestamped


class SavedView(Timestamped):
    """Filters, search, order and columns of one list under a name.

    ``label`` is that of the list's model ("applications.placement"). With ``department`` all who coordinate something
    there have the view, too; it holds an address and no rows, so that nobody sees more by it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("person")
    )
    label = models.CharField(_("list"), max_length=80, editable=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=2000, blank=True, editable=False)
    order: Any = models.JSONField(_("order"), default=list, editable=False)
    columns: Any = models.JSONField(_("columns"), default=list, editable=False)
    department = models.ForeignKey(
        "accounts.Department",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shared with"),
    )

    class Meta:
        verbose_name = _("view of a list")
        verbose_name_plural = _("views of lists")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "label", "name"], name="accounts_saved_view_once")]

    def __str__(self) -> str:
        return self.name
