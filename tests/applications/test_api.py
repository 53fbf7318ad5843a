"""The lists of the API: whose rows, and as many questions for one row as for three."""

import pytest

from tests.clients import signed_in
from tests.factories.accounts import CompanyFactory, EnrolmentFactory
from tests.factories.applications import ApplicationFactory, PlacementFactory, PlacementSupervisorFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("things", "questions"),
    [
        # session, person, scope, rows; of vacancies whether own students may wish for them, too
        ("companies", 4),
        ("vacancies", 4),
        ("applications", 4),
        ("placements", 4),
    ],
)
def test_a_list_asks_the_same_number_of_questions(
    coordinator, cohort, things, questions, count, django_assert_num_queries
):
    company = CompanyFactory.create()
    for number in range(count):
        enrolment = EnrolmentFactory.create(cohort=cohort)
        application = ApplicationFactory.create(
            enrolment=enrolment, vacancy=VacancyFactory.create(company=company, title=f"Fitter {number}")
        )
        placement = PlacementFactory.create(enrolment=enrolment, application=application, company=company)
        PlacementSupervisorFactory.create_batch(2, placement=placement)
        if number:
            CompanyFactory.create()
    desk = signed_in(coordinator)
    desk.get("/api/v1/me/")
    with django_assert_num_queries(questions):
        answer = desk.get(f"/api/v1/{things}/")
    assert (answer.status_code, len(answer.json()["results"])) == (200, count)
