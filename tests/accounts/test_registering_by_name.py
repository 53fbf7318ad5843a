"""Registering by name, codes by mail, passwords by letter, feedback: what programs ask for beside the pages."""

from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import Company, Enrolment, SiteSettings, StudentProfile, User
from apps.accounts.permissions import can_view_company_contact
from apps.accounts.selectors import SETTINGS_KEY, contacts_visible_to
from apps.accounts.services.choosing_password import choose_password
from apps.accounts.services.codes import ask_for_code, check_code, code_of, confirm_by_code, send_code
from apps.accounts.services.feedback import give_feedback, send_feedback
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.own_profile import (
    ProfileWish,
    phase_named,
    programme_named,
    register_with_profile,
    save_own_profile,
)
from apps.accounts.services.proposing import propose_as
from apps.accounts.services.registering_by_name import (
    NamedNewcomer,
    ask_to_confirm,
    ask_to_confirm_again,
    enrol_by_default,
    register_by_name,
    send_confirmation,
)
from apps.accounts.services.registration import Door
from apps.accounts.states import Role
from portal.kernel.errors import NotAllowed, RuleViolation, TooManyTries
from portal.kernel.mail import AddressRefusedError
from tests.factories.accounts import CohortFactory, EnrolmentFactory, ProgrammeFactory, StudentFactory, UserFactory
from tests.factories.world import build_world

pytestmark = pytest.mark.django_db

PASSWORD = "four dull brass lamps"
ASHA = "asha@uni.example"


def refused(function, *args, **kwargs) -> tuple[str, str | None]:
    with pytest.raises(RuleViolation) as error:
        function(*args, **kwargs)
    return error.value.code, error.value.field


def settings_of(**values: object) -> None:
    SiteSettings.objects.update_or_create(pk=1, defaults=values)
    cache.delete(SETTINGS_KEY)


def newcomer(**more: Any) -> NamedNewcomer:
    return NamedNewcomer(**{"username": "asha", "password": PASSWORD, "email": ASHA, **more})


# -- registering --------------------------------------------------------------------------------------------------


def test_an_address_is_the_persons_when_it_is_confirmed():
    person = register_by_name(Door.STUDENT, newcomer())
    assert (person.email, person.check_password(PASSWORD)) == ("", True)
    run_due_tasks()
    [letter] = mail.outbox
    assert (letter.to, EmailAddress.objects.get(user=person).verified) == ([ASHA], False)
    link = next(word for word in letter.body.split() if "/accounts/confirm-email/" in word)
    Client().post(link.partition("://")[2].partition("/")[2].join(("/", "")))
    person.refresh_from_db()
    assert person.email == ASHA


def test_whose_address_is_known_is_told_and_nobody_else():
    UserFactory.create(email=ASHA)
    person = register_by_name(Door.STUDENT, newcomer())
    run_due_tasks()
    [letter] = mail.outbox
    assert (letter.to, "have an account already" in letter.subject) == ([ASHA], True)
    assert not EmailAddress.objects.filter(user=person).exists()


def test_a_confirmation_of_nobody_or_of_what_is_confirmed_is_not_sent():
    person = UserFactory.create(email=ASHA)
    send_confirmation(person.pk, ASHA)
    send_confirmation(99_999_999, ASHA)
    assert mail.outbox == []


def test_only_oneself_asks_for_a_confirmation():
    with pytest.raises(NotAllowed):
        ask_to_confirm(UserFactory.create(), ASHA, actor=UserFactory.create())


def test_the_letter_comes_again_for_an_address_that_waits():
    person = UserFactory.create(email="")
    EmailAddress.objects.create(user=person, email=ASHA, verified=False)
    for email in (ASHA, "nobody@uni.example"):
        ask_to_confirm_again(email)
    run_due_tasks()
    assert [letter.to for letter in mail.outbox] == [[ASHA]]
    ask_to_confirm_again(ASHA)
    ask_to_confirm_again(ASHA)
    with pytest.raises(TooManyTries):
        ask_to_confirm_again(ASHA)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"username": "a b"}, "username_unreadable"),
        ({"username": "x" * 151}, "username_taken"),
        ({"username": "ROOT"}, "username_taken"),
        ({"email": "a@b"}, "email_unreadable"),
        ({"password": "short"}, "password_refused"),
        ({"phone": "12"}, "phone_unreadable"),
    ],
)
def test_a_newcomer_that_cannot_be_leaves_nothing(more, code):
    UserFactory.create(username="root")
    assert refused(register_by_name, Door.STUDENT, newcomer(**more))[0] == code
    assert User.objects.count() == 1


def test_a_closed_door_is_closed():
    settings_of(student_registration=False)
    assert refused(register_by_name, Door.STUDENT, newcomer())[0] == "closed"


