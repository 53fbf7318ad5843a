"""A link once more, because a coordinator asks for it: by mail, or as a text to paste into a chat."""

import uuid
from dataclasses import dataclass, replace
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.models import AccessLink, Notice, User
from apps.accounts.selectors import links_revocable_by
from apps.accounts.services.history import note_history
from apps.accounts.services.links import LIFETIME, Target, issue_link
from apps.accounts.services.notice_kinds import kind_of
from apps.accounts.services.notices import LinkWish, pack_link, sentence_of, tell
from apps.accounts.states import LinkPurpose
from portal.kernel.errors import NotAllowed, RuleViolation


@dataclass(frozen=True)
class ChatText:
    """What is pasted into a chat, in the language of whom it is for; ``whatsapp`` opens that program with it."""

    text: str
    whatsapp: str


def send_link_again(link: AccessLink, *, actor: User) -> None:
    """Mail what the link was sent with once more, at once; the new link revokes the old one.

    Raises ``NotAllowed`` for who does not coordinate what it opens, and ``RuleViolation`` ``link_used`` where that is
    done already, or ``mail_unknown`` where nobody knows any more what was written.
    """
    _check(link, actor)
    notice = _notice_of(link)
    kind = kind_of(notice.kind) if notice is not None else None
    if notice is None or kind is None:
        raise RuleViolation("mail_unknown", _("What was written with this link is not kept any more."))
    with transaction.atomic():
        note_history(link, "send_again", actor=actor, department_id=None)
        tell(
            link.user,
            replace(kind, urgent=True, binding=True),
            facts=notice.facts,
            url=notice.url,
            link=_wish(link),
            dedupe_key=f"link-again:{link.pk}:{uuid.uuid4().hex}",
        )


def make_chat_text(link: AccessLink, *, actor: User) -> ChatText:
    """Make a new link for the same person and thing, and a text around it; the only time that its secret is shown.

    Who makes it could open it: the link names the maker, and so does the history. Raises as ``send_link_again``.
    """
    _check(link, actor)
    notice, wish = _notice_of(link), _wish(link)
    with transaction.atomic():
        note_history(link, "make_for_chat", actor=actor, department_id=None)
        address = issue_link(link.user, wish.purpose, wish.target, actor=actor)
    person = link.user
    with translation.override(person.language or settings.LANGUAGE_CODE):
        words = sentence_of(notice) if notice is not None else str(link.get_purpose_display())
        until = _("The link works without an account, once, until %(day)s.")
        lines = [
            _("Hello %(name)s,") % {"name": person},
            words,
            address,
            until % {"day": date_format(timezone.localdate() + LIFETIME, "j F")},
            settings.UNIVERSITY_NAME,
        ]
        text = "\n".join(lines)
    number = "".join(sign for sign in person.phone if sign.isdecimal()) if person.phone.startswith("+") else ""
    return ChatText(text, f"https://wa.me/{number}?text={quote(text)}")


def _check(link: AccessLink, actor: User) -> None:
    if not links_revocable_by(actor).filter(pk=link.pk).exists():
        raise NotAllowed
    if link.used_at is not None:
        raise RuleViolation("link_used", _("This link has been used: what it was for is done."))
    if not link.user.is_active:
        raise RuleViolation("person_left", _("This person is not here any more."))


def _wish(link: AccessLink) -> LinkWish:
    return LinkWish(LinkPurpose(link.purpose), Target(link.target_label, link.target_id, link.scope))


def _notice_of(link: AccessLink) -> Notice | None:
    """Return the newest notice that carried a link to the same thing for the same person."""
    wanted = pack_link(_wish(link))
    rows = Notice.objects.filter(recipient=link.user_id, link__isnull=False).order_by("-id")
    return next((row for row in rows[:500] if row.link == wanted), None)
