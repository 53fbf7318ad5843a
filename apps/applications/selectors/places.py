"""Which applications, resumes and placements a user may have: one query each."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import Enrolment
from apps.accounts.permissions import has_role, is_superuser
from apps.accounts.selectors import enrolments_visible_to, everything_for, in_scope, represented
from apps.accounts.states import Role
from apps.applications.models import (
    Agreement,
    AgreementSignature,
    Application,
    Criterion,
    Disclosure,
    HostFeedback,
    HostRating,
    IntroductionLetter,
    Placement,
    PlacementAmendment,
    PlacementSupervisor,
    Resume,
    Review,
    ReviewScore,
)
from apps.applications.models.agreements import PARTIES
from apps.applications.scoring import Score, Verdict, verdict_of
from apps.applications.states import (
    AgreementState,
    ApplicationState,
    LetterState,
    Party,
    PlacementOrigin,
    PlacementState,
    SupervisorKind,
)

if TYPE_CHECKING:
    from apps.vacancies.models import Vacancy
    from portal.kernel.access import Viewer

NOTHING: Final = Q(pk__in=[])
ROLES: Final = {
    SupervisorKind.INDUSTRIAL: Role.INDUSTRIAL_SUPERVISOR,
    SupervisorKind.UNIVERSITY: Role.UNIVERSITY_SUPERVISOR,
}


def _of_student(user: "Viewer", student: str) -> Q:
    return Q(**{student: user.pk}) if has_role(user, Role.STUDENT) else NOTHING


# -- applications -------------------------------------------------------------------------------------------------


def applications_visible_to(user: "Viewer") -> QuerySet[Application]:
    """The set for which ``can_view_application`` holds: the student's, the company's unless withdrawn, the scope's."""
    received = represented(user, "vacancy__company") & ~Q(state=ApplicationState.WITHDRAWN)
    seen = _of_student(user, "student") | in_scope(user, "enrolment__cohort") | received
    return Application.objects.filter(everything_for(user, seen))


def applications_of(user: "Viewer") -> QuerySet[Application]:
    """The student's own."""
    return Application.objects.filter(_of_student(user, "student"))


def applications_received_by(user: "Viewer") -> QuerySet[Application]:
    """Those that the user sees as a representative of the company."""
    received = represented(user, "vacancy__company") & ~Q(state=ApplicationState.WITHDRAWN)
    return Application.objects.filter(received)


def applicants_awaiting(user: "Viewer") -> QuerySet[Application]:
    """Applications that the user's companies still have to answer, the oldest first."""
    return applications_received_by(user).filter(state__in=ApplicationState.undecided()).order_by("created_at", "pk")


def interviews_of(user: "Viewer") -> QuerySet[Application]:
    """Applications with an agreed interview at the user's companies that are not decided, in order of time."""
    open_ones = applications_received_by(user).filter(state__in=ApplicationState.undecided())
    return open_ones.filter(interview_at__isnull=False).order_by("interview_at", "pk")


# -- reviews ------------------------------------------------------------------------------------------------------


def reviews_visible_to(user: "Viewer") -> QuerySet[Review]:
    """The set for which ``can_view_review`` holds: of applications that the user's companies received."""
    received = represented(user, "application__vacancy__company")
    return Review.objects.filter(received, ~Q(application__state=ApplicationState.WITHDRAWN))


def criteria_visible_to(user: "Viewer") -> QuerySet[Criterion]:
    """The set for which ``can_view_criterion`` holds: of the user's companies."""
    return Criterion.objects.filter(represented(user, "company"))


def criteria_for(vacancy: "Vacancy") -> list[Criterion]:
    """Return the criteria in force: the vacancy's own, else those of its company, in order."""
    both = Criterion.objects.filter(Q(vacancy=vacancy.pk) | Q(company=vacancy.company_id, vacancy=None), is_active=True)
    rows = list(both)
    return [row for row in rows if row.vacancy_id] or rows


