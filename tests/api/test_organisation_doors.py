"""Departments, programmes, cohorts, students, staff and the register of companies through /api/v1/."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import Agreement, Cohort, Company, CompanyCapacity, User
from tests.api.test_further_doors import problems
from tests.api.test_lists import client_for
from tests.factories.accounts import CohortFactory, CompanyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

COHORT = {"name": "Mining PT1", "phase": "PT1", "start": "2026-01-05", "end": "2026-03-01"}


@pytest.fixture
def world() -> World:
    return build_world()


def test_a_cohort_is_entered_changed_copied_and_thrown_away(world):
    client = client_for(world.coordinator)
    body = {**COHORT, "department": world.department.pk, "working_days": [0, 1, 2], "country": "sa"}
    made = client.post("/api/v1/cohorts/", body, format="json")
    assert (made.status_code, made.json()["working_days"], made.json()["country"]) == (201, [0, 1, 2], "SA")
    address = made.headers["Location"]
    changed = client.patch(address, {"required_hours": 200, "min_hours": "2.5"}, format="json").json()
    assert (changed["required_hours"], changed["min_hours"], changed["name"]) == (200, 2.5, "Mining PT1")
    copy = client.post(f"{address}copy/")
    assert (copy.status_code, copy.json()["start"], copy.json()["min_hours"]) == (201, "2027-01-04", 2.5)
    assert problems(client.post(f"{address}copy/")) == (400, [])
    assert client.delete(address).status_code == 204
    assert client.delete(f"/api/v1/cohorts/{world.cohort.pk}/").json()["code"] == "in_use"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"end": "2025-01-01"}, "end"),
        ({"country": "XX"}, "country"),
        ({"min_hours": 0}, "min_hours"),
        ({"min_hours": 8, "max_hours": 7}, "max_hours"),
        ({"max_hours": 25}, "max_hours"),
        ({"working_days": []}, "working_days"),
        ({"working_days": [7]}, "working_days.0"),
        ({"state": "open"}, "state"),
    ],
)
def test_what_a_cohort_cannot_be_names_the_field(world, body, field):
    body = {**COHORT, "department": world.department.pk, **body}
    answer = client_for(world.coordinator).post("/api/v1/cohorts/", body, format="json")
    assert problems(answer) == (400, [field])
    assert not Cohort.objects.filter(name=COHORT["name"]).exists()


def test_what_is_there_already_names_the_field(world):
    client, mine = client_for(world.superuser), world.department
    cohort = {**COHORT, "department": mine.pk, "name": world.cohort.name}
    assert problems(client.post("/api/v1/cohorts/", cohort, format="json")) == (400, ["name"])
    body = {"code": mine.code, "name": "Another"}
    assert problems(client.post("/api/v1/departments/", body, format="json")) == (400, ["code"])
    other = f"/api/v1/departments/{world.other_department.pk}/"
    assert problems(client.patch(other, {"code": mine.code}, format="json")) == (400, ["code"])
    assert client.patch(f"/api/v1/departments/{mine.pk}/", {"code": mine.code}, format="json").status_code == 200


def test_a_department_of_others_is_none(world):
    body = {"code": "BSC-MI", "name": "Mining", "department": world.other_department.pk}
    answer = client_for(world.coordinator).post("/api/v1/programmes/", body, format="json")
    assert problems(answer) == (400, ["department"])


def test_free_days_take_the_place_of_the_others(world):
    client, address = client_for(world.coordinator), f"/api/v1/cohorts/{world.cohort.pk}/free-days/"
    first, second = ({"day": f"2026-08-0{day}", "name": "Free"} for day in (7, 8))
    client.put(address, {"days": [first, second]}, format="json")
    renamed = {**second, "name": "Farmers' day"}
    assert client.put(address, {"days": [renamed]}, format="json").json() == {"days": [renamed]}
    assert client_for(world.student).get(address).json() == {"days": [renamed]}
    assert problems(client.put(address, {"days": [first, first]}, format="json")) == (400, ["days"])
    assert client_for(world.student).put(address, {"days": []}, format="json").status_code == 403


def test_a_student_is_entered_and_changed_as_a_line_of_the_table(world):
    client, programme = client_for(world.coordinator), world.student.student_profile.programme
    body = {
        "cohort": world.cohort.pk,
        "reg_no": "2021-04-00009",
        "first_name": "Asha",
        "last_name": "Moshi",
        "programme": programme.pk,
    }
    made = client.post("/api/v1/enrolments/", body, format="json")
    studies = {"reg_no": "2021-04-00009", "programme": programme.name, "year_of_study": None}
    assert (made.status_code, made.json()["student_name"], made.json()["studies"]) == (201, "Asha Moshi", studies)
    address = made.headers["Location"]
    changed = client.patch(address, {"year_of_study": 3, "is_active": False}, format="json").json()
    assert (changed["studies"]["year_of_study"], changed["is_active"]) == (3, False)
    assert problems(client.patch(address, {"first_name": " "}, format="json")) == (400, ["first_name"])
    assert problems(client.patch(address, {"email": world.student.email}, format="json")) == (400, ["email"])
    foreign = {**body, "cohort": world.other_cohort.pk}
    assert problems(client.post("/api/v1/enrolments/", foreign, format="json")) == (400, ["cohort"])


def test_a_person_is_entered_by_the_superuser_alone(world):
    body = {"first_name": "Neema", "last_name": "Mollel", "email": "neema.mollel@uni.example", "phone": "+255712345678"}
    made = client_for(world.superuser).post("/api/v1/people/", body, format="json")
    assert (made.status_code, made.json()["full_name"]) == (201, "Neema Mollel")
    assert not User.objects.get(pk=made.json()["id"]).has_usable_password()
    assert problems(client_for(world.superuser).post("/api/v1/people/", body, format="json")) == (400, ["email"])
    assert client_for(world.coordinator).post("/api/v1/people/", body, format="json").status_code == 403
    wrong = client_for(world.superuser).patch(made.headers["Location"], {"phone": "12"}, format="json")
    assert problems(wrong) == (400, ["phone"])
    # Half of a person is none.
    unreadable = {**body, "email": "n@uni.example", "phone": "12"}
    assert problems(client_for(world.superuser).post("/api/v1/people/", unreadable, format="json")) == (400, ["phone"])
    assert not User.objects.filter(email="n@uni.example").exists()


def test_companies_are_looked_at_merged_and_parted(world):
    kept, other = (CompanyFactory.create(name=name, proposed_for=world.department) for name in ("Njia", "Njia Ltd"))
    client, address = client_for(world.coordinator), f"/api/v1/companies/{other.pk}/"
    assert [row["id"] for row in client.get(f"{address}look-alikes/").json()] == [kept.pk]
    CohortFactory.create(department=world.department)
    put = client.put(f"{address}places/", {"cohorts": [{"cohort": world.cohort.pk, "places": 3}]}, format="json")
    assert put.json() == {"cohorts": [{"cohort": world.cohort.pk, "places": 3}]}
    going = client.get(f"{address}merge/{kept.pk}/").json()
    assert [(line["moving"], line["staying"]) for line in going] == [(1, 0)]
    merged = client.post(f"{address}merge/", {"into": kept.pk}, format="json")
    assert (merged.status_code, merged.json()["kept"], CompanyCapacity.objects.get().company) == (200, kept.pk, kept)
    assert [row["merged"] for row in client.get("/api/v1/mergers/?undone=true").json()["results"]] == [other.pk]
    assert problems(client.post(f"{address}merge/", {"into": kept.pk}, format="json")) == (400, [])
    parted = client.post(f"{address}undo-merger/", {"reason": "They are two."}, format="json")
    assert (parted.status_code, Company.objects.get(pk=other.pk).state) == (200, "approved")


def test_a_company_is_not_merged_into_what_one_does_not_decide_about(world):
    mine = CompanyFactory.create(proposed_for=world.department)
    foreign = CompanyFactory.create(proposed_for=world.other_department)
    client, address = client_for(world.coordinator), f"/api/v1/companies/{mine.pk}/merge/"
    assert problems(client.post(address, {"into": foreign.pk}, format="json")) == (400, ["into"])
    assert client.get(f"{address}{foreign.pk}/").status_code == 404
    assert client.get(f"{address}{mine.pk}/").status_code == 404
    refused = client_for(world.foreign_coordinator).post(address, {"into": foreign.pk}, format="json")
    assert refused.status_code == 403


def test_an_agreement_is_entered_with_its_paper(world):
    mine, client = CompanyFactory.create(proposed_for=world.department), client_for(world.coordinator)
    days = {"company": mine.pk, "signed_on": dt.date(2026, 1, 1), "expires_on": dt.date(2027, 1, 1)}
    wrong = SimpleUploadedFile("a.pdf", b"GIF89a")
    assert problems(client.post("/api/v1/company-agreements/", {**days, "file": wrong})) == (400, ["file"])
    made = client.post("/api/v1/company-agreements/", {**days, "number": "AGR-1"})
    assert (made.status_code, made.json()["has_file"]) == (201, False)
    early = client.patch(made.headers["Location"], {"expires_on": "2025-01-01"}, format="json")
    assert problems(early) == (400, ["expires_on"])
    assert client_for(world.foreign_coordinator).delete(made.headers["Location"]).status_code == 404
    assert (client.delete(made.headers["Location"]).status_code, Agreement.objects.exists()) == (204, False)
