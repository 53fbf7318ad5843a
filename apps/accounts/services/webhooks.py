"""Webhooks: other programs are told that something became so.

Read from the sealed history, whose blocks follow one another: nothing that was committed is left out, and moving rows
costs no question more. A delivery is a row of the outbox: tried again for hours, dead after that, and then to be sent
once more by hand.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from typing import Any, Final

import requests
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import HistoryBlock, HistoryEntry, User, Webhook
from apps.accounts.permissions import is_superuser
from apps.accounts.services.history import note_history
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.fetching import GuardedSession, why_not
from portal.kernel.tasks import enqueue, task

SEND: Final = "accounts.send_webhook"
MOST_AT_ONCE: Final = 500
# Name of the event: the model, by its label, and the state that a row of it has come to.
EVENTS: Final[dict[str, tuple[str, str]]] = {
    "company.proposed": ("accounts.Company", "proposed"),
    "company.approved": ("accounts.Company", "approved"),
    "vacancy.published": ("vacancies.Vacancy", "active"),
    "vacancy.closed": ("vacancies.Vacancy", "closed"),
    "application.received": ("applications.Application", "pending"),
    "application.accepted": ("applications.Application", "accepted"),
    "application.rejected": ("applications.Application", "rejected"),
    "application.withdrawn": ("applications.Application", "withdrawn"),
    "placement.proposed": ("applications.Placement", "proposed"),
    "placement.confirmed": ("applications.Placement", "confirmed"),
    "placement.begun": ("applications.Placement", "active"),
    "placement.completed": ("applications.Placement", "completed"),
    "placement.cancelled": ("applications.Placement", "cancelled"),
    "arrival.confirmed": ("logbook.ArrivalNote", "confirmed"),
    "log.submitted": ("logbook.DailyLog", "submitted"),
    "log.verified": ("logbook.DailyLog", "verified_industry"),
    "log.validated": ("logbook.DailyLog", "verified_academic"),
    "log.flagged": ("logbook.DailyLog", "flagged"),
    "week.submitted": ("logbook.WeeklyReport", "submitted"),
    "week.verified": ("logbook.WeeklyReport", "verified_industry"),
    "week.validated": ("logbook.WeeklyReport", "verified_academic"),
    "assessment.released": ("logbook.Assessment", "released"),
    "report.submitted": ("reporting.GeneralReport", "submitted"),
    "report.approved": ("reporting.GeneralReport", "approved"),
}
WRONG_ADDRESS: Final[dict[str, Text]] = {
    "unreadable": _("This is no address. It begins with https://."),
    "credentials": _("No name and no password may stand in the address."),
    "not_https": _("The address must begin with https://."),
    "private": _("This address is inside of a network; only public ones are called."),
}


class NotTaken(Exception):
    """The other program did not take what was sent: the outbox tries again."""


def add_webhook(*, name: str, url: str, events: Iterable[str], actor: User) -> tuple[Webhook, str]:
    """Enter a webhook and return it with the key by which its messages are signed, the only time that it is shown.

    It is told of what happens from now on. Raises ``NotAllowed``, or ``RuleViolation`` ``name_taken``,
    ``events_missing``, ``address_wrong`` with the field.
    """
    if not is_superuser(actor):
        raise NotAllowed
    chosen = [event for event in EVENTS if event in set(events)]
    if not chosen:
        raise RuleViolation("events_missing", _("Choose of what it is told."), field="events")
    if wrong := why_not(url):
        raise RuleViolation("address_wrong", WRONG_ADDRESS[wrong], field="url")
    if Webhook.objects.filter(name=name).exists():
        raise RuleViolation("name_taken", _("There is a webhook of this name already."), field="name")
    row = Webhook.objects.create(
        name=name,
        url=url,
        events=chosen,
        salt=secrets.token_hex(16),
        block_number=_newest_block(),
        created_by=actor,
    )
    note_history(row, "create", actor=actor, department_id=None, reason=", ".join(chosen)[:200])
    return row, key_of(row)


def set_webhook_active(row: Webhook, *, active: bool, actor: User) -> None:
    """Tell it no more, or again; of what happened meanwhile it is not told. Raises ``NotAllowed``."""
    if not is_superuser(actor):
        raise NotAllowed
    with transaction.atomic():
        Webhook.objects.filter(pk=row.pk).update(is_active=active, block_number=_newest_block(), last_problem="")
        note_history(row, "reactivate" if active else "deactivate", actor=actor, department_id=None)


def key_of(row: Webhook) -> str:
    """Return the key by which the messages of a webhook are signed."""
    return "whk_" + salted_hmac("apps.accounts.services.webhooks", row.salt, algorithm="sha256").hexdigest()


def signature_of(row: Webhook, moment: int, body: bytes) -> str:
    """Return the header of a message: the moment, and the HMAC-SHA-256 of moment, dot and body."""
    digest = hmac.new(key_of(row).encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def _newest_block() -> int:
    return HistoryBlock.objects.aggregate(most=Max("number"))["most"] or 0


# -- telling ------------------------------------------------------------------------------------------------------


def queue_webhooks() -> int:
    """Write a delivery for every event of newly sealed history that a webhook is told of; returns how many."""
    newest = _newest_block()
    behind = Webhook.objects.filter(is_active=True, block_number__lt=newest).order_by("pk")
    return sum(_queue(pk, newest) for pk in behind.values_list("pk", flat=True))


def _queue(pk: int, newest: int) -> int:
    with transaction.atomic():
        row = Webhook.objects.select_for_update().get(pk=pk)
        found: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for event in row.events:
            label, target = EVENTS[event]
            entries = HistoryEntry.objects.filter(
                block__number__gt=row.block_number, block__number__lte=newest, target_label=label, target=target
            ).exclude(source=target)
            for key, batch, at in entries.order_by("id").values_list("target_id", "batch", "at"):
                found.setdefault((event, batch), []).append((key, at.isoformat()))
        for (event, batch), rows in found.items():
            for begin in range(0, len(rows), MOST_AT_ONCE):
                part = rows[begin : begin + MOST_AT_ONCE]
                sent = {"webhook_id": pk, "event": event, "ids": [key for key, _at in part], "at": part[0][1]}
                enqueue(SEND, sent, dedupe_key=f"webhook:{pk}:{event}:{batch}:{begin}")
        Webhook.objects.filter(pk=pk).update(block_number=newest)
    return len(found)


@task(SEND)
def send_webhook(webhook_id: int, event: str, ids: list[int], at: str) -> None:
    """Send one message. Raises ``NotTaken`` for every answer but 2xx; a paused webhook gets nothing."""
    row = Webhook.objects.filter(pk=webhook_id, is_active=True).first()
    if row is None:
        return
    body = json.dumps({"event": event, "ids": ids, "at": at}).encode()
    problem = _post(row, event, body)
    now = timezone.now()
    told: dict[str, Any] = {"last_problem": problem} if problem else {"last_problem": "", "last_sent_at": now}
    Webhook.objects.filter(pk=webhook_id).update(**told)
    if problem:
        raise NotTaken(problem)


def _post(row: Webhook, event: str, body: bytes) -> str:
    """Send and return what went wrong; empty if nothing did."""
    moment = int(timezone.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Practicum-Webhook",
        "Practicum-Event": event,
        "Practicum-Signature": signature_of(row, moment, body),
    }
    try:
        answer = GuardedSession().post(row.url, data=body, headers=headers)
    except requests.RequestException as error:
        return type(error).__name__
    return "" if answer.ok and answer.status_code < 300 else f"HTTP {answer.status_code}"  # noqa: PLR2004 - a redirect is no answer
