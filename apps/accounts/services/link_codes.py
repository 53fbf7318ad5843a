"""Six-digit codes before a link acts, for installations that ask for them: mailed apart from the link.

A link is a secret in a mailbox and is forwarded as easily as any mail. With ``SiteSettings.link_codes`` on, whoever
opens one has to type a code that is mailed at that moment, so that an old or forwarded mail opens nothing.
"""

import datetime as dt
import secrets
import uuid
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import AccessLink, LinkCode
from apps.accounts.selectors import frame_of_mails
from apps.accounts.services.limits import HOUR_S, Limit, network_of, take
from portal.kernel.errors import RuleViolation
from portal.kernel.mail import AddressRefusedError, Letter, send_letter

LIFETIME: Final = dt.timedelta(minutes=10)
MOST_TRIES: Final = 5
DIGITS: Final = 6
CODES_OF_LINK: Final = Limit("link_code", 5, HOUR_S)
CODES_OF_ADDRESS: Final = Limit("link_code_address", 30, HOUR_S)


def send_code(link: AccessLink, *, address: str) -> None:
    """Mail a new code to the person of the link; codes sent before are good for nothing from then on.

    Raises ``TooManyTries``, and ``RuleViolation`` ``code_not_sent`` where the mail server takes no mail now.
    """
    take(CODES_OF_LINK, str(link.pk))
    take(CODES_OF_ADDRESS, network_of(address))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with transaction.atomic():
        _good(link).update(expires_at=timezone.now())
        LinkCode.objects.create(link=link, code_hash=_hash(link, code), expires_at=timezone.now() + LIFETIME)
    try:
        send_letter(_letter(link, code))
    except (AddressRefusedError, OSError) as error:
        raise RuleViolation("code_not_sent", _("The code cannot be mailed now. Try again in a few minutes.")) from error


def check_code(link: AccessLink, typed: str) -> None:
    """Take the code that was typed; it is good once.

    Raises ``RuleViolation`` with the field: ``code_wrong``, or ``code_gone`` where none was sent, it is older than ten
    minutes or was tried five times.
    """
    tries_left = _try(link, "".join(sign for sign in typed if sign.isdecimal()))
    if tries_left is None:
        return
    if tries_left <= 0:
        raise RuleViolation("code_gone", _("This code does not work any more. Ask for a new one."), field="code")
    words = ngettext(
        "This is not the code. You can try %(n)d more time.",
        "This is not the code. You can try %(n)d more times.",
        tries_left,
    )
    raise RuleViolation("code_wrong", words % {"n": tries_left}, field="code")


def _try(link: AccessLink, typed: str) -> int | None:
    """Count the try, whatever comes of it; None if it was right, else how many are left."""
    with transaction.atomic():
        code = _good(link).select_for_update().order_by("-pk").first()
        if code is None:
            return 0
        code.tries += 1
        # Other digits are digits, too: a phone may type those of its own language.
        plain = "".join(str(int(sign)) for sign in typed)
        is_right = constant_time_compare(code.code_hash, _hash(link, plain))
        if is_right:
            code.used_at = timezone.now()
        code.save(update_fields=["tries", "used_at", "updated_at"])
    return None if is_right else MOST_TRIES - code.tries


def _good(link: AccessLink) -> QuerySet[LinkCode]:
    return LinkCode.objects.filter(link=link, used_at__isnull=True, expires_at__gt=timezone.now(), tries__lt=MOST_TRIES)


def _hash(link: AccessLink, code: str) -> str:
    """Return the keyed digest under which a code is kept: without the installation's key a million is soon tried."""
    return salted_hmac("apps.accounts.link_codes", f"{link.pk}:{code}", algorithm="sha256").hexdigest()


def _letter(link: AccessLink, code: str) -> Letter:
    person = link.user
    with translation.override(person.language or settings.LANGUAGE_CODE):
        # The code itself stands in the mail only: a locked phone shows subjects to everybody.
        subject = _("The code for your link")
        context = {
            "subject": subject,
            "code": code,
            "fact": _("Type this code on the page that you have opened. It works once, for ten minutes."),
            "why": _("You get this because somebody opened a link that was mailed to you. Was it not you? Do nothing."),
            **frame_of_mails(),
        }
        return Letter(
            to=person.email,
            subject=subject,
            text=render_to_string("emails/link_code.txt", context),
            html=render_to_string("emails/link_code.html", context),
            message_id=f"<{uuid.uuid4().hex}@{settings.SITE_URL.partition('://')[2].partition(':')[0]}>",
        )
