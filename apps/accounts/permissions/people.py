"""People, departments, cohorts, notices, jobs and mails: who may see and change them."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from apps.accounts.states import Role
from portal.kernel.access import scope_of
from portal.kernel.fsm import rule

if TYPE_CHECKING:
    from apps.accounts.models import (
        Cohort,
        Company,
        Department,
        Enrolment,
        HistoryEntry,
        ImportBatch,
        ImportSchedule,
        Job,
        KeptAnswer,
        MassMail,
        Notice,
        Programme,
        SavedView,
        StaffProfile,
        TokenFamily,
        User,
    )
    from portal.kernel.access import Viewer


def has_role(user: "Viewer", role: Role) -> bool:
    """Say whether the user is active and in the group of this role."""
    return role in scope_of(user).roles


def is_superuser(user: "Viewer") -> bool:
    """Say whether the user is an active superuser: sees and configures, but does not verify, validate or assess."""
    return bool(user.is_active and user.is_superuser)


def coordinates_cohort(cohort: "Cohort", user: "Viewer") -> bool:
    """Say whether a grant on the cohort or on its department makes the user its coordinator."""
    scope = scope_of(user)
    granted = cohort.pk in scope.cohorts or cohort.department_id in scope.departments
    return Role.COORDINATOR in scope.roles and granted


def coordinates_department(department_id: int | None, user: "Viewer") -> bool:
    """Say whether the user holds a grant on the whole department."""
    scope = scope_of(user)
    return Role.COORDINATOR in scope.roles and department_id in scope.departments


def represents_company(company_id: int | None, user: "Viewer") -> bool:
    """Say whether the user is an active representative of the company."""
    scope = scope_of(user)
    return Role.COMPANY_REPRESENTATIVE in scope.roles and company_id in scope.companies


def belongs_to_company(company_id: int | None, user: "Viewer") -> bool:
    """Say whether the user is an active member of the company, as representative or as supervisor."""
    return company_id in scope_of(user).memberships


def moderates_company(company: "Company", user: "Viewer") -> bool:
    """Say whether the user may decide about the company.

    That is a coordinator of the department for which it was proposed or of the cohort in which a student proposed it,
    one with a grant on the company itself, and, for a company that came by itself, any coordinator.
    """
    scope = scope_of(user)
    if Role.COORDINATOR not in scope.roles:
        return False
    mine = company.pk in scope.coordinated_companies or company.proposed_in_id in scope.cohorts
    if mine or company.proposed_for_id in scope.departments:
        return True
    return company.proposed_for_id is None and bool(scope.departments or scope.cohorts)


def can_moderate_company(company: "Company", user: "Viewer") -> bool:
    """Approve, reject, archive: its moderators and the superuser."""
    return moderates_company(company, user) or is_superuser(user)


def can_view_company(company: "Company", user: "Viewer") -> bool:
    """An approved company is seen by everybody who is signed in; others by their creator, members and moderators."""
    if not (user.is_authenticated and user.is_active):
        return False
    if company.state == "approved" or is_superuser(user):
        return True
    mine = company.proposed_by_id == user.pk or belongs_to_company(company.pk, user)
    return mine or moderates_company(company, user)


def can_change_company(company: "Company", user: "Viewer") -> bool:
    """Its representatives, its moderators, the superuser; while it waits also who proposed it."""
    if represents_company(company.pk, user) or can_moderate_company(company, user):
        return True
    return company.state == "proposed" and company.proposed_by_id == user.pk and bool(user.is_active)


def can_view_enrolment(enrolment: "Enrolment", user: "Viewer") -> bool:
    """The student, the coordinators of the cohort, the superuser."""
    if is_superuser(user):
        return True
    own = enrolment.student_id == user.pk and has_role(user, Role.STUDENT)
    return own or coordinates_cohort(enrolment.cohort, user)


def can_change_enrolment(enrolment: "Enrolment", user: "Viewer") -> bool:
    """The coordinators of the cohort."""
    return coordinates_cohort(enrolment.cohort, user)


def can_import_students(cohort: "Cohort", user: "Viewer") -> bool:
    """The coordinators of the cohort, and the superuser."""
    return coordinates_cohort(cohort, user) or is_superuser(user)


def can_view_job(job: "Job", user: "Viewer") -> bool:
    """Its owner; the superuser for operations."""
    return (job.owner_id == user.pk and bool(user.is_active)) or is_superuser(user)


def can_cancel_job(job: "Job", user: "Viewer") -> bool:
    """Its owner."""
    return job.owner_id == user.pk and bool(user.is_active)


def can_import_into(cohort: "Cohort | None", user: "Viewer") -> bool:
    """Import a table: into a cohort its coordinators, for the portal every coordinator; the superuser both.

    Which lines are the user's to write is asked of every line.
    """
    if cohort is not None:
        return can_import_students(cohort, user)
    return coordinates_something(user) or is_superuser(user)


def can_view_import(batch: "ImportBatch", user: "Viewer") -> bool:
    """Who uploaded it, while it is still in that person's scope; the superuser."""
    if is_superuser(user):
        return True
    return batch.owner_id == user.pk and can_import_into(batch.cohort, user)


