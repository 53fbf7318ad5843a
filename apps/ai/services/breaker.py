"""A back-end that fails five times in a row is left alone for a minute; then one call tries it."""

import datetime as dt
from typing import Final

from django.db.models import F
from django.utils import timezone

from apps.ai.models import AiBackendHealth

MOST_FAILURES: Final = 5
REST: Final = dt.timedelta(seconds=60)


def may_call(name: str) -> bool:
    """Say whether the back-end may be asked now; after its rest exactly one caller may try it."""
    row = AiBackendHealth.objects.filter(name=name).first()
    if row is None or row.open_until is None:
        return True
    now = timezone.now()
    tries = AiBackendHealth.objects.filter(name=name, open_until__lte=now)
    return tries.update(open_until=now + REST) == 1


def note_success(name: str) -> None:
    """Forget the failures."""
    AiBackendHealth.objects.filter(name=name).exclude(failures=0, open_until=None).update(failures=0, open_until=None)


def note_failure(name: str) -> None:
    """Count a failure; with the fifth in a row the rest begins, and anew with each one after it."""
    AiBackendHealth.objects.bulk_create([AiBackendHealth(name=name)], ignore_conflicts=True)
    rows = AiBackendHealth.objects.filter(name=name)
    rows.filter(failures__lt=MOST_FAILURES).update(failures=F("failures") + 1)
    rows.filter(failures__gte=MOST_FAILURES).update(open_until=timezone.now() + REST)
