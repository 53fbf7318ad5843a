"""A new password by the link of a letter, for programs that have the page for it themselves."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import url_str_to_user_pk
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.registration import check_password
from portal.kernel.errors import RuleViolation


def choose_password(uid: str, token: str, password: str) -> User:
    """Set the password of the person to whom the letter went; the link is good once, for a day.

    Raises ``RuleViolation`` ``key_wrong`` whatever is wrong with the link, and ``password_refused``.
    """
    person = _person(uid)
    if person is None or not default_token_generator.check_token(person, token):
        raise RuleViolation("key_wrong", _("This link does not work any more. Ask for a new one."), field="token")
    check_password(password, person)
    get_adapter().set_password(person, password)
    return person


def _person(uid: str) -> User | None:
    try:
        key = url_str_to_user_pk(uid)
    except (ValueError, ValidationError, OverflowError):
        return None
    return User.objects.filter(pk=key, is_active=True).first()
