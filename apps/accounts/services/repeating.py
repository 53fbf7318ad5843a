"""Answers to POSTs that may be sent again, kept for a day."""

import datetime as dt
from typing import Final

from django.http import HttpResponse
from django.utils import timezone

from apps.accounts.models import KeptAnswer, User
from apps.accounts.selectors import kept_answers_visible_to
from portal.kernel.api.repeating import KEPT_HEADERS

KEPT: Final = dt.timedelta(days=1)


def begin_answer(person: User, key: str, digest: str) -> tuple[KeptAnswer, bool]:
    """Return the row of a key and whether this request made it; of several at once one does."""
    kept_answers_visible_to(person).filter(key=key, created_at__lt=timezone.now() - KEPT).delete()
    return KeptAnswer.objects.get_or_create(user=person, key=key, defaults={"digest": digest})


def keep_answer(row: KeptAnswer, response: HttpResponse) -> None:
    """Keep what is answered."""
    row.status = response.status_code
    row.body = response.content.decode()
    row.content_type = response.headers.get("Content-Type", "")[:80]
    row.headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    row.save(update_fields=["status", "body", "content_type", "headers"])


def drop_answer(row: KeptAnswer) -> None:
    """Let the key be used again: what was asked for was not done."""
    KeptAnswer.objects.filter(pk=row.pk).delete()
