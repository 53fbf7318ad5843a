"""Which rounds of allocation, wishes, reasons for priority and runs a user may have: one query each."""

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from apps.accounts.models import Enrolment, Notice, User
from apps.accounts.permissions import has_role
from apps.accounts.selectors import everything_for, in_scope
from apps.accounts.states import Role
from apps.applications.models import (
    AllocationOffer,
    AllocationRound,
    AllocationRun,
    Allotment,
    Placement,
    PriorityCase,
    Ranking,
)
from apps.applications.states import AllocationState, PlacementState
from apps.vacancies.models import Vacancy
from apps.vacancies.selectors import eligible

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


# With which the keys of notices begin that call students to say what they wish.
OPEN_KEY: Final = "wishes_open"
CLOSING_KEY: Final = "wishes_closing"
REMINDED_BEFORE: Final = dt.timedelta(days=2)


def _own(user: "Viewer", student: str = "enrolment__student") -> Q:
    return Q(**{student: user.pk}) if has_role(user, Role.STUDENT) else Q(pk__in=[])


def rounds_visible_to(user: "Viewer") -> QuerySet[AllocationRound]:
    """The set for which ``can_view_round`` holds: of the scope; a student's own cohorts' that have begun."""
    mine = Enrolment.objects.filter(_own(user, "student"), cohort=OuterRef("cohort"), is_active=True)
    begun = Q(Exists(mine), opens_on__lte=timezone.localdate())
    return AllocationRound.objects.filter(everything_for(user, in_scope(user) | begun))


def rounds_coordinated_by(user: "Viewer") -> QuerySet[AllocationRound]:
    """Those of the cohorts that the user coordinates."""
    return AllocationRound.objects.filter(in_scope(user))


def round_for(user: "Viewer") -> AllocationRound | None:
    """Return the round in which the student takes part now, else the one before; None if there is none."""
    mine = Enrolment.objects.filter(_own(user, "student"), cohort=OuterRef("cohort"), is_active=True)
    rows = AllocationRound.objects.filter(Exists(mine), opens_on__lte=timezone.localdate())
    return rows.select_related("cohort").order_by("-closes_on", "-pk").first()


def round_waiting_for(user: "Viewer") -> AllocationRound | None:
    """Return the student's round if it is open, and the student has neither a place nor confirmed wishes."""
    found = round_for(user)
    if found is None or not found.is_open:
        return None
    return found if _undecided_in(found).filter(_own(user, "student")).exists() else None


def rounds_open() -> QuerySet[AllocationRound]:
    """Those in which students can say today what they wish, and of which something is offered."""
    today = timezone.localdate()
    something = AllocationOffer.objects.filter(round=OuterRef("pk"), places__gt=0)
    return AllocationRound.objects.filter(Exists(something), opens_on__lte=today, closes_on__gte=today).order_by("pk")


def rounds_closing() -> QuerySet[AllocationRound]:
    """Those that have been open for a day at least and close within two."""
    today = timezone.localdate()
    return rounds_open().filter(opens_on__lt=today, closes_on__lte=today + REMINDED_BEFORE)


def students_to_call(found: AllocationRound, key: str) -> QuerySet[User]:
    """Students who take part in a round, have confirmed nothing, and were not told with notices of this key."""
    told = Concat(Value(f"{key}:{found.pk}:"), Cast(OuterRef("pk"), CharField()))
    return (
        User.objects.filter(pk__in=_undecided_in(found).values("student"), is_active=True)
        .exclude(Exists(Notice.objects.filter(dedupe_key=told)))
        .order_by("pk")
    )


def _undecided_in(found: AllocationRound) -> QuerySet[Enrolment]:
    said = Ranking.objects.filter(round=found, confirmed_at__isnull=False).values("enrolment")
    placed = Placement.objects.filter(enrolment__cohort=found.cohort_id, state__in=PlacementState.alive())
    silent = Enrolment.objects.filter(cohort=found.cohort_id, is_active=True).exclude(pk__in=said)
    return silent.exclude(pk__in=placed.values("enrolment"))


def offers_visible_to(user: "Viewer") -> QuerySet[AllocationOffer]:
    """The set for which ``can_view_offer`` holds: those of the rounds that the user sees."""
    return AllocationOffer.objects.filter(round__in=rounds_visible_to(user).order_by())


def offers_open_to(user: "Viewer", found: AllocationRound) -> QuerySet[AllocationOffer]:
    """What a student can wish for in a round: the companies' places, and vacancies for programme, year and phase."""
    fitting = Vacancy.objects.filter(eligible(user)).order_by()
    offers = AllocationOffer.objects.filter(round=found, places__gt=0)
    return offers.filter(Q(vacancy=None) | Q(vacancy__in=fitting)).select_related("company", "vacancy")


def rankings_visible_to(user: "Viewer") -> QuerySet[Ranking]:
    """The set for which ``can_view_ranking`` holds: the student's own, those of the scope."""
    return Ranking.objects.filter(everything_for(user, _own(user) | in_scope(user, "round__cohort")))


def is_named_back(ranking: Ranking) -> bool:
    """Say whether the person whom a student wants near has confirmed a list that names the student."""
    if not ranking.companion:
        return False
    others = Ranking.objects.filter(round=ranking.round_id, confirmed_at__isnull=False)
    return others.filter(
        companion__iexact=ranking.enrolment.student.student_profile.reg_no,
        enrolment__student__student_profile__reg_no__iexact=ranking.companion,
    ).exists()


def priority_cases_visible_to(user: "Viewer") -> QuerySet[PriorityCase]:
    """The set for which ``can_view_priority`` holds: the student's own, those of the scope; none for a superuser."""
    return PriorityCase.objects.filter(_own(user) | in_scope(user, "round__cohort"))


def runs_visible_to(user: "Viewer") -> QuerySet[AllocationRun]:
    """The set for which ``can_view_run`` holds: those of the scope."""
    return AllocationRun.objects.filter(everything_for(user, in_scope(user)))


def allotments_visible_to(user: "Viewer") -> QuerySet[Allotment]:
    """The set for which ``can_view_allotment`` holds: of the scope; the student's own that are published."""
    published = _own(user) & Q(run__state=AllocationState.PUBLISHED)
    return Allotment.objects.filter(everything_for(user, published | in_scope(user, "run__cohort")))


def allotments_of(user: "Viewer") -> QuerySet[Allotment]:
    """The student's own that are published."""
    return Allotment.objects.filter(_own(user), run__state=AllocationState.PUBLISHED)
