"""What the university's directory keeps here by itself: tokens of services, people and groups that it provisions."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.states import Role, TokenScope
from portal.kernel.models import Timestamped


class ServiceToken(Timestamped):
    """A secret by which another program acts; only its SHA-256 is stored, and it can do what ``scopes`` name."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=8, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("service token")
        verbose_name_plural = _("service tokens")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: TokenScope) -> bool:
        """Whether the token may do this."""
        return scope.value in self.scopes


class ProvisionedPerson(Timestamped):
    """What a directory has said of a person, kept as it was said; the person's own row is made from it.

    With ``removed_at`` the directory has deleted the person: it finds the person no more, the history stays.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="provisioned", verbose_name=_("person")
    )
    external_id = models.CharField(_("identifier in the directory"), max_length=200, blank=True)
    said: Any = models.JSONField(default=dict)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    class Meta:
        verbose_name = _("provisioned person")
        verbose_name_plural = _("provisioned people")

    def __str__(self) -> str:
        return str(self.user)


class ProvisionedGroup(Timestamped):
    """A group of the directory. Its members get ``role``, with a department for coordinators; the superuser says so."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    external_id = models.CharField(_("identifier in the directory"), max_length=200, blank=True)
    role = models.CharField(
        _("role of its members"),
        max_length=30,
        blank=True,
        choices=[
            (Role.UNIVERSITY_SUPERVISOR.value, Role.UNIVERSITY_SUPERVISOR.label),
            (Role.COORDINATOR.value, Role.COORDINATOR.label),
        ],
    )
    department = models.ForeignKey(
        "accounts.Department",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_("What coordinators of this group coordinate."),
    )
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="provisioned_groups", blank=True)

    class Meta:
        verbose_name = _("group of the directory")
        verbose_name_plural = _("groups of the directory")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
