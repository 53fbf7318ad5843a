"""The second factor where there is no page to ask for it."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.permissions import needs_second_factor
from apps.accounts.services import limits
from apps.accounts.services.passwords import has_second_factor
from portal.kernel.errors import RuleViolation


def check_second_factor(person: User, code: str) -> None:
    """Let through who needs no second factor or gives the code of one.

    Raises ``RuleViolation`` ``second_factor_needed`` (none set up, or no code given) or ``code_wrong``, and
    ``TooManyTries``.
    """
    if not has_second_factor(person):
        if settings.SECOND_FACTOR_NEEDED and needs_second_factor(person):
            raise RuleViolation(
                "second_factor_needed", _("Set up a second factor on the pages of the portal first."), field="code"
            )
        return
    if not code:
        raise RuleViolation("second_factor_needed", _("Give the code of your authenticator app."), field="code")
    for limit in (limits.SECOND_STEP, limits.SECOND_STEP_IN_A_ROW):
        limits.take(limit, f"person:{person.pk}")
    if not _is_right(person, code):
        raise RuleViolation("code_wrong", _("The code is wrong or used already."), field="code")
    forget_second_steps(person)


def forget_second_steps(person: User) -> None:
    """Count the tries of the second step anew after one that was right."""
    for limit in (limits.SECOND_STEP, limits.SECOND_STEP_IN_A_ROW):
        limits.forget(limit, f"person:{person.pk}")


def _is_right(person: User, code: str) -> bool:
    kinds = {Authenticator.Type.TOTP: TOTP, Authenticator.Type.RECOVERY_CODES: RecoveryCodes}
    found = Authenticator.objects.filter(user=person, type__in=kinds)
    return any(kinds[row.type](row).validate_code(code) for row in found)
