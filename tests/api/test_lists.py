"""Lists of /api/v1/: as many questions for three rows as for one; filters, orders, pages, chosen fields."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from apps.accounts.models import ImportBatch, ImportRow, Notice, OutboxTask, User
from apps.accounts.services.mergers import merge_companies
from apps.accounts.states import CompanyState
from apps.applications.models import Disclosure
from apps.logbook.models import DailyLog, LogAttachment
from apps.logbook.states import ChainState
from apps.vacancies.models import Bookmark
from portal.api import router
from tests.clients import access_token_for
from tests.factories.accounts import AgreementFactory as CompanyAgreementFactory
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    DepartmentFactory,
    EnrolmentFactory,
    ErasureFactory,
    ImportScheduleFactory,
    JobFactory,
    MassMailFactory,
    ProgrammeFactory,
    ServiceTokenFactory,
    StaffProfileFactory,
    UserFactory,
    WebhookFactory,
)
from tests.factories.ai import AiCallFactory
from tests.factories.applications import AgreementFactory as PaperFactory
from tests.factories.applications import (
    AllocationOfferFactory,
    AllotmentFactory,
    CriterionFactory,
    HostFeedbackFactory,
    HostRatingFactory,
    IntroductionLetterFactory,
    PlacementAmendmentFactory,
    PriorityCaseFactory,
    RankingFactory,
    ResumeFactory,
)
from tests.factories.logbook import (
    AbsenceFactory,
    DailyLogFactory,
    MarkRuleFactory,
    RubricFactory,
    SnippetFactory,
    VisitFactory,
)
from tests.factories.reporting import (
    CredentialFactory,
    DocumentTemplateFactory,
    IssuedDocumentFactory,
    PortfolioFactory,
)
from tests.factories.vacancies import SavedSearchFactory, VacancyFactory
from tests.factories.world import World, build_world
from tests.house.everything import build_everything

pytestmark = pytest.mark.django_db

# Who comes with the token, the scope, the rows; and what is shown beside them.
QUESTIONS = dict.fromkeys((basename for _prefix, _viewset, basename in router.registry), 3)
QUESTIONS |= {"api-week": 4, "api-agreement": 5, "api-rubric": 4, "api-marks": 8, "api-snippet": 4, "api-portfolio": 6}
QUESTIONS |= {"api-staff": 4}
# Of everything else the superuser sees three.
READERS = {
    "api-notice": "student",
    "api-resume": "student",
    "api-logbook": "student",
    "api-report": "coordinator",
    "api-criterion": "representative",
    "api-prioritycase": "coordinator",
    "api-bookmark": "student",
    "api-savedsearch": "student",
    "api-portfolio": "student",
    "api-snippet": "university_supervisor",
    "api-draft": "student",
}


def client_for(person: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token_for(person)}")
    return client


def build_three(world: World) -> None:
    """Make three of everything of which the world has fewer."""
    build_everything(world)
    for number in range(3):
        Notice.objects.create(recipient=world.student, kind="accounts.company_approved", facts={"company": "Njia"})
        DepartmentFactory.create()
        ProgrammeFactory.create(department=world.department)
        CohortFactory.create(department=world.department)
        EnrolmentFactory.create(cohort=world.cohort)
        JobFactory.create(owner=world.coordinator)
        ResumeFactory.create(owner=world.student)
        AbsenceFactory.create(placement__enrolment=world.enrolment)
        VisitFactory.create(placement=world.placement, visitor=UserFactory.create())
        batch = ImportBatch.objects.create(owner=world.coordinator, cohort=world.cohort, kind="accounts.students")
        ImportRow.objects.create(batch=batch, line=1, status="new")
        CompanyAgreementFactory.create(company=world.company)
        merge_companies(world.company, CompanyFactory.create(), actor=world.superuser)
        StaffProfileFactory.create(department=world.department)
        Bookmark.objects.create(user=world.student, vacancy=VacancyFactory.create())
        SavedSearchFactory.create(user=world.student, words=f"lathe {number}")
        cohort = CohortFactory.create(department=world.department)
        RubricFactory.create(cohort=cohort)
        MarkRuleFactory.create(cohort=cohort)
        SnippetFactory.create(owner=world.university_supervisor)
        PortfolioFactory.create(enrolment=EnrolmentFactory.create(student=world.student))
        DocumentTemplateFactory.create()
        CredentialFactory.create()
        IssuedDocumentFactory.create()
        CriterionFactory.create(company=world.company)
        PlacementAmendmentFactory.create(placement=world.placement)
        HostRatingFactory.create()
        HostFeedbackFactory.create()
        PaperFactory.create()
        IntroductionLetterFactory.create()
        Disclosure.objects.create(application=world.application, resume=world.application.resume, way="text")
        offer = AllocationOfferFactory.create(round__cohort=world.cohort)
        RankingFactory.create(round=offer.round)
        PriorityCaseFactory.create(round=offer.round)
        AllotmentFactory.create(offer=offer)
        log = DailyLogFactory.create(placement__enrolment=world.enrolment, state=ChainState.SUBMITTED)
        LogAttachment.objects.create(log=log, file=ContentFile(b"x", name="x.pdf"), original_name="x.pdf", size=1)


def build_three_operations(world: World) -> None:
    """Make three of what coordinators and the superuser keep, and of what the student has asked for."""
    for _number in range(3):
        AiCallFactory.create(user=world.student)
        MassMailFactory.create(author=world.coordinator)
        ErasureFactory.create()
        WebhookFactory.create()
        ImportScheduleFactory.create(owner=world.coordinator)
        ServiceTokenFactory.create()
        OutboxTask.objects.create(kind="tests.nothing", state="done")


def test_every_list_asks_as_many_questions_for_three_rows_as_for_one():
    world = build_world()
    build_three(world)
    build_three_operations(world)
    counted: dict[str, list[tuple[int, int]]] = {}
    for basename in QUESTIONS:
        client = client_for(getattr(world, READERS.get(basename, "superuser")))
        for size in (1, 3):
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(reverse(f"{basename}-list"), {"page_size": size})
            counted.setdefault(basename, []).append((len(answer.json()["results"]), len(asked)))
    assert counted == {basename: [(1, number), (3, number)] for basename, number in QUESTIONS.items()}


# -- narrowed, sorted, leafed -----------------------------------------------------------------------------------------


@pytest.fixture
def asha() -> APIClient:
    for name in ("Njia Works", "Daraja Steel", "Maji Works"):
        CompanyFactory.create(name=name, region="Dodoma" if name.startswith("M") else "Mwanza")
    CompanyFactory.create(name="Waiting Works", state=CompanyState.PROPOSED)
    return client_for(UserFactory.create())


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["Maji Works", "Daraja Steel", "Njia Works"]),
        ("ordering=name", ["Daraja Steel", "Maji Works", "Njia Works"]),
        ("ordering=-name", ["Njia Works", "Maji Works", "Daraja Steel"]),
        ("region=Dodoma", ["Maji Works"]),
        ("search=works&ordering=name", ["Maji Works", "Njia Works"]),
        ("search=works%20nj", ["Njia Works"]),
        ("state=proposed", []),
        ("state=proposed,approved&search=steel", ["Daraja Steel"]),
    ],
)
def test_a_list_is_narrowed_and_sorted(asha, query, wanted):
    assert names(asha.get(f"/api/v1/companies/?{query}")) == wanted


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("ordering=normal_name", "ordering"),
        ("ordering=", "ordering"),
        ("email=x", "email"),
        ("proposed_by__password__startswith=p", "proposed_by__password__startswith"),
        ("state=secret", "state"),
        ("state=approved,", "state"),
        ("search=%00", "search"),
        ("fields=id,email", "fields"),
        ("fields=", "fields"),
        ("page_size=0", "page_size"),
        ("page_size=-1", "page_size"),
        ("page_size=many", "page_size"),
        ("page_size=99999999999999999999", "page_size"),
        ("after=bD0x", "after"),
        ("before=!", "before"),
    ],
)
def test_what_cannot_be_asked_is_named(asha, query, field):
    answer = asha.get(f"/api/v1/companies/?{query}")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])


@pytest.mark.parametrize("value", ["no", "2026-02-30", "", "\x00", "9" * 400])
@pytest.mark.parametrize("parameter", ["day_from", "placement", "current", "week_start"])
def test_a_value_that_is_none_is_named(value, parameter):
    answer = client_for(UserFactory.create()).get("/api/v1/logs/", {parameter: value})
    if (parameter, value) == ("current", "no"):
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, parameter)


def test_pages_follow_one_another_and_back(asha):
    first = asha.get("/api/v1/companies/?ordering=name&page_size=2")
    assert (names(first), first.json()["previous"]) == (["Daraja Steel", "Maji Works"], None)
    second = asha.get(first.json()["next"])
    assert (names(second), second.json()["next"]) == (["Njia Works"], None)
    assert names(asha.get(second.json()["previous"])) == ["Daraja Steel", "Maji Works"]
    # A key belongs to its order.
    key = first.json()["next"].split("after=")[1]
    assert asha.get(f"/api/v1/companies/?after={key}").status_code == 400


def test_a_page_is_never_longer_than_two_hundred(asha):
    assert asha.get("/api/v1/companies/?page_size=100000").status_code == 200


def test_only_the_wanted_fields_are_answered(asha):
    row = asha.get("/api/v1/companies/?fields=name, id&page_size=1").json()["results"][0]
    assert set(row) == {"id", "name"}
    assert asha.get(f"/api/v1/companies/{row['id']}/?fields=name").json() == {"name": "Maji Works"}
    assert asha.get(f"/api/v1/companies/{row['id']}/?expand=all").status_code == 400


def test_no_filter_reaches_beyond_own_rows():
    log = DailyLogFactory.create(state=ChainState.SUBMITTED)
    stranger = client_for(UserFactory.create())
    for query in (
        f"placement={log.placement_id}",
        f"enrolment={log.enrolment_id}",
        f"student={log.enrolment.student_id}",
    ):
        assert stranger.get(f"/api/v1/logs/?{query}").json()["results"] == []
    assert DailyLog.objects.count() == 1
