"""Notices: what we tell a person, in the portal and by mail, from one row."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.utils import timezone

from apps.accounts.models import Notice, User
from apps.accounts.permissions import is_superuser
from apps.accounts.services.choices import Chosen, choices_of, due_at, frequency_of
from apps.accounts.services.links import Target
from apps.accounts.services.notice_kinds import NoticeKind, declare_notice, kind_of, notice_kinds
from apps.accounts.states import LinkPurpose, NoticeState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed
from portal.kernel.fsm import perform_many
from portal.kernel.tasks import enqueue, enqueue_many

if TYPE_CHECKING:
    import datetime as dt

__all__ = [
    "LinkWish",
    "NoticeKind",
    "Telling",
    "declare_notice",
    "is_notice_queued",
    "mark_read",
    "notice_kinds",
    "send_again",
    "sentence_of",
    "tell",
    "tell_many",
]

NOT_WANTED = "not wanted by mail"


@dataclass(frozen=True)
class LinkWish:
    """An access link that the mail shall carry; it is made when the mail is written."""

    purpose: LinkPurpose
    target: Target


@dataclass(frozen=True)
class Telling:
    """One thing to tell one person. ``facts`` are plain values; ``due`` holds the mail back beyond the person's pace.

    The page at ``url`` is shown in the portal and, without ``link``, in the mail.
    """

    recipient: User
    kind: NoticeKind
    facts: Mapping[str, Any]
    url: str = ""
    dedupe_key: str = ""
    link: LinkWish | None = None
    due: "dt.datetime | None" = None


def tell(
    recipient: User,
    kind: NoticeKind,
    *,
    facts: Mapping[str, Any],
    url: str = "",
    dedupe_key: str = "",
    link: LinkWish | None = None,
) -> None:
    """Write a notice in the current transaction; a ``dedupe_key`` that is known already tells nothing twice."""
    telling = Telling(recipient, kind, facts, url, dedupe_key, link)
    now = timezone.localtime()
    chosen: Chosen = {} if kind.binding else choices_of([recipient.pk], [kind.kind])
    row = _row(telling, chosen, now)
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    if row.state == NoticeState.QUEUED and row.due_at <= now:
        enqueue("accounts.send_notices", {"recipient_id": recipient.pk}, dedupe_key=f"notices:{uuid.uuid4().hex}")


def tell_many(tellings: Sequence[Telling]) -> None:
    """Write many notices in the current transaction: three statements, however many people are told."""
    now = timezone.localtime()
    chosen = choices_of({t.recipient.pk for t in tellings}, {t.kind.kind for t in tellings})
    rows = [_row(telling, chosen, now) for telling in tellings]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    people = {row.recipient_id for row in rows if row.state == NoticeState.QUEUED and row.due_at <= now}
    batch = uuid.uuid4().hex
    enqueue_many(
        "accounts.send_notices",
        [({"recipient_id": person}, f"notices:{batch}:{person}") for person in sorted(people)],
    )


def _row(telling: Telling, chosen: Chosen, now: "dt.datetime") -> Notice:
    due = due_at(frequency_of(telling.recipient, telling.kind, chosen), now)
    if due is not None and telling.due is not None:
        due = max(due, telling.due)
    return Notice(
        recipient=telling.recipient,
        kind=telling.kind.kind,
        facts=dict(telling.facts),
        url=telling.url,
        urgent=telling.kind.urgent,
        dedupe_key=telling.dedupe_key or None,
        due_at=now if due is None else due,
        link=pack_link(telling.link) if telling.link else None,
        state=NoticeState.SKIPPED if due is None else NoticeState.QUEUED,
        reason=NOT_WANTED if due is None else "",
    )


def is_notice_queued(recipient: User, kind: NoticeKind, link: LinkWish) -> bool:
    """Say whether a notice of this kind with this link waits for the recipient's next mail already."""
    waiting = Notice.objects.filter(recipient=recipient, kind=kind.kind, state=NoticeState.QUEUED)
    return any(row.link == pack_link(link) for row in waiting.only("link", "state"))


def pack_link(link: LinkWish) -> dict[str, Any]:
    """Return the wish as the row keeps it."""
    return {
        "purpose": link.purpose.value,
        "label": link.target.label,
        "pk": link.target.pk,
        "scope": link.target.scope,
    }


# -- reading ------------------------------------------------------------------------------------------------------


def sentence_of(notice: Notice) -> str:
    """Return what the notice says, in the active language; an unknown kind says its name."""
    kind = kind_of(notice.kind)
    return str(kind.sentence) % notice.facts if kind else notice.kind


def mark_read(notices: "QuerySet[Notice] | Sequence[Notice]", *, actor: User) -> int:
    """Mark the actor's own notices as read; returns how many were unread."""
    keys: Any = notices.values("pk") if isinstance(notices, QuerySet) else [n.pk for n in notices]
    own = Notice.objects.filter(pk__in=keys, recipient=actor, read_at__isnull=True)
    return own.update(read_at=timezone.now(), version=F("version") + 1)


def send_again(rows: "QuerySet[Notice]", *, actor: User) -> int:
    """Put notices that the mail server refused back into the queue; returns how many. Raises ``NotAllowed``."""
    if not is_superuser(actor):
        raise NotAllowed
    moved = perform_many(rows.filter(state=NoticeState.FAILED), "try_again", actor=SYSTEM).moved
    people = Notice.objects.filter(pk__in=moved).order_by().values_list("recipient", flat=True).distinct()
    batch = uuid.uuid4().hex
    enqueue_many("accounts.send_notices", [({"recipient_id": pk}, f"notices:{batch}:{pk}") for pk in people])
    return len(moved)
