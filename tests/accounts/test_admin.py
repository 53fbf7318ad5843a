"""The pages of accounts in the workspace: whose rows they list, for how many queries, and what they do."""

import pytest
from django.utils import timezone

from apps.accounts.models import (
    Cohort,
    Company,
    Department,
    Enrolment,
    HistoryEntry,
    Programme,
    StudentProfile,
    User,
)
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState, Role
from portal.kernel.access import SYSTEM
from portal.kernel.admin import version_token
from tests.accounts.workspace import listed, messages, page_of
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    DepartmentFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


# -- one row for each model, in a department ------------------------------------------------------------------------


def department_of(where: Department) -> Department:
    return where


def programme_of(where: Department) -> Programme:
    return ProgrammeFactory.create(department=where)


def cohort_of(where: Department) -> Cohort:
    return CohortFactory.create(department=where)


def enrolment_of(where: Department) -> Enrolment:
    return EnrolmentFactory.create(cohort=CohortFactory.create(department=where))


def company_of(where: Department) -> Company:
    return CompanyFactory.create(proposed_for=where, state=CompanyState.PROPOSED)


def history_of(where: Department) -> HistoryEntry:
    return HistoryEntry.objects.create(
        target_label="accounts.Company", target_id=1, action="approve", department=where, at=timezone.now()
    )


@pytest.mark.parametrize(
    ("make", "queries"),
    [
        (department_of, 6),
        (programme_of, 7),
        (cohort_of, 7),
        (enrolment_of, 8),
        (company_of, 8),
        (history_of, 6),
    ],
)
def test_lists_hold_the_users_rows_for_the_same_queries_whatever_their_number(
    signed_in, coordinator, department, make, queries, django_assert_num_queries
):
    make(DepartmentFactory.create())
    mine = [make(department)]
    model = type(mine[0])
    # The coordinator's own rights stand in the history, too.
    HistoryEntry.objects.filter(action="grant").delete()
    with django_assert_num_queries(queries):
        assert listed(signed_in, model) == mine
    for _number in range(2):
        another = DepartmentFactory.create() if model is Department else department
        if model is Department:
            grant(coordinator, another, actor=SYSTEM)
        mine.append(make(another))
    HistoryEntry.objects.filter(action="grant").delete()
    with django_assert_num_queries(queries):
        assert {row.pk for row in listed(signed_in, model)} == {row.pk for row in mine}


@pytest.mark.parametrize("make", [department_of, programme_of, cohort_of, enrolment_of, company_of, history_of])
def test_objects_of_another_department_are_not_there(signed_in, make):
    foreign = make(DepartmentFactory.create(name="Secret Department"))
    answer = signed_in.get(page_of(type(foreign), "change", foreign.pk))
    assert (answer.status_code, "Secret" in answer.text) == (404, False)


# -- students -------------------------------------------------------------------------------------------------------


@pytest.fixture
def asha(cohort):
    programme = ProgrammeFactory.create(department=cohort.department, code="BSC-ME", name="Mechanics")
    student = StudentFactory.create(
        first_name="Asha",
        last_name="Moshi",
        email="asha@uni.example",
        profile__reg_no="2021-04-00001",
        profile__programme=programme,
        profile__year_of_study=3,
    )
    return EnrolmentFactory.create(student=student, cohort=cohort)


@pytest.mark.parametrize("word", ["Asha", "moshi", "asha@uni", "04-00001"])
def test_students_are_found_by_name_number_and_address(signed_in, cohort, asha, word):
    EnrolmentFactory.create(cohort=cohort)
    assert listed(signed_in, Enrolment, q=word) == [asha]


def test_students_are_filtered_by_year(signed_in, cohort, asha):
    EnrolmentFactory.create(cohort=cohort)
    assert listed(signed_in, Enrolment, year="3") == [asha]
    assert len(listed(signed_in, Enrolment, year="99")) == 2


