import pytest
from django.db import IntegrityError

from apps.accounts.models import Enrolment, HistoryEntry, StudentProfile, User
from apps.accounts.services import student_rows
from apps.accounts.services.people import grant
from apps.accounts.services.students import (
    StudentJudgement,
    change_student,
    enter_student,
    judge_students,
    set_enrolment_active,
    write_students,
)
from apps.accounts.states import Role, RowStatus
from portal.kernel.access import SYSTEM, scope_of
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.imports import Line
from tests.factories.accounts import (
    CohortFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ASHA = {"reg_no": "2021-04-00001", "first_name": "Asha", "last_name": "Moshi", "programme_code": "BSC-ME"}


@pytest.fixture
def cohort():
    return CohortFactory.create(name="Mechanical PT2", country="TZ")


@pytest.fixture
def programme(cohort):
    return ProgrammeFactory.create(department=cohort.department, code="BSC-ME")


@pytest.fixture
def coordinator(cohort):
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


@pytest.fixture
def asha(programme):
    return StudentFactory.create(
        username="2021-04-00001",
        first_name="Asha",
        last_name="Moshi",
        email="asha@uni.example",
        profile__reg_no="2021-04-00001",
        profile__programme=programme,
    )


def judge(cohort, actor, *rows: dict[str, str]) -> list[StudentJudgement]:
    return judge_students(cohort, [Line(number, row) for number, row in enumerate(rows, start=2)], actor=actor)


def problems(judgement: StudentJudgement) -> list[tuple[str, str]]:
    return [(problem.column, problem.code) for problem in judgement.line.problems]


# -- judging ------------------------------------------------------------------------------------------------------


def test_a_number_that_nobody_has_is_a_new_student(cohort, programme, coordinator):
    (found,) = judge(cohort, coordinator, ASHA)
    assert (found.status, found.changes, problems(found)) == (RowStatus.NEW, {}, [])


def test_a_new_student_needs_names_and_a_programme(cohort, coordinator):
    (found,) = judge(cohort, coordinator, {"reg_no": "1", "first_name": "Asha"})
    assert (found.status, problems(found)) == (
        RowStatus.ERROR,
        [("last_name", "missing"), ("programme_code", "missing")],
    )


def test_a_refused_cell_of_a_new_student_is_not_missing_too(cohort, coordinator):
    (found,) = judge(cohort, coordinator, ASHA)
    assert problems(found) == [("programme_code", "programme_unknown")]


def test_a_line_without_a_number_says_so(cohort, coordinator):
    (found,) = judge(cohort, coordinator, {"reg_no": "", "first_name": "Asha"})
    assert problems(found) == [("reg_no", "reg_no_missing")]


def test_a_line_with_an_unreadable_number_says_only_that(cohort, coordinator):
    (found,) = judge(cohort, coordinator, {"reg_no": "2.0E+09"})
    assert problems(found) == [("reg_no", "reg_no_unreadable")]


def test_a_known_student_of_the_cohort_is_unchanged(cohort, coordinator, asha):
    EnrolmentFactory.create(student=asha, cohort=cohort)
    (found,) = judge(cohort, coordinator, {**ASHA, "email": "ASHA@uni.example", "phone": ""})
    assert (found.status, found.changes) == (RowStatus.UNCHANGED, {})


def test_differences_are_named_with_old_and_new(cohort, coordinator, asha):
    EnrolmentFactory.create(student=asha, cohort=cohort)
    (found,) = judge(cohort, coordinator, {**ASHA, "last_name": "Moshi-Mrema", "phone": "0712345678"})
    assert (found.status, found.changes) == (
        RowStatus.CHANGED,
        {"last_name": ("Moshi", "Moshi-Mrema"), "phone": ("", "+255712345678")},
    )


def test_a_known_student_is_enrolled_into_the_cohort(cohort, coordinator, asha):
    (found,) = judge(cohort, coordinator, ASHA)
    assert (found.status, found.changes) == (RowStatus.CHANGED, {"enrolment": ("", "Mechanical PT2")})


def test_a_student_who_was_taken_out_is_taken_in_again(cohort, coordinator, asha):
    EnrolmentFactory.create(student=asha, cohort=cohort, is_active=False)
    (found,) = judge(cohort, coordinator, ASHA)
    assert found.changes == {"enrolment": ("not active", "Mechanical PT2")}


def test_two_lines_for_one_student_are_both_refused(cohort, programme, coordinator):
    first, second, third = judge(
        cohort,
        coordinator,
        {**ASHA, "reg_no": "2021-04-00001"},
        {**ASHA, "reg_no": "2021/4/1"},
        {**ASHA, "reg_no": "2021-04-00002"},
    )
    assert [(found.status, problems(found)) for found in (first, second, third)] == [
        (RowStatus.ERROR, [("reg_no", "twice_in_file")]),
        (RowStatus.ERROR, [("reg_no", "twice_in_file")]),
        (RowStatus.NEW, []),
    ]
    assert first.line.problems[0].message == "Line 3 looks like the same student. Keep one of them."


def test_addresses_that_look_the_same_are_refused_by_line_and_column(cohort, programme, coordinator):
    UserFactory.create(email="paul@uni.example")
    rows = [
        {**ASHA, "reg_no": number, "email": email}
        for number, email in (("1", "corn@x.example"), ("2", "com@x.example"), ("3", "pau1@uni.example"))
    ]
    found = judge(cohort, coordinator, *rows)
    assert [problems(judgement) for judgement in found] == [[("email", "email_looks_like")]] * 3
    assert [judgement.line.problems[0].message for judgement in found] == [
        "Line 3 has an address that looks the same.",
        "Line 2 has an address that looks the same.",
        "Somebody has an e-mail address that looks the same. Use another one.",
    ]


def test_two_lines_with_one_address_are_both_refused(cohort, programme, coordinator):
    rows = [
        {**ASHA, "reg_no": number, "email": email} for number, email in (("1", "a@x.example"), ("2", "A@x.example"))
    ]
    assert [problems(found) for found in judge(cohort, coordinator, *rows)] == [
        [("email", "email_twice_in_file")],
        [("email", "email_twice_in_file")],
    ]


def test_a_number_that_lost_its_zeros_is_told_from_a_new_one(cohort, coordinator, asha):
    (found,) = judge(cohort, coordinator, {**ASHA, "reg_no": "2021-4-1"})
    assert problems(found) == [("reg_no", "looks_like")]
    assert "2021-04-00001" in str(found.line.problems[0].message)


def test_a_user_name_of_somebody_else_is_refused(cohort, programme, coordinator):
    UserFactory.create(username="abc-7")
    (found,) = judge(cohort, coordinator, {**ASHA, "reg_no": "ABC-7"})
    assert problems(found) == [("reg_no", "username_taken")]


@pytest.mark.parametrize("known", [True, False])
def test_an_address_of_somebody_else_is_refused(cohort, programme, coordinator, known, request):
    if known:
        request.getfixturevalue("asha")
    User.objects.filter(pk=UserFactory.create().pk).update(email="Juma@Uni.example", email_key="juma@uni.example")
    (found,) = judge(cohort, coordinator, {**ASHA, "email": "juma@uni.example"})
    assert problems(found) == [("email", "email_taken")]


def test_a_student_of_others_is_refused_and_nothing_more_is_said(cohort, programme, coordinator):
    foreign = EnrolmentFactory.create(student__first_name="Secret", student__profile__reg_no="2021-04-00009").student
    (found,) = judge(cohort, coordinator, {**ASHA, "reg_no": "2021-04-00009", "email": "no", "year_of_study": "99"})
    assert problems(found) == [("reg_no", "not_in_scope")]
    assert (found.changes, found.line.problems[0].message) == ({}, "This student is not in your departments.")
    assert foreign.first_name not in str(found.line)


def test_a_coordinator_of_one_cohort_has_only_those_enrolled_in_it(cohort, programme, asha):
    person = UserFactory.create()
    grant(person, cohort, actor=SYSTEM)
    (elsewhere,) = judge(cohort, person, ASHA)
    assert problems(elsewhere) == [("reg_no", "not_in_scope")]
    EnrolmentFactory.create(student=asha, cohort=cohort)
    (enrolled,) = judge(cohort, User.objects.get(pk=person.pk), ASHA)
    assert enrolled.status == RowStatus.UNCHANGED


@pytest.mark.parametrize("more", ["role", "superuser"])
def test_personal_details_of_somebody_who_is_more_than_a_student_stay(cohort, coordinator, asha, more):
    if more == "role":
        grant(asha, CohortFactory.create(), actor=SYSTEM)
    else:
        User.objects.filter(pk=asha.pk).update(is_superuser=True)
    (changed,) = judge(cohort, coordinator, {**ASHA, "email": "mine@x.example", "year_of_study": "3"})
    assert problems(changed) == [("email", "more_than_student")]
    (enrolled,) = judge(cohort, coordinator, {**ASHA, "year_of_study": "3"})
    assert list(enrolled.changes) == ["year_of_study", "enrolment"]


def test_the_superuser_judges_all(cohort, programme):
    EnrolmentFactory.create(student__profile__reg_no="2021-04-00009")
    (found,) = judge(cohort, UserFactory.create(is_superuser=True), {"reg_no": "2021-04-00009"})
    assert (found.status, list(found.changes)) == (RowStatus.CHANGED, ["enrolment"])


def test_a_thousand_lines_cost_as_many_queries_as_one(cohort, programme, coordinator, django_assert_num_queries):
    scope_of(coordinator)
    told: list[int] = []
    for count, queries in ((1, 5), (999, 5), (1001, 8)):
        lines = [Line(n, {**ASHA, "reg_no": f"{n:06d}", "email": f"s{n}@uni.example"}) for n in range(1, count + 1)]
        with django_assert_num_queries(queries):
            found = judge_students(cohort, lines, actor=coordinator, told=told.append)
        assert {judgement.status for judgement in found} == {RowStatus.NEW}
    assert told == [1, 999, 1000, 1]


def test_known_students_cost_as_many_queries_as_one(cohort, programme, coordinator, django_assert_num_queries):
    scope_of(coordinator)
    for number in ("1", "2", "3"):
        EnrolmentFactory.create(cohort=cohort, student__profile__reg_no=number, student__profile__programme=programme)
    for numbers in (["1"], ["1", "2", "3"]):
        lines = [Line(int(n), {"reg_no": n, "year_of_study": "4", "email": f"{n}@x.example"}) for n in numbers]
        with django_assert_num_queries(8):
            found = judge_students(cohort, lines, actor=coordinator)
        assert [list(judgement.changes) for judgement in found] == [["email", "year_of_study"]] * len(numbers)


# -- writing ------------------------------------------------------------------------------------------------------


def test_a_new_student_is_a_person_with_role_profile_and_enrolment(cohort, programme, coordinator):
    row = {**ASHA, "email": "asha@uni.example", "gender": "f", "year_of_study": "2", "region_preference": "Moshi"}
    write_students(cohort, judge(cohort, coordinator, row))
    student = User.objects.get(username="2021-04-00001")
    assert (student.get_full_name(), student.email, student.has_usable_password()) == (
        "Asha Moshi",
        "asha@uni.example",
        False,
    )
    profile = student.student_profile
    assert (profile.programme, profile.gender, profile.year_of_study, profile.region_preference) == (
        programme,
        "F",
        2,
        "Moshi",
    )
    assert scope_of(student).roles == {Role.STUDENT}
    assert [row.cohort for row in student.enrolments.all()] == [cohort]


def test_only_named_columns_are_written(cohort, coordinator, asha):
    EnrolmentFactory.create(student=asha, cohort=cohort)
    judged = judge(cohort, coordinator, {**ASHA, "last_name": "Mrema"})
    User.objects.filter(pk=asha.pk).update(phone="+255700000000")
    before = asha.student_profile.updated_at
    write_students(cohort, judged)
    asha.refresh_from_db()
    assert (asha.last_name, asha.phone) == ("Mrema", "+255700000000")
    assert StudentProfile.objects.get(user=asha).updated_at == before


def test_a_changed_profile_moves_the_student_to_another_programme(cohort, coordinator, asha):
    other = ProgrammeFactory.create(department=cohort.department, code="BSC-IE")
    write_students(cohort, judge(cohort, coordinator, {**ASHA, "programme_code": "bsc-ie", "year_of_study": "4"}))
    profile = StudentProfile.objects.get(user=asha)
    assert (profile.programme, profile.year_of_study) == (other, 4)
    assert Enrolment.objects.filter(student=asha, cohort=cohort, is_active=True).count() == 1


def test_enrolling_again_makes_the_one_enrolment_active(cohort, coordinator, asha):
    EnrolmentFactory.create(student=asha, cohort=cohort, is_active=False)
    write_students(cohort, judge(cohort, coordinator, ASHA))
    assert list(Enrolment.objects.values_list("student", "cohort", "is_active")) == [(asha.pk, cohort.pk, True)]


def test_somebody_entered_at_the_same_moment_stops_everything(cohort, programme, coordinator, monkeypatch):
    judged = judge(cohort, coordinator, ASHA)

    def crash(*_args, **_kwargs):
        raise IntegrityError

    monkeypatch.setattr(student_rows, "_insert", crash)
    with pytest.raises(RuleViolation) as caught:
        write_students(cohort, judged)
    assert caught.value.code == "changed_meanwhile"
    assert not User.objects.filter(username="2021-04-00001").exists()


# -- one student --------------------------------------------------------------------------------------------------


def test_one_student_is_entered_by_the_same_rules(cohort, programme, coordinator):
    enrolment = enter_student(cohort, ASHA, actor=coordinator)
    assert (enrolment.cohort, enrolment.student.get_full_name()) == (cohort, "Asha Moshi")
    entry = HistoryEntry.objects.get(target_label="accounts.Enrolment")
    assert (entry.target_label, entry.target_id, entry.action, entry.actor, entry.department) == (
        "accounts.Enrolment",
        enrolment.pk,
        "create",
        coordinator,
        cohort.department,
    )


def test_what_is_wrong_first_is_the_rule_that_refuses(cohort, programme, coordinator):
    with pytest.raises(RuleViolation) as caught:
        enter_student(cohort, {**ASHA, "email": "no"}, actor=coordinator)
    assert (caught.value.code, caught.value.field) == ("email_unreadable", "email")
    assert Enrolment.objects.count() == 0


def test_only_coordinators_enter_and_change_students(cohort, programme, coordinator):
    stranger = UserFactory.create(roles=[Role.COORDINATOR])
    with pytest.raises(NotAllowed):
        enter_student(cohort, ASHA, actor=stranger)
    enrolment = enter_student(cohort, ASHA, actor=coordinator)
    with pytest.raises(NotAllowed):
        change_student(enrolment, {"last_name": "X"}, actor=stranger)
    with pytest.raises(NotAllowed):
        set_enrolment_active(enrolment, active=False, actor=stranger)


def test_a_form_changes_and_empties(cohort, coordinator, asha):
    enrolment = EnrolmentFactory.create(student=asha, cohort=cohort)
    change_student(enrolment, {"email": "", "last_name": "Mrema", "year_of_study": ""}, actor=coordinator)
    asha.refresh_from_db()
    assert (asha.email, asha.last_name, StudentProfile.objects.get(user=asha).year_of_study) == ("", "Mrema", None)
    assert HistoryEntry.objects.exclude(action="grant").get().reason == "email, last_name, year_of_study"


def test_a_student_keeps_a_name(cohort, coordinator, asha):
    enrolment = EnrolmentFactory.create(student=asha, cohort=cohort)
    with pytest.raises(RuleViolation) as caught:
        change_student(enrolment, {"last_name": " "}, actor=coordinator)
    assert (caught.value.code, caught.value.field) == ("missing", "last_name")


def test_changing_a_student_who_was_taken_out_does_not_take_in_again(cohort, coordinator, asha):
    enrolment = EnrolmentFactory.create(student=asha, cohort=cohort, is_active=False)
    assert change_student(enrolment, {"phone": "0712345678"}, actor=coordinator).is_active is False


@pytest.mark.parametrize(("active", "action"), [(False, "deactivate"), (True, "reactivate")])
def test_a_student_is_taken_out_and_in_again(cohort, coordinator, asha, active, action):
    enrolment = EnrolmentFactory.create(student=asha, cohort=cohort, is_active=not active)
    set_enrolment_active(enrolment, active=active, actor=coordinator)
    enrolment.refresh_from_db()
    assert (enrolment.is_active, HistoryEntry.objects.exclude(action="grant").get().action) == (active, action)