def can_confirm_import(batch: "ImportBatch", user: "Viewer") -> bool:
    """Only who uploaded it: nobody confirms another person's upload."""
    return batch.owner_id == user.pk and can_import_into(batch.cohort, user)


def can_undo_import(batch: "ImportBatch", user: "Viewer") -> bool:
    """Only who imported it, while that person may still import there."""
    return can_confirm_import(batch, user)


def can_view_import_schedule(schedule: "ImportSchedule", user: "Viewer") -> bool:
    """Who entered it, while that person may still import there; the superuser."""
    if is_superuser(user):
        return True
    return schedule.owner_id == user.pk and can_import_into(schedule.cohort, user)


def can_change_import_schedule(schedule: "ImportSchedule", user: "Viewer") -> bool:
    """Pause, resume or delete it: as who may see it, for it does no more than its owner may."""
    return can_view_import_schedule(schedule, user)


def can_view_staff(profile: "StaffProfile", user: "Viewer") -> bool:
    """Coordinators of the whole department, and the superuser."""
    return coordinates_department(profile.department_id, user) or is_superuser(user)


def is_own_program(row: "TokenFamily | KeptAnswer", user: "Viewer") -> bool:
    """Say whether it was one's own program that signed in, or was answered."""
    return row.user_id == user.pk and bool(user.is_active)


def can_view_notice(notice: "Notice", user: "Viewer") -> bool:
    """The person whom it tells."""
    return notice.recipient_id == user.pk and bool(user.is_active)


def can_view_history_entry(entry: "HistoryEntry", user: "Viewer") -> bool:
    """Coordinators of its department, and the superuser."""
    return coordinates_department(entry.department_id, user) or is_superuser(user)


# -- people -----------------------------------------------------------------------------------------------------------


def looks_after(person: "User", user: "Viewer") -> bool:
    """Say whether the person is a student or a member of staff in what the user coordinates."""
    scope = scope_of(user)
    if Role.COORDINATOR not in scope.roles:
        return False
    student, staff = getattr(person, "student_profile", None), getattr(person, "staff_profile", None)
    if student is not None and student.programme.department_id in scope.departments:
        return True
    if staff is not None and staff.department_id in scope.departments:
        return True
    return any(coordinates_cohort(enrolment.cohort, user) for enrolment in person.enrolments.all())


def is_oneself(person: "User", user: "Viewer") -> bool:
    """Say whether the user is this very person, and active."""
    return person.pk == user.pk and bool(user.is_active)


def can_view_person(person: "User", user: "Viewer") -> bool:
    """Oneself; the coordinators who look after the person; the superuser."""
    return is_oneself(person, user) or is_superuser(user) or looks_after(person, user)


def can_change_person(person: "User", user: "Viewer") -> bool:
    """Oneself; the superuser."""
    return is_oneself(person, user) or is_superuser(user)


def can_shut_out(person: "User", user: "Viewer") -> bool:
    """Shut out, let in again, end sessions: the superuser; coordinators whom they look after, but not their like."""
    if is_superuser(user):
        return True
    above = person.is_superuser or any(group.name == Role.COORDINATOR for group in person.groups.all())
    return looks_after(person, user) and not above


def can_see_access(anchor: "Department | Cohort | Company", user: "Viewer") -> bool:
    """See who coordinates it: whoever coordinates it as a whole, and the superuser, who alone changes it."""
    if is_superuser(user):
        return True
    scope = scope_of(user)
    if Role.COORDINATOR not in scope.roles:
        return False
    label = anchor._meta.model_name
    if label == "department":
        return anchor.pk in scope.departments
    return anchor.pk in (scope.cohorts if label == "cohort" else scope.coordinated_companies) or bool(
        {getattr(anchor, "department_id", None), getattr(anchor, "proposed_for_id", None)} & scope.departments
    )


def can_complete_profile(person: "User", user: "Viewer") -> bool:
    """A student oneself, while the university knows nothing of the studies."""
    return is_oneself(person, user) and has_role(user, Role.STUDENT) and not scope_of(user).has_studies


def needs_second_factor(user: "Viewer") -> bool:
    """Who sees other people's data by office and signs in with a password: coordinators and superusers."""
    return is_superuser(user) or has_role(user, Role.COORDINATOR)


