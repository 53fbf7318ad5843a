"""The one way in which a rule says no."""

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Text = str | Promise


class RuleViolation(Exception):
    """A rule of the domain refuses: admin shows it, the API turns it into its error format, an import ties it to a row.

    ``code`` is stable and for programs, ``message`` is for people (translated when shown) and says what to do,
    ``field`` names the input that is wrong, if one is.
    """

    def __init__(self, code: str, message: Text, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class WrongState(RuleViolation):
    """The object is not in a state from which the move starts: HTTP 409."""


class Stale(RuleViolation):
    """Somebody changed the object since the caller read it: HTTP 409."""


class TooManyTries(RuleViolation):
    """It was tried as often as it may be: HTTP 429 with ``Retry-After``."""

    def __init__(self, wait_s: int) -> None:
        super().__init__("too_many_tries", _("That was too often. Wait a little, then try again."))
        self.wait_s = wait_s


class NotAllowed(PermissionDenied):
    """The actor sees the object but may not do this to it: HTTP 403."""
