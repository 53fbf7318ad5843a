"""Sign-ins of programs: the tokens that follow one another."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TokenFamily(models.Model):
    """One sign-in of a program. Of its refresh tokens only the newest counts, and that once.

    ``audience`` is the dialect that it speaks, ``jti`` the id of the refresh token that may come next. With
    ``ended_at`` none of its tokens opens anything: that row is the block-list. ``session_version`` and ``rights`` (a
    number of the roles) are the person's when it began: with others its tokens open nothing either.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="token_families", verbose_name=_("person")
    )
    audience = models.CharField(max_length=40)
    jti = models.CharField(max_length=32)
    program = models.CharField(_("program"), max_length=80, blank=True)
    started_at = models.DateTimeField(_("since"))
    rotated_at = models.DateTimeField(_("last used"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Of sign-ins before these were kept nothing is known.
    session_version = models.PositiveIntegerField(null=True, editable=False)
    rights = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("sign-in of a program")
        verbose_name_plural = _("sign-ins of programs")

    def __str__(self) -> str:
        return f"{self.user} · {self.audience}"


class KeptAnswer(models.Model):
    """What was answered to a POST with an ``Idempotency-Key``: sent again, it is answered the same and done no more.

    ``digest`` is the SHA-256 of address and body; ``status`` is 0 while the first request has no answer.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    content_type = models.CharField(max_length=80, blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="accounts_answer_once")]

    def __str__(self) -> str:
        return self.key
