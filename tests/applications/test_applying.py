import datetime as dt

import pytest
from django.utils import timezone

from apps.applications.models import Application, Placement
from apps.applications.services.applications import (
    LONGEST_LETTER,
    apply_for_vacancy,
    change_application,
    note_application,
)
from apps.applications.states import ApplicationState, PlacementOrigin, PlacementState
from apps.vacancies.states import VacancyState
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import moves_of, perform
from tests.factories.accounts import CompanyMemberFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import ApplicationFactory, PlacementFactory, ResumeFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create()


@pytest.fixture
def resume(enrolment):
    return ResumeFactory.create(owner=enrolment.student)


@pytest.fixture
def member():
    return CompanyMemberFactory.create()


@pytest.fixture
def application(member):
    return ApplicationFactory.create(vacancy__company=member.company)


def in_days(days):
    return timezone.localdate() + dt.timedelta(days=days)


def soon():
    return timezone.now() + dt.timedelta(days=2)


# -- applying -----------------------------------------------------------------------------------------------------


def test_a_student_applies(enrolment, resume):
    vacancy = VacancyFactory.create()
    made = apply_for_vacancy(vacancy, actor=enrolment.student, resume=resume, cover_letter="  I like welding. ")
    made.refresh_from_db()
    assert (made.vacancy, made.student, made.enrolment, made.resume) == (vacancy, enrolment.student, enrolment, resume)
    assert (made.cover_letter, made.state) == ("I like welding.", ApplicationState.PENDING)


def test_the_newest_cohort_that_fits_counts(enrolment, resume):
    student = enrolment.student
    newer = EnrolmentFactory.create(student=student, cohort__start=in_days(-5))
    EnrolmentFactory.create(student=student, cohort__start=in_days(-1), cohort__phase="PT3")
    EnrolmentFactory.create(student=student, cohort__start=in_days(-2), is_active=False)
    assert apply_for_vacancy(VacancyFactory.create(phase="PT2"), actor=student, resume=resume).enrolment == newer


def test_who_is_no_student_does_not_apply():
    person = UserFactory.create()
    with pytest.raises(NotAllowed):
        apply_for_vacancy(VacancyFactory.create(), actor=person, resume=ResumeFactory.create(owner=person))


@pytest.mark.parametrize(
    ("vacancy", "code"),
    [
        ({"state": VacancyState.DRAFT}, "vacancy_not_open"),
        ({"state": VacancyState.CLOSED}, "vacancy_not_open"),
        ({"deadline": dt.date(2020, 1, 1)}, "deadline_passed"),
        ({"years": [4]}, "not_eligible"),
        ({"phase": "PT9"}, "not_eligible"),
    ],
)
def test_a_vacancy_that_is_not_for_the_student_is_refused(enrolment, resume, vacancy, code):
    with pytest.raises(RuleViolation) as refused:
        apply_for_vacancy(VacancyFactory.create(**vacancy), actor=enrolment.student, resume=resume)
    assert (refused.value.code, Application.objects.count()) == (code, 0)


@pytest.mark.parametrize(
    ("state", "closes", "refused"),
    [(state, True, state in PlacementState.settled()) for state in PlacementState]
    + [(PlacementState.ACTIVE, False, False)],
)
def test_who_has_a_settled_place_applies_only_where_several_are_allowed(resume, enrolment, state, closes, refused):
    enrolment.cohort.one_place_closes_others = closes
    enrolment.cohort.save()
    PlacementFactory.create(enrolment=enrolment, state=state)
    codes = []
    try:
        apply_for_vacancy(VacancyFactory.create(), actor=enrolment.student, resume=resume)
    except RuleViolation as error:
        codes.append(error.code)
    assert (codes, Application.objects.count()) == (["already_placed"] * refused, int(not refused))


@pytest.mark.parametrize(
    ("length", "codes"), [(LONGEST_LETTER, []), (LONGEST_LETTER + 1, [("letter_too_long", "cover_letter")])]
)
def test_a_letter_has_a_limit(enrolment, resume, length, codes):
    found = []
    try:
        apply_for_vacancy(VacancyFactory.create(), actor=enrolment.student, resume=resume, cover_letter="x" * length)
    except RuleViolation as error:
        found.append((error.code, error.field))
    assert found == codes


def test_a_foreign_resume_is_refused(enrolment):
    with pytest.raises(RuleViolation) as refused:
        apply_for_vacancy(VacancyFactory.create(), actor=enrolment.student, resume=ResumeFactory.create())
    assert (refused.value.code, refused.value.field) == ("resume_foreign", "resume")


@pytest.mark.parametrize("state", list(ApplicationState))
def test_nobody_applies_twice(enrolment, resume, state):
    earlier = ApplicationFactory.create(enrolment=enrolment, resume=resume, state=state)
    with pytest.raises(RuleViolation) as refused:
        apply_for_vacancy(earlier.vacancy, actor=enrolment.student, resume=resume)
    assert (refused.value.code, Application.objects.count()) == ("already_applied", 1)


