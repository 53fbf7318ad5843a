"""Notices: what we tell a person, in the portal and by mail, from one row."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Notice, User
from apps.accounts.services.links import Target, issue_link
from apps.accounts.states import LinkPurpose, NoticeFrequency, NoticeState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import Text
from portal.kernel.fsm import perform_many
from portal.kernel.mail import AddressRefusedError, Attachment, Letter, send_letter
from portal.kernel.tasks import enqueue

FRIDAY = 4
UNSUBSCRIBE_SALT = "notices.unsubscribe"


@dataclass(frozen=True)
class NoticeKind:
    """One kind of thing that we tell. ``subject`` and ``sentence`` hold ``%(name)s`` places for the facts.

    ``why`` says why the person gets it; ``urgent`` kinds go out at once, the others in the person's digest.
    ``attach`` makes a file for the mail out of the facts, in the recipient's language.
    """

    kind: str
    subject: Text
    sentence: Text
    button: Text
    why: Text
    urgent: bool = False
    attach: Callable[[Mapping[str, Any]], Attachment] | None = None


_kinds: dict[str, NoticeKind] = {}


def declare_notice(kind: NoticeKind) -> NoticeKind:
    """Register a kind; apps do so in ``notifications.py``, the golden list of notices is made from this."""
    _kinds[kind.kind] = kind
    return kind


def notice_kinds() -> list[NoticeKind]:
    """Return every registered kind, sorted by name."""
    return sorted(_kinds.values(), key=lambda k: k.kind)


@dataclass(frozen=True)
class LinkWish:
    """An access link that the mail shall carry; it is made when the mail is written."""

    purpose: LinkPurpose
    target: Target


def tell(
    recipient: User,
    kind: NoticeKind,
    *,
    facts: Mapping[str, Any],
    url: str = "",
    dedupe_key: str = "",
    link: LinkWish | None = None,
) -> None:
    """Write a notice in the current transaction; a ``dedupe_key`` that is known already tells nothing twice.

    ``facts`` are plain values; the page at ``url`` is shown in the portal and, without ``link``, in the mail.
    """
    row = Notice(
        recipient=recipient,
        kind=kind.kind,
        facts=dict(facts),
        url=url,
        urgent=kind.urgent,
        dedupe_key=dedupe_key or None,
        due_at=_due(recipient, kind),
        link=_pack(link) if link else None,
    )
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    if row.due_at <= timezone.now():
        enqueue("accounts.send_notices", {"recipient_id": recipient.pk}, dedupe_key=f"notices:{uuid.uuid4().hex}")


def is_notice_queued(recipient: User, kind: NoticeKind, link: LinkWish) -> bool:
    """Say whether a notice of this kind with this link waits for the recipient's next mail already."""
    waiting = Notice.objects.filter(recipient=recipient, kind=kind.kind, state=NoticeState.QUEUED)
    return any(row.link == _pack(link) for row in waiting.only("link", "state"))


def _pack(link: LinkWish) -> dict[str, Any]:
    return {
        "purpose": link.purpose.value,
        "label": link.target.label,
        "pk": link.target.pk,
        "scope": link.target.scope,
    }


