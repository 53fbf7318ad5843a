"""Introduction letters: asked for, issued, and their file kept.

The PDF is made in the app that makes all documents; here it is kept under its hash.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment, User
from apps.applications.models import IntroductionLetter
from apps.applications.permissions import can_ask_for_letter, can_place, coordinates_letter
from apps.applications.services.agreements import new_code
from apps.applications.states import LetterState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import announce_created, perform
from portal.kernel.tasks import enqueue

MAKE: Final = "reporting.make_letter_again"
TELL: Final = "applications.tell_letter_issued"
DAY: Final = dt.timedelta(days=1)
MOST_A_DAY: Final = 10


@dataclass(frozen=True)
class Wish:
    """To whom the letter is; without a name to whoever reads it. The language is the student's unless said."""

    company_name: str = ""
    address: str = ""
    language: str = ""


def ask_for_letter(enrolment: Enrolment, wish: Wish, *, actor: User) -> IntroductionLetter:
    """Enter what the student asks for; where the cohort says so, it is issued at once.

    Raises ``NotAllowed``, and ``RuleViolation`` ``cohort_over``, ``asked_already`` or ``too_often``.
    """
    if not can_ask_for_letter(enrolment, actor):
        raise NotAllowed
    with transaction.atomic():
        # Whoever asks twice at once waits here.
        locked = Enrolment.objects.select_for_update(of=("self",)).select_related("cohort", "student")
        enrolment = locked.get(pk=enrolment.pk)
        letter = _letter(enrolment, wish)
        own = IntroductionLetter.objects.filter(enrolment=enrolment)
        if own.filter(state=LetterState.REQUESTED, company_name__iexact=letter.company_name).exists():
            raise RuleViolation(
                "asked_already", _("You have asked for this letter already. Your coordinator looks at it.")
            )
        if own.filter(created_at__gt=timezone.now() - DAY).count() >= MOST_A_DAY:
            raise RuleViolation("too_often", _("You have asked for many letters today. Go on tomorrow."))
        letter.save()
        announce_created(letter, actor=actor)
        if enrolment.cohort.letters_at_once:
            letter = perform(letter, "issue", actor=SYSTEM)
    return letter


def issue_letter(enrolment: Enrolment, wish: Wish, *, actor: User) -> IntroductionLetter:
    """Issue a letter for which nobody has asked. Raises ``NotAllowed``, ``RuleViolation`` ``cohort_over``."""
    if not can_place(enrolment, actor):
        raise NotAllowed
    with transaction.atomic():
        letter = _letter(enrolment, wish)
        letter.save()
        announce_created(letter, actor=actor)
        return perform(letter, "issue", actor=actor)


def _letter(enrolment: Enrolment, wish: Wish) -> IntroductionLetter:
    if enrolment.cohort.end < timezone.localdate():
        raise RuleViolation("cohort_over", _("This training is over; a letter for it helps nobody."))
    return IntroductionLetter(
        enrolment=enrolment,
        company_name=" ".join(wish.company_name.split()),
        address=" ".join(wish.address.split()),
        language=wish.language or enrolment.student.language or settings.LANGUAGE_CODE,
        code=new_code(),
    )


# -- the file -----------------------------------------------------------------------------------------------------


def keep_letter(letter: IntroductionLetter, content: bytes) -> None:
    """Keep the PDF that was made and let the student know; a second call changes nothing."""
    with transaction.atomic():
        row = IntroductionLetter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        if row.sha256 or row.state != LetterState.ISSUED:
            return
        row.sha256, row.problem = hashlib.sha256(content).hexdigest(), ""
        row.file.save("letter.pdf", ContentFile(content), save=False)
        row.version += 1
        row.save()
        enqueue(TELL, {"letter_id": row.pk}, dedupe_key=f"letter_issued:{row.pk}")


def note_letter_problem(letter: IntroductionLetter, problem: str) -> None:
    """Keep why the PDF could not be made, for the coordinator."""
    IntroductionLetter.objects.filter(pk=letter.pk, sha256="").update(problem=problem)


def make_letter_again(letter: IntroductionLetter, *, actor: User) -> None:
    """Try once more to make the PDF. Raises ``NotAllowed``, ``RuleViolation`` ``made_already``."""
    if not coordinates_letter(letter, actor):
        raise NotAllowed
    if letter.sha256 or letter.state != LetterState.ISSUED:
        raise RuleViolation("made_already", _("The file is there already."))
    enqueue(MAKE, {"letter_id": letter.pk})
