"""Links by which somebody without an account acts."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.states import LinkPurpose
from portal.kernel.models import Timestamped


class AccessLink(Timestamped):
    """A secret in a mailbox: bound to one person, one purpose and one object; expires, can be revoked, acts once.

    Only the SHA-256 of the secret is stored. The target is named by label and key because links live below the
    apps whose objects they open; ``scope`` narrows it (``{"week": 3}``).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_links", verbose_name=_("person")
    )
    purpose = models.CharField(_("purpose"), max_length=30, choices=LinkPurpose)
    target_label = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    scope = models.JSONField(default=dict, blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expires"))
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    used_from = models.GenericIPAddressField(_("used from"), null=True, blank=True)
    # Who made it for a chat could have opened it, too: that stays in sight beside what was done by it.
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("made for a chat by"),
    )

    class Meta:
        verbose_name = _("access link")
        verbose_name_plural = _("access links")
        indexes = [models.Index(fields=["target_label", "target_id"])]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.user}"

    @property
    def is_usable(self) -> bool:
        """Whether it still opens something."""
        return self.used_at is None and self.revoked_at is None and self.expires_at > timezone.now()


class LinkCode(Timestamped):
    """A six-digit code that was mailed for a link; only its keyed digest is kept, and only the newest one counts."""

    link = models.ForeignKey(AccessLink, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("code of a link")
        verbose_name_plural = _("codes of links")

    def __str__(self) -> str:
        return str(self.link)
