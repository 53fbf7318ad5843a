"""May this user do this to this application, resume or placement: pure predicates, object first."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import (
    coordinates_cohort,
    has_role,
    is_superuser,
    represents_company,
)
from apps.accounts.states import Role
from apps.applications.states import (
    AgreementState,
    ApplicationState,
    Party,
    PlacementOrigin,
    PlacementState,
    SupervisorKind,
)
from portal.kernel.fsm import rule

if TYPE_CHECKING:
    from apps.accounts.models import Enrolment
    from apps.applications.models import (
        Agreement,
        Application,
        Criterion,
        Disclosure,
        HostFeedback,
        HostRating,
        IntroductionLetter,
        Placement,
        PlacementAmendment,
        Resume,
        Review,
    )
    from portal.kernel.access import Viewer


# -- resumes ----------------------------------------------------------------------------------------------------


def owns_resume(resume: "Resume", user: "Viewer") -> bool:
    """Say whether the resume is the user's own, and has arrived whole."""
    return resume.owner_id == user.pk and bool(user.is_active) and resume.is_stored


def can_view_resume(resume: "Resume", user: "Viewer") -> bool:
    """Its owner; others, the superuser too, through an application that carries it; nobody while it arrives."""
    if not resume.is_stored:
        return False
    if owns_resume(resume, user):
        return True
    applications = resume.applications.select_related("vacancy", "enrolment__cohort")
    return any(can_view_resume_of(application, user) for application in applications)


def can_delete_resume(resume: "Resume", user: "Viewer") -> bool:
    """Its owner, as long as no application carries it."""
    return owns_resume(resume, user) and not resume.applications.exists()


def can_have_upload_read(user: "Viewer") -> bool:
    """Students, companies and coordinators: whoever has to do with resumes may try what is read from a file."""
    return any(has_role(user, role) for role in (Role.STUDENT, Role.COMPANY_REPRESENTATIVE, Role.COORDINATOR))


def can_view_disclosure(disclosure: "Disclosure", user: "Viewer") -> bool:
    """The student whose resume was opened, the student's coordinators, the superuser."""
    application = disclosure.application
    return is_applicant(application, user) or coordinates_applicant(application, user) or is_superuser(user)


# -- applications -----------------------------------------------------------------------------------------------


def is_applicant(application: "Application", user: "Viewer") -> bool:
    """Say whether the user is the student who applied."""
    return application.student_id == user.pk and has_role(user, Role.STUDENT)


def represents_host(application: "Application", user: "Viewer") -> bool:
    """Say whether the user represents the company that offers the vacancy."""
    return represents_company(application.vacancy.company_id, user)


def coordinates_applicant(application: "Application", user: "Viewer") -> bool:
    """Say whether the user coordinates the cohort in which the student applied."""
    return coordinates_cohort(application.enrolment.cohort, user)


def can_view_application(application: "Application", user: "Viewer") -> bool:
    """The student, the student's coordinators, the superuser; the company until it is withdrawn."""
    if is_applicant(application, user) or coordinates_applicant(application, user) or is_superuser(user):
        return True
    return represents_host(application, user) and application.state != ApplicationState.WITHDRAWN


def can_change_application(application: "Application", user: "Viewer") -> bool:
    """The student, while nobody has looked at it."""
    return is_applicant(application, user) and application.state == ApplicationState.PENDING


def can_decide_application(application: "Application", user: "Viewer") -> bool:
    """The company and the student's coordinators."""
    return represents_host(application, user) or coordinates_applicant(application, user)


def can_view_resume_of(application: "Application", user: "Viewer") -> bool:
    """The student and the coordinators always; the company only while the application is open or accepted.

    The superuser looks after the installation: what a student has withdrawn is none of that any more.
    """
    if is_applicant(application, user) or coordinates_applicant(application, user):
        return True
    if is_superuser(user):
        return bool(application.state != ApplicationState.WITHDRAWN)
    return represents_host(application, user) and application.state in ApplicationState.seen_by_company()


def can_view_company_notes(application: "Application", user: "Viewer") -> bool:
    """The company alone: what it notes about an applicant is for its own people."""
    return represents_host(application, user) and can_view_application(application, user)


def can_review_application(application: "Application", user: "Viewer") -> bool:
    """The people of the company, until it is decided."""
    return represents_host(application, user) and application.state in ApplicationState.undecided()


def can_view_review(review: "Review", user: "Viewer") -> bool:
    """The people of the company alone, as with its notes; never the student, nor the university."""
    return can_view_company_notes(review.application, user)


def can_view_criterion(criterion: "Criterion", user: "Viewer") -> bool:
    """The people of the company."""
    return represents_company(criterion.company_id, user)


@rule("place_confirmed", _("You have confirmed this place. Ask your coordinator if you cannot take it."))
def offer_is_open(application: "Application") -> bool:
    """Say whether the offered place has not been confirmed yet, or has been cancelled since."""
    placement = getattr(application, "placement", None)
    return placement is None or placement.state in (PlacementState.PROPOSED, PlacementState.CANCELLED)


