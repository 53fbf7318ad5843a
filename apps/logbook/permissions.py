"""May this user do this to this log, week, arrival note or assessment: pure predicates, object first."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import (
    belongs_to_company,
    coordinates_cohort,
    coordinates_department,
    has_role,
    is_superuser,
)
from apps.accounts.states import Role
from apps.applications.permissions import (
    coordinates_placement,
    is_industrial_supervisor,
    is_trainee,
    is_university_supervisor,
)
from apps.applications.states import PlacementState
from apps.logbook.states import ArrivalState, AssessmentKind, AssessmentState, ChainState
from portal.kernel.fsm import rule

if TYPE_CHECKING:
    from apps.applications.models import Placement
    from apps.logbook.models import (
        Absence,
        ArrivalNote,
        Assessment,
        DayReceipt,
        MarkRule,
        PlaceConsent,
        PlacementCount,
        Reminder,
        ReminderRule,
        Rubric,
        Snippet,
        Visit,
        WeekCount,
    )
    from apps.logbook.models.chain import ChainModel
    from portal.kernel.access import Viewer


# -- the chain: daily logs and weekly reports ---------------------------------------------------------------------


def is_author(entry: "ChainModel", user: "Viewer") -> bool:
    """Say whether the user is the student whose log or week it is."""
    return entry.enrolment.student_id == user.pk and has_role(user, Role.STUDENT)


def verifies(entry: "ChainModel", user: "Viewer") -> bool:
    """Say whether the user is an industrial supervisor or deputy of the placement."""
    return entry.placement is not None and is_industrial_supervisor(entry.placement, user)


def validates(entry: "ChainModel", user: "Viewer") -> bool:
    """Say whether the user is the university supervisor of the placement."""
    return entry.placement is not None and is_university_supervisor(entry.placement, user)


def coordinates_author(entry: "ChainModel", user: "Viewer") -> bool:
    """Say whether the user coordinates the cohort of the student."""
    return coordinates_cohort(entry.enrolment.cohort, user)


def can_view_entry(entry: "ChainModel", user: "Viewer") -> bool:
    """The student always; once it is submitted both supervisors, the coordinators and the superuser."""
    if is_author(entry, user):
        return True
    if entry.state == ChainState.DRAFT:
        return False
    others = verifies(entry, user) or validates(entry, user) or coordinates_author(entry, user)
    return others or is_superuser(user)


def can_change_entry(entry: "ChainModel", user: "Viewer") -> bool:
    """The student, as long as it is a draft or was sent back."""
    return is_author(entry, user) and entry.state in ChainState.with_student()


def can_delete_entry(entry: "ChainModel", user: "Viewer") -> bool:
    """The student, as long as it never was submitted."""
    return is_author(entry, user) and entry.state == ChainState.DRAFT


def can_correct_entry(entry: "ChainModel", user: "Viewer") -> bool:
    """A coordinator of the cohort, once it is validated; the student writes the new version."""
    return entry.state == ChainState.VERIFIED_ACADEMIC and coordinates_author(entry, user)


def can_export_logbook_of(entry: "ChainModel", user: "Viewer") -> bool:
    """The student, the university supervisor, the coordinators."""
    return is_author(entry, user) or validates(entry, user) or coordinates_author(entry, user)


@rule("no_active_placement", _("You can send it as soon as your arrival at the company is confirmed."))
def placement_is_active(entry: "ChainModel") -> bool:
    """Say whether the student has arrived at an active placement."""
    return entry.placement is not None and entry.placement.state == PlacementState.ACTIVE


@rule("text_missing", _("Write what you did before you send it."))
def has_text(entry: "ChainModel") -> bool:
    """Say whether anything is written."""
    return bool(entry.main_text.strip())


@rule("hours_outside_limits", _("The hours are outside the limits of your cohort."))
def hours_within_limits(entry: "ChainModel") -> bool:
    """Say whether the hours are within what the cohort allows for a day; a week has none of its own."""
    cohort, hours = entry.enrolment.cohort, entry.day_hours
    return hours is None or cohort.min_hours <= hours <= cohort.max_hours


@rule("not_yet", _("This lies in the future."))
def has_begun(entry: "ChainModel") -> bool:
    """Say whether the day, or the first day of the week, has come."""
    return entry.first_day <= timezone.localdate()


@rule("too_late", _("It is too late for this day. Ask your coordinator."))
def within_days_back(entry: "ChainModel") -> bool:
    """Say whether the cohort still takes it; what was sent in time once may be mended whenever it comes back."""
    is_correction = entry.supersedes_id is not None  # type: ignore[attr-defined] # the base is abstract
    if entry.submitted_at is not None or is_correction:
        return True
    return (timezone.localdate() - entry.last_day).days <= entry.enrolment.cohort.latest_day_back


# -- arrival ------------------------------------------------------------------------------------------------------


def confirms_arrival(note: "ArrivalNote", user: "Viewer") -> bool:
    """Say whether the user is an industrial supervisor of the placement."""
    return is_industrial_supervisor(note.placement, user)


def reports_arrival(note: "ArrivalNote", user: "Viewer") -> bool:
    """Say whether the user is the student who reports."""
    return note.placement.enrolment.student_id == user.pk and has_role(user, Role.STUDENT)


def coordinates_arrival(note: "ArrivalNote", user: "Viewer") -> bool:
    """Say whether the user coordinates the student's cohort."""
    return coordinates_cohort(note.placement.enrolment.cohort, user)


