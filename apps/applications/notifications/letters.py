"""What is told about introduction letters: to the student, and to who issues them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import coordinators_of
from apps.accounts.services.notice_kinds import COORDINATOR, STUDENT
from apps.accounts.services.notices import NoticeKind, declare_notice, tell
from apps.applications.models import IntroductionLetter
from apps.applications.notifications.facts import WHY_COORDINATOR, WHY_STUDENT

LETTER_REQUESTED = declare_notice(
    NoticeKind(
        "applications.letter_requested",
        subject=_("%(student)s asks for an introduction letter"),
        sentence=_("%(student)s (%(cohort)s) looks for a place and asks for an introduction letter."),
        button=_("Look at it"),
        why=WHY_COORDINATOR,
        label=_("A student asks for an introduction letter"),
        to=COORDINATOR,
    )
)
LETTER_ISSUED = declare_notice(
    NoticeKind(
        "applications.letter_issued",
        subject=_("Your introduction letter is ready"),
        sentence=_("Your introduction letter is ready. Print it, or send it on."),
        button=_("See the letter"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("Your introduction letter is ready"),
        to=STUDENT,
    )
)
LETTER_REFUSED = declare_notice(
    NoticeKind(
        "applications.letter_refused",
        subject=_("Your introduction letter: an answer"),
        sentence=_("You do not get the introduction letter for which you have asked. Reason: %(reason)s"),
        button=_("See it"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("There is no introduction letter for you"),
        to=STUDENT,
    )
)


def tell_letter_requested(letter: IntroductionLetter) -> None:
    """Tell the coordinators that a student waits for a letter."""
    for person in coordinators_of(letter.enrolment.cohort):
        tell(
            person,
            LETTER_REQUESTED,
            facts={"student": str(letter.enrolment.student), "cohort": letter.enrolment.cohort.name},
            url=reverse("admin:applications_introductionletter_change", args=[letter.pk]),
            dedupe_key=f"letter_requested:{letter.pk}:{person.pk}",
        )


def tell_letter_issued(letter: IntroductionLetter) -> None:
    """Tell the student that the letter is there."""
    _tell_student(letter, LETTER_ISSUED)


def tell_letter_refused(letter: IntroductionLetter) -> None:
    """Tell the student that there is no letter, and why."""
    _tell_student(letter, LETTER_REFUSED, reason=letter.reason)


def _tell_student(letter: IntroductionLetter, kind: NoticeKind, **facts: str) -> None:
    tell(
        letter.enrolment.student,
        kind,
        facts=facts,
        url=reverse("letter_detail", args=[letter.pk]),
        dedupe_key=f"{kind.kind}:{letter.pk}",
    )
