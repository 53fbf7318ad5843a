import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.accounts.services.people import grant
from apps.applications.models import Application, Placement
from apps.applications.states import ApplicationState, PlacementOrigin, PlacementState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import perform
from tests.factories.accounts import CompanyMemberFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import ApplicationFactory, PlacementFactory
from tests.factories.vacancies import VacancyFactory

AT_ONCE = 20
ROUNDS = 10


pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite has one writer at a time; row locks are PostgreSQL's"
    ),
]


def test_of_twenty_who_are_accepted_at_once_for_one_place_one_gets_it():
    member = CompanyMemberFactory.create()
    vacancy = VacancyFactory.create(company=member.company, places=1)
    waiting = [application.pk for application in ApplicationFactory.create_batch(AT_ONCE, vacancy=vacancy)]
    start = threading.Barrier(AT_ONCE)

    def accept(pk):
        try:
            application, actor = Application.objects.get(pk=pk), User.objects.get(pk=member.user_id)
            start.wait(timeout=30)
            perform(application, "accept", actor=actor)
        except RuleViolation as error:
            return error.code
        else:
            return "accepted"
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = sorted(pool.map(accept, waiting))
    vacancy.refresh_from_db()
    assert answers == ["accepted"] + ["no_place_left"] * (AT_ONCE - 1)
    assert Application.objects.filter(state=ApplicationState.ACCEPTED).count() == 1
    assert (vacancy.places_taken, Placement.objects.count()) == (1, 1)


def test_of_two_places_that_are_confirmed_at_once_one_stands_and_the_other_is_given_up():
    enrolment = EnrolmentFactory.create(cohort__one_place_closes_others=True)
    coordinator = UserFactory.create()
    grant(coordinator, enrolment.cohort.department, actor=SYSTEM)

    def confirm(pk, start):
        try:
            placement, actor = Placement.objects.get(pk=pk), User.objects.get(pk=coordinator.pk)
            start.wait(timeout=30)
            perform(placement, "confirm", actor=actor)
        except RuleViolation as error:
            return error.code
        else:
            return "confirmed"
        finally:
            connection.close()

    answers = []
    for _round in range(ROUNDS):
        Placement.objects.all().delete()
        pair = PlacementFactory.create_batch(
            2, enrolment=enrolment, state=PlacementState.PROPOSED, origin=PlacementOrigin.SELF_FOUND
        )
        start = threading.Barrier(len(pair))
        with ThreadPoolExecutor(len(pair)) as pool:
            answers.append(sorted(pool.map(confirm, [placement.pk for placement in pair], [start, start])))
    assert answers == [["confirmed", "wrong_state"]] * ROUNDS