@rule("address_settled", _("The supervisor's address does not wait for anybody."))
def address_waits(note: "ArrivalNote") -> bool:
    """Say whether a coordinator has to look at the address that the student typed."""
    return note.address_waits


def can_view_arrival(note: "ArrivalNote", user: "Viewer") -> bool:
    """The student, both supervisors, the coordinators, the superuser."""
    sides = (
        reports_arrival(note, user),
        confirms_arrival(note, user),
        is_university_supervisor(note.placement, user),
        coordinates_arrival(note, user),
    )
    return any(sides) or is_superuser(user)


def can_change_arrival(note: "ArrivalNote", user: "Viewer") -> bool:
    """The student, until the supervisor has confirmed."""
    return reports_arrival(note, user) and note.state == ArrivalState.DISPUTED


# -- absences and visits ------------------------------------------------------------------------------------------


def can_view_absence(absence: "Absence", user: "Viewer") -> bool:
    """The student, both supervisors, the coordinators, the superuser."""
    sides = (
        is_trainee(absence.placement, user),
        is_industrial_supervisor(absence.placement, user),
        is_university_supervisor(absence.placement, user),
        coordinates_placement(absence.placement, user),
    )
    return any(sides) or is_superuser(user)


def visits(visit: "Visit", user: "Viewer") -> bool:
    """Say whether the visit is the user's own to make."""
    return visit.visitor_id == user.pk and has_role(user, Role.UNIVERSITY_SUPERVISOR)


def plans_visits_to(placement: "Placement", user: "Viewer") -> bool:
    """Say whether the user plans visits to this placement: its university supervisors and its coordinators."""
    return is_university_supervisor(placement, user) or coordinates_placement(placement, user)


def can_change_visit(visit: "Visit", user: "Viewer") -> bool:
    """Who makes the visit, and the coordinators of the student's cohort; a visit that was made stays as it is."""
    return visit.done_on is None and (visits(visit, user) or coordinates_placement(visit.placement, user))


def can_view_visit(visit: "Visit", user: "Viewer") -> bool:
    """Who makes it, the university supervisors of the student, the coordinators, the superuser."""
    staff = is_university_supervisor(visit.placement, user) or coordinates_placement(visit.placement, user)
    return visits(visit, user) or staff or is_superuser(user)


# -- assessments --------------------------------------------------------------------------------------------------


def assesses(assessment: "Assessment", user: "Viewer") -> bool:
    """Say whether the form is the user's to fill in: the host's own kind, everything else the university's."""
    if assessment.rubric.kind == AssessmentKind.INDUSTRY:
        return is_industrial_supervisor(assessment.placement, user)
    return is_university_supervisor(assessment.placement, user)


@rule("answers_missing", _("Answer every question before you send it."))
def all_answered(assessment: "Assessment") -> bool:
    """Say whether every question that must be answered is."""
    return not any(
        criterion.is_required and not assessment.answers.get(str(criterion.pk), "")
        for criterion in assessment.rubric.criteria.all()
    )


@rule("begun", _("Somebody has begun to fill in this form. Its mark is counted when it is sent."))
def nobody_has_begun(assessment: "Assessment") -> bool:
    """Say whether no question of the form is answered yet."""
    return not assessment.answers


@rule("mark_missing", _("There is no mark."))
def has_a_mark(assessment: "Assessment") -> bool:
    """Say whether a mark has been written."""
    return assessment.mark is not None


@rule("counted", _("This mark was counted from answers. Reopen the form, so that who filled it in can change it."))
def was_entered(assessment: "Assessment") -> bool:
    """Say whether the mark was entered as a whole."""
    return bool(assessment.is_entered)


def coordinates_assessment(assessment: "Assessment", user: "Viewer") -> bool:
    """Say whether the user coordinates the student's cohort."""
    return coordinates_cohort(assessment.placement.enrolment.cohort, user)