@rule("no_place_left", _("All places of this vacancy are taken."))
def has_place_left(application: "Application") -> bool:
    """Say whether the vacancy has a place for one more."""
    return application.vacancy.places_left > 0


# -- placements -------------------------------------------------------------------------------------------------


def is_trainee(placement: "Placement", user: "Viewer") -> bool:
    """Say whether the user is the student who is placed."""
    return placement.enrolment.student_id == user.pk and has_role(user, Role.STUDENT)


def coordinates_placement(placement: "Placement", user: "Viewer") -> bool:
    """Say whether the user coordinates the cohort of the placement."""
    return coordinates_cohort(placement.enrolment.cohort, user)


def represents_placement_host(placement: "Placement", user: "Viewer") -> bool:
    """Say whether the user represents the company where the student works."""
    return represents_company(placement.company_id, user)


def is_industrial_supervisor(placement: "Placement", user: "Viewer") -> bool:
    """Say whether the user supervises this trainee in the company, as first supervisor or deputy."""
    return has_role(user, Role.INDUSTRIAL_SUPERVISOR) and _supervises(placement, user, SupervisorKind.INDUSTRIAL)


def is_university_supervisor(placement: "Placement", user: "Viewer") -> bool:
    """Say whether the user supervises this student for the university."""
    return has_role(user, Role.UNIVERSITY_SUPERVISOR) and _supervises(placement, user, SupervisorKind.UNIVERSITY)


def _supervises(placement: "Placement", user: "Viewer", kind: SupervisorKind) -> bool:
    return any(row.user_id == user.pk and row.kind == kind and row.is_active for row in placement.supervisors.all())


def can_view_placement(placement: "Placement", user: "Viewer") -> bool:
    """The student, the host's representatives, its supervisors on both sides, coordinators, the superuser."""
    return any(
        holds(placement, user)
        for holds in (
            is_trainee,
            represents_placement_host,
            is_industrial_supervisor,
            is_university_supervisor,
            coordinates_placement,
        )
    ) or is_superuser(user)


def can_change_placement(placement: "Placement", user: "Viewer") -> bool:
    """The coordinators, until it is over."""
    return placement.state in PlacementState.unfinished() and coordinates_placement(placement, user)


def can_delete_placement(placement: "Placement", user: "Viewer") -> bool:
    """The coordinators, before the student has arrived; a rule keeps what something hangs on."""
    return placement.state in PlacementState.planned() and coordinates_placement(placement, user)


def can_view_amendment(amendment: "PlacementAmendment", user: "Viewer") -> bool:
    """Whoever sees the placement."""
    return can_view_placement(amendment.placement, user)


def can_propose_place(enrolment: "Enrolment", user: "Viewer") -> bool:
    """The student who is enrolled."""
    return enrolment.student_id == user.pk and enrolment.is_active and has_role(user, Role.STUDENT)


def can_ask_for_letter(enrolment: "Enrolment", user: "Viewer") -> bool:
    """The student who is enrolled: whoever may propose a place may look for one."""
    return can_propose_place(enrolment, user)


def can_place(enrolment: "Enrolment", user: "Viewer") -> bool:
    """The coordinators of the cohort."""
    return coordinates_cohort(enrolment.cohort, user)


def can_cancel_placement(placement: "Placement", user: "Viewer") -> bool:
    """The coordinators; the student as long as nobody has answered the own proposal; the host who was asked."""
    if coordinates_placement(placement, user) or was_asked_for_place(placement, user):
        return True
    return is_open_proposal(placement) and is_trainee(placement, user)


def is_open_proposal(placement: "Placement") -> bool:
    """Say whether it is a place that a student has found and no coordinator has confirmed."""
    return placement.origin == PlacementOrigin.SELF_FOUND and placement.state == PlacementState.PROPOSED


def waits_for_host(placement: "Placement") -> bool:
    """Say whether the host of a self-found place was asked and has not answered."""
    return is_open_proposal(placement) and placement.host_answered_at is None and bool(placement.supervisor_email)


def was_asked_for_place(placement: "Placement", user: "Viewer") -> bool:
    """Say whether the user is whom the student named at the host, and may still answer."""
    is_addressee = getattr(user, "email", "").lower() == placement.supervisor_email.lower()
    return waits_for_host(placement) and bool(user.is_active) and is_addressee


def can_name_supervisor(placement: "Placement", user: "Viewer") -> bool:
    """The coordinators and, for its own side, the host; until the placement is over."""
    if placement.state not in PlacementState.unfinished():
        return False
    return coordinates_placement(placement, user) or represents_placement_host(placement, user)


