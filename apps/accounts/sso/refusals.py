"""How an answer that is not in order is refused."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import RuleViolation, Text

NOT_IN_ORDER: Final[Text] = _("Its answer was not in order, so nobody was signed in. Begin once more.")
NOT_ENDED: Final[Text] = _("The message was not in order, so it ended nothing. Sign out here yourself.")


def wrong(code: str) -> RuleViolation:
    """Return the refusal of an answer; what exactly was wrong is for the superuser's list, not for the sender."""
    return RuleViolation(code, NOT_IN_ORDER)
