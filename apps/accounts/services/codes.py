"""Six-digit codes by mail for programs that ask for one beside their own pages.

A code shows that somebody reads the mailbox now, and opens nothing by itself. None is stored: it is made of the
installation's secret, the subject and the time, counts for five to ten minutes, once, and is tried five times at most.
Whether there is anybody behind an address or a telephone number is never said.
"""

import uuid
from typing import Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.accounts.selectors import frame_of_mails, look_alikes_of
from apps.accounts.services.limits import HOUR_S, Limit, take
from apps.accounts.services.people import change_details
from portal.kernel.addresses import read_email
from portal.kernel.errors import RuleViolation, TooManyTries
from portal.kernel.mail import AddressRefusedError, Letter, send_letter
from portal.kernel.tasks import enqueue

WINDOW_S: Final = 300
DIGITS: Final = 6
SENT: Final = Limit("code_sent", 5, HOUR_S)
TRIED: Final = Limit("code_tried", 5, 2 * WINDOW_S)
USED: Final = Limit("code_used", 1, 2 * WINDOW_S)
SEND: Final = "accounts.send_code"


def ask_for_code(email: str = "", phone: str = "", *, language: str = "") -> None:
    """Mail a code to an address, or to that of the account with this telephone number; we send no text messages.

    Raises ``TooManyTries`` and ``RuleViolation`` ``email_unreadable``. ``phone`` is in its stored form.
    """
    subject = _subject(read_email(email), phone)
    take(SENT, subject)
    enqueue(SEND, {"email": read_email(email), "phone": phone, "language": language})


def send_code(email: str, phone: str, language: str = "") -> None:
    """Mail the code of now; a number that belongs to no account, or to several, gets none."""
    subject, address = _subject(email, phone), email
    if not email:
        people = list(User.objects.filter(phone=phone, is_active=True).exclude(email="")[:2])
        address = people[0].email if len(people) == 1 else ""
    if address:
        try:
            send_letter(_letter(address, code_of(subject, _window()), language))
        except AddressRefusedError:
            return


def check_code(typed: str, email: str = "", phone: str = "") -> None:
    """Take the code that was typed; it is good once. Raises ``TooManyTries``, ``RuleViolation`` ``code_wrong``."""
    subject = _subject(read_email(email), phone)
    take(TRIED, subject)
    now = _window()
    if not any(constant_time_compare(typed.strip(), code_of(subject, window)) for window in (now, now - 1)):
        raise RuleViolation("code_wrong", gettext_lazy("The code is wrong or too old. Ask for a new one."), field="otp")
    try:
        take(USED, f"{subject}:{typed.strip()}")
    except TooManyTries as error:
        raise RuleViolation("code_wrong", gettext_lazy("The code was used already."), field="otp") from error


def confirm_by_code(email: str, typed: str) -> None:
    """Make an address that waits beside a person the person's own, as the link in the mail does.

    An address that waits beside nobody, or beside several, or is somebody's already, changes nothing. Raises as
    ``check_code``.
    """
    check_code(typed, email)
    email = read_email(email)
    waiting = list(EmailAddress.objects.filter(email=email, verified=False).select_related("user")[:2])
    if len(waiting) != 1 or look_alikes_of(email).exclude(pk=waiting[0].user_id).exists():
        return
    person = waiting[0].user
    with transaction.atomic():
        change_details(person, {"email": email}, actor=person)
        EmailAddress.objects.filter(user=person).exclude(email=email).delete()
        EmailAddress.objects.filter(user=person, email=email).update(verified=True, primary=True)


def code_of(subject: str, window: int) -> str:
    """Return the code of a subject at a time."""
    digest = salted_hmac("apps.accounts.codes", f"{subject}:{window}", algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 10**DIGITS:0{DIGITS}d}"


def _subject(email: str, phone: str) -> str:
    if not email and not phone:
        raise RuleViolation("nobody_named", gettext_lazy("Enter an address or a telephone number."), field="email")
    return f"mail:{email}" if email else f"phone:{phone}"


def _window() -> int:
    return int(timezone.now().timestamp()) // WINDOW_S


def _letter(to: str, code: str, language: str) -> Letter:
    with translation.override(language or settings.LANGUAGE_CODE):
        # The code itself stands in the mail only: a locked phone shows subjects to everybody.
        subject = _("Your code")
        context = {
            "subject": subject,
            "code": code,
            "fact": _("Type this code where you were asked for it. It works once, for a few minutes."),
            "why": _("You get this because somebody entered your address or number. Was it not you? Do nothing."),
            **frame_of_mails(),
        }
        return Letter(
            to=to,
            subject=subject,
            text=render_to_string("emails/link_code.txt", context),
            html=render_to_string("emails/link_code.html", context),
            message_id=f"<{uuid.uuid4().hex}@{settings.SITE_URL.partition('://')[2].partition(':')[0]}>",
        )