def can_confirm_placement(placement: "Placement", user: "Viewer") -> bool:
    """The student who was accepted, or the coordinators; a self-found place only the coordinators."""
    if coordinates_placement(placement, user):
        return True
    return placement.origin != PlacementOrigin.SELF_FOUND and is_trainee(placement, user)


@rule("not_started", _("The placement has not started yet."))
def has_started(placement: "Placement") -> bool:
    """Say whether the first day has come."""
    return placement.start <= timezone.localdate()


@rule("not_over", _("The placement is not over yet; end it early if it stops before its last day."))
def is_over(placement: "Placement") -> bool:
    """Say whether the last day has passed."""
    return placement.end < timezone.localdate()


# -- letters and agreements -------------------------------------------------------------------------------------


def coordinates_agreement(agreement: "Agreement", user: "Viewer") -> bool:
    """Say whether the user coordinates the student whom the paper is about."""
    return coordinates_placement(agreement.placement, user)


def parties_of(agreement: "Agreement", user: "Viewer") -> list[Party]:
    """Return for whom the user may sign: the student, the company by its people, the university by coordinators."""
    placement = agreement.placement
    holds = {
        Party.STUDENT: is_trainee(placement, user),
        Party.HOST: represents_placement_host(placement, user) or is_industrial_supervisor(placement, user),
        Party.UNIVERSITY: coordinates_placement(placement, user),
    }
    return [party for party in agreement.parties if holds[party]]


def signs_next(agreement: "Agreement", user: "Viewer") -> list[Party]:
    """Return for whom the user still has to sign: nobody once the own name stands on it, or while nobody is asked."""
    own = any(signature.user_id == user.pk for signature in agreement.signatures.all())
    if own or agreement.state not in AgreementState.waiting():
        return []
    missing = agreement.missing
    return [party for party in parties_of(agreement, user) if party in missing]


def can_view_agreement(agreement: "Agreement", user: "Viewer") -> bool:
    """Whoever sees the placement, as soon as it is sent; the draft is the coordinators' and the superuser's."""
    if agreement.state == AgreementState.DRAFT:
        return coordinates_agreement(agreement, user) or is_superuser(user)
    return can_view_placement(agreement.placement, user)


def can_sign_agreement(agreement: "Agreement", user: "Viewer") -> bool:
    """Whoever may sign for one of the parties."""
    return bool(parties_of(agreement, user))


def can_prepare_agreement(placement: "Placement", user: "Viewer") -> bool:
    """The coordinators, until the placement is over."""
    return placement.state in PlacementState.unfinished() and coordinates_placement(placement, user)


@rule("not_made_yet", _("The file is still being made. Try again in a moment."))
def is_made(agreement: "Agreement") -> bool:
    """Say whether the PDF is there."""
    return bool(agreement.sha256)


@rule("not_signed", _("It is signed on its own page, with the name typed."))
def somebody_has_signed(agreement: "Agreement") -> bool:
    """Say whether there is a signature at all."""
    return len(agreement.missing) < len(agreement.parties)


@rule("signatures_missing", _("Somebody has not signed yet."))
def everybody_has_signed(agreement: "Agreement") -> bool:
    """Say whether all parties have signed."""
    return not agreement.missing


def is_introduced(letter: "IntroductionLetter", user: "Viewer") -> bool:
    """Say whether the user is the student whom the letter introduces."""
    return letter.enrolment.student_id == user.pk and has_role(user, Role.STUDENT)


def coordinates_letter(letter: "IntroductionLetter", user: "Viewer") -> bool:
    """Say whether the user coordinates the student whom the letter introduces."""
    return coordinates_cohort(letter.enrolment.cohort, user)


def can_view_letter(letter: "IntroductionLetter", user: "Viewer") -> bool:
    """The student, the student's coordinators, the superuser."""
    return is_introduced(letter, user) or coordinates_letter(letter, user) or is_superuser(user)


# -- when it is over ----------------------------------------------------------------------------------------------


def can_rate_host(placement: "Placement", user: "Viewer") -> bool:
    """The student, when the placement is over."""
    return placement.state in PlacementState.over() and is_trainee(placement, user)


def can_answer_as_host(placement: "Placement", user: "Viewer") -> bool:
    """Who represents the company or supervised the student there, when the placement is over."""
    if placement.state not in PlacementState.over():
        return False
    return represents_placement_host(placement, user) or is_industrial_supervisor(placement, user)


def can_view_host_rating(rating: "HostRating", user: "Viewer") -> bool:
    """The student and the student's coordinators, the superuser; never the host."""
    placement = rating.placement
    return is_trainee(placement, user) or coordinates_placement(placement, user) or is_superuser(user)


def can_view_host_feedback(answer: "HostFeedback", user: "Viewer") -> bool:
    """The host's own people, the student's coordinators, the superuser; not the student."""
    placement = answer.placement
    host = represents_placement_host(placement, user) or is_industrial_supervisor(placement, user)
    return host or coordinates_placement(placement, user) or is_superuser(user)
