"""Placements entered and changed by a table; nothing is settled by it."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import Cohort, User
from apps.accounts.resources.widgets import DayWidget
from apps.accounts.services import imports
from apps.accounts.services.import_kinds import import_kind
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import ImportState
from apps.applications.models import Placement
from apps.applications.resources import ShareWidget
from apps.applications.services.placement_tables import PLACEMENTS, _Placements, judge_placements
from apps.applications.states import PlacementOrigin, PlacementState
from portal.kernel.addresses import email_key
from portal.kernel.fsm import perform
from portal.kernel.imports import CellRefusedError, Line
from tests.accounts.tables import staged
from tests.factories.accounts import CompanyFactory, EnrolmentFactory, StudentFactory, UserFactory
from tests.factories.applications import PlacementFactory

pytestmark = pytest.mark.django_db

HEAD = "Reg No,Company,Start date,End date,Share,Site,Task,Supervisor,Supervisor mail"


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def company():
    return CompanyFactory.create(name="Kilimo Works Ltd")


def numbers(cohort: Cohort, count: int) -> list[str]:
    rows = EnrolmentFactory.create_batch(count, cohort=cohort)
    return [row.student.student_profile.reg_no for row in rows]


def apply(batch, coordinator: User):
    imports.confirm_import(batch, actor=coordinator)
    run_due_tasks()
    batch.refresh_from_db()
    return batch


def person_with_email(email: str) -> User:
    return UserFactory.create(email=email, email_key=email_key(email))


def problems(batch):
    return [(row.line, problem["code"]) for row in batch.rows.order_by("line") for problem in row.problems]


def in_days(days):
    return timezone.localdate() + dt.timedelta(days=days)


def test_a_table_places_students_and_settles_nothing(cohort, coordinator, company):
    first, second = numbers(cohort, 2)
    day = in_days(3)
    lines = [f"{first},kilimo works,{day:%d/%m/%Y},{in_days(20)},50%,Plot 5,Pumps,Neema Mushi,neema@kilimo.example"]
    lines.append(f"{second},KILIMO WORKS LIMITED,,,,,,,")
    batch = apply(staged(PLACEMENTS, coordinator, HEAD, *lines, cohort=cohort), coordinator)
    assert (batch.state, batch.counts["new"]) == (ImportState.APPLIED, 2)
    one, two = Placement.objects.order_by("pk")
    assert {row.state for row in (one, two)} == {PlacementState.PROPOSED}
    assert (one.origin, one.company, one.start, one.share, one.site_address, one.task) == (
        PlacementOrigin.ALLOCATED,
        company,
        day,
        50,
        "Plot 5",
        "Pumps",
    )
    assert (two.start, two.end, two.share) == (cohort.start, cohort.end, 100)
    # The named supervisor becomes one when the place is confirmed, whoever confirms.
    assert one.supervisors.count() == 0
    perform(one, "confirm", actor=one.enrolment.student)
    assert one.supervisors.get().user.email == "neema@kilimo.example"


def test_the_same_table_again_changes_nothing_and_another_only_what_is_not_settled(cohort, coordinator, company):
    first, second = numbers(cohort, 2)
    lines = [f"{first},{company},,,,,Pumps,,", f"{second},{company},,,,,Pumps,,"]
    apply(staged(PLACEMENTS, coordinator, HEAD, *lines, cohort=cohort), coordinator)
    again = staged(PLACEMENTS, coordinator, HEAD, *lines, cohort=cohort)
    assert (again.counts["unchanged"], again.counts["error"]) == (2, 0)
    settled = Placement.objects.get(enrolment__student__student_profile__reg_no=second)
    perform(settled, "confirm", actor=coordinator)
    changed = [f"{first},{company},,,40,,Valves,Joseph,", f"{second},{company},,,40,,Valves,,"]
    batch = staged(PLACEMENTS, coordinator, HEAD, *changed, cohort=cohort)
    assert (batch.counts["changed"], problems(batch)) == (1, [(3, "settled")])
    apply(batch, coordinator)
    rows = Placement.objects.order_by("pk").values_list("share", "task", "supervisor_name")
    assert list(rows) == [(40, "Valves", "Joseph"), (100, "Pumps", "")]


def test_a_place_that_was_given_up_or_is_elsewhere_hinders_nothing_and_nobody_has_to_be_named(
    cohort, coordinator, company
):
    [number] = numbers(cohort, 1)
    enrolment = cohort.enrolments.get()
    for host, state in ((company, PlacementState.CANCELLED), (CompanyFactory.create(), PlacementState.PROPOSED)):
        PlacementFactory.create(enrolment=enrolment, company=host, state=state)
    head = "Reg No,Company,Task"
    batch = apply(staged(PLACEMENTS, coordinator, head, f"{number},{company},Pumps", cohort=cohort), coordinator)
    assert batch.counts["new"] == 1
    made = Placement.objects.latest("pk")
    assert (made.company, made.task, made.supervisor_name) == (company, "Pumps", "")
    changed = apply(staged(PLACEMENTS, coordinator, head, f"{number},{company},Valves", cohort=cohort), coordinator)
    made.refresh_from_db()
    assert (changed.counts["changed"], made.task) == (1, "Valves")


def test_what_cannot_be_is_said_by_line_and_stores_nothing(cohort, coordinator, company):
    taken, free = numbers(cohort, 2)
    enrolment = cohort.enrolments.get(student__student_profile__reg_no=taken)
    PlacementFactory.create(enrolment=enrolment)
    foreign = StudentFactory.create().student_profile.reg_no
    lines = [
        f"{foreign},{company},,,,,,,",
        f"{free},Unknown Works,,,,,,,",
        f"{taken},{company},,,,,,,",
        f"{free},{company},2026-07-10,2026-07-01,,,,,",
        f"{free},{company},31.02.2026,,,,,,",
        f"{free},{company},2026-08-01,2026-08-02,0,,,,",
    ]
    batch = staged(PLACEMENTS, coordinator, HEAD, *lines, cohort=cohort)
    assert problems(batch) == [
        (2, "student_unknown"),
        (3, "company_unknown"),
        (4, "no_time_left"),
        (5, "dates_wrong"),
        (6, "day_unreadable"),
        (7, "share_wrong"),
    ]
    assert Placement.objects.count() == 1


def test_supervisors_whose_addresses_look_alike_are_refused_at_their_line_and_column(cohort, coordinator, company):
    one, two, three, four, five = numbers(cohort, 5)
    person_with_email("neema@kilimo.example")
    lines = [
        # Somebody's own address, twice: one supervisor of two trainees.
        f"{one},{company},,,,,,Neema,neema@kilimo.example",
        f"{two},{company},,,,,,Neema,NEEMA@kilimo.example",
        # A one for an l, beside an address that the portal knows; and two that look alike in the table.
        f"{three},{company},,,,,,Neema,neema@ki1imo.example",
        f"{four},{company},,,,,,Ali,ali1@works.example",
        f"{five},{company},,,,,,Ali,alil@works.example",
    ]
    batch = staged(PLACEMENTS, coordinator, HEAD, *lines, cohort=cohort)
    found = [(row.line, p["column"], p["code"]) for row in batch.rows.order_by("line") for p in row.problems]
    assert found == [(line, "supervisor_email", "email_looks_like") for line in (2, 3, 4, 5, 6)]


def test_a_stored_address_that_looks_like_the_named_one_refuses_it_alone(cohort, coordinator, company):
    one, two = numbers(cohort, 2)
    person_with_email("ali1@works.example")
    lines = [
        f"{one},{company},,,,,,Ali,ali1@works.example",
        f"{two},{company},,,,,,Ali,other@works.example",
    ]
    assert problems(staged(PLACEMENTS, coordinator, HEAD, *lines, cohort=cohort)) == []
    lines = [f"{one},{company},,,,,,Ali,alil@works.example"]
    batch = staged(PLACEMENTS, coordinator, HEAD, *lines, cohort=cohort)
    assert [(row.line, p["column"], p["code"]) for row in batch.rows.all() for p in row.problems] == [
        (2, "supervisor_email", "email_looks_like")
    ]
    assert Placement.objects.count() == 0


def test_who_does_not_coordinate_the_cohort_judges_nothing_good(cohort, company):
    line = Line(2, {"reg_no": numbers(cohort, 1)[0], "company": company.name})
    [judged] = judge_placements(cohort, [line], actor=StudentFactory.create())
    assert [problem.code for problem in judged.line.problems][-1] == "not_in_scope"
    with pytest.raises(TypeError):
        _Placements(actor=StudentFactory.create()).read([])


def test_the_export_holds_the_cohorts_or_all_that_one_coordinates(cohort, coordinator, company):
    placement = PlacementFactory.create(enrolment__cohort=cohort, company=company, task="Pumps")
    PlacementFactory.create()
    assert [row.pk for row in _rows_of(coordinator, cohort)] == [placement.pk]
    assert [row.pk for row in _rows_of(coordinator, None)] == [placement.pk]


def _rows_of(person, cohort):
    return import_kind(PLACEMENTS).rows(person, cohort)


@pytest.mark.parametrize(
    ("text", "day"), [("", None), ("2026-07-31 00:00", dt.date(2026, 7, 31)), ("31-07-2026", dt.date(2026, 7, 31))]
)
def test_days_are_read_as_people_write_them(text, day):
    assert DayWidget().clean(text) == day
    assert DayWidget().render(day) == ("2026-07-31" if day else "")


@pytest.mark.parametrize("text", ["x", "101", "0", "1.5", "99999999"])
def test_shares_out_of_range_are_refused(text):
    with pytest.raises(CellRefusedError):
        ShareWidget().clean(text)


def test_a_line_that_came_true_meanwhile_is_left_alone(cohort, coordinator, company):
    [number] = numbers(cohort, 1)
    place = PlacementFactory.create(
        enrolment=cohort.enrolments.get(), company=company, state=PlacementState.PROPOSED, start=cohort.start
    )
    batch = staged(PLACEMENTS, coordinator, "Reg No,Company,Task", f"{number},{company},Pumps", cohort=cohort)
    assert batch.counts["changed"] == 1
    Placement.objects.filter(pk=place.pk).update(task="Pumps", state=PlacementState.CONFIRMED)
    assert apply(batch, coordinator).state == ImportState.APPLIED
    place.refresh_from_db()
    assert (place.task, place.state) == ("Pumps", PlacementState.CONFIRMED)
