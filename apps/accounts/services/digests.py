"""Mails out of notices: everything that is due for one person goes into one mail."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Notice, User
from apps.accounts.selectors import frame_of_mails
from apps.accounts.services.bounces import is_paused, note_refusal, return_path
from apps.accounts.services.choices import DIGEST, unsubscribe_token
from apps.accounts.services.links import Target, issue_link
from apps.accounts.services.notice_kinds import NoticeKind, kind_of, subject_of
from apps.accounts.states import LinkPurpose, NoticeState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import Text
from portal.kernel.fsm import perform_many
from portal.kernel.mail import AddressRefusedError, Attachment, Letter, send_letter
from portal.kernel.tasks import enqueue_many

# Shorter than the lease of the outbox: whoever takes over from a worker that died finds the notices free.
LEASE: Final = dt.timedelta(seconds=110)
# One mail lists no more; the portal has the rest. What carries a link of its own is always listed.
MOST_LINES: Final = 30


def send_digests() -> int:
    """Wake the sending for everybody who has something due; the beat table calls this. Returns how many people.

    Two queries however many: the key is that of the newest notice, so that nobody is woken twice for the same while
    the mail server is away.
    """
    due = _due(timezone.now()).order_by().values("recipient").annotate(newest=Max("pk"))
    people = list(due.values_list("recipient", "newest"))
    work = [({"recipient_id": person}, f"digest:{person}:{newest}") for person, newest in people]
    enqueue_many("accounts.send_notices", work)
    return len(people)


def _due(now: dt.datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(state=NoticeState.QUEUED, due_at__lte=now)


def send_notices(recipient_id: int) -> None:
    """Put everything that is due for one person into one mail.

    A mail cannot be sent exactly once: the only window is a crash between the server's answer and our mark, and the
    Message-ID is fixed before, so that the reader's program shows one. Raises what the mail server raises when it
    is away; the outbox tries again.
    """
    notices = _take(recipient_id)
    if not notices:
        return
    recipient = notices[0].recipient
    why = _unreachable(recipient)
    if why:
        _settle(notices, "skip", why)
        return
    notices = _still_open(notices)
    if not notices:
        return
    mine = Notice.objects.filter(pk__in=[n.pk for n in notices])
    try:
        send_letter(write_letter(recipient, notices, notices[0].message_id))
    except AddressRefusedError as error:
        _settle(notices, "mark_failed", str(error))
        note_refusal(recipient, str(error))
    except Exception:
        mine.update(taken_until=None)
        raise
    else:
        _settle(notices, "mark_sent")


def _take(recipient_id: int) -> list[Notice]:
    """Lease what is due and fix the mail's Message-ID; of several workers exactly one gets each notice."""
    now = timezone.now()
    with transaction.atomic():
        free = Q(taken_until__isnull=True) | Q(taken_until__lt=now)
        rows = _due(now).filter(free, recipient=recipient_id).order_by("pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        notices = list(rows.select_related("recipient__mail_trouble"))
        if notices:
            message_id = _message_id(notices)
            taken = Notice.objects.filter(pk__in=[n.pk for n in notices])
            taken.update(taken_until=now + LEASE, attempts=F("attempts") + 1, message_id=message_id)
            notices[0].message_id = message_id
    return notices


def _message_id(notices: Sequence[Notice]) -> str:
    known = next((n.message_id for n in notices if n.message_id), "")
    return known or f"<{uuid.uuid4()}@{settings.SITE_URL.split('://')[-1].split(':')[0]}>"


def _unreachable(recipient: User) -> str:
    if not recipient.email or not recipient.is_active:
        return "no address"
    return "address bounces" if is_paused(recipient) else ""


def _settle(notices: Iterable[Notice], move: str, reason: str = "") -> None:
    perform_many(Notice.objects.filter(pk__in=[n.pk for n in notices]), move, actor=SYSTEM, reason=reason)


def _still_open(notices: Sequence[Notice]) -> list[Notice]:
    """Leave out what needs no mail any more: read in the portal before the digest went out, or settled meanwhile."""
    read = [n for n in notices if n.read_at is not None and not n.urgent and not n.link]
    settled = [n for n in notices if n not in read and not _is_open(n)]
    if read:
        _settle(read, "skip", "read in the portal")
    if settled:
        _settle(settled, "skip", "settled meanwhile")
    return [n for n in notices if n not in read and n not in settled]


def _is_open(notice: Notice) -> bool:
    kind = kind_of(notice.kind)
    return kind is None or kind.still is None or kind.still(notice.facts)


# -- writing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One thing in a mail: what happened, the button's word and where it leads."""

    subject: str
    sentence: str
    button: str
    address: str
    why: str


@dataclass(frozen=True)
class Section:
    """What a mail with many things says of one subject: its name, and the lines in the order in which they happened."""

    title: Text
    lines: list[Line]


def write_letter(recipient: User, notices: Sequence[Notice], message_id: str) -> Letter:
    """Write the mail in the recipient's language; secrets of links come into being here and are stored nowhere."""
    told = [(notice, kind) for notice in notices if (kind := kind_of(notice.kind)) is not None]
    with translation.override(recipient.language or settings.LANGUAGE_CODE):
        # What was decided comes first, whatever else happened before it.
        told.sort(key=lambda pair: not pair[1].urgent)
        sections, left_out = _sections(told)
        lines = [line for section in sections for line in section.lines]
        context = {
            "recipient": recipient,
            "lines": lines,
            "sections": sections,
            "left_out": left_out,
            "all_url": settings.SITE_URL + reverse("notices"),
            "reasons": list(dict.fromkeys(line.why for line in lines)),
            "subject": _subject(lines, left_out),
            **frame_of_mails(),
            "greeting": _("Hello %(name)s,") % {"name": recipient},
            **_ways_out(recipient, [kind for _notice, kind in told]),
        }
        url = context["unsubscribe_url"]
        one_click = {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        return Letter(
            to=recipient.email,
            subject=str(context["subject"]),
            text=render_to_string("emails/notices.txt", context),
            html=render_to_string("emails/notices.html", context),
            message_id=message_id,
            headers=one_click if url else {},
            attachments=[file for notice, kind in told if (file := _attachment(notice, kind)) is not None],
            return_path=return_path(recipient),
        )


def _subject(lines: Sequence[Line], left_out: int) -> str:
    subject, more = (lines[0].subject if lines else ""), len(lines) - 1 + left_out
    if more > 0:
        subject += " " + ngettext("and one more thing", "and %(count)d more things", more) % {"count": more}
    return subject


def _ways_out(recipient: User, kinds: Sequence[NoticeKind]) -> dict[str, str]:
    """Return the addresses at the mail's foot; none for a mail that only says what nobody may unsubscribe from."""
    stoppable = [kind for kind in kinds if not kind.binding]
    if not stoppable:
        return {"unsubscribe_url": "", "choices_url": "", "stops": ""}
    token = unsubscribe_token(recipient, [kind.kind for kind in stoppable])
    one = len({kind.kind for kind in stoppable}) == 1
    return {
        "unsubscribe_url": settings.SITE_URL + reverse("unsubscribe", args=[token]),
        "choices_url": settings.SITE_URL + reverse("mail_choices_by_token", args=[token]),
        "stops": str(stoppable[0].label or stoppable[0].kind) if one else DIGEST,
    }


def _sections(told: Sequence[tuple[Notice, NoticeKind]]) -> tuple[list[Section], int]:
    listed: list[tuple[Notice, NoticeKind]] = []
    left_out = 0
    for notice, kind in told:
        if len(listed) < MOST_LINES or notice.link:
            listed.append((notice, kind))
        else:
            left_out += 1
    found: dict[str, Section] = {}
    for notice, kind in listed:
        app, title = subject_of(kind.kind)
        found.setdefault(app, Section(title, [])).lines.append(_line(notice, kind))
    return list(found.values()), left_out


def _attachment(notice: Notice, kind: NoticeKind) -> Attachment | None:
    return kind.attach(notice.facts) if kind.attach else None


def _line(notice: Notice, kind: NoticeKind) -> Line:
    if notice.link:
        wish: dict[str, Any] = notice.link
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