def verdicts_of(applications: Iterable[Application], criteria: Iterable[Criterion]) -> dict[int, Verdict]:
    """Return what the reviewers say together about each application that somebody has reviewed, by its key."""
    rows = ReviewScore.objects.filter(
        review__application__in=[row.pk for row in applications], criterion__in=[row.pk for row in criteria]
    )
    scores: dict[int, list[Score]] = defaultdict(list)
    for key, *score in rows.order_by().values_list(
        "review__application", "review__reviewer", "criterion__weight", "value"
    ):
        scores[key].append(Score(*score))
    return {key: verdict for key, found in scores.items() if (verdict := verdict_of(found))}


# -- resumes ------------------------------------------------------------------------------------------------------


def resumes_visible_to(user: "Viewer") -> QuerySet[Resume]:
    """The set for which ``can_view_resume`` holds: the owner's, and those of applications that may be read."""
    received = represented(user, "vacancy__company") & Q(state__in=ApplicationState.seen_by_company())
    if is_superuser(user):
        received = ~Q(state=ApplicationState.WITHDRAWN)
    carrying = Application.objects.order_by().filter(in_scope(user, "enrolment__cohort") | received)
    seen = _owned(user) | Q(pk__in=carrying.values("resume"))
    return Resume.objects.filter(seen, stored_at__isnull=False)


def resumes_of(user: "Viewer") -> QuerySet[Resume]:
    """The user's own."""
    return Resume.objects.filter(_owned(user), stored_at__isnull=False)


def _owned(user: "Viewer") -> Q:
    return Q(owner=user.pk) if user.is_authenticated and user.is_active else NOTHING


def noting_use(resumes: QuerySet[Resume]) -> QuerySet[Resume]:
    """Add ``in_use``: whether an application carries the resume."""
    return resumes.annotate(in_use=Exists(Application.objects.order_by().filter(resume=OuterRef("pk"))))


def disclosures_visible_to(user: "Viewer") -> QuerySet[Disclosure]:
    """The set for which ``can_view_disclosure`` holds: of the student's own applications, and of the scope."""
    seen = _of_student(user, "application__student") | in_scope(user, "application__enrolment__cohort")
    return Disclosure.objects.filter(everything_for(user, seen))


# -- placements ---------------------------------------------------------------------------------------------------


def placements_visible_to(user: "Viewer") -> QuerySet[Placement]:
    """The set for which ``can_view_placement`` holds: student, host, supervisors of both sides, coordinators."""
    seen = _of_student(user, "enrolment__student") | represented(user, "company")
    seen |= in_scope(user, "enrolment__cohort")
    for kind in SupervisorKind:
        seen |= _supervised(user, kind)
    return Placement.objects.filter(everything_for(user, seen))


def placements_of(user: "Viewer") -> QuerySet[Placement]:
    """The student's own."""
    return Placement.objects.filter(_of_student(user, "enrolment__student"))


def placements_hosted_by(user: "Viewer") -> QuerySet[Placement]:
    """Those at the companies that the user represents."""
    return Placement.objects.filter(represented(user, "company"))


def placements_supervised_by(user: "Viewer", kind: SupervisorKind) -> QuerySet[Placement]:
    """Those that the user supervises on this side, as first supervisor or deputy."""
    return Placement.objects.filter(_supervised(user, kind))


def _supervised(user: "Viewer", kind: SupervisorKind) -> Q:
    if not has_role(user, ROLES[kind]):
        return NOTHING
    # A subquery instead of a join: a placement with deputies would come once for each of them.
    rows = PlacementSupervisor.objects.filter(user=user.pk, kind=kind, is_active=True)
    return Q(pk__in=rows.values("placement"))


def amendments_visible_to(user: "Viewer") -> QuerySet[PlacementAmendment]:
    """The set for which ``can_view_amendment`` holds: those of the placements that the user sees."""
    return PlacementAmendment.objects.filter(placement__in=placements_visible_to(user).order_by())