def test_of_two_clicks_at_once_the_database_keeps_one(enrolment, resume, monkeypatch):
    vacancy, save = VacancyFactory.create(), Application.save
    other = Application(vacancy=vacancy, student=enrolment.student, enrolment=enrolment, resume=resume)

    def save_after_the_other(self, *args, **kwargs):
        Application.objects.bulk_create([other])
        save(self, *args, **kwargs)

    monkeypatch.setattr(Application, "save", save_after_the_other)
    with pytest.raises(RuleViolation) as refused:
        apply_for_vacancy(vacancy, actor=enrolment.student, resume=resume)
    assert refused.value.code == "already_applied"


# -- changing -----------------------------------------------------------------------------------------------------


def test_an_application_changes_as_long_as_nobody_has_looked(application):
    other = ResumeFactory.create(owner=application.student)
    changed = change_application(application, actor=application.student, resume=other, cover_letter=" Better. ")
    assert (changed.resume, changed.cover_letter, changed.version) == (other, "Better.", 1)


@pytest.mark.parametrize("state", [state for state in ApplicationState if state != ApplicationState.PENDING])
def test_an_application_that_somebody_has_read_does_not_change(state):
    read = ApplicationFactory.create(state=state)
    with pytest.raises(WrongState) as refused:
        change_application(read, actor=read.student, resume=read.resume, cover_letter="Better.")
    read.refresh_from_db()
    assert (refused.value.code, read.cover_letter) == ("wrong_state", "")


def test_only_the_applicant_changes_an_application(application, member):
    with pytest.raises(NotAllowed):
        change_application(application, actor=member.user, resume=application.resume, cover_letter="Bad.")


def test_a_change_to_a_foreign_resume_is_refused(application):
    with pytest.raises(RuleViolation) as refused:
        change_application(application, actor=application.student, resume=ResumeFactory.create(), cover_letter="")
    assert refused.value.code == "resume_foreign"


# -- the company's side -------------------------------------------------------------------------------------------


def test_a_company_notes_without_changing_what_others_see(application, member):
    note_application(application, " Calm in the interview. ", actor=member.user)
    assert application.company_notes == "Calm in the interview."
    application.refresh_from_db()
    assert (application.company_notes, application.version) == ("Calm in the interview.", 0)


@pytest.mark.parametrize("name", ["student", "coordinator", "superuser", "rival_representative"])
def test_nobody_else_writes_the_companys_notes(world, name):
    with pytest.raises(NotAllowed):
        note_application(world.application, "Mine.", actor=world.personas()[name])


# -- seats --------------------------------------------------------------------------------------------------------


def test_accepting_takes_a_seat_and_makes_the_placement(application, member):
    perform(application, "accept", actor=member.user)
    application.vacancy.refresh_from_db()
    made, cohort = Placement.objects.get(), application.enrolment.cohort
    assert (application.vacancy.places_taken, application.decided_by) == (1, member.user)
    assert (made.application, made.enrolment, made.company) == (application, application.enrolment, member.company)
    assert (made.origin, made.state) == (PlacementOrigin.APPLIED, PlacementState.PROPOSED)
    assert (made.start, made.end, made.site_address) == (cohort.start, cohort.end, "Dodoma")


def test_a_full_vacancy_accepts_nobody(application, member):
    second = ApplicationFactory.create(vacancy=application.vacancy)
    perform(application, "accept", actor=member.user)
    with pytest.raises(RuleViolation) as refused:
        perform(second, "accept", actor=member.user)
    second.refresh_from_db()
    assert (refused.value.code, second.state, Placement.objects.count()) == ("no_place_left", "pending", 1)


def test_a_seat_that_went_after_the_condition_was_asked_is_refused_under_the_lock(application, member, monkeypatch):
    application.vacancy.places_taken = 1
    application.vacancy.save()
    for arrow in moves_of(Application):
        if arrow.name == "accept":
            monkeypatch.setattr(arrow.transition, "conditions", [])
    with pytest.raises(RuleViolation) as refused:
        perform(application, "accept", actor=member.user)
    assert (refused.value.code, Placement.objects.count()) == ("no_place_left", 0)


def test_declining_gives_the_seat_back_and_cancels_the_offer(application, member):
    perform(application, "accept", actor=member.user)
    perform(application, "decline", actor=application.student, reason="It is too far.")
    application.vacancy.refresh_from_db()
    offered = Placement.objects.get()
    assert (application.state, application.reason) == (ApplicationState.WITHDRAWN, "It is too far.")
    assert (application.vacancy.places_taken, offered.state, offered.reason) == (0, "cancelled", "It is too far.")


def test_a_confirmed_place_is_not_declined(application, member):
    perform(application, "accept", actor=member.user)
    perform(Placement.objects.get(), "confirm", actor=application.student)
    application.refresh_from_db()
    with pytest.raises(RuleViolation) as refused:
        perform(application, "decline", actor=application.student, reason="It is too far.")
    assert refused.value.code == "place_confirmed"
