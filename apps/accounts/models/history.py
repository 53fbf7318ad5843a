"""Who did what, from which state to which, why and when: append-only, sealed in blocks whose hashes chain."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class HistoryBlock(models.Model):
    """A run of entries sealed together: ``hash`` covers their digests in order and the hash of the block before."""

    number = models.PositiveBigIntegerField(unique=True)
    entry_count = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("sealed block")
        verbose_name_plural = _("sealed blocks")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class HistoryEntry(models.Model):
    """One move of one object. ``digest`` is an HMAC of the row's content with a key outside the database.

    Words of people stand beside the chain: the content holds the HMAC of the reason, so that an erasure can take the
    reason away and every seal still holds.
    """

    target_label = models.CharField(_("kind"), max_length=60)
    target_id = models.BigIntegerField(_("number"))
    action = models.CharField(_("move"), max_length=60)
    source = models.CharField(_("from"), max_length=50, blank=True)
    target = models.CharField(_("to"), max_length=50, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    actor_key = models.BigIntegerField(null=True, editable=False)
    via = models.CharField(_("by way of"), max_length=60, blank=True)
    reason = models.TextField(_("why"), blank=True)
    reason_digest = models.CharField(max_length=64, blank=True, editable=False)
    erasure = models.ForeignKey(
        "accounts.Erasure", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("department")
    )
    at = models.DateTimeField(_("when"))
    batch = models.CharField(max_length=32)
    # The HMAC of what the row said when the move brought it into a state in which it never changes (services/seals.py).
    content_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    digest = models.CharField(max_length=64)
    block = models.ForeignKey(HistoryBlock, on_delete=models.PROTECT, null=True, related_name="entries")

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["target_label", "target_id", "id"]),
            models.Index(fields=["id"], condition=models.Q(block__isnull=True), name="accounts_history_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.target_label} {self.target_id}: {self.action}"


class HistoryHead(models.Model):
    """The newest block at the end of a day: who keeps it elsewhere notices later if the end of the chain is cut off."""

    day = models.DateField(_("day"), unique=True)
    block_number = models.PositiveBigIntegerField(_("block"))
    entry_count = models.PositiveBigIntegerField(_("entries"))
    hash = models.CharField(_("hash"), max_length=64)
    noted_at = models.DateTimeField(_("noted"), auto_now_add=True)

    class Meta:
        verbose_name = _("head of the history")
        verbose_name_plural = _("heads of the history")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.block_number} {self.entry_count} {self.hash}"
