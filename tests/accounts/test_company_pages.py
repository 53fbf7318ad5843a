"""The register in the portal: read by everybody, proposed to by students, kept by companies' own people."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from apps.accounts.models import Company, CompanyMember, Notice
from apps.accounts.services.people import remove_member
from apps.accounts.services.proposing import propose_as
from apps.accounts.states import CompanyState, MemberKind, Role
from portal.kernel.errors import NotAllowed
from tests.clients import signed_in
from tests.factories.accounts import (
    AgreementFactory,
    CompanyFactory,
    CompanyMemberFactory,
    EnrolmentFactory,
    UserFactory,
)
from tests.factories.world import build_world
from tests.kernel.naughty import naughty_strings

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create()


@pytest.fixture
def student(enrolment) -> Client:
    return signed_in(enrolment.student)


@pytest.fixture
def member():
    return CompanyMemberFactory.create(company__name="Kilimo Works")


@pytest.fixture
def company(member) -> Client:
    return signed_in(member.user)


# -- the register -------------------------------------------------------------------------------------------------


def test_the_register_shows_approved_companies_by_name_and_ones_own_proposals(student, enrolment):
    for name, state in (("Nuru Power", "approved"), ("Kilimo Works", "approved"), ("SECRET", "proposed")):
        CompanyFactory.create(name=name, state=state, industry_type="ENERGY" if "Nuru" in name else "OTHER")
    mine = CompanyFactory.create(name="Mine", state=CompanyState.PROPOSED, proposed_by=enrolment.student)
    page = student.get(reverse("company_list"))
    assert [row.name for row in page.context["page"]] == ["Kilimo Works", "Nuru Power"]
    assert (page.context["waiting"], page.context["can_propose"], b"SECRET" in page.content) == ([mine], True, False)
    for query, names in (
        ({"q": "works kil"}, ["Kilimo Works"]),
        ({"sector": "ENERGY"}, ["Nuru Power"]),
        ({"q": "nothing"}, []),
        ({"sector": "NOTHING"}, ["Kilimo Works", "Nuru Power"]),
    ):
        assert [row.name for row in student.get(reverse("company_list"), query).context["page"]] == names


def test_an_empty_register_says_so(student):
    assert b"No company is approved yet" in student.get(reverse("company_list")).content


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_asks_the_same_number_of_questions_for_one_and_three(student, count, django_assert_num_queries):
    CompanyFactory.create_batch(count)
    # session, person, scope, own proposals, page, unread notices
    with django_assert_num_queries(6):
        student.get(reverse("company_list"))


def test_contacts_are_on_the_page_only_for_whom_they_concern():
    world = build_world()
    Company.objects.update(phone="+255712345678", email="office@host.example", proposed_for=world.department)
    address = reverse("company_detail", args=[world.company.pk])
    seen = {}
    for name in ("student", "foreign_student", "rival_representative", "representative", "foreign_coordinator"):
        page = signed_in(getattr(world, name)).get(address)
        seen[name] = (page.status_code, b"+255712345678" in page.content, b"office@host.example" in page.content)
    assert seen == {
        "student": (200, True, True),
        "foreign_student": (200, False, False),
        "rival_representative": (200, False, False),
        "representative": (200, True, True),
        "foreign_coordinator": (200, False, False),
    }


def test_a_company_that_waits_is_not_there_for_others(student):
    hidden = CompanyFactory.create(name="SECRET", state=CompanyState.PROPOSED)
    assert student.get(reverse("company_detail", args=[hidden.pk])).status_code == 404


# -- proposing ----------------------------------------------------------------------------------------------------


def typed(**changes: object) -> dict[str, object]:
    return {"name": "Kilimo Works", "industry_type": "OTHER", "website": "kilimo.example", **changes}


def test_a_student_proposes_a_company_for_the_own_department(student, enrolment):
    response = student.post(reverse("company_propose"), typed(phone="+255 712 345 678"))
    row = Company.objects.get()
    assert response.headers["Location"] == reverse("company_detail", args=[row.pk])
    assert (row.state, row.proposed_by, row.proposed_for, row.website) == (
        CompanyState.PROPOSED,
        enrolment.student,
        enrolment.student.student_profile.programme.department,
        "https://kilimo.example",
    )


def test_one_like_another_is_asked_for_once_more_with_all_that_was_typed(student):
    known = CompanyFactory.create(name="Kilimo Works Ltd", web_domain="kilimo.example")
    hidden = CompanyFactory.create(name="SECRET", normal_name="kilimo works", state=CompanyState.PROPOSED)
    page = student.get(reverse("company_propose"))
    assert page.context["asks"] is False
    page = student.post(reverse("company_propose"), typed(address="Plot 7"))
    assert (page.context["found"], page.context["asks"], Company.objects.count()) == ([known], True, 2)
    assert (b'value="Plot 7"' in page.content, hidden.name.encode() in page.content) == (True, False)
    student.post(reverse("company_propose"), typed(another="on"))
    assert Company.objects.count() == 3


def test_look_alikes_are_answered_while_the_name_is_typed(student):
    known = CompanyFactory.create(name="Kilimo Works Ltd")
    CompanyFactory.create(name="SECRET", normal_name="kilimo works", state=CompanyState.PROPOSED)
    page = student.get(reverse("company_look_alikes"), {"name": "kilimo WORKS", "email": "x"})
    assert (page.context["found"], b"<html" in page.content, b"SECRET" in page.content) == ([known], False, False)
    assert student.get(reverse("company_look_alikes"), {"name": "Kil"}).text.strip() == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"website": "javascript:alert(1)"}, "website"), ({"phone": "x"}, "phone"), ({"name": ""}, "name")],
)
def test_what_is_refused_stands_at_its_field(student, changes, field):
    page = student.post(reverse("company_propose"), typed(**changes))
    assert (list(page.context["form"].errors), Company.objects.count()) == ([field], 0)


def test_only_students_propose(company):
    assert company.get(reverse("company_propose")).status_code == 403


def test_a_student_without_a_programme_would_propose_to_every_coordinator():
    # The welcome pages ask for the programme first, so nobody comes here without one by the portal's own ways.
    company = propose_as(actor=UserFactory.create(roles=[Role.STUDENT]), name="Njia")
    assert (company.proposed_for, company.proposed_in) == (None, None)


# -- the own company ----------------------------------------------------------------------------------------------


def own(member: CompanyMember, **changes: object) -> dict[str, object]:
    return {
        "name": "Kilimo Works",
        "industry_type": "ENERGY",
        "country": "TZ",
        "radius_m": "500",
        "version": "0",
    } | changes


def test_a_representative_keeps_the_facts_of_the_own_company(company, member):
    assert company.get(reverse("own_companies")).headers["Location"] == f"/company/profile/{member.company.pk}/"
    address = reverse("company_profile", args=[member.company.pk])
    AgreementFactory.create(company=member.company, number="A/7")
    page = company.get(address)
    assert (b"A/7" in page.content, page.context["form"].has_place()) == (True, False)
    company.post(address, own(member, region="Mbeya", latitude="-8.9", longitude="33.4"))
    row = Company.objects.get()
    assert (row.region, row.industry_type, row.version, str(row.latitude)) == ("Mbeya", "ENERGY", 1, "-8.900000")
    page = company.post(address, own(member, region="Moshi"))
    assert b"Somebody changed this company meanwhile" in page.content
    page = company.post(address, own(member, version="1", website="ftp://x.example", latitude="100", longitude="1"))
    assert (list(page.context["form"].errors), Company.objects.get().region) == (["website"], "Mbeya")


def test_a_company_that_waits_is_told_so(member, company):
    Company.objects.update(state=CompanyState.PROPOSED)
    assert b"has not approved your company yet" in company.get(f"/company/profile/{member.company.pk}/").content
    Company.objects.update(state=CompanyState.REJECTED, reason="Papers are missing.")
    assert b"Papers are missing." in company.get(f"/company/profile/{member.company.pk}/").content


def test_who_represents_several_chooses(member):
    other = CompanyMemberFactory.create(user=member.user).company
    page = signed_in(member.user).get(reverse("own_companies"))
    assert set(page.context["companies"]) == {member.company, other}


def test_people_are_invited_and_taken_out_and_one_always_stays(company, member):
    invite = reverse("member_invite", args=[member.company.pk])
    company.post(invite, {"email": "new@kilimo.example", "kind": "supervisor", "title": "Workshop"})
    asked = CompanyMember.objects.get(kind=MemberKind.SUPERVISOR)
    assert (asked.is_active, asked.invited_at is not None, asked.title) == (False, True, "Workshop")
    assert b"new@kilimo.example" in company.get(f"/company/profile/{member.company.pk}/").content
    company.post(reverse("member_remove", args=[asked.pk]))
    assert list(CompanyMember.objects.all()) == [member]
    page = company.post(reverse("member_remove", args=[member.pk]), follow=True)
    assert b"Nobody else represents the company" in page.content
    other = CompanyMemberFactory.create(company=member.company)
    assert (
        company.post(reverse("member_remove", args=[other.pk])).headers["Location"]
        == f"/company/profile/{member.company.pk}/"
    )
    other.refresh_from_db()
    assert other.is_active is False
    assert (
        str(other.user).encode()
        not in company.get(f"/company/profile/{member.company.pk}/").content.split(b"<aside>")[1]
    )
    CompanyMemberFactory.create(company=member.company)
    assert company.post(reverse("member_remove", args=[member.pk])).headers["Location"] == "/"
    assert company.get(f"/company/profile/{member.company.pk}/").status_code == 404


@pytest.mark.parametrize("values", [{"email": "x", "kind": "supervisor"}, {"email": "a@b.example", "kind": "boss"}])
def test_a_wrong_invitation_is_said_at_its_field(company, member, values):
    page = company.post(reverse("member_invite", args=[member.company.pk]), values)
    assert (page.status_code, len(page.context["invite"].errors), Notice.objects.count()) == (200, 1, 0)


def test_who_is_in_the_company_is_not_invited_again(company, member):
    values = {"email": member.user.email, "kind": member.kind}
    page = company.post(reverse("member_invite", args=[member.company.pk]), values)
    assert list(page.context["invite"].errors) == ["email"]


def test_each_field_of_the_two_forms_of_a_profile_has_a_key_of_its_own(company, member):
    page = company.get(reverse("company_profile", args=[member.company.pk])).text
    keys = re.findall(r' id="([^"]+)"', page)
    assert [key for key in set(keys) if keys.count(key) > 1] == []
    assert {"id_email", "id_invite_email"} <= set(keys)


@pytest.mark.parametrize("name", ["company_profile", "member_invite", "member_remove"])
def test_a_rival_and_a_student_do_not_find_the_pages_of_a_company(student, member, name):
    key = member.pk if name == "member_remove" else member.company.pk
    for client in (student, signed_in(CompanyMemberFactory.create().user)):
        assert client.post(reverse(name, args=[key]), {}).status_code == 404
    member.refresh_from_db()
    assert member.is_active
    with pytest.raises(NotAllowed):
        remove_member(member, actor=CompanyMemberFactory.create().user)


def test_who_represents_nobody_has_no_company(student):
    assert student.get(reverse("own_companies")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_questions_for_one_and_three(
    company, member, count, django_assert_num_queries
):
    for _number in range(count - 1):
        CompanyMemberFactory.create(company=member.company)
    # session, person, scope, company twice, people, agreements, unread notices
    with django_assert_num_queries(8):
        company.get(reverse("company_profile", args=[member.company.pk]))


def test_what_a_company_writes_of_itself_is_shown_letter_by_letter(student):
    broken = []
    for number, text in enumerate(naughty_strings()[:40]):
        name = f"{number} {text}"[:160]
        row = CompanyFactory.create(name=name, region=text[:80], address=text)
        page = student.get(reverse("company_detail", args=[row.pk])).text
        if f"<h1>{escape(name)}</h1>" not in page or f"<dd>{escape(text)}, {escape(text[:80])}</dd>" not in page:
            broken.append(text)
    assert broken == []
