"""The switches of the installation, and how it looks."""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import SiteSettings, User
from apps.accounts.permissions import is_superuser
from apps.accounts.selectors import LOOK_KEY, SETTINGS_KEY
from apps.accounts.services.history import note_history
from portal.kernel.colours import READABLE, is_colour, least_contrast, readable
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.pictures import clean_picture
from portal.kernel.stored import names_older_than

if TYPE_CHECKING:
    from django.core.files.storage import Storage

log = logging.getLogger(__name__)

LARGEST_LOGO: Final = 5 * 1024 * 1024
# 60 mm on paper with 270 dots an inch, and small enough for a phone on a slow network.
LOGO_SIDE: Final = 640
LOGO_FOLDER: Final = "site"
ABANDONED_AFTER: Final = dt.timedelta(days=1)


def ensure_site_settings() -> None:
    """Make the one row exist; after each migration. Only a new installation reads the environment for it."""
    begin = {
        "student_registration": settings.ALLOW_STUDENT_REGISTRATION,
        "company_registration": settings.ALLOW_COMPANY_REGISTRATION,
    }
    SiteSettings.objects.get_or_create(pk=SiteSettings.ONLY, defaults=begin)


def change_site_settings(row: SiteSettings, changes: Mapping[str, Any], *, actor: User) -> SiteSettings:
    """Change switches and look; the superuser's. ``logo`` is an uploaded file, or nothing to take it away.

    Raises ``NotAllowed``, and ``RuleViolation`` with the field: ``phases_missing``, ``not_a_colour``,
    ``colour_unreadable``, ``colour_missing``, ``picture_too_large`` and what ``clean_picture`` raises.
    """
    if not is_superuser(actor):
        raise NotAllowed
    old, storage = row.logo.name, row.logo.storage
    for name, value in changes.items():
        setattr(row, name, _drawn(value) if name == "logo" else value)
    _check(row)
    with transaction.atomic():
        row.save()
        note_history(row, "change", actor=actor, department_id=None, reason=", ".join(sorted(changes)))
        if old and row.logo.name != old:
            transaction.on_commit(lambda: storage.delete(old))
    cache.delete_many([SETTINGS_KEY, LOOK_KEY])
    return row


def _check(row: SiteSettings) -> None:
    if not row.phase_names():
        raise RuleViolation("phases_missing", _("Name at least one phase, such as PT1."), field="phases")
    row.accent, row.accent_dark = _checked(row.accent, "accent"), _checked(row.accent_dark, "accent_dark")
    if row.accent_dark and not row.accent:
        raise RuleViolation("colour_missing", _("Choose the colour for light screens too."), field="accent")


def _checked(typed: str, field: str) -> str:
    colour, dark = typed.strip().lower(), field == "accent_dark"
    if not colour:
        return ""
    if not is_colour(colour):
        raise RuleViolation("not_a_colour", _("Write the colour with a # and six digits, such as #0f6b6b."), field)
    found = least_contrast(colour, dark=dark)
    if found >= READABLE:
        return colour
    # Rounded down: "4.5, but 4.5 is needed" would help nobody.
    numbers = {"colour": colour, "ratio": int(found * 10) / 10, "better": readable(colour, dark=dark)}
    text = (
        _(
            "%(colour)s on a dark ground has a contrast of %(ratio)s to 1, and text needs 4.5 to 1. Choose a lighter "
            "colour; the nearest that can be read is %(better)s."
        )
        if dark
        else _(
            "%(colour)s on white and light grey has a contrast of %(ratio)s to 1, and text needs 4.5 to 1. Choose a "
            "darker colour; the nearest that can be read is %(better)s."
        )
    )
    raise RuleViolation("colour_unreadable", text % numbers, field)


def _drawn(sent: Any) -> ContentFile[bytes] | str:
    if not sent:
        return ""
    if sent.size > LARGEST_LOGO:
        raise RuleViolation("picture_too_large", _("Send a picture of at most 5 MiB."), "logo")
    try:
        return ContentFile(clean_picture(sent.read(), as_png=True, longest=LOGO_SIDE), "logo.png")
    except RuleViolation as error:
        raise RuleViolation(error.code, error.message, "logo") from error


def sweep_logos() -> int:
    """Remove logos that a killed process has left for a day; the beat table calls this. Returns how many."""
    storage: Storage = SiteSettings._meta.get_field("logo").storage
    known = set(SiteSettings.objects.values_list("logo", flat=True))
    left = list(names_older_than(storage, LOGO_FOLDER, ABANDONED_AFTER, known=known))
    for name in left:
        storage.delete(name)
    if left:
        log.warning("%s abandoned logos were removed", len(left))
    return len(left)
