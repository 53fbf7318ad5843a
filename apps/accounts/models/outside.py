"""What goes out of the portal by itself: webhooks to other programs, calendars that people have subscribed to."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.kernel.models import Timestamped


class Webhook(Timestamped):
    """Another program that is told of events: keys only, signed; it asks the API for what it may know of them.

    The key by which it is signed is made of ``salt`` and the installation's secret and stored nowhere.
    ``block_number`` is the last sealed block of the history of which it was told.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    url = models.CharField(_("address"), max_length=300)
    events: Any = models.JSONField(_("events"), default=list)
    salt = models.CharField(max_length=32, editable=False)
    block_number = models.PositiveBigIntegerField(default=0, editable=False)
    is_active = models.BooleanField(_("active"), default=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    last_sent_at = models.DateTimeField(_("last told"), null=True, blank=True, editable=False)
    last_problem = models.CharField(_("last problem"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CalendarFeed(Timestamped):
    """The private address of a person's calendar; only the SHA-256 of its secret is stored. Ended by deleting it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed", verbose_name=_("person")
    )
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("subscribed calendar")
        verbose_name_plural = _("subscribed calendars")

    def __str__(self) -> str:
        return str(self.user)