def test_the_list_names_number_programme_cohort_and_year(signed_in, asha):
    text = signed_in.get(page_of(Enrolment, "changelist")).text
    assert [word in text for word in ("2021-04-00001", "Asha Moshi", "Mechanics", "Mechanical PT2")] == [True] * 4


def test_a_person_without_a_profile_does_not_break_the_list(signed_in, cohort):
    enrolment = EnrolmentFactory.create(cohort=cohort)
    StudentProfile.objects.all().delete()
    assert listed(signed_in, Enrolment) == [enrolment]


def test_the_buttons_above_the_list_keep_the_chosen_cohort(signed_in, cohort, asha):
    page = signed_in.get(page_of(Enrolment, "changelist"), {"cohort__id__exact": cohort.pk})
    assert [link.url for link in page.context["list_links"]] == [
        f"/admin/accounts/enrolment/import/?cohort={cohort.pk}",
        f"/admin/accounts/enrolment/export/?format=xlsx&cohort={cohort.pk}",
        f"/admin/accounts/enrolment/export/?format=csv&cohort={cohort.pk}",
    ]


def test_one_student_is_entered_by_hand(signed_in, cohort):
    programme = ProgrammeFactory.create(department=cohort.department)
    form = {
        "cohort": cohort.pk,
        "reg_no": "00123",
        "first_name": "Said",
        "last_name": "Ali",
        "programme": programme.pk,
        "year_of_study": "2",
        "phone": "0712345678",
    }
    assert signed_in.post(page_of(Enrolment, "add"), form).status_code == 302
    enrolment = Enrolment.objects.get()
    assert (enrolment.student.username, enrolment.student.phone) == ("00123", "+255712345678")
    again = signed_in.post(page_of(Enrolment, "add"), form | {"reg_no": "123"})
    assert again.context["adminform"].form.errors["reg_no"] == [
        "There is a student 00123. Write the number in the same way, with its zeros."
    ]


def student_form(enrolment: Enrolment, **changes: str) -> dict[str, object]:
    student = enrolment.student
    profile = student.student_profile
    values = {
        "_version": version_token(enrolment),
        "first_name": student.first_name,
        "last_name": student.last_name,
        "email": student.email,
        "programme": profile.programme_id,
        "year_of_study": profile.year_of_study,
        "is_active": "on",
    }
    return values | changes


def test_a_student_is_changed_and_taken_out(signed_in, asha):
    address = page_of(Enrolment, "change", asha.pk)
    assert 'value="Moshi"' in signed_in.get(address).text
    form = student_form(asha, last_name="Mrema", year_of_study="")
    del form["is_active"]
    assert signed_in.post(address, form).status_code == 302
    asha.refresh_from_db()
    assert (asha.is_active, User.objects.get(pk=asha.student_id).last_name) == (False, "Mrema")
    assert StudentProfile.objects.get().year_of_study is None
    page = signed_in.get(address)
    assert [entry.what for entry in page.context["timeline"]] == ["Taken out", "Changed"]


def test_a_student_is_only_taken_out(signed_in, asha):
    form = student_form(asha)
    del form["is_active"]
    signed_in.post(page_of(Enrolment, "change", asha.pk), form)
    asha.refresh_from_db()
    assert asha.is_active is False
    page = signed_in.get(page_of(Enrolment, "change", asha.pk))
    assert [entry.what for entry in page.context["timeline"]] == ["Taken out"]


def test_a_coordinator_without_a_scope_finds_no_import(client):
    client.force_login(UserFactory.create(roles=[Role.COORDINATOR]))
    page = client.get(page_of(Enrolment, "changelist"))
    assert [link.label for link in page.context["list_links"]] == []


def test_an_unreadable_value_is_shown_at_its_field(signed_in, asha):
    page = signed_in.post(page_of(Enrolment, "change", asha.pk), student_form(asha, phone="12"))
    assert page.context["adminform"].form.errors["phone"] == [
        "This is no telephone number. Write it with its country code, such as +255 712 345 678."
    ]


