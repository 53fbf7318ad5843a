import os
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
# Before a release more of them: PARALLEL_ROUNDS=200.
SEAT_ROUNDS = int(os.environ.get("PARALLEL_ROUNDS", "3"))


pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite has one writer at a time; row locks are PostgreSQL's"
    ),
]


def accept(pk: int, actor_pk: int, start: threading.Barrier) -> str:
    """Accept an application in a thread of its own, at the same moment as the others."""
    try:
        application, actor = Application.objects.get(pk=pk), User.objects.get(pk=actor_pk)
        start.wait(timeout=60)
        perform(application, "accept", actor=actor)
    except RuleViolation as error:
        return error.code
    else:
        return "accepted"
    finally:
        connection.close()


@pytest.mark.parametrize("places", [1, 3])
def test_of_twenty_who_are_accepted_at_once_as_many_get_a_place_as_there_are(places):
    member = CompanyMemberFactory.create()
    waiting = [row.pk for row in ApplicationFactory.create_batch(AT_ONCE, vacancy__company=member.company)]
    wrong = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(SEAT_ROUNDS):
            vacancy = VacancyFactory.create(company=member.company, places=places)
            Placement.objects.all().delete()
            Application.objects.update(vacancy=vacancy, state=ApplicationState.PENDING)
            start = threading.Barrier(AT_ONCE)
            answers = sorted(pool.map(accept, waiting, [member.user_id] * AT_ONCE, [start] * AT_ONCE))
            vacancy.refresh_from_db()
            counted = Application.objects.filter(state=ApplicationState.ACCEPTED).count()
            expected = ["accepted"] * places + ["no_place_left"] * (AT_ONCE - places)
            seen = (answers, vacancy.places_taken, counted, Placement.objects.count())
            if seen != (expected, places, places, places):
                wrong.append((number, *seen))
    assert wrong == []


def test_of_two_places_that_are_confirmed_at_once_one_stands_and_the_other_is_given_up():
    enrolment = EnrolmentFactory.create(cohort__one_place_closes_others=True)
    coordinator = UserFactory.create()
    grant(coordinator, enrolment.cohort.department, actor=SYSTEM)

    def confirm(pk, start):
        try:
            placement, actor = Placement.objects.get(pk=pk), User.objects.get(pk=coordinator.pk)
            start.wait(timeout=120)
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
