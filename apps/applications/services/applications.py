"""Applications: made, changed, answered; and the seats that go with the answer."""

from typing import Final, cast

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.accounts.models import Enrolment, User
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.models import Application, Placement, Resume
from apps.applications.permissions import (
    can_change_application,
    can_view_company_notes,
    coordinates_applicant,
    is_applicant,
    owns_resume,
)
from apps.applications.services.placements import offer_placement
from apps.applications.states import ApplicationState, PlacementOrigin, PlacementState
from apps.vacancies.models import Vacancy
from apps.vacancies.permissions import is_eligible
from apps.vacancies.states import VacancyState
from portal.kernel.access import SYSTEM, SystemActor
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import Change, announce_created, perform, with_move

LONGEST_LETTER: Final = 10_000
OFFER_DECLINED: Final = gettext_noop("The offer was declined")
ALREADY: Final = _("You have applied for this vacancy already.")


def apply_for_vacancy(vacancy: Vacancy, *, actor: User, resume: Resume, cover_letter: str = "") -> Application:
    """Apply as the student who acts, in the newest cohort that the vacancy is open to.

    Raises ``NotAllowed`` for who is no student, and ``RuleViolation`` ``vacancy_not_open``, ``deadline_passed``,
    ``not_eligible``, ``already_placed``, ``already_applied``, ``resume_foreign`` or ``letter_too_long``.
    """
    if not has_role(actor, Role.STUDENT):
        raise NotAllowed
    _check_content(actor, resume, cover_letter)
    try:
        with transaction.atomic():
            vacancy = _lock_open(vacancy.pk)
            enrolment = _enrolment_for(vacancy, actor)
            if Application.objects.filter(vacancy=vacancy, student=actor).exists():
                raise RuleViolation("already_applied", ALREADY)
            application = Application(
                vacancy=vacancy, student=actor, enrolment=enrolment, resume=resume, cover_letter=cover_letter.strip()
            )
            application.save()
            announce_created(application, actor=actor)
    except IntegrityError as error:
        # Two clicks at once: the database keeps one.
        raise RuleViolation("already_applied", ALREADY) from error
    return application


def _lock_open(pk: int) -> Vacancy:
    """Lock the vacancy at the moment of posting and judge it by the clock of the database.

    A web server's clock may be wrong, and between the form and the posting the deadline may pass or the company may
    close: who holds the lock knows that neither happens before the application stands.
    """
    rows = Vacancy.objects.select_for_update(no_key=True).prefetch_related("programmes")
    vacancy = rows.annotate(today=TruncDate(Now())).get(pk=pk)
    if vacancy.state != VacancyState.ACTIVE:
        raise RuleViolation("vacancy_not_open", _("This vacancy takes no applications."))
    if vacancy.deadline < vacancy.today:
        raise RuleViolation("deadline_passed", _("The deadline of this vacancy has passed."))
    return vacancy


def _enrolment_for(vacancy: Vacancy, student: User) -> Enrolment:
    enrolments = Enrolment.objects.filter(student=student, is_active=True)
    for enrolment in enrolments.select_related("cohort", "student__student_profile").order_by("-cohort__start", "-pk"):
        if is_eligible(vacancy, enrolment):
            _check_not_placed(enrolment)
            return enrolment
    raise RuleViolation("not_eligible", _("This vacancy is for another programme, year or phase."))


def _check_not_placed(enrolment: Enrolment) -> None:
    settled = Placement.objects.filter(enrolment=enrolment, state__in=PlacementState.settled())
    if enrolment.cohort.one_place_closes_others and settled.exists():
        raise RuleViolation("already_placed", _("You have a place already. Ask your coordinator if it must change."))


def _check_content(actor: User, resume: Resume, cover_letter: str) -> None:
    if not owns_resume(resume, actor):
        raise RuleViolation("resume_foreign", _("Choose one of your own resumes."), field="resume")
    if len(cover_letter) > LONGEST_LETTER:
        raise RuleViolation(
            "letter_too_long", _("The cover letter is too long. 10,000 characters are allowed."), field="cover_letter"
        )


