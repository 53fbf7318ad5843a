"""Figures about trainings: what is counted, whose rows, what stays hidden, and what the page and its files say."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from apps.accounts.models import Cohort, Department, Enrolment, User
from apps.accounts.services.people import grant
from apps.accounts.states import IndustryType, Role
from apps.applications.models import Placement
from apps.applications.states import PlacementOrigin, PlacementState, SupervisorKind
from apps.logbook.states import ChainState
from apps.reporting.analytics import counting, files
from apps.reporting.analytics.asking import NO_REGION, Asked, Breakdown, Period
from apps.reporting.analytics.measures import MEASURES
from apps.reporting.analytics.sight import own_sight
from portal.kernel.access import SYSTEM
from portal.kernel.documents import weasyprint_available
from portal.kernel.errors import RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, DepartmentFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import (
    ApplicationFactory,
    HostFeedbackFactory,
    HostRatingFactory,
    PlacementFactory,
    PlacementSupervisorFactory,
)
from tests.factories.logbook import DailyLogFactory

PAGE = "/admin/analytics/"
MEASURE = {one.slug: one for one in MEASURES}
YEAR = Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
DAYS = {"start": "2025-01-01", "end": "2025-12-31"}
SUMMER = {"start": dt.date(2025, 6, 2), "end": dt.date(2025, 8, 1)}


def moment(month: int, day: int) -> dt.datetime:
    return dt.datetime(2025, month, day, 12, tzinfo=timezone.get_default_timezone())


# -- whose rows, and how they are counted -------------------------------------------------------------------------


@pytest.fixture
def coordinator(db: None) -> User:
    """Return the coordinator of Mechanics, who alone sees the cohort PT2."""
    del db
    person = UserFactory.create(roles=[Role.COORDINATOR])
    grant(person, DepartmentFactory.create(code="mech", name="Mechanics"), actor=SYSTEM)
    cohort_of("mech", "PT2")
    return person


@pytest.fixture
def desk(coordinator: User) -> Client:
    return signed_in(coordinator)


def cohort_of(code: str, name: str) -> Cohort:
    department = Department.objects.filter(code=code).first() or DepartmentFactory.create(code=code, name=code)
    return CohortFactory.create(department=department, name=name, required_hours=100, **SUMMER)


def place(cohort: str = "PT2", **values: Any) -> Placement:
    """Return a completed placement of the summer whose student waited ten days for it."""
    enrolment = values.pop("enrolment", None) or EnrolmentFactory.create(cohort=Cohort.objects.get(name=cohort))
    Enrolment.objects.filter(pk=enrolment.pk).update(created_at=moment(5, 1))
    usual = {"state": PlacementState.COMPLETED, "confirmed_at": moment(5, 11)}
    return PlacementFactory.create(**{"enrolment": enrolment, **usual, **values})


def verify(placement: Placement, *, days: int = 2, hours: int = 8, **values: Any) -> None:
    sent = moment(6, 10)
    usual = {
        "day": dt.date(2025, 6, 10),
        "submitted_at": sent,
        "verified_at": sent + dt.timedelta(days=days),
        "state": ChainState.VERIFIED_INDUSTRY,
    }
    DailyLogFactory.create(placement=placement, hours=hours, **{**usual, **values})


def tallied(measure: Any, user: User, asked: Asked | None = None) -> dict[Any, dict[Any, Any]]:
    sight, asked = own_sight(user), asked or Asked(YEAR)
    found = measure.tallies(sight, asked, measure.placements(sight, asked))
    return {group: dict(tally) for group, tally in found.items()}


def test_time_to_place_counts_the_first_place_that_was_kept(coordinator):
    first = place()
    place(enrolment=first.enrolment, confirmed_at=moment(7, 1))
    place(state=PlacementState.CANCELLED)
    again = place(state=PlacementState.CANCELLED)
    place(enrolment=again.enrolment, confirmed_at=moment(5, 31))
    place(confirmed_at=moment(4, 1))
    place(confirmed_at=None)
    place(confirmed_at=moment(5, 1).replace(year=2024))
    assert tallied(MEASURE["time-to-place"], coordinator) == {None: {10: 1, 30: 1, 0: 1}}


def test_ways_in_count_settled_places_that_begin_in_the_period(coordinator):
    place(origin=PlacementOrigin.APPLIED)
    place(origin=PlacementOrigin.SELF_FOUND, state=PlacementState.ENDED_EARLY)
    place(state=PlacementState.PROPOSED)
    place(state=PlacementState.CANCELLED)
    place(start=dt.date(2024, 12, 31))
    assert tallied(MEASURE["ways-in"], coordinator) == {None: {"applied": 1, "self_found": 1}}


def test_completion_counts_what_is_over(coordinator):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    place()
    place(state=PlacementState.ACTIVE)
    place(state=PlacementState.ENDED_EARLY)
    place(state=PlacementState.ACTIVE, end=tomorrow)
    place(state=PlacementState.CANCELLED)
    asked = Asked(Period(YEAR.start, tomorrow))
    assert tallied(MEASURE["completion"], coordinator, asked) == {None: {True: 1, False: 2}}


def test_hours_share_what_is_required_between_the_places_of_a_student(coordinator):
    first = place(company__industry_type=IndustryType.ENERGY)
    second = place(enrolment=first.enrolment, company__industry_type=IndustryType.CONSTRUCTION)
    place(company__industry_type=IndustryType.ENERGY)
    verify(first)
    verify(second, hours=6)
    verify(first, day=dt.date(2025, 6, 11), state=ChainState.SUBMITTED)
    verify(first, day=dt.date(2025, 6, 12), is_current=False)
    asked = Asked(YEAR, by=Breakdown.SECTOR)
    assert tallied(MEASURE["hours"], coordinator, asked) == {
        "ENERGY": {"done": 8, "required": 150},
        "CONSTRUCTION": {"done": 6, "required": 50},
    }


def test_time_to_verify_counts_calendar_days_of_verified_logs(coordinator):
    first = place()
    verify(first)
    verify(first, day=dt.date(2025, 6, 11), days=0)
    verify(first, day=dt.date(2025, 6, 12), state=ChainState.FLAGGED)
    verify(first, day=dt.date(2025, 6, 13), submitted_at=moment(6, 10).replace(year=2024))
    place()
    sight, asked = own_sight(coordinator), Asked(YEAR)
    assert tallied(MEASURE["verification"], coordinator) == {None: {2: 1, 0: 1}}
    assert list(MEASURE["verification"].placements(sight, asked)) == [first]


def test_skills_are_those_of_the_vacancy_in_verified_days(coordinator):
    applied = [
        ApplicationFactory.create(
            enrolment=EnrolmentFactory.create(cohort=Cohort.objects.get(name="PT2")), vacancy__skills=skills
        )
        for skills in (["Welding ", "CAD"], ["welding"], [])
    ]
    first, second, _without = [place(enrolment=one.enrolment, application=one) for one in applied]
    place()
    verify(first, skills=["WELDING", "Painting"])
    verify(second, skills=["welding"], state=ChainState.SUBMITTED)
    sight, asked = own_sight(coordinator), Asked(YEAR)
    rows = MEASURE["skills"].placements(sight, asked)
    assert tallied(MEASURE["skills"], coordinator) == {None: {True: 1, False: 2}}
    assert counting.by_skill(sight, asked, rows) == {"welding": {True: 1, False: 1}, "cad": {False: 1}}


def test_host_quality_counts_ratings_and_answers(coordinator):
    HostRatingFactory.create(placement=place(), stars=5)
    HostRatingFactory.create(placement=place(), stars=2, would_recommend=False)
    HostFeedbackFactory.create(placement=place(), again=False)
    counts = [tallied(one, coordinator)[None] for one in (MEASURE["ratings"], MEASURE["recommended"], MEASURE["again"])]
    assert counts == [{5: 1, 2: 1}, {True: 1, False: 1}, {False: 1}]


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"cohort": "PT2"}, ["a", "b"]),
        ({"department": "mech"}, ["a", "b", "c"]),
        ({"sector": IndustryType.ENERGY}, ["b", "c"]),
        ({"region": "Mwanza"}, ["a"]),
        ({"region": NO_REGION}, ["b", "c"]),
        ({"cohort": "PT2", "sector": IndustryType.ENERGY}, ["b"]),
    ],
)
def test_filters_narrow(coordinator, narrowed, expected):
    cohort_of("mech", "PT3")
    place(company__name="a", company__region="Mwanza")
    place(company__name="b", company__industry_type=IndustryType.ENERGY)
    place("PT3", company__name="c", company__industry_type=IndustryType.ENERGY)
    keys: dict[str, Any] = {"cohort": lambda name: Cohort.objects.get(name=name).pk}
    keys["department"] = lambda code: Department.objects.get(code=code).pk
    asked = Asked(YEAR, **{name: keys.get(name, str)(value) for name, value in narrowed.items()})
    rows = MEASURE["ways-in"].placements(own_sight(coordinator), asked)
    assert sorted(row.company.name for row in rows) == expected


def test_own_figures_leave_out_what_one_sees_in_another_role(coordinator):
    cohort_of("civil", "Other")
    foreign = place("Other")
    PlacementSupervisorFactory.create(placement=foreign, user=coordinator, kind=SupervisorKind.UNIVERSITY)
    coordinator.groups.add(Group.objects.get(name=Role.UNIVERSITY_SUPERVISOR))
    mine = place()
    assert list(own_sight(coordinator).placements) == [mine]


# -- the page -----------------------------------------------------------------------------------------------------


def lines_of(response: Any, slug: str) -> dict[str, tuple[Any, ...]]:
    [section] = [one for one in response.context["sections"] if one.measure.slug == slug]
    return {line.label: (line.count, *(cell.text for cell in line.cells)) for line in section.lines}


def rest_of(desk: Client, slug: str, **more: str) -> tuple[Any, ...] | None:
    return lines_of(desk.get(PAGE, DAYS | more), slug).get("Rest of the university")


def test_page_breaks_down_compares_and_leads_to_the_list(desk):
    cohort_of("mech", "PT3")
    place()
    place(state=PlacementState.ENDED_EARLY)
    place("PT3")
    response = desk.get(PAGE, DAYS | {"by": "cohort", "compare": "year"})
    assert lines_of(response, "completion") == {
        "All": (3, "67 %"),
        "1 January 2024 – 31 December 2024": (0, "–"),
        "Rest of the university": (None, "fewer than five"),
        "PT2": (2, "50 %"),
        "PT3": (1, "100 %"),
    }
    [section] = [one for one in response.context["sections"] if one.measure.slug == "completion"]
    behind = [
        desk.get(f"{PAGE}completion/?{line.address}").context["page"].paginator.count
        for line in section.lines
        if line.count is not None
    ]
    assert behind == [3, 0, 2, 1]
    assert [line.bar for line in section.lines] == [0, 0, 0, 50, 100]


def test_figures_begin_with_what_the_workspace_is_narrowed_to(desk):
    chosen = cohort_of("mech", "PT3")
    place()
    place("PT3")
    desk.post("/admin/scope/", {"scope": f"cohort-{chosen.pk}"})
    narrowed = lines_of(desk.get(PAGE, DAYS), "completion")["All"]
    everything = lines_of(desk.get(PAGE, DAYS | {"cohort": "", "department": ""}), "completion")["All"]
    assert (narrowed[0], everything[0]) == (1, 2)


def test_skills_have_a_table_of_their_own(desk):
    applied = ApplicationFactory.create(
        enrolment=EnrolmentFactory.create(cohort=Cohort.objects.get(name="PT2")), vacancy__skills=["CAD", "Welding"]
    )
    verify(place(enrolment=applied.enrolment, application=applied), skills=["CAD"])
    response = desk.get(PAGE, DAYS)
    [section] = [one for one in response.context["sections"] if one.measure.slug == "skills"]
    assert [(line.label, line.count, line.cells[0].text, line.bar) for line in section.skills] == [
        ("cad", 1, "100 %", 100),
        ("welding", 1, "0 %", 0),
    ]


def test_the_rest_says_nothing_about_fewer_than_five_students(desk):
    cohort_of("civil", "Other")
    placements = [place("Other") for _ in range(4)]
    # A fifth placement, and not a fifth student.
    place("Other", enrolment=placements[0].enrolment, confirmed_at=moment(7, 1))
    for placement in placements:
        verify(placement)
    few = [rest_of(desk, slug) for slug in ("verification", "hours", "ways-in")]
    placements.append(place("Other"))
    verify(placements[-1], days=9)
    assert few == [
        (None, "fewer than five", "fewer than five"),
        (None, "fewer than five"),
        (None, *["fewer than five"] * 4),
    ]
    assert rest_of(desk, "verification") == (None, "2", "9")
    # Each way in is a group, too.
    assert rest_of(desk, "ways-in") == (None, *["fewer than five"] * 4)
    for _ in range(5):
        place("Other", origin=PlacementOrigin.APPLIED)
    assert rest_of(desk, "ways-in") == (None, "45 %", "fewer than five", "55 %", "fewer than five")


def test_the_rest_has_no_rows_and_no_filters(desk):
    cohort_of("civil", "Other")
    for _ in range(6):
        place("Other", company__name="Somewhere else", company__region="Far away")
    told = rest_of(desk, "time-to-place")
    listed = desk.get(f"{PAGE}time-to-place/", DAYS)
    assert (told, listed.context["page"].paginator.count) == ((None, "10", "10"), 0)
    assert rest_of(desk, "time-to-place", sector="OTHER") is None
    page = desk.get(PAGE, DAYS | {"end": "2025-12-30"})
    assert ([*lines_of(page, "time-to-place")], b"whole calendar year" in page.content) == (["All"], True)
    assert b"Far away" not in page.content


def test_a_superuser_has_no_rest(db):
    del db
    client = signed_in(UserFactory.create(is_superuser=True))
    cohort_of("civil", "Other")
    place("Other")
    response = client.get(PAGE, DAYS)
    assert lines_of(response, "completion") == {"All": (1, "100 %"), "Other": (1, "100 %")}
    assert b"whole calendar year" not in response.content


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"start": "soon"}, "start"),
        ({"start": "1066-10-14"}, "start"),
        ({"end": "9999-12-31"}, "end"),
        ({"start": "2025-12-31", "end": "2025-01-01"}, "end"),
        ({"cohort": "x"}, "cohort"),
        ({"cohort": "99999999999999999999"}, "cohort"),
        ({"cohort": "foreign"}, "cohort"),
        ({"department": "0"}, "department"),
        ({"sector": "SPACE"}, "sector"),
        ({"region": "Far away"}, "region"),
        ({"by": "name"}, "by"),
        ({"compare": "me"}, "compare"),
    ],
)
def test_wrong_filters_are_named(desk, sent, field):
    if sent.get("cohort") == "foreign":
        sent = {"cohort": str(cohort_of("civil", "Other").pk)}
    for address in (PAGE, f"{PAGE}figures.csv", f"{PAGE}completion/"):
        response = desk.get(address, DAYS | sent)
        assert (response.status_code, list(response.context["form"].errors)) == (400, [field])


@pytest.mark.parametrize("address", [f"{PAGE}figures.docx", f"{PAGE}nothing/"])
def test_what_is_not_there(desk, address):
    assert desk.get(address).status_code == 404


def test_questions_to_the_database_do_not_grow_with_cohorts(desk):
    cohort_of("civil", "Other")
    counts = []
    for wanted in (1, 3):
        for number in range(Cohort.objects.filter(department__code="mech").count(), wanted):
            cohort_of("mech", f"PT{number + 3}")
        for cohort in Cohort.objects.all():
            verify(place(cohort.name))
        for address, filters in ((PAGE, {"compare": "year"}), (f"{PAGE}completion/", {})):
            with CaptureQueriesContext(connection) as captured:
                desk.get(address, DAYS | filters)
            counts.append(len(captured))
    assert counts == [69, 6, 69, 6]


# -- files --------------------------------------------------------------------------------------------------------


def test_files_hold_every_figure_with_its_definition(desk):
    place()
    place(state=PlacementState.ENDED_EARLY)
    text = desk.get(f"{PAGE}figures.csv", DAYS).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    book = load_workbook(io.BytesIO(desk.get(f"{PAGE}figures.xlsx", DAYS).content))
    cells = [["" if cell is None else str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert cells == rows
    assert rows[0] == ["Measure", "Figure", "Of", "Placements", "Value", "Unit", "Definition"]
    definition = str(MEASURE["completion"].definition)
    assert [row for row in rows if row[0] == "Completion"] == [
        ["Completion", "Completed", "All", "2", "50", "%", definition],
        ["Completion", "Completed", "Rest of the university", "", "fewer than five", "%", definition],
        ["Completion", "Completed", "PT2", "2", "50", "%", definition],
    ]


@pytest.mark.skipif(not weasyprint_available(), reason="this machine sets no pages")
def test_figures_on_paper(desk):
    place()
    made = desk.get(f"{PAGE}figures.pdf", DAYS)
    assert (made["Content-Type"], made.content[:5]) == ("application/pdf", b"%PDF-")


def test_paper_that_cannot_be_made_says_why(desk, monkeypatch):
    def refuse(*_args: object, **_more: object) -> bytes:
        raise RuleViolation("pdf_unavailable", "No paper today.")

    monkeypatch.setattr(files, "render_pdf", refuse)
    response = desk.get(f"{PAGE}figures.pdf", DAYS)
    assert (response.status_code, b"No paper today." in response.content) == (400, True)
