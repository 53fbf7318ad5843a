"""Signing in where there is no page: with name, password and the code of a second factor."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.joining import must_use_provider
from apps.accounts.services.second_factor import check_second_factor
from portal.kernel.errors import NotAllowed


class PasswordRefused(NotAllowed):
    """Nobody is let in by this name and password: HTTP 401."""


def person_by_password(request: HttpRequest, *, name: str, password: str, code: str = "") -> User:
    """Return who signs in with user name or address and password, as on the page for it.

    Counted with the tries on that page; an unknown account costs the same work and gets the same answer as a wrong
    password. Staff who must come through the university's sign-in, and whoever needs a second factor and gives none,
    get nothing by a password. Raises ``PasswordRefused``, ``TooManyTries``, and ``RuleViolation``
    ``second_factor_needed`` or ``code_wrong`` with the field ``code``.
    """
    credentials = {"email" if "@" in name else "username": name, "password": password}
    person = get_adapter().authenticate(request, **credentials)
    if not isinstance(person, User) or not person.is_active:
        raise PasswordRefused(_("The account or the password is wrong."))
    if must_use_provider(person) is not None:
        raise PasswordRefused(_("Staff sign in through the university; a password opens nothing."))
    check_second_factor(person, code)
    return person