def shown_amendments() -> Prefetch[str]:
    """Return the prefetch of placements' amendments with all that their lines name."""
    return Prefetch("amendments", PlacementAmendment.objects.select_related("made_by", "successor__company"))


def agreements_visible_to(user: "Viewer") -> QuerySet[Agreement]:
    """The set for which ``can_view_agreement`` holds: of the placements that the user sees; drafts of one's scope."""
    seen = Q(placement__in=placements_visible_to(user).order_by()) & ~Q(state=AgreementState.DRAFT)
    return Agreement.objects.filter(everything_for(user, seen | in_scope(user, "placement__enrolment__cohort")))


def agreements_to_sign(user: "Viewer") -> QuerySet[Agreement]:
    """The set for which ``signs_next`` names a party: sent, signed by nobody for that party, nor by the user."""
    host = represented(user, "company") | _supervised(user, SupervisorKind.INDUSTRIAL)
    placements = {
        Party.STUDENT: Placement.objects.filter(_of_student(user, "enrolment__student")),
        Party.HOST: Placement.objects.filter(host),
        Party.UNIVERSITY: Placement.objects.filter(in_scope(user, "enrolment__cohort")),
    }
    signatures = AgreementSignature.objects.filter(agreement=OuterRef("pk"))
    mine = NOTHING
    for party, rows in placements.items():
        kinds = [kind for kind, parties in PARTIES.items() if party in parties]
        missing = ~Exists(signatures.filter(party=party))
        mine |= Q(missing, kind__in=kinds, placement__in=rows.order_by().values("pk"))
    waiting = Agreement.objects.filter(mine, state__in=AgreementState.waiting())
    return waiting.filter(~Exists(signatures.filter(user=user.pk))).order_by("sent_at", "pk")


def placements_unsigned() -> QuerySet[Placement]:
    """Placements for which somebody still has to sign a paper, whoever asks."""
    waiting = Agreement.objects.filter(state__in=AgreementState.waiting())
    return Placement.objects.filter(pk__in=waiting.values("placement"))


def letters_visible_to(user: "Viewer") -> QuerySet[IntroductionLetter]:
    """The set for which ``can_view_letter`` holds: the student's own, those of the scope."""
    seen = _of_student(user, "enrolment__student") | in_scope(user, "enrolment__cohort")
    return IntroductionLetter.objects.filter(everything_for(user, seen))


def letters_of(user: "Viewer") -> QuerySet[IntroductionLetter]:
    """The student's own."""
    return IntroductionLetter.objects.filter(_of_student(user, "enrolment__student"))


def letters_to_issue(user: "Viewer") -> QuerySet[IntroductionLetter]:
    """Letters for which students of the user's cohorts have asked, the oldest first."""
    mine = everything_for(user, in_scope(user, "enrolment__cohort"))
    return IntroductionLetter.objects.filter(mine, state=LetterState.REQUESTED).order_by("created_at", "pk")


def enrolments_open_for_letters(user: "Viewer") -> QuerySet[Enrolment]:
    """The student's active enrolments in cohorts that are not over."""
    own = Enrolment.objects.filter(_of_student(user, "student"), is_active=True)
    return own.filter(cohort__end__gte=timezone.localdate())


# Whom no address was named for cannot be asked.
HOST_HAS_ANSWERED: Final = Q(host_answered_at__isnull=False) | Q(supervisor_email="")


def found_places() -> QuerySet[Placement]:
    """Places that students have found and no coordinator has confirmed, whoever asks."""
    return Placement.objects.filter(state=PlacementState.PROPOSED, origin=PlacementOrigin.SELF_FOUND)


def placements_to_confirm(user: "Viewer") -> QuerySet[Placement]:
    """Self-found places of the user's cohorts that wait for a coordinator's answer, the oldest first."""
    return _found_in_scope(user).filter(HOST_HAS_ANSWERED)


