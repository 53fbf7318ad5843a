import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from apps.accounts.models import User
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import DailyLog
from apps.logbook.selectors import (
    Ahead,
    Seen,
    ahead_of,
    arrivals_awaiting,
    attachments_visible_to,
    day_of,
    enrolment_on,
    logs_awaiting,
    progress_of,
    reports_awaiting,
    signals_of,
    week_of,
    weeks_waiting_for,
)
from apps.logbook.services.attachments import attach_file
from apps.logbook.states import ChainState, LocationHint
from tests.factories.accounts import EnrolmentFactory, StudentFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import AbsenceFactory, ArrivalNoteFactory, DailyLogFactory
from tests.logbook.test_weeks import png

INDUSTRIAL, UNIVERSITY = SupervisorKind.INDUSTRIAL, SupervisorKind.UNIVERSITY


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize("text", ["", "d1.0", "d1.3,d2.0,w9.12"])
def test_what_was_seen_survives_a_form(text):
    assert str(Seen.parse(text)) == text
    assert bool(Seen.parse(text)) is bool(text)


@pytest.mark.parametrize(
    "text", ["x1.2", "d1", "d0.1", "d-1.1", "d1.1,", ",", "d1.1 ", "d" + "9" * 19 + ".1", "d\u0661.1"]
)
def test_what_we_did_not_write_is_not_read(text):
    with pytest.raises(ValueError, match="not a day or week"):
        Seen.parse(text)


def test_weeks_wait_for_the_side_whose_turn_it_is(place):
    sent, verified = place.log(0), place.log(1, ChainState.VERIFIED_INDUSTRY)
    report = place.report(ChainState.VERIFIED_INDUSTRY)
    place.log(2, ChainState.DRAFT)
    place.log(3, is_current=False)
    [industrial] = weeks_waiting_for(fresh(place.supervisor), INDUSTRIAL)
    [university] = weeks_waiting_for(fresh(place.academic), UNIVERSITY)
    assert (industrial.entries, industrial.monday, industrial.hours) == ([sent], place.monday, Decimal(8))
    assert (university.entries, str(university.seen)) == ([verified, report], f"d{verified.pk}.0,w{report.pk}.0")
    assert [list(logs_awaiting(fresh(p))) for p in (place.supervisor, place.academic)] == [[sent], [verified]]
    assert [list(reports_awaiting(fresh(p))) for p in (place.supervisor, place.academic)] == [[], [report]]
    for stranger in (place.student, PlacementSupervisorFactory.create().user):
        assert weeks_waiting_for(fresh(stranger), INDUSTRIAL) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_waiting_weeks_cost_the_same_queries(place, rows, django_assert_num_queries):
    for number in range(rows):
        placement = PlacementFactory.create()
        PlacementSupervisorFactory.create(placement=placement, user=place.supervisor)
        DailyLogFactory.create(placement=placement, state=ChainState.SUBMITTED, text=f"Text {number}.")
    supervisor = fresh(place.supervisor)
    with django_assert_num_queries(6):
        weeks = weeks_waiting_for(supervisor, INDUSTRIAL)
        signals_of(weeks)
        names = [(str(week.placement.enrolment.student), week.placement.company.name) for week in weeks]
    assert len(names) == rows


def test_a_whole_week_shows_what_was_sent_and_what_was_missed(place):
    sent, report = place.log(0), place.report()
    place.log(1, ChainState.DRAFT)
    absence = AbsenceFactory.create(placement=place.placement, day=place.monday + dt.timedelta(days=2))
    week = week_of(place.placement, place.monday)
    assert (week.logs, week.report, week.absences) == ([sent], report, {absence.day: absence})
    assert week.waiting(INDUSTRIAL).entries == [sent, report]
    assert week.waiting(UNIVERSITY).entries == []
    assert week.number == week.waiting(INDUSTRIAL).number
    assert week_of(place.placement, place.monday - dt.timedelta(days=7)).waiting(INDUSTRIAL).entries == []


# -- what looks odd -----------------------------------------------------------------------------------------------


def verified(place, offset: int, **values) -> DailyLog:
    sent = timezone.now() - dt.timedelta(days=2)
    times = {"submitted_at": sent, "verified_at": sent + dt.timedelta(hours=3), **values}
    log: DailyLog = place.log(offset, ChainState.VERIFIED_INDUSTRY, **{"text": f"Day {offset}.", **times})
    DailyLog.objects.filter(pk=log.pk).update(created_at=sent - dt.timedelta(days=offset))
    return log


