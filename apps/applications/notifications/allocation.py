"""What is told about an allocation: that wishes can be said, the receipt for wishes, and what came of them."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.notice_kinds import STUDENT
from apps.accounts.services.notices import NoticeKind, Telling, declare_notice, tell, tell_many
from apps.applications.matching.words import sentences_of
from apps.applications.models import AllocationOffer, AllocationRound, Allotment, Ranking
from apps.applications.notifications.facts import WHY_STUDENT, in_words
from apps.applications.selectors import CLOSING_KEY, OPEN_KEY

WISHES_CONFIRMED = declare_notice(
    NoticeKind(
        "applications.wishes_confirmed",
        subject=_("Receipt: your wishes for %(round)s"),
        sentence=_(
            "We have your wishes for %(round)s, confirmed %(moment)s: %(wishes)s. You can change them until %(day)s."
        ),
        button=_("See your wishes"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("Receipt for your wishes"),
        to=STUDENT,
    )
)
WISHES_OPEN = declare_notice(
    NoticeKind(
        "applications.wishes_open",
        subject=_("%(round)s: say where you want to go"),
        sentence=_("Until %(day)s you can choose among the places that are offered, and put them in order."),
        button=_("Choose your places"),
        why=WHY_STUDENT,
        label=_("Wishes for places can be said"),
        to=STUDENT,
    )
)
WISHES_CLOSING = declare_notice(
    NoticeKind(
        "applications.wishes_closing",
        subject=_("%(round)s ends on %(day)s, and you have confirmed no wishes"),
        sentence=_(
            "Who has confirmed no wishes by the end of %(day)s gets a place only if one is left. It takes three steps."
        ),
        button=_("Choose your places"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("The time for wishes ends, and you have said none"),
        to=STUDENT,
    )
)
PLACE_ALLOTTED = declare_notice(
    NoticeKind(
        "applications.place_allotted",
        subject=_("Your place: %(company)s"),
        sentence=_("In %(round)s you get a place at %(company)s. %(reasons)s"),
        button=_("See your place"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("What an allocation gives you"),
        to=STUDENT,
    )
)
NO_PLACE_ALLOTTED = declare_notice(
    NoticeKind(
        "applications.no_place_allotted",
        subject=_("%(round)s: you are on the waiting list"),
        sentence=_(
            "In %(round)s there is no place for you yet; you are number %(waiting)s of the waiting list. %(reasons)s"
        ),
        button=_("See what comes next"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("An allocation has no place for you"),
        to=STUDENT,
    )
)


def tell_wishes_confirmed(ranking: Ranking) -> None:
    """Send the receipt: what counts from now on, and until when it can be changed; once for each confirmation."""
    student = ranking.enrolment.student
    names = {offer.pk: str(offer) for offer in AllocationOffer.objects.filter(pk__in=ranking.wishes)}
    listed = [f"{number}. {names.get(key, '?')}" for number, key in enumerate(ranking.wishes, 1)]
    moment = ranking.confirmed_at
    tell(
        student,
        WISHES_CONFIRMED,
        facts={
            "round": ranking.round.title,
            "wishes": "; ".join(listed),
            "moment": in_words(moment, student) if moment else "",
            "day": in_words(ranking.round.closes_on, student),
        },
        url=reverse("wish_confirm"),
        dedupe_key=f"wishes_confirmed:{ranking.pk}:{moment:%Y%m%d%H%M%S%f}",
    )


def tell_wishes_open(found: AllocationRound, students: Iterable[User]) -> None:
    """Tell students that they can choose; each once a round."""
    tell_many([_call(WISHES_OPEN, OPEN_KEY, found, student) for student in students])


def tell_wishes_closing(found: AllocationRound, students: Iterable[User]) -> None:
    """Remind students who have confirmed nothing; each once a round."""
    tell_many([_call(WISHES_CLOSING, CLOSING_KEY, found, student) for student in students])


def _call(kind: NoticeKind, key: str, found: AllocationRound, student: User) -> Telling:
    known = {"round": found.title, "day": in_words(found.closes_on, student)}
    return Telling(student, kind, known, reverse("wish_choose"), f"{key}:{found.pk}:{student.pk}")


def tell_allotted(rows: Iterable[Allotment]) -> None:
    """Tell each student what the run gives and why, in the student's own language; once."""
    tell_many([_telling(row) for row in rows])


def _telling(row: Allotment) -> Telling:
    student = row.enrolment.student
    with translation.override(student.language or None):
        reasons = " ".join(sentences_of(row.reasons))
    facts = {"round": row.run.round.title, "reasons": reasons}
    key = f"allotted:{row.pk}:{row.offer_id or 0}"
    url = reverse("allotted_place")
    if row.offer is None:
        return Telling(student, NO_PLACE_ALLOTTED, {**facts, "waiting": str(row.waiting or 0)}, url, key)
    return Telling(student, PLACE_ALLOTTED, {**facts, "company": row.offer.company.name}, url, key)