def can_invite_members(company: "Company", user: "Viewer") -> bool:
    """Ask somebody to join a company: its representatives, its moderators, the superuser."""
    return represents_company(company.pk, user) or can_moderate_company(company, user)


def can_invite_student(enrolment: "Enrolment", user: "Viewer") -> bool:
    """The coordinators of the cohort, and the superuser."""
    return coordinates_cohort(enrolment.cohort, user) or is_superuser(user)


def can_invite_staff(profile: "StaffProfile", user: "Viewer") -> bool:
    """Coordinators of the whole department, and the superuser."""
    return coordinates_department(profile.department_id, user) or is_superuser(user)


# -- what coordinators configure ------------------------------------------------------------------------------------


def coordinates_something(user: "Viewer") -> bool:
    """Say whether the user coordinates a department or a cohort at all."""
    scope = scope_of(user)
    return Role.COORDINATOR in scope.roles and bool(scope.departments or scope.cohorts)


def coordinates_whole_department(user: "Viewer") -> bool:
    """Say whether the user coordinates at least one whole department, or is the superuser."""
    scope = scope_of(user)
    return is_superuser(user) or (Role.COORDINATOR in scope.roles and bool(scope.departments))


def only_superuser(_row: object, user: "Viewer") -> bool:
    """What is the installation's own: background work, people and their rights."""
    return is_superuser(user)


def can_view_department(department: "Department", user: "Viewer") -> bool:
    """Coordinators of the department or of one of its cohorts, and the superuser."""
    if is_superuser(user) or coordinates_department(department.pk, user):
        return True
    return any(coordinates_cohort(cohort, user) for cohort in department.cohorts.all())


def can_view_programme(programme: "Programme", user: "Viewer") -> bool:
    """Whoever sees its department."""
    return can_view_department(programme.department, user)


def can_change_programme(programme: "Programme", user: "Viewer") -> bool:
    """Coordinators of the whole department, and the superuser."""
    return coordinates_department(programme.department_id, user) or is_superuser(user)


def can_view_cohort(cohort: "Cohort", user: "Viewer") -> bool:
    """Its coordinators, the students in it, the superuser."""
    if is_superuser(user) or coordinates_cohort(cohort, user):
        return True
    return has_role(user, Role.STUDENT) and any(e.student_id == user.pk for e in cohort.enrolments.all())


def can_change_cohort(cohort: "Cohort", user: "Viewer") -> bool:
    """Its coordinators, and the superuser."""
    return coordinates_cohort(cohort, user) or is_superuser(user)


def can_delete_cohort(cohort: "Cohort", user: "Viewer") -> bool:
    """Coordinators of the whole department, and the superuser; a rule keeps those in which somebody is enrolled."""
    return coordinates_department(cohort.department_id, user) or is_superuser(user)


def can_enter_company(user: "Viewer") -> bool:
    """Enter a company by hand: coordinators; others propose one in the portal."""
    return coordinates_something(user)


def can_enter_agreement(user: "Viewer") -> bool:
    """Enter what was agreed with a company: coordinators and the superuser, for companies that they decide about."""
    return coordinates_something(user) or is_superuser(user)


# -- mails to many ------------------------------------------------------------------------------------------------


def wrote_mass_mail(mail: "MassMail", user: "Viewer") -> bool:
    """Say whether the user wrote it and still coordinates something."""
    return mail.author_id == user.pk and (coordinates_something(user) or is_superuser(user))


def can_view_mass_mail(mail: "MassMail", user: "Viewer") -> bool:
    """Its author, and a superuser."""
    return wrote_mass_mail(mail, user) or is_superuser(user)


@rule("not_written", _("Write a subject and a text first."))
def mass_mail_is_written(mail: "MassMail") -> bool:
    """Say whether there is anything to send."""
    return bool(mail.subject and mail.text)


def can_view_saved_view(row: "SavedView", user: "Viewer") -> bool:
    """Whose it is; those who coordinate something in the department with which it is shared; the superuser."""
    if row.owner_id == user.pk and user.is_active:
        return True
    return row.department_id is not None and (is_superuser(user) or row.department_id in _departments_of(user))


def can_change_saved_view(row: "SavedView", user: "Viewer") -> bool:
    """Whose it is."""
    return row.owner_id == user.pk and bool(user.is_active)


def can_share_in(department: "Department", user: "Viewer") -> bool:
    """Who coordinates the department or a cohort of it, and the superuser."""
    return is_superuser(user) or department.pk in _departments_of(user)


def _departments_of(user: "Viewer") -> frozenset[int]:
    scope = scope_of(user)
    return scope.departments | scope.cohort_departments if Role.COORDINATOR in scope.roles else frozenset()
