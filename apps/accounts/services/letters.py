"""Mails about an account that carry a secret: made when they are sent, stored nowhere."""

import uuid
from enum import StrEnum
from typing import Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import frame_of_mails
from portal.kernel.errors import Text
from portal.kernel.mail import AddressRefusedError, Letter, send_letter


class Occasion(StrEnum):
    """Why a letter is written."""

    RESET = "reset"
    CONFIRM_EMAIL = "confirm_email"
    EMAIL_CHANGED = "email_changed"
    REGISTER = "register"
    KNOWN_ALREADY = "known_already"


# Subject, fact, button, why.
_WORDS: Final[dict[Occasion, tuple[Text, Text, Text, Text]]] = {
    Occasion.RESET: (
        _("Choose a new password"),
        _("Somebody asked for a new password for your account. Open this to choose one; it works once, for one day."),
        _("Choose a password"),
        _("Was it not you? Then do nothing: your password stays as it is."),
    ),
    Occasion.CONFIRM_EMAIL: (
        _("Confirm your address"),
        _("Confirm that this is your address."),
        _("Confirm the address"),
        _("You get this because somebody entered this address as their own. Was it not you? Then do nothing."),
    ),
    Occasion.EMAIL_CHANGED: (
        _("Your address was changed"),
        _("Your account has another e-mail address now. If it was not you, tell your coordinator at once."),
        _("Open the portal"),
        _("You get this at your old address."),
    ),
    Occasion.REGISTER: (
        _("Go on with your registration"),
        _("Open this to choose a password and enter who you are; it works once, for one day."),
        _("Go on"),
        _("You get this because somebody wants to register with this address. Was it not you? Then do nothing."),
    ),
    Occasion.KNOWN_ALREADY: (
        _("You have an account already"),
        _("Somebody wanted to register with this address, but you have an account already. Sign in with it."),
        _("Sign in"),
        _("Was it not you? Then do nothing. Forgotten your password? The page to sign in helps."),
    ),
}


def send_account_letter(occasion: Occasion, to: str, address: str, *, language: str) -> None:
    """Send the letter; a recipient whom the mail server refuses for good gets none, and nobody is told.

    Raises whatever the connection raises when the server is away.
    """
    subject, fact, button, why = _WORDS[occasion]
    with translation.override(language or settings.LANGUAGE_CODE):
        context = {
            "subject": str(subject),
            "fact": fact,
            "action_url": address,
            "action_label": button,
            "why": why,
            **frame_of_mails(),
        }
        letter = Letter(
            to=to,
            subject=str(subject),
            text=render_to_string("emails/account.txt", context),
            html=render_to_string("emails/account.html", context),
            message_id=f"<{uuid.uuid4().hex}@{settings.SITE_URL.partition('://')[2].partition(':')[0]}>",
        )
    try:
        send_letter(letter)
    except AddressRefusedError:
        return


def send_reset_letter(email: str, language: str = "") -> None:
    """Send an active person with this address a link to choose a password; an unknown address gets nothing."""
    for person in User.objects.filter(email=email, is_active=True):
        token = default_token_generator.make_token(person)
        path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), token])
        send_account_letter(Occasion.RESET, email, settings.SITE_URL + path, language=person.language or language)
