"""What people say about the portal itself: mailed to who runs it, kept nowhere."""

import uuid
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.accounts.selectors import active_superusers, frame_of_mails
from apps.accounts.services.limits import HOUR_S, Limit, take
from portal.kernel.errors import RuleViolation
from portal.kernel.mail import AddressRefusedError, Letter, send_letter
from portal.kernel.tasks import enqueue

GIVEN: Final = Limit("feedback", 5, HOUR_S)
MOST: Final = 4000
SEND: Final = "accounts.send_feedback"


def give_feedback(text: str, *, actor: User) -> None:
    """Mail what somebody says to the superusers. Raises ``RuleViolation`` ``text_missing``, ``TooManyTries``."""
    text = "".join(sign for sign in text if sign.isprintable() or sign == "\n").strip()[:MOST]
    if not text:
        raise RuleViolation("text_missing", gettext_lazy("Write what you want to say."), field="message")
    take(GIVEN, f"person:{actor.pk}")
    enqueue(SEND, {"user_id": actor.pk, "text": text})


def send_feedback(user_id: int, text: str) -> None:
    """Write to every superuser who has an address."""
    person = User.objects.filter(pk=user_id).first()
    if person is None:
        return
    for reader in active_superusers().exclude(email=""):
        try:
            send_letter(_letter(reader, person, text))
        except AddressRefusedError:
            continue


def _letter(reader: User, person: User, text: str) -> Letter:
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        context = {
            "subject": _("Feedback on the portal"),
            "fact": text,
            "action_url": settings.SITE_URL + reverse("admin:accounts_user_change", args=[person.pk]),
            "action_label": _("Look at the person"),
            "why": _("You get this because you look after the portal."),
            **frame_of_mails(),
        }
        return Letter(
            to=reader.email,
            subject=str(context["subject"]),
            text=render_to_string("emails/account.txt", context),
            html=render_to_string("emails/account.html", context),
            message_id=f"<{uuid.uuid4().hex}@{settings.SITE_URL.partition('://')[2].partition(':')[0]}>",
        )
