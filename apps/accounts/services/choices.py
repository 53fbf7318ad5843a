"""How each person wants notices by mail: per kind, with one usual pace for all that can wait."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Notice, NoticeChoice, User
from apps.accounts.services.notice_kinds import NoticeKind, kind_of
from apps.accounts.states import NoticeFrequency, NoticeState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import perform_many

FRIDAY: Final = 4
UNSUBSCRIBE_SALT: Final = "notices.unsubscribe"
# Stands in a token for all that can wait, where one mail holds several kinds.
DIGEST: Final = ""

type Chosen = Mapping[tuple[int, str], str]


def choices_of(people: Collection[int], kinds: Collection[str] | None = None) -> dict[tuple[int, str], str]:
    """Return what these people chose, by (person, kind), with one query; of these kinds only, if any are named."""
    rows = NoticeChoice.objects.filter(user__in=people)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    return {(user, kind): frequency for user, kind, frequency in rows.values_list("user", "kind", "frequency")}


def frequency_of(recipient: User, kind: NoticeKind, chosen: Chosen) -> str:
    """Return the pace at which the person gets this kind by mail."""
    if kind.binding:
        return NoticeFrequency.AT_ONCE
    usual = NoticeFrequency.AT_ONCE if kind.urgent else recipient.notice_frequency
    return chosen.get((recipient.pk, kind.kind), usual)


def due_at(frequency: str, now: dt.datetime) -> dt.datetime | None:
    """Return when a mail of this pace is due, in local time; None where none is wanted."""
    if frequency == NoticeFrequency.NEVER:
        return None
    if frequency == NoticeFrequency.AT_ONCE:
        return now
    due = now.replace(hour=settings.DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if due <= now:
        due += dt.timedelta(days=1)
    if frequency == NoticeFrequency.WEEKLY:
        due += dt.timedelta(days=(FRIDAY - due.weekday()) % 7)
    return due


# -- choosing -----------------------------------------------------------------------------------------------------


def choose(person: User, usual: str, wishes: Mapping[str, str], *, actor: User) -> None:
    """Store the usual pace and what differs from it per kind; an empty wish takes the kind back to the usual.

    What waits for a mail already goes by the new choice. Raises ``RuleViolation`` ``not_yours``, ``no_such_pace`` or
    ``binding_kind``.
    """
    if actor.pk != person.pk:
        raise RuleViolation("not_yours", _("Everybody chooses for oneself."))
    for name, wish in wishes.items():
        kind = kind_of(name)
        if wish and wish not in NoticeFrequency.values:
            raise RuleViolation("no_such_pace", _("Choose one of the offered paces."), field=name)
        if kind is None or (kind.binding and wish):
            raise RuleViolation("binding_kind", _("This mail always comes."), field=name)
    if usual not in NoticeFrequency.values:
        raise RuleViolation("no_such_pace", _("Choose one of the offered paces."), field="usual")
    with transaction.atomic():
        _store(person, wishes)
        if usual != person.notice_frequency:
            person.notice_frequency = NoticeFrequency(usual)
            person.save(update_fields=["notice_frequency"])
        _go_by_choice(person)


def _store(person: User, wishes: Mapping[str, str]) -> None:
    kept = {name: wish for name, wish in wishes.items() if wish}
    NoticeChoice.objects.filter(user=person, kind__in=[name for name in wishes if name not in kept]).delete()
    NoticeChoice.objects.bulk_create(
        [NoticeChoice(user=person, kind=name, frequency=wish) for name, wish in kept.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["frequency", "updated_at"],
    )


def _go_by_choice(person: User) -> None:
    """Give what waits for a mail its new time; what is not wanted by mail any more stays in the portal only."""
    now, chosen = timezone.localtime(), choices_of([person.pk])
    waiting = Notice.objects.filter(recipient=person, state=NoticeState.QUEUED, due_at__gt=now)
    by_due: dict[dt.datetime | None, list[int]] = {}
    for notice in waiting.only("pk", "kind", "state"):
        kind = kind_of(notice.kind)
        if kind is not None:
            by_due.setdefault(due_at(frequency_of(person, kind, chosen), now), []).append(notice.pk)
    for due, keys in by_due.items():
        rows = Notice.objects.filter(pk__in=keys)
        if due is None:
            perform_many(rows, "skip", actor=SYSTEM, reason="not wanted by mail")
        else:
            rows.update(due_at=due)


# -- out of a mail, without signing in ----------------------------------------------------------------------------


def unsubscribe_token(person: User, kinds: Iterable[str]) -> str:
    """Return the token of a mail that holds these kinds: for the one kind, or for all that can wait."""
    named = sorted(set(kinds))
    return signing.dumps([person.pk, named[0] if len(named) == 1 else DIGEST], salt=UNSUBSCRIBE_SALT)


def read_token(token: str) -> tuple[User, NoticeKind | None] | None:
    """Return whose token this is and for which kind; no kind means all that can wait. None for what is not ours.

    It tells who may have fewer mails and nothing else: no sign-in, no link, no end, because a mail is read years later.
    """
    try:
        held: Any = signing.loads(token, salt=UNSUBSCRIBE_SALT)
    except signing.BadSignature:
        return None
    # Mails of earlier versions carry the person's key alone.
    pk, name = held if isinstance(held, list) else (held, DIGEST)
    person = User.objects.filter(pk=pk, is_active=True).first()
    kind = kind_of(name)
    if person is None or (kind is not None and kind.binding):
        return None
    return person, kind


def unsubscribe(person: User, kind: NoticeKind | None) -> None:
    """Send the person no more mail of this kind, or of all that can wait. In the portal everything is still told."""
    if kind is not None:
        choose(person, person.notice_frequency, {kind.kind: NoticeFrequency.NEVER}, actor=person)
        return
    paced = NoticeChoice.objects.filter(user=person, frequency__in=[NoticeFrequency.DAILY, NoticeFrequency.WEEKLY])
    choose(person, NoticeFrequency.NEVER, dict.fromkeys(paced.values_list("kind", flat=True), ""), actor=person)
