"""A person's own calendar under a private address, for programs that ask for it again and again."""

import datetime as dt
import secrets
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from apps.accounts.models import CalendarFeed, User
from apps.accounts.services.links import hash_secret
from portal.kernel.calendars import entries_of, feed_of

# A calendar asks several times an hour; when it last did is a hint for the person.
USED_TICK: Final = dt.timedelta(hours=1)


def make_calendar_feed(*, actor: User) -> str:
    """Return the private address of one's own calendar, the only time that it is known; an older one ends."""
    secret = secrets.token_urlsafe(32)
    values = {"secret_hash": hash_secret(secret), "last_used_at": None}
    CalendarFeed.objects.update_or_create(user=actor, defaults=values)
    return settings.SITE_URL + reverse("calendar_feed", args=[secret])


def end_calendar_feed(*, actor: User) -> bool:
    """End the address of one's own calendar; says whether there was one."""
    return bool(CalendarFeed.objects.filter(user=actor).delete()[0])


def person_of_feed(secret: str) -> User | None:
    """Return whose calendar the address is; None for one that is ended or of somebody who is shut out."""
    feed = CalendarFeed.objects.select_related("user").filter(secret_hash=hash_secret(secret)).first()
    if feed is None or not feed.user.is_active:
        return None
    now = timezone.now()
    due = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED_TICK)
    CalendarFeed.objects.filter(due, pk=feed.pk).update(last_used_at=now)
    return feed.user


def calendar_for(person: User) -> str:
    """Return the text of the person's calendar, in the person's language."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        return feed_of(entries_of(person))
