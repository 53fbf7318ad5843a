"""The switches of the installation."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import SiteSettings, User
from apps.accounts.permissions import is_superuser
from apps.accounts.selectors import SETTINGS_KEY
from apps.accounts.services.history import note_history
from portal.kernel.errors import NotAllowed, RuleViolation


def ensure_site_settings() -> None:
    """Make the one row exist; after each migration. Only a new installation reads the environment for it."""
    begin = {
        "student_registration": settings.ALLOW_STUDENT_REGISTRATION,
        "company_registration": settings.ALLOW_COMPANY_REGISTRATION,
    }
    SiteSettings.objects.get_or_create(pk=SiteSettings.ONLY, defaults=begin)


def change_site_settings(row: SiteSettings, changes: Mapping[str, Any], *, actor: User) -> SiteSettings:
    """Change switches; the superuser's. Raises ``NotAllowed``, ``RuleViolation`` ``phases_missing`` with the field."""
    if not is_superuser(actor):
        raise NotAllowed
    for name, value in changes.items():
        setattr(row, name, value)
    if not row.phase_names():
        raise RuleViolation("phases_missing", _("Name at least one phase, such as PT1."), field="phases")
    with transaction.atomic():
        row.save()
        note_history(row, "change", actor=actor, department_id=None, reason=", ".join(sorted(changes)))
    cache.delete(SETTINGS_KEY)
    return row
