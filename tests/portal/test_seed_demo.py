import datetime as dt
import json
import random
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count

from apps.accounts.models import Cohort, Company, Department, Enrolment, User
from apps.accounts.services.history import verify_chain
from apps.accounts.services.seals import verify_rows
from apps.applications.models import AllocationRun, Application, HostFeedback, HostRating, Placement
from apps.applications.selectors import placements_visible_to, round_for
from apps.applications.states import AllocationState, AllocationWay, PlacementState
from apps.logbook.models import Assessment, DailyLog, Visit
from apps.logbook.states import ChainState
from apps.reporting.models import GeneralReport
from apps.vacancies.models import Vacancy
from portal.management.commands.seed_demo import SEED
from portal.management.demo.people import University, names
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

ROLES = [
    "student",
    "student_choosing",
    "company",
    "industrial_supervisor",
    "university_supervisor",
    "coordinator",
    "other_coordinator",
    "dean",
    "superuser",
]


def sign_in(login: dict[str, str]) -> User:
    user = authenticate(username=login["username"], password=login["password"])
    assert isinstance(user, User), login["role"]
    return user


@pytest.fixture
def logins(tmp_path: Path, settings) -> list[dict[str, str]]:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("seed_demo", "--today", "2026-07-16", stdout=StringIO())
    found: list[dict[str, str]] = json.loads((tmp_path / "demo-logins.json").read_text())
    return found


def check_rounds(choosing: User) -> None:
    """One round to choose in, and one that has ended well."""
    found = round_for(choosing)
    assert found.opens_on < dt.date(2026, 7, 16) < found.closes_on
    assert (found.rankings.count(), found.priority_cases.count()) == (24, 3)
    run = AllocationRun.objects.get(state=AllocationState.PUBLISHED)
    assert dict.fromkeys(run.round.runs.values_list("way", flat=True)) == dict.fromkeys(AllocationWay.values)
    given = run.allotments.exclude(offer=None)
    assert set(given.values_list("placement__state", flat=True)) == {
        PlacementState.COMPLETED,
        PlacementState.ENDED_EARLY,
    }
    assert given.count() == run.result["placed"] > 20
    assert HostRating.objects.count() > HostFeedback.objects.count() > 15


def test_the_demo_is_a_believable_university_and_its_logins_tell_one_story(logins):
    counted = [model.objects.count() for model in (Department, Cohort, Enrolment, Company, Vacancy, Application)]
    assert counted == [3, 6, 370, 60, 41, 128]
    assert 10_000 < DailyLog.objects.count() < 13_500
    assert set(DailyLog.objects.values_list("state", flat=True).distinct()) == set(ChainState.values)
    assert Assessment.objects.values("state").annotate(n=Count("id")).count() == 2
    assert Visit.objects.filter(done_on=None).count() in range(1, Visit.objects.count())
    assert {report.state for report in GeneralReport.objects.all()} == {"draft", "submitted", "approved"}
    assert list(verify_chain()) == []
    assert list(verify_rows()) == []
    assert not User.objects.exclude(email__endswith=".example").exists()
    assert [login["role"] for login in logins] == ROLES

    people = {login["role"]: sign_in(login) for login in logins}
    placement = Placement.objects.get(enrolment__student=people["student"])
    assert placement.state == PlacementState.ACTIVE
    for role in set(ROLES) - {"student_choosing", "other_coordinator", "dean", "superuser"}:
        assert placement in placements_visible_to(people[role]), role
    assert placement not in placements_visible_to(people["other_coordinator"])
    # Seeding takes longer than all that is asked of it: it is done once.
    check_rounds(people["student_choosing"])


def test_the_demo_refuses_a_database_with_somebody_in_it():
    UserFactory.create()
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_demo")


def test_the_names_come_in_the_same_order_each_time():
    first, second = (list(names(random.Random(SEED)))[:50] for _ in range(2))
    assert first == second
    assert len(set(first)) == 50


def test_a_university_knows_its_monday():
    university = University(rng=random.Random(SEED), today=dt.date(2026, 7, 16), password="x")
    assert university.monday == dt.date(2026, 7, 13)