def test_the_superuser_sees_a_student_without_a_form(root, asha):
    page = root.get(page_of(Enrolment, "change", asha.pk))
    assert ("asha@uni.example" in page.text, page.context["has_change_permission"]) == (True, False)
    assert root.post(page_of(Enrolment, "change", asha.pk), student_form(asha)).status_code == 403


# -- cohorts and companies ------------------------------------------------------------------------------------------


def test_the_list_of_cohorts_counts_active_students(signed_in, cohort):
    EnrolmentFactory.create(cohort=cohort)
    EnrolmentFactory.create(cohort=cohort, is_active=False)
    assert [row.students for row in listed(signed_in, Cohort)] == [1]


def test_a_cohort_is_copied_to_the_next_year(signed_in, cohort):
    links = signed_in.get(page_of(Cohort, "change", cohort.pk)).context["object_links"]
    assert [(link.label, link.url, link.post) for link in links] == [
        ("Who may see this", f"/admin/accounts/cohort/{cohort.pk}/access/", False),
        ("Import students", f"/admin/accounts/enrolment/import/?cohort={cohort.pk}", False),
        ("Copy to next year", f"/admin/accounts/cohort/{cohort.pk}/copy/", True),
    ]
    page = signed_in.post(links[2].url, follow=True)
    assert (messages(page), Cohort.objects.count()) == (["Here is the copy. Check its dates."], 2)
    again = signed_in.post(links[2].url, follow=True)
    assert messages(again) == ["There is a cohort of this name already; perhaps this one was copied."]
    assert signed_in.get(links[2].url).status_code == 405


def test_a_student_of_a_cohort_finds_no_button_there(client, cohort):
    student = EnrolmentFactory.create(cohort=cohort).student
    grant(student, CohortFactory.create(), actor=SYSTEM)
    client.force_login(student)
    assert client.get(page_of(Cohort, "change", cohort.pk)).context["object_links"] == []


def test_a_country_is_one_whose_holidays_are_known(signed_in, cohort):
    page = signed_in.get(page_of(Cohort, "change", cohort.pk))
    data = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    data |= {"country": "QQ", "_version": version_token(cohort), "department": cohort.department_id}
    data |= {"holidays-TOTAL_FORMS": "0", "holidays-INITIAL_FORMS": "0"}
    refused = signed_in.post(page_of(Cohort, "change", cohort.pk), data)
    assert refused.context["adminform"].form.errors["country"] == [
        "Write the two letters of a country, such as TZ or SA."
    ]


def test_a_company_is_entered_for_a_department(signed_in, department):
    form = {
        "name": "Machine Works",
        "proposed_for": department.pk,
        "industry_type": "ENERGY",
        "country": "TZ",
        "radius_m": "500",
        "capacities-TOTAL_FORMS": "0",
        "capacities-INITIAL_FORMS": "0",
        "members-TOTAL_FORMS": "0",
        "members-INITIAL_FORMS": "0",
    }
    assert signed_in.post(page_of(Company, "add"), form).status_code == 302
    company = Company.objects.get()
    assert (company.state, company.proposed_for, company.industry_type) == ("proposed", department, "ENERGY")


def test_look_alikes_are_named_beside_a_company(signed_in, department):
    company = CompanyFactory.create(name="Machine Works Ltd", proposed_for=department)
    assert "Perhaps the same" not in signed_in.get(page_of(Company, "change", company.pk)).text
    same = CompanyFactory.create(name="Machine Works")
    CompanyFactory.create(
        name="Machine Works Inc", state=CompanyState.PROPOSED, proposed_for=DepartmentFactory.create()
    )
    panels = signed_in.get(page_of(Company, "change", company.pk)).context["panels"]
    assert [panel["context"] for panel in panels if panel["title"] == "Perhaps the same"] == [
        {
            "rows": [("Machine Works · Approved", page_of(Company, "change", same.pk))],
            "merge_url": page_of(Company, "merge", company.pk) + f"?into={same.pk}",
        }
    ]