def change_application(application: Application, *, actor: User, resume: Resume, cover_letter: str) -> Application:
    """Change resume and letter as long as nobody has looked.

    Raises ``NotAllowed``, ``WrongState`` afterwards, and ``RuleViolation`` as ``apply_for_vacancy`` does.
    """
    if not is_applicant(application, actor):
        raise NotAllowed
    _check_content(actor, resume, cover_letter)
    with transaction.atomic():
        row = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        if not can_change_application(row, actor):
            raise WrongState("wrong_state", _("The company has begun to read your application. It cannot change now."))
        row.resume, row.cover_letter = resume, cover_letter.strip()
        row.version += 1
        row.save()
    application.refresh_from_db()
    return application


def note_application(application: Application, notes: str, *, actor: User) -> Application:
    """Keep the company's private notes about an applicant. Raises ``NotAllowed`` for everybody else."""
    if not can_view_company_notes(application, actor):
        raise NotAllowed
    # Not a change of what others see: the version stays, and a decision taken meanwhile is not refused.
    Application.objects.filter(pk=application.pk).update(company_notes=notes.strip())
    application.company_notes = notes.strip()
    return application


# -- parts of moves -----------------------------------------------------------------------------------------------


@with_move("applications.Application", "accept")
def take_seat(change: Change) -> None:
    """Take a place of the vacancy under its row lock and make the placement that the student confirms.

    The condition of the move has looked at an unlocked row; of fifty who are accepted at once for one place, the lock
    lets one through. The check constraint of the table is the net below.
    """
    for application in cast("list[Application]", change.objects):
        vacancy = Vacancy.objects.select_for_update().get(pk=application.vacancy_id)
        if vacancy.places_left < 1:
            raise RuleViolation("no_place_left", _("All places of this vacancy are taken."))
        Vacancy.objects.filter(pk=vacancy.pk).update(places_taken=F("places_taken") + 1)
        offer_placement(application, actor=change.actor, origin=_way_in(application, change))


def _way_in(application: Application, change: Change) -> PlacementOrigin:
    """Say how the student came to the place: who is accepted by a coordinator after an interview was matched."""
    interviewed = ApplicationState.INTERVIEW_SCHEDULED in (change.sources[application.pk], application.state)
    interviewed = interviewed or application.interview_at is not None
    if interviewed and not isinstance(change.actor, SystemActor) and coordinates_applicant(application, change.actor):
        return PlacementOrigin.MATCHED
    return PlacementOrigin.APPLIED


def match_student(application: Application, *, actor: User) -> Placement:
    """Give an interviewed student the place, settled at once: the coordinator has spoken with both sides.

    Raises ``NotAllowed`` for who does not coordinate the student, ``WrongState``, and ``RuleViolation``
    ``not_interviewed``, ``no_place_left`` or ``no_time_left``.
    """
    if not coordinates_applicant(application, actor):
        raise NotAllowed
    with transaction.atomic():
        if application.state != ApplicationState.INTERVIEW_SCHEDULED and application.interview_at is None:
            raise RuleViolation("not_interviewed", _("Nobody has met this student yet. Arrange an interview first."))
        perform(application, "accept", actor=actor)
        return perform(Placement.objects.get(application=application), "confirm", actor=actor)


@with_move("applications.Application", "decline")
def free_seat(change: Change) -> None:
    """Give the place of the vacancy back, and cancel the placement that was offered."""
    for application in cast("list[Application]", change.objects):
        Vacancy.objects.filter(pk=application.vacancy_id, places_taken__gt=0).update(places_taken=F("places_taken") - 1)
        offered = Placement.objects.filter(application=application, state=PlacementState.PROPOSED).first()
        if offered is not None:
            perform(offered, "cancel", actor=SYSTEM, reason=change.reason or OFFER_DECLINED)