def _due(recipient: User, kind: NoticeKind) -> dt.datetime:
    now = timezone.localtime()
    if kind.urgent or recipient.notice_frequency == NoticeFrequency.AT_ONCE:
        return now
    due = now.replace(hour=settings.DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if due <= now:
        due += dt.timedelta(days=1)
    if recipient.notice_frequency == NoticeFrequency.WEEKLY:
        due += dt.timedelta(days=(FRIDAY - due.weekday()) % 7)
    return due


# -- reading ------------------------------------------------------------------------------------------------------


def sentence_of(notice: Notice) -> str:
    """Return what the notice says, in the active language; an unknown kind says its name."""
    kind = _kinds.get(notice.kind)
    return str(kind.sentence) % notice.facts if kind else notice.kind


def mark_read(notices: Sequence[Notice], *, actor: User) -> int:
    """Mark the actor's own notices as read; returns how many were unread."""
    own = Notice.objects.filter(pk__in=[n.pk for n in notices], recipient=actor, read_at__isnull=True)
    return own.update(read_at=timezone.now())


# -- sending ------------------------------------------------------------------------------------------------------


def send_digests() -> int:
    """Wake the sending for everybody who has something due; the beat table calls this. Returns how many people."""
    due = Notice.objects.filter(state=NoticeState.QUEUED, due_at__lte=timezone.now())
    people = list(due.order_by().values_list("recipient", flat=True).distinct())
    stamp = timezone.now().strftime("%Y%m%d%H%M")
    for recipient_id in people:
        enqueue("accounts.send_notices", {"recipient_id": recipient_id}, dedupe_key=f"digest:{recipient_id}:{stamp}")
    return len(people)


def send_notices(recipient_id: int) -> None:
    """Put everything that is due for one person into one mail.

    A mail cannot be sent exactly once: the only window is a crash between the server's answer and our mark, and the
    Message-ID is fixed before, so that the reader's program shows one. Raises what the mail server raises when it
    is away; the outbox tries again.
    """
    due = Notice.objects.filter(recipient=recipient_id, state=NoticeState.QUEUED, due_at__lte=timezone.now())
    notices = list(due.select_related("recipient").order_by("id"))
    if not notices:
        return
    recipient = notices[0].recipient
    mine = Notice.objects.filter(pk__in=[n.pk for n in notices])
    if not recipient.email or not recipient.is_active:
        perform_many(mine, "skip", actor=SYSTEM, reason="no address")
        return
    message_id = notices[0].message_id or f"<{uuid.uuid4()}@{settings.SITE_URL.split('://')[-1].split(':')[0]}>"
    mine.update(message_id=message_id)
    try:
        send_letter(write_letter(recipient, notices, message_id))
    except AddressRefusedError as error:
        perform_many(mine, "mark_failed", actor=SYSTEM, reason=str(error))
    else:
        perform_many(mine, "mark_sent", actor=SYSTEM)


@dataclass(frozen=True)
class Line:
    """One thing in a mail: what happened, the button's word and where it leads."""

    subject: str
    sentence: str
    button: str
    address: str
    why: str


def write_letter(recipient: User, notices: Sequence[Notice], message_id: str) -> Letter:
    """Write the mail in the recipient's language; secrets of links come into being here and are stored nowhere."""
    with translation.override(recipient.language or settings.LANGUAGE_CODE):
        lines = [_line(notice) for notice in notices if notice.kind in _kinds]
        subject = lines[0].subject
        if len(lines) > 1:
            more = len(lines) - 1
            subject += " " + ngettext("and one more thing", "and %(count)d more things", more) % {"count": more}
        unsubscribe = settings.SITE_URL + reverse(
            "unsubscribe", args=[signing.dumps(recipient.pk, salt=UNSUBSCRIBE_SALT)]
        )
        context = {
            "recipient": recipient,
            "lines": lines,
            "subject": subject,
            "unsubscribe_url": unsubscribe,
            "university_name": settings.UNIVERSITY_NAME,
            "greeting": _("Hello %(name)s,") % {"name": recipient},
        }
        return Letter(
            to=recipient.email,
            subject=subject,
            text=render_to_string("emails/notices.txt", context),
            html=render_to_string("emails/notices.html", context),
            message_id=message_id,
            headers={
                "List-Unsubscribe": f"<{unsubscribe}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            attachments=[file for notice in notices if (file := _attachment(notice)) is not None],
        )


def _attachment(notice: Notice) -> Attachment | None:
    kind = _kinds.get(notice.kind)
    return kind.attach(notice.facts) if kind and kind.attach else None


def _line(notice: Notice) -> Line:
    kind = _kinds[notice.kind]
    if notice.link:
        wish = notice.link
        target = Target(wish["label"], wish["pk"], wish["scope"])
        address = issue_link(notice.recipient, LinkPurpose(wish["purpose"]), target, actor=SYSTEM)
    else:
        address = settings.SITE_URL + (notice.url or reverse("home"))
    return Line(
        subject=str(kind.subject) % notice.facts,
        sentence=str(kind.sentence) % notice.facts,
        button=str(kind.button),
        address=address,
        why=str(kind.why) % notice.facts,
    )


def person_of_token(token: str) -> User | None:
    """Return whose address for fewer mails this is; None if the address is not ours. Changes nothing."""
    try:
        pk = signing.loads(token, salt=UNSUBSCRIBE_SALT)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=pk).first()


def unsubscribe(token: str) -> User | None:
    """Put the person of a one-click address on the weekly digest; None if the address is not ours."""
    person = person_of_token(token)
    if person is not None:
        person.notice_frequency = NoticeFrequency.WEEKLY
        person.save(update_fields=["notice_frequency"])
    return person