def talks(place) -> None:
    """Send yesterday's log, so that the student is not silent."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    DailyLogFactory.create(placement=place.placement, day=yesterday, state=ChainState.SUBMITTED, text="Of late.")


def odd(place, *, silent: bool = False) -> list[tuple[str, str]]:
    if not silent:
        talks(place)
    weeks = weeks_waiting_for(fresh(place.academic), UNIVERSITY)
    return [(str(signal), str(signal.words)) for signal in signals_of(weeks)[place.placement.pk, place.monday]]


def test_an_ordinary_week_has_no_signal(place):
    for offset in range(3):
        verified(place, offset)
    assert odd(place) == []


def test_days_written_on_one_day_are_a_signal(place):
    for offset in range(3):
        verified(place, offset)
    DailyLog.objects.update(created_at=timezone.now())
    words = f"All 3 days were begun on {date_format(timezone.localdate(), 'l j F')}."
    assert odd(place) == [("all days written on one day", f"{words} What is written later is remembered less well.")]


def test_the_same_text_twice_is_a_signal_in_other_weeks_too(place):
    log = verified(place, 0, text="Cleaned.")
    verified(place, 1)
    DailyLogFactory.create(placement=place.placement, day=place.monday - dt.timedelta(days=7), text="Cleaned.")
    words = f"{date_format(log.day, 'D j M')}: the same text stands at another day of this student."
    assert odd(place) == [("the same text twice", words)]


def test_an_approval_within_seconds_is_a_signal(place):
    now = timezone.now()
    verified(place, 0, submitted_at=now, verified_at=now + dt.timedelta(seconds=59))
    verified(place, 1, submitted_at=now, verified_at=now + dt.timedelta(seconds=1))
    words = "Approved 1 second after it was sent: hardly time to read it."
    assert odd(place) == [("approved within seconds", words)]


def test_days_sent_from_elsewhere_are_a_signal(place):
    log = verified(place, 0, location_hint=LocationHint.FAR)
    verified(place, 1, location_hint=LocationHint.NEAR)
    words = f"{date_format(log.day, 'D j M')}: sent from outside the company's surroundings."
    assert odd(place) == [("far from the site", f"{words} Work at a customer's may be the reason.")]


@pytest.mark.parametrize(("missed", "found"), [(3, []), (4, ["silent for 4 days"])])
def test_a_student_who_sends_nothing_any_more_is_a_signal_at_the_newest_week(place, missed, found):
    last = timezone.localdate() - dt.timedelta(days=missed + 1)
    log = DailyLogFactory.create(placement=place.placement, day=last, state=ChainState.VERIFIED_INDUSTRY)
    older = DailyLogFactory.create(
        placement=place.placement, day=last - dt.timedelta(days=7), state=ChainState.VERIFIED_INDUSTRY, text="Older."
    )
    signals = signals_of(weeks_waiting_for(fresh(place.academic), UNIVERSITY))
    said = [[str(one) for one in signals[place.placement.pk, row.week_start]] for row in (log, older)]
    assert said == [found, []]
    type(place.placement).objects.update(state=PlacementState.COMPLETED)
    signals = signals_of(weeks_waiting_for(fresh(place.academic), UNIVERSITY))
    assert [str(one) for one in signals[place.placement.pk, log.week_start]] == []


def test_silence_is_counted_in_days_of_work_of_the_hosts_country(place, monkeypatch):
    day = dt.date(2026, 7, 6)  # The 7th, Saba Saba, is free in Tanzania and not in Kenya.
    monkeypatch.setattr(timezone, "localdate", lambda *_value: day + dt.timedelta(days=5))
    type(place.enrolment.cohort).objects.update(country="TZ")
    type(place.placement).objects.update(start=day, end=day + dt.timedelta(days=90))
    DailyLogFactory.create(placement=place.placement, day=day, state=ChainState.VERIFIED_INDUSTRY)
    found = []
    for country in ("TZ", "KE"):
        type(place.placement.company).objects.update(country=country)
        signals = signals_of(weeks_waiting_for(fresh(place.academic), UNIVERSITY))
        found.append([str(one) for rows in signals.values() for one in rows])
    assert found == [[], ["silent for 4 days"]]


def test_a_student_who_never_sent_a_day_is_not_called_silent(place):
    place.report(ChainState.VERIFIED_INDUSTRY)
    assert odd(place, silent=True) == []


def test_no_week_has_no_signal(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert signals_of([]) == {}


def test_what_was_never_stamped_gives_no_signal(place):
    verified(place, 0, submitted_at=None)
    assert odd(place) == []


# -- what comes next ----------------------------------------------------------------------------------------------


def test_the_next_week_is_the_one_after_it_in_the_list_and_then_the_first(place):
    week = dt.timedelta(days=7)
    for back in (0, 1, 2):
        place.log(0 - 7 * back)
    user = fresh(place.supervisor)
    found = [ahead_of(user, INDUSTRIAL, place.placement.pk, place.monday - back * week) for back in (2, 1, 0)]
    assert [(one.count, one.monday) for one in found] == [
        (2, place.monday - week),
        (2, place.monday),
        (2, place.monday - 2 * week),
    ]
    assert {one.placement_id for one in found} == {place.placement.pk}


def test_nothing_comes_after_the_only_week(place):
    place.log(0)
    assert ahead_of(fresh(place.supervisor), INDUSTRIAL, place.placement.pk, place.monday) == Ahead(0)


# -- days of one student ------------------------------------------------------------------------------------------


def test_progress_counts_days_hours_and_what_is_missing(place):
    placement, today = place.placement, timezone.localdate()
    type(placement).objects.update(start=today - dt.timedelta(days=4), end=today + dt.timedelta(days=5))
    day = [today - dt.timedelta(days=n) for n in range(5)]
    DailyLogFactory.create(placement=placement, day=day[4], state=ChainState.SUBMITTED, hours=7)
    DailyLogFactory.create(placement=placement, day=day[3], state=ChainState.DRAFT)
    AbsenceFactory.create(placement=placement, day=day[2])
    progress = progress_of(place.enrolment)
    assert (progress.done_days, progress.required_days, progress.hours) == (1, 10, Decimal(7))
    assert (progress.missing, progress.required_hours) == ([day[3], day[1]], 320)


def test_progress_without_a_placement_counts_the_cohort(db):
    enrolment = EnrolmentFactory.create(cohort__working_days=list(range(7)))
    assert progress_of(enrolment).required_days == 57


def test_the_enrolment_that_goes_on_that_day_is_the_students(place):
    student, today = fresh(place.student), timezone.localdate()
    later = EnrolmentFactory.create(
        student=student, cohort__start=today + dt.timedelta(days=90), cohort__end=today + dt.timedelta(days=120)
    )
    assert enrolment_on(student, today) == place.enrolment
    assert enrolment_on(student, today + dt.timedelta(days=100)) == later
    assert enrolment_on(fresh(StudentFactory.create()), today) is None
    assert enrolment_on(fresh(place.supervisor), today) is None


def test_a_day_written_at_a_place_that_is_over_stays_in_sight(place):
    log = place.log(0)
    type(place.placement).objects.update(state=PlacementState.COMPLETED)
    found = day_of(place.enrolment, log.day)
    assert (found.placement, found.choices, found.entry) == (place.placement, [place.placement], log)


def test_a_day_begun_without_a_place_counts_for_the_place(place):
    draft = DailyLogFactory.create(placement=None, enrolment=place.enrolment)
    found = day_of(place.enrolment, draft.day)
    assert (found.placement, found.entry) == (place.placement, draft)
    assert day_of(place.enrolment, draft.day, PlacementFactory.create().pk).placement is None


def test_arrivals_wait_for_the_industrial_supervisor(place):
    note = ArrivalNoteFactory.create(placement=place.placement)
    ArrivalNoteFactory.create()
    assert list(arrivals_awaiting(fresh(place.supervisor))) == [note]
    assert list(arrivals_awaiting(fresh(place.academic))) == []


def test_files_are_seen_with_their_day(place):
    log = place.log(0, ChainState.DRAFT)
    kept = attach_file(log, png(), name="x.png", actor=place.student)
    assert [list(attachments_visible_to(fresh(p))) for p in (place.student, place.supervisor)] == [[kept], []]
    DailyLog.objects.update(state=ChainState.SUBMITTED)
    assert list(attachments_visible_to(fresh(place.supervisor))) == [kept]