def test_a_company_has_no_cohort():
    host = {"name": "Njia", "website": "njia.example", "hr_email": "hr@njia.example"}
    settings_of(default_cohort=CohortFactory.create(), company_registration=True)
    person = register_by_name(Door.COMPANY, newcomer(email="", company=host), enrol=True)
    assert (Company.objects.get().members.get().user, Enrolment.objects.count()) == (person, 0)


def test_a_student_without_a_cohort_is_enrolled_once():
    student, cohort = UserFactory.create(roles=[Role.STUDENT]), CohortFactory.create()
    assert enrol_by_default(student, actor=student) is None
    settings_of(default_cohort=cohort)
    assert enrol_by_default(student, actor=student).cohort == cohort
    assert enrol_by_default(student, actor=student) is None
    for other in (UserFactory.create(), UserFactory.create(roles=[Role.STUDENT])):
        with pytest.raises(NotAllowed):
            enrol_by_default(student if other.groups.exists() else other, actor=other)


# -- profile ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MECHANICAL", "MECHANICAL"),
        ("mechanical", "MECHANICAL"),
        ("BSc. Mechanical Engineering", "MECHANICAL"),
        ("Mechanical Engineering", "MECHANICAL"),
        ("Bachelor of Science in Civil Works", None),
        ("BSc. Civil Engineering", "CE-1"),
        ("CIVIL", "CE-1"),
        ("ELECTRICAL", None),
        ("Alchemy", None),
        ("BSc.", None),
        ("", None),
    ],
)
def test_a_programme_is_known_by_code_name_and_beginning(text, code):
    ProgrammeFactory.create(code="MECHANICAL", name="BSc. Mechanical Engineering")
    ProgrammeFactory.create(code="CE-1", name="B.Sc. in Civil Engineering")
    ProgrammeFactory.create(code="EE-1", name="BSc. Electrical Engineering")
    ProgrammeFactory.create(code="EE-2", name="BSc. Electrical Power Engineering")
    found = programme_named(text)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("PT2", "PT2"),
        ("pt 3", "PT3"),
        ("Practical Training 1", "PT1"),
        ("Practical Training Phase 2", "PT2"),
        (" Field ", "Field"),
    ],
)
def test_a_phase_has_a_short_name(text, phase):
    assert phase_named(text) == phase


def wish(**values: Any) -> ProfileWish:
    return ProfileWish(frozenset(values), **values)


def test_studies_are_entered_once_and_kept_by_the_university():
    cohort = CohortFactory.create(phase="PT2")
    ProgrammeFactory.create(department=cohort.department, code="ME", name="BSc. Mechanical")
    student = UserFactory.create(roles=[Role.STUDENT])
    assert refused(save_own_profile, student, wish(), actor=student) == ("reg_no_missing", "reg_no")
    assert refused(save_own_profile, student, wish(reg_no="1", programme="X"), actor=student) == (
        "programme_unknown",
        "programme",
    )
    studies = wish(
        reg_no="1", programme="mechanical", year_of_study=3, phase="Practical Training 2", phone="+255712345678"
    )
    save_own_profile(student, studies, actor=student)
    profile = StudentProfile.objects.get(user=student)
    student = User.objects.get(pk=student.pk)
    assert (profile.reg_no, profile.year_of_study, student.enrolments.get().cohort, student.phone) == (
        "1",
        3,
        cohort,
        "+255712345678",
    )
    save_own_profile(student, studies, actor=student)
    for changed in ({"reg_no": "2"}, {"programme": "X"}, {"phase": "PT3"}):
        assert refused(save_own_profile, student, wish(**changed), actor=student) == ("kept_by_university", *changed)
    assert refused(save_own_profile, student, wish(year_of_study=9), actor=student) == ("year_wrong", "year_of_study")


def test_only_the_student_writes_the_own_profile():
    student = StudentFactory.create()
    for person, actor in ((student, StudentFactory.create()), (UserFactory.create(), None)):
        with pytest.raises(NotAllowed):
            save_own_profile(person, wish(), actor=actor or person)


def test_studies_that_do_not_fit_are_asked_for_later():
    person = register_with_profile(newcomer(), wish(reg_no="1", programme="Alchemy"))
    assert not StudentProfile.objects.filter(user=person).exists()


def test_only_students_and_coordinators_propose():
    world = build_world()
    for person in (world.representative, world.university_supervisor):
        with pytest.raises(NotAllowed):
            propose_as(actor=person, name="Njia")
    assert propose_as(actor=world.student, name="Njia").proposed_in == world.cohort
    assert propose_as(actor=world.coordinator, name="Daraja").proposed_in is None


def test_contacts_are_shown_to_whom_the_predicate_names():
    world = build_world()
    propose_as(actor=world.student, name="Njia")
    for person in world.personas().values():
        wanted = {company.pk for company in Company.objects.all() if can_view_company_contact(company, person)}
        assert set(contacts_visible_to(person).values_list("pk", flat=True)) == wanted, person


# -- codes --------------------------------------------------------------------------------------------------------


