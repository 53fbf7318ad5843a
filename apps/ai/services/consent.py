"""Consent to help: given, withdrawn, asked for before anything else."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.ai.models import AiConsent
from apps.ai.selectors import has_consented
from portal.kernel.errors import NotAllowed, RuleViolation


class ConsentMissing(RuleViolation):
    """The person has not agreed yet; the page leads to where it can be done."""

    def __init__(self) -> None:
        super().__init__("consent_missing", _("Say first whether your texts may be read by the help."))


def give_consent(*, actor: User) -> AiConsent:
    """Write down that the person agrees from now on. Raises ``NotAllowed`` for who is deactivated."""
    if not actor.is_active:
        raise NotAllowed
    with transaction.atomic():
        row, _new = AiConsent.objects.select_for_update().get_or_create(user=actor)
        if not row.holds:
            row.given_at, row.withdrawn_at = timezone.now(), None
            row.save()
    return row


def withdraw_consent(*, actor: User) -> None:
    """Write down that the person agrees no more; drafts that wait are not made."""
    AiConsent.objects.filter(user=actor, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())


def check_consent(*people: User | None) -> None:
    """Raise ``ConsentMissing`` unless the first, who asks, agrees; ``RuleViolation`` for any other of them."""
    for number, person in enumerate(people):
        if person is None or has_consented(person):
            continue
        if number == 0:
            raise ConsentMissing
        raise RuleViolation("student_has_not_consented", _("The student has not agreed to AI help with these texts."))