def placements_waiting_for_host(user: "Viewer") -> QuerySet[Placement]:
    """Self-found places of the user's cohorts whose host has not answered yet, the oldest first."""
    return _found_in_scope(user).exclude(HOST_HAS_ANSWERED)


def _found_in_scope(user: "Viewer") -> QuerySet[Placement]:
    mine = everything_for(user, in_scope(user, "enrolment__cohort"))
    return found_places().filter(mine).order_by("created_at", "pk")


def places_to_complete(user: "Viewer") -> QuerySet[Placement]:
    """The set for which ``was_asked_for_place`` holds: where a student named this person at the host."""
    address = getattr(user, "email", "")
    if not (address and user.is_active):
        return Placement.objects.none()
    return found_places().filter(host_answered_at__isnull=True, supervisor_email__iexact=address)


def enrolments_without_place(user: "Viewer") -> QuerySet[Enrolment]:
    """Active enrolments of the user's cohorts that are not over, for which no placement is proposed or settled."""
    placed = Placement.objects.filter(enrolment=OuterRef("pk"), state__in=PlacementState.alive())
    going_on = enrolments_visible_to(user).filter(is_active=True, cohort__end__gte=timezone.localdate())
    return going_on.filter(everything_for(user, in_scope(user)), ~Exists(placed))


def enrolments_open_for_found_places(user: "Viewer") -> QuerySet[Enrolment]:
    """The student's active enrolments in which a self-found place can be proposed now.

    The cohort is not over and allows it, no earlier proposal waits, and the student is not placed already where one
    place is enough.
    """
    allowed = enrolments_open_for_letters(user).filter(cohort__self_found_allowed=True)
    places = Placement.objects.filter(enrolment=OuterRef("pk"))
    waiting = places.filter(state=PlacementState.PROPOSED, origin=PlacementOrigin.SELF_FOUND)
    placed = places.filter(state__in=PlacementState.settled(), enrolment__cohort__one_place_closes_others=True)
    return allowed.filter(~Exists(waiting), ~Exists(placed))


def trainees_without_supervisor(user: "Viewer") -> QuerySet[Placement]:
    """Placements that are agreed or going on at the user's companies, for which the company has named nobody."""
    named = PlacementSupervisor.objects.filter(placement=OuterRef("pk"), kind=SupervisorKind.INDUSTRIAL, is_active=True)
    agreed = placements_hosted_by(user).filter(state__in=[PlacementState.CONFIRMED, PlacementState.ACTIVE])
    return agreed.filter(~Exists(named))


# -- when it is over ----------------------------------------------------------------------------------------------


def placements_to_rate(user: "Viewer") -> QuerySet[Placement]:
    """The set for which ``can_rate_host`` holds."""
    return placements_of(user).filter(state__in=PlacementState.over())


def placements_to_answer(user: "Viewer") -> QuerySet[Placement]:
    """The set for which ``can_answer_as_host`` holds."""
    host = represented(user, "company") | _supervised(user, SupervisorKind.INDUSTRIAL)
    return Placement.objects.filter(host, state__in=PlacementState.over())


def host_ratings_visible_to(user: "Viewer") -> QuerySet[HostRating]:
    """The set for which ``can_view_host_rating`` holds."""
    seen = _of_student(user, "placement__enrolment__student") | in_scope(user, "placement__enrolment__cohort")
    return HostRating.objects.filter(everything_for(user, seen))


def host_feedback_visible_to(user: "Viewer") -> QuerySet[HostFeedback]:
    """The set for which ``can_view_host_feedback`` holds."""
    supervised = Placement.objects.filter(_supervised(user, SupervisorKind.INDUSTRIAL))
    seen = represented(user, "placement__company") | in_scope(user, "placement__enrolment__cohort")
    return HostFeedback.objects.filter(everything_for(user, seen | Q(placement__in=supervised.values("pk"))))