def can_view_assessment(assessment: "Assessment", user: "Viewer") -> bool:
    """Before it is released who fills it in; submitted also university and coordinators; released the student too."""
    if is_superuser(user):
        return bool(assessment.state != AssessmentState.OPEN)
    if assesses(assessment, user):
        return True
    if assessment.state == AssessmentState.OPEN:
        return False
    if is_university_supervisor(assessment.placement, user) or coordinates_assessment(assessment, user):
        return True
    released = assessment.state == AssessmentState.RELEASED
    own = assessment.placement.enrolment.student_id == user.pk and has_role(user, Role.STUDENT)
    return released and (own or is_industrial_supervisor(assessment.placement, user))


def can_change_assessment(assessment: "Assessment", user: "Viewer") -> bool:
    """Who fills it in, until it is submitted."""
    return assessment.state == AssessmentState.OPEN and assesses(assessment, user)


def configures_rubric(rubric: "Rubric", user: "Viewer") -> bool:
    """Say whether the user coordinates the cohort of the form."""
    return coordinates_cohort(rubric.cohort, user)


def can_view_rubric(rubric: "Rubric", user: "Viewer") -> bool:
    """The coordinators of the cohort, the superuser."""
    return configures_rubric(rubric, user) or is_superuser(user)


def configures_mark_rule(mark_rule: "MarkRule", user: "Viewer") -> bool:
    """Say whether the user coordinates the cohort of the rule."""
    return coordinates_cohort(mark_rule.cohort, user)


def can_view_mark_rule(mark_rule: "MarkRule", user: "Viewer") -> bool:
    """The coordinators of the cohort, the superuser."""
    return configures_mark_rule(mark_rule, user) or is_superuser(user)


# -- feedback sentences -------------------------------------------------------------------------------------------

GIVE_FEEDBACK = (Role.INDUSTRIAL_SUPERVISOR, Role.UNIVERSITY_SUPERVISOR, Role.COORDINATOR)


def keeps_snippets(user: "Viewer") -> bool:
    """Say whether the user sends things back: supervisors of both sides and coordinators."""
    return any(has_role(user, role) for role in GIVE_FEEDBACK)


def department_of(user: "Viewer") -> int | None:
    """Return the department in which a university supervisor is employed, None for all others."""
    if not has_role(user, Role.UNIVERSITY_SUPERVISOR):
        return None
    profile = getattr(user, "staff_profile", None)
    return None if profile is None else profile.department_id


def can_view_snippet(snippet: "Snippet", user: "Viewer") -> bool:
    """Its owner, and the circle with which it is shared."""
    if snippet.owner_id == user.pk and bool(user.is_active):
        return True
    if snippet.company_id is not None:
        return belongs_to_company(snippet.company_id, user)
    if snippet.department_id is None:
        return False
    return coordinates_department(snippet.department_id, user) or department_of(user) == snippet.department_id


def can_change_snippet(snippet: "Snippet", user: "Viewer") -> bool:
    """Only its owner."""
    return snippet.owner_id == user.pk and bool(user.is_active)


# -- reminders ----------------------------------------------------------------------------------------------------


def can_view_reminder_rule(rule: "ReminderRule", user: "Viewer") -> bool:
    """The coordinators of the cohort, the superuser."""
    return coordinates_cohort(rule.cohort, user) or is_superuser(user)


def can_view_reminder(reminder: "Reminder", user: "Viewer") -> bool:
    """The coordinators of the student's cohort, the superuser."""
    return coordinates_placement(reminder.placement, user) or is_superuser(user)


def can_view_receipt(receipt: "DayReceipt", user: "Viewer") -> bool:
    """The coordinators of the cohort, the superuser: they are asked where a day has gone."""
    return coordinates_cohort(receipt.log.enrolment.cohort, user) or is_superuser(user)


def can_view_place_consent(consent: "PlaceConsent", user: "Viewer") -> bool:
    """The student, the coordinators of the cohort, the superuser."""
    enrolment = consent.enrolment
    own = enrolment.student_id == user.pk and has_role(user, Role.STUDENT)
    return own or coordinates_cohort(enrolment.cohort, user) or is_superuser(user)


def can_view_week_count(count: "WeekCount", user: "Viewer") -> bool:
    """The coordinators of the cohort, the superuser."""
    return coordinates_cohort(count.cohort, user) or is_superuser(user)


def can_view_placement_count(count: "PlacementCount", user: "Viewer") -> bool:
    """The university supervisors of the placement, the coordinators of the student's cohort, the superuser."""
    sees = (is_university_supervisor, coordinates_placement)
    return any(holds(count.placement, user) for holds in sees) or is_superuser(user)
