"""The register of companies: what is stored, what is refused, what looks alike, who reads the contacts."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.models import Company, CompanyCapacity
from apps.accounts.permissions import can_view_company_contact
from apps.accounts.services import organisations
from apps.accounts.services.organisations import look_alikes, marks_of, propose_company
from apps.accounts.states import CompanyState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale
from tests.clients import signed_in
from tests.factories.accounts import (
    AgreementFactory,
    CohortFactory,
    CompanyCapacityFactory,
    CompanyFactory,
    CompanyMemberFactory,
    UserFactory,
)
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import build_world

pytestmark = pytest.mark.django_db


def propose(**details: Any) -> Company:
    return propose_company(name="Kilimo Works", actor=SYSTEM, **details)


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("phone", "0712 345 678", "+255712345678"),
        ("email", " Office@Kilimo.Example ", "office@kilimo.example"),
        ("website", "www.kilimo.example", "https://www.kilimo.example"),
        ("website", "http://kilimo.example/about", "http://kilimo.example/about"),
        ("country", "tz", "TZ"),
        ("established_year", 1961, 1961),
        ("radius_m", 10, 10),
    ],
)
def test_details_are_stored_in_their_one_form(field, typed, stored):
    assert getattr(Company.objects.get(pk=propose(**{field: typed}).pk), field) == stored


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "javascript://x.example/%0aalert(1)"}, "website"),
        ({"website": "data:text/html,x"}, "website"),
        ({"website": "ftp://files.example/x"}, "website"),
        ({"website": "vbscript:x"}, "website"),
        ({"website": "https://"}, "website"),
        ({"website": "http://[::1"}, "website"),
        ({"phone": "call me"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"hr_email": "a@b@c"}, "hr_email"),
        ({"country": "ZZ"}, "country"),
        ({"latitude": 1}, "longitude"),
        ({"longitude": 1}, "latitude"),
        ({"latitude": 91, "longitude": 1}, "latitude"),
        ({"latitude": 1, "longitude": -181}, "longitude"),
        ({"radius_m": 9}, "radius_m"),
        ({"radius_m": 100_001}, "radius_m"),
        ({"established_year": 1499}, "established_year"),
        ({"established_year": 9999}, "established_year"),
        ({"industry_type": "SECRET"}, "industry_type"),
        ({"description": "a\x00b"}, "description"),
        ({"region": "x" * 81}, "region"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(details, field):
    with pytest.raises(RuleViolation) as refused:
        propose(**details)
    assert (refused.value.field, Company.objects.count()) == (field, 0)


def test_an_old_version_does_not_overwrite_a_newer_one():
    member = CompanyMemberFactory.create()
    organisations.change_company(member.company, {"region": "Mbeya"}, actor=member.user, expected_version=0)
    with pytest.raises(Stale):
        organisations.change_company(member.company, {"region": "Moshi"}, actor=member.user, expected_version=0)
    assert Company.objects.get().region == "Mbeya"


def test_a_name_that_another_company_has_is_refused_and_the_own_name_is_not():
    member = CompanyMemberFactory.create(company__name="Kilimo Works")
    CompanyFactory.create(name="Nuru Power")
    organisations.change_company(member.company, {"name": "Kilimo Works", "region": "Mbeya"}, actor=member.user)
    for name, code in (("NURU power", "name_taken"), ("  ", "name_missing")):
        with pytest.raises(RuleViolation) as refused:
            organisations.change_company(member.company, {"name": name}, actor=member.user)
        assert refused.value.code == code


def test_a_new_name_is_found_with_the_companys_vacancies():
    member = CompanyMemberFactory.create(company__name="Kilimo Works")
    vacancy = VacancyFactory.create(company=member.company)
    organisations.change_company(member.company, {"name": "Nuru Power"}, actor=member.user)
    vacancy.refresh_from_db()
    assert ("nuru" in vacancy.search_text, "kilimo" in vacancy.search_text) == (True, False)


# -- look-alikes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("details", "marks"),
    [
        ({}, ("", "", "", "")),
        ({"name": "The Kilimo-Works Ltd."}, ("kilimo works", "", "", "")),
        ({"registration_no": " bn/2014-_0 77"}, ("", "BN2014077", "", "")),
        ({"website": "HTTPS://WWW.Kilimo.example:8080/x"}, ("", "", "kilimo.example", "")),
        ({"website": "kilimo.example"}, ("", "", "kilimo.example", "")),
        ({"website": "http://10.0.0.1/"}, ("", "", "", "")),
        ({"website": "http://[::1"}, ("", "", "", "")),
        ({"website": "localhost"}, ("", "", "", "")),
        ({"email": "A@Kilimo.example"}, ("", "", "", "kilimo.example")),
        ({"email": "kilimo@gmail.com", "hr_email": "hr@kilimo.example"}, ("", "", "", "kilimo.example")),
        ({"email": "kilimo@gmail.com"}, ("", "", "", "")),
        ({"email": "kilimo"}, ("", "", "", "")),
    ],
)
def test_marks_are_what_a_company_is_known_by(details, marks):
    assert tuple(vars(marks_of(details)).values()) == marks


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"name": "KILIMO works limited"}, True),
        ({"registration_no": "bn 2014 077"}, True),
        ({"website": "http://kilimo.example/jobs"}, True),
        ({"email": "somebody@kilimo.example"}, True),
        ({"hr_email": "jobs@post.kilimo.example"}, True),
        ({"website": "post.kilimo.example"}, True),
        ({"name": "Kilimo"}, False),
        ({"registration_no": "BN2014078"}, False),
        ({"email": "kilimo@gmail.com"}, False),
        ({}, False),
    ],
)
def test_a_company_is_known_again_by_any_mark(typed, found):
    company = propose(registration_no="BN/2014/077", website="www.kilimo.example", email="hr@post.kilimo.example")
    CompanyFactory.create()
    assert list(look_alikes(typed)) == ([company] if found else [])


# -- contacts, places, deleting -----------------------------------------------------------------------------------


def test_contacts_are_read_by_whom_they_concern():
    world = build_world()
    world.company.proposed_for = world.department
    world.company.save()
    allowed = sorted(
        name for name, person in world.personas().items() if can_view_company_contact(world.company, person)
    )
    assert allowed == [
        "coordinator",
        "fellow_student",
        "industrial_supervisor",
        "other_industrial_supervisor",
        "other_university_supervisor",
        "representative",
        "student",
        "superuser",
        "university_supervisor",
    ]
    waiting = CompanyFactory.create(proposed_by=world.foreign_student, state=CompanyState.PROPOSED)
    assert can_view_company_contact(waiting, world.foreign_student)


def test_places_for_cohorts_are_written_by_who_may_change_the_company():
    member, cohort = CompanyMemberFactory.create(), CohortFactory.create()
    old = CompanyCapacityFactory.create(company=member.company)
    new = CompanyCapacity(company=member.company, cohort=cohort, places=4)
    organisations.save_capacities(member.company, [new], [old], actor=member.user)
    assert [(row.cohort, row.places) for row in CompanyCapacity.objects.all()] == [(cohort, 4)]
    with pytest.raises(NotAllowed):
        organisations.save_capacities(member.company, [], [new], actor=UserFactory.create())
    assert str(CompanyCapacity.objects.get()) == f"{member.company} · {cohort}: 4"


def test_only_a_company_to_which_nothing_refers_is_deleted():
    world = build_world()
    spare = CompanyMemberFactory.create().company
    organisations.delete_company(spare, actor=world.coordinator)
    with pytest.raises(RuleViolation) as refused:
        organisations.delete_company(world.company, actor=world.coordinator)
    assert refused.value.code == "referenced"
    with pytest.raises(NotAllowed):
        organisations.delete_company(world.rival, actor=world.representative)
    assert sorted(Company.objects.values_list("pk", flat=True)) == sorted([world.company.pk, world.rival.pk])


# -- the workspace ------------------------------------------------------------------------------------------------


@pytest.fixture
def world():
    return build_world()


@pytest.mark.parametrize(
    ("todo", "names"),
    [("decide", ["Waits"]), ("alike", ["Alike A", "alike a ltd"]), ("people", ["Alike A", "alike a ltd"]), ("x", 6)],
)
def test_the_queue_answers_what_is_to_do(world, todo, names):
    Company.objects.filter(pk__in=[world.company.pk, world.rival.pk]).update(name="Zzz", normal_name="zzz1")
    Company.objects.filter(pk=world.rival.pk).update(normal_name="zzz2")
    CompanyFactory.create(name="Waits", state=CompanyState.PROPOSED)
    CompanyFactory.create(name="Theirs", state=CompanyState.PROPOSED, proposed_for=world.other_department)
    CompanyFactory.create(name="Rejected", state=CompanyState.REJECTED)
    for name in ("Alike A", "alike a ltd"):
        CompanyFactory.create(name=name)
    page = signed_in(world.coordinator).get(reverse("admin:accounts_company_changelist"), {"todo": todo})
    found = [row.name for row in page.context["cl"].queryset]
    assert (found if isinstance(names, list) else len(found)) == names


def test_companies_without_an_agreement_in_force_are_found(world):
    AgreementFactory.create(company=world.company)
    page = signed_in(world.coordinator).get(reverse("admin:accounts_company_changelist"), {"todo": "agreement"})
    assert list(page.context["cl"].queryset) == [world.rival]


def test_many_are_approved_at_once_and_a_foreign_one_is_not(world):
    mine = CompanyFactory.create_batch(2, state=CompanyState.PROPOSED, proposed_for=world.department)
    theirs = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=world.other_department)
    signed_in(world.coordinator).post(
        reverse("admin:accounts_company_changelist"),
        {"action": "move_approve", "_selected_action": [row.pk for row in [*mine, theirs]], "index": "0"},
    )
    states = [Company.objects.get(pk=row.pk).state for row in [*mine, theirs]]
    assert states == ["approved", "approved", "proposed"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_asks_the_same_number_of_questions_for_one_and_three(world, count, django_assert_num_queries):
    Company.objects.exclude(pk=world.company.pk).delete() if count == 1 else CompanyFactory.create()
    client = signed_in(world.coordinator)
    client.get(reverse("admin:accounts_company_changelist"))
    with django_assert_num_queries(8):
        client.get(reverse("admin:accounts_company_changelist"))


def test_the_form_of_a_new_company_warns_while_it_is_typed(world):
    page = signed_in(world.coordinator).get(reverse("admin:accounts_company_add"))
    assert page.content.count(f'hx-get="{reverse("company_look_alikes")}"'.encode()) == 5
    assert b'id="look-alikes"' in page.content
    change = signed_in(world.coordinator).get(reverse("admin:accounts_company_change", args=[world.company.pk]))
    assert b'id="look-alikes"' not in change.content


def test_what_somebody_completes_by_link_is_cleaned_and_changes_only_a_company_that_waits():
    waits, approved = CompanyFactory.create(state=CompanyState.PROPOSED, region="Mbeya"), CompanyFactory.create()
    details = {"phone": "0712 345 678", "website": "kilimo.example", "region": " "}
    for company in (waits, approved):
        organisations.complete_company(company, details, actor=UserFactory.create())
        company.refresh_from_db()
    assert (waits.phone, waits.website, waits.web_domain, waits.region) == (
        "+255712345678",
        "https://kilimo.example",
        "kilimo.example",
        "Mbeya",
    )
    assert (approved.phone, approved.version) == ("", 0)
    with pytest.raises(RuleViolation) as refused:
        organisations.complete_company(waits, {"website": "javascript:alert(1)"}, actor=UserFactory.create())
    assert refused.value.field == "website"