@pytest.fixture
def at(monkeypatch):
    def put(window: int) -> None:
        monkeypatch.setattr("apps.accounts.services.codes._window", lambda: window)

    put(1000)
    return put


def test_a_code_counts_once_for_some_minutes(at):
    code = code_of(f"mail:{ASHA}", 1000)
    for window, reason in ((999, "code_wrong"), (1002, "code_wrong")):
        at(window)
        assert refused(check_code, code, ASHA) == (reason, "otp")
    at(1001)
    check_code(f" {code} ", ASHA)
    assert refused(check_code, code, ASHA) == ("code_wrong", "otp")


def test_a_code_is_tried_five_times(at):
    for _try in range(5):
        assert refused(check_code, "000", ASHA)[0] == "code_wrong"
    with pytest.raises(TooManyTries):
        check_code(code_of(f"mail:{ASHA}", 1000), ASHA)


def test_codes_are_mailed_five_times_an_hour(at):
    for _time in range(5):
        ask_for_code(email=ASHA)
    with pytest.raises(TooManyTries):
        ask_for_code(email=ASHA)
    assert refused(ask_for_code) == ("nobody_named", "email")


def test_the_code_of_a_number_goes_to_the_address_of_its_account(at, monkeypatch):
    UserFactory.create(phone="+255712345678", email=ASHA)
    UserFactory.create_batch(2, phone="+255700000000")
    for phone in ("+255712345678", "+255700000000", "+255711111111"):
        ask_for_code(phone=phone)
    ask_for_code(email="new@uni.example")
    run_due_tasks()
    codes = {letter.to[0]: letter.body for letter in mail.outbox}
    assert set(codes) == {ASHA, "new@uni.example"}
    assert code_of("phone:+255712345678", 1000) in codes[ASHA]

    def away(_letter):
        raise AddressRefusedError

    monkeypatch.setattr("apps.accounts.services.codes.send_letter", away)
    send_code(ASHA, "")
    assert len(mail.outbox) == 2


def test_a_code_confirms_the_address_that_waits_beside_one_person(at):
    person, code = UserFactory.create(email=""), code_of(f"mail:{ASHA}", 1000)
    EmailAddress.objects.create(user=person, email="old@uni.example", verified=False)
    EmailAddress.objects.create(user=person, email=ASHA, verified=False)
    confirm_by_code(ASHA, code)
    person.refresh_from_db()
    assert (person.email, [row.email for row in EmailAddress.objects.filter(user=person)]) == (ASHA, [ASHA])


@pytest.mark.parametrize("case", ["nobody", "two", "somebody's"])
def test_a_code_gives_nobody_the_address_of_another(at, case):
    owner = UserFactory.create(email=ASHA if case == "somebody's" else "")
    people = UserFactory.create_batch({"nobody": 0, "two": 2, "somebody's": 1}[case], email="")
    for person in people:
        EmailAddress.objects.create(user=person, email=ASHA, verified=False)
    confirm_by_code(ASHA, code_of(f"mail:{ASHA}", 1000))
    assert {person.email for person in User.objects.exclude(pk=owner.pk)} <= {""}


# -- passwords and feedback -----------------------------------------------------------------------------------------


def test_a_letters_key_sets_the_password_once():
    person = UserFactory.create()
    uid, key = user_pk_to_url_str(person), default_token_generator.make_token(person)
    for wrong in ((uid, "x"), ("!!", key), ("zz", key)):
        assert refused(choose_password, *wrong, PASSWORD) == ("key_wrong", "token")
    assert refused(choose_password, uid, key, "short") == ("password_refused", "password")
    version = person.session_version
    person = choose_password(uid, key, PASSWORD)
    assert (person.check_password(PASSWORD), person.session_version > version) == (True, True)
    assert refused(choose_password, uid, key, PASSWORD + "!")[0] == "key_wrong"


def test_feedback_reaches_whoever_looks_after_the_portal(monkeypatch):
    root = UserFactory.create(is_superuser=True, email="root@uni.example")
    person = UserFactory.create()
    give_feedback("It is slow.\x00 <b>", actor=person)
    run_due_tasks()
    [letter] = mail.outbox
    assert (letter.to, "It is slow. <b>" in letter.body) == ([root.email], True)
    assert refused(give_feedback, " \x00", actor=person) == ("text_missing", "message")
    send_feedback(99_999_999, "x")

    def away(_letter):
        raise AddressRefusedError

    monkeypatch.setattr("apps.accounts.services.feedback.send_letter", away)
    send_feedback(person.pk, "x")
    assert len(mail.outbox) == 1


def test_nobody_is_enrolled_in_a_closed_cohort():
    enrolment = EnrolmentFactory.create()
    settings_of(default_cohort=CohortFactory.create(is_open=False))
    newcomer_ = UserFactory.create(roles=[Role.STUDENT])
    assert enrol_by_default(newcomer_, actor=newcomer_) is None
    assert Enrolment.objects.get() == enrolment
