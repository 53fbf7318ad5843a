import pytest

from apps.accounts.models import Company, User
from apps.accounts.selectors import coordinators_by_cohort, look_alike_companies
from apps.accounts.services.organisations import change_company, propose_company
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState
from portal.kernel.access import SYSTEM, scope_of
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import CohortFactory, CompanyFactory, CompanyMemberFactory, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_proposed_company_waits_with_its_representative():
    person, department = UserFactory.create(), DepartmentFactory.create()
    company = propose_company(
        name="  Kilimo   Works Ltd ", actor=person, department=department, representative=person, region="Dodoma"
    )
    assert (company.name, company.normal_name, company.region) == ("Kilimo Works Ltd", "kilimo works", "Dodoma")
    assert (company.state, company.proposed_by, company.proposed_for) == (CompanyState.PROPOSED, person, department)
    assert scope_of(person).companies == {company.pk}


@pytest.mark.parametrize(("name", "code"), [("   ", "name_missing"), ("kilimo WORKS", "name_taken")])
def test_a_company_without_or_with_a_known_name_is_refused(name, code):
    CompanyFactory.create(name="Kilimo Works")
    with pytest.raises(RuleViolation) as refused:
        propose_company(name=name, actor=SYSTEM)
    assert (refused.value.code, refused.value.field) == (code, "name")
    assert Company.objects.count() == 1


def test_fields_that_are_not_a_companys_are_refused():
    with pytest.raises(TypeError, match="state"):
        propose_company(name="Kilimo Works", actor=SYSTEM, state="approved")


def test_a_representative_changes_the_own_company_and_the_look_alike_key_follows():
    member = CompanyMemberFactory.create()
    company = change_company(member.company, {"name": "Nuru Power Ltd", "state": "archived"}, actor=member.user)
    company.refresh_from_db()
    assert (company.normal_name, company.state, company.version) == ("nuru power", CompanyState.APPROVED, 1)


def test_another_companys_representative_changes_nothing():
    company = CompanyFactory.create(name="Kilimo Works")
    with pytest.raises(NotAllowed):
        change_company(company, {"name": "Mine"}, actor=CompanyMemberFactory.create().user)
    company.refresh_from_db()
    assert company.name == "Kilimo Works"


def test_look_alikes_are_found_and_the_company_itself_is_left_out():
    first, second = CompanyFactory.create(name="Kilimo Works Ltd"), CompanyFactory.create(name="KILIMO WORKS")
    CompanyFactory.create(name="Nuru Power")
    assert list(look_alike_companies("kilimo works")) == [second, first]
    assert list(look_alike_companies("kilimo works", except_pk=first.pk)) == [second]


def test_coordinators_are_found_for_many_cohorts_at_once_by_either_grant():
    cohort, sister = CohortFactory.create(), CohortFactory.create()
    of_cohort, of_department, shut_out = UserFactory.create_batch(3)
    grant(of_cohort, cohort, actor=SYSTEM)
    grant(of_department, sister.department, actor=SYSTEM)
    grant(shut_out, sister, actor=SYSTEM)
    User.objects.filter(pk=shut_out.pk).update(is_active=False)
    assert coordinators_by_cohort([cohort.pk, sister.pk]) == {cohort.pk: [of_cohort], sister.pk: [of_department]}
