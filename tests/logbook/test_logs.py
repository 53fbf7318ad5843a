import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import HistoryEntry
from apps.applications.states import PlacementState
from apps.logbook.models import DailyLog
from apps.logbook.services import attachments
from apps.logbook.services.absences import Away, tell_absence, withdraw_absence
from apps.logbook.services.attachments import attach_file, remove_file
from apps.logbook.services.logs import (
    DayText,
    correct_log,
    day_refusal,
    delete_log,
    open_log,
    save_log,
    submit_log,
)
from apps.logbook.services.places import consent_to_place, hint_of
from apps.logbook.states import AbsenceReason, ChainState, LocationHint
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from portal.kernel.fsm import perform
from tests.factories.accounts import CompanyFactory, EnrolmentFactory, HolidayFactory, StudentFactory, UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import DailyLogFactory
from tests.logbook.test_weeks import png
from tests.papers import PDF


def today() -> dt.date:
    return timezone.localdate()


def back(days: int) -> dt.date:
    return today() - dt.timedelta(days=days)


# -- begin and keep -----------------------------------------------------------------------------------------------


def test_a_day_is_begun_once_and_kept(place):
    draft = open_log(place.enrolment, today(), actor=place.student)
    assert open_log(place.enrolment, today(), actor=place.student) == draft
    written = DayText(" Turned\r\na shaft. ", Decimal("7.5"), ["Lathe ", "lathe  work", "Lathe", ""])
    log = save_log(place.enrolment, today(), written, actor=place.student, expected_version=0)
    assert (log.pk, log.placement, log.state, log.version) == (draft.pk, place.placement, ChainState.DRAFT, 1)
    assert (log.text, log.hours, log.skills) == ("Turned\na shaft.", Decimal("7.5"), ["Lathe", "lathe work"])
    assert HistoryEntry.objects.count() == 0


def test_a_day_begun_without_a_placement_moves_to_it(db):
    enrolment = EnrolmentFactory.create(cohort__working_days=list(range(7)))
    draft = save_log(enrolment, today(), DayText("Alone."), actor=enrolment.student)
    placement = PlacementFactory.create(enrolment=enrolment)
    assert submit_log(draft, actor=enrolment.student).state == ChainState.SUBMITTED
    assert (DailyLog.objects.get().placement, DailyLog.objects.count()) == (placement, 1)


@pytest.mark.parametrize(
    ("written", "code", "field"),
    [
        (DayText("x", Decimal("0.25")), "hours_outside_limits", "hours"),
        (DayText("x", Decimal("7.25")), "hours_outside_limits", "hours"),
        (DayText("x", Decimal("12.5")), "hours_outside_limits", "hours"),
        (DayText("x", Decimal("NaN")), "hours_outside_limits", "hours"),
        (DayText("x" * 10_001), "text_too_long", "text"),
        (DayText("a\x00b"), "control_character", "text"),
        (DayText("a\ud800b"), "control_character", "text"),
        (DayText("x", skills=[f"s{n}" for n in range(21)]), "too_many_skills", "skills"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(place, written, code, field):
    with pytest.raises(RuleViolation) as refused:
        save_log(place.enrolment, today(), written, actor=place.student)
    assert (refused.value.code, refused.value.field, DailyLog.objects.count()) == (code, field, 0)


@pytest.mark.parametrize(
    ("shift", "code"), [(1, "day_in_future"), (-15, "too_late"), (-14, None), (0, None), (-70, "too_late")]
)
def test_a_day_is_begun_within_the_limits_of_the_cohort(place, shift, code):
    refusal = day_refusal(place.enrolment, place.placement, today() + dt.timedelta(days=shift))
    assert (refusal.code if refusal else None) == code


def test_a_day_before_the_placement_is_refused(place):
    type(place.placement).objects.update(start=back(3))
    with pytest.raises(RuleViolation) as refused:
        open_log(place.enrolment, back(4), actor=place.student)
    assert refused.value.code == "day_outside_placement"


def test_a_free_day_is_refused_with_its_reason(place):
    HolidayFactory.create(cohort=place.enrolment.cohort, name="Graduation")
    with pytest.raises(RuleViolation) as refused:
        open_log(place.enrolment, today(), actor=place.student)
    assert (refused.value.code, "Graduation" in str(refused.value)) == ("free_day", True)


def test_a_foreign_placement_is_not_taken(place):
    foreign = PlacementFactory.create()
    with pytest.raises(RuleViolation) as opened:
        open_log(place.enrolment, today(), actor=place.student, placement_id=foreign.pk)
    with pytest.raises(RuleViolation) as saved:
        save_log(place.enrolment, today(), DayText("x"), actor=place.student, placement_id=foreign.pk)
    assert [refused.value.code for refused in (opened, saved)] == ["placement_not_open"] * 2


def test_of_two_placements_each_has_its_own_day(place):
    second = PlacementFactory.create(enrolment=place.enrolment)
    first_log = save_log(place.enrolment, today(), DayText("One."), actor=place.student)
    other = save_log(place.enrolment, today(), DayText("Two."), actor=place.student, placement_id=second.pk)
    assert [log.placement for log in (first_log, other)] == [place.placement, second]


def test_nobody_else_writes_and_old_sights_and_sent_days_are_refused(place):
    for stranger in (StudentFactory.create(), place.supervisor, SYSTEM):
        with pytest.raises(NotAllowed):
            save_log(place.enrolment, today(), DayText("x"), actor=stranger)
    log = save_log(place.enrolment, today(), DayText("x"), actor=place.student)
    with pytest.raises(Stale):
        save_log(place.enrolment, today(), DayText("y"), actor=place.student, expected_version=0)
    submit_log(log, actor=place.student, expected_version=1)
    with pytest.raises(WrongState):
        save_log(place.enrolment, today(), DayText("y"), actor=place.student)


@pytest.mark.parametrize(
    ("asked", "position", "expected"),
    [
        (True, (-6.2, 35.7), LocationHint.NEAR),
        (True, (-6.3, 35.7), LocationHint.FAR),
        (True, None, LocationHint.UNKNOWN),
        (False, (-6.2, 35.7), LocationHint.UNKNOWN),
    ],
)
def test_the_place_hint_is_kept_only_where_the_cohort_wants_it(place, asked, position, expected):
    type(place.enrolment.cohort).objects.update(location_hint=asked)
    type(place.placement.company).objects.update(latitude="-6.2", longitude="35.7")
    consent_to_place(place.enrolment, actor=place.student)
    log = save_log(place.enrolment, today(), DayText("x"), actor=place.student)
    log = submit_log(log, actor=place.student, position=position)
    log.refresh_from_db()
    assert log.location_hint == expected


def test_a_company_without_a_place_gives_no_hint(db):
    assert hint_of(CompanyFactory.build(), (0.0, 0.0)) == LocationHint.UNKNOWN


# -- send, throw away, correct ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text": " "}, "text_missing"),
        ({"hours": "0.25"}, "hours_outside_limits"),
        ({"day": back(15)}, "too_late"),
        ({"day": today() + dt.timedelta(days=1)}, "not_yet"),
    ],
)
def test_an_unfit_day_is_not_sent(place, values, code):
    log = DailyLogFactory.create(placement=place.placement, **values)
    with pytest.raises(RuleViolation) as refused:
        submit_log(log, actor=place.student)
    assert refused.value.code == code


def test_a_day_waits_for_the_arrival(place):
    type(place.placement).objects.update(state=PlacementState.CONFIRMED)
    log = DailyLogFactory.create(placement=place.placement)
    with pytest.raises(RuleViolation) as refused:
        submit_log(log, actor=place.student)
    assert refused.value.code == "no_active_placement"


def test_only_a_draft_is_thrown_away(place):
    sent = place.log(0)
    with pytest.raises(WrongState):
        delete_log(sent, actor=place.student)
    with pytest.raises(NotAllowed):
        delete_log(sent, actor=place.supervisor)
    perform(sent, "recall", actor=place.student)
    delete_log(sent, actor=place.student)
    assert DailyLog.objects.count() == 0


def coordinator_of(place):
    from apps.accounts.services.people import grant  # noqa: PLC0415 - only these tests

    person = UserFactory.create()
    grant(person, place.enrolment.cohort, actor=SYSTEM)
    return person


def test_a_locked_day_is_corrected_by_a_new_version(place):
    coordinator, old = coordinator_of(place), place.log(0, ChainState.VERIFIED_ACADEMIC)
    new = correct_log(old, actor=coordinator, reason="Wrong hours.")
    old.refresh_from_db()
    assert (old.is_current, old.state, old.version) == (False, ChainState.VERIFIED_ACADEMIC, 0)
    assert (new.supersedes, new.is_current, new.state) == (old, True, ChainState.REVISION_REQUESTED)
    assert (new.text, new.hours, new.reason) == (old.text, old.hours, "Wrong hours.")
    with pytest.raises(RuleViolation) as refused:
        correct_log(old, actor=coordinator, reason="Again.")
    assert refused.value.code == "corrected_already"
    submit_log(new, actor=place.student)
    perform(new, "recall", actor=place.student)
    delete_log(new, actor=place.student)
    old.refresh_from_db()
    assert old.is_current is True


def test_a_correction_needs_a_coordinator_and_a_reason(place):
    locked = place.log(0, ChainState.VERIFIED_ACADEMIC)
    for actor in (place.student, place.academic):
        with pytest.raises(NotAllowed):
            correct_log(locked, actor=actor, reason="x")
    with pytest.raises(RuleViolation) as refused:
        correct_log(locked, actor=coordinator_of(place), reason=" ")
    assert refused.value.code == "reason_needed"
    with pytest.raises(NotAllowed):
        correct_log(place.log(1), actor=coordinator_of(place), reason="Not locked.")


# -- files --------------------------------------------------------------------------------------------------------


def test_a_file_is_kept_under_a_blind_name_and_removed(place, django_capture_on_commit_callbacks):
    log = place.log(0, ChainState.DRAFT)
    photo = attach_file(log, png(), name="C:\\me\\Asha Moshi.exe", actor=place.student)
    paper = attach_file(log, PDF, name="plan.pdf", actor=place.student)
    assert [(f.original_name, f.content_type) for f in (photo, paper)] == [
        ("Asha Moshi.png", "image/png"),
        ("plan.pdf", "application/pdf"),
    ]
    storage, name = photo.file.storage, photo.file.name
    assert (storage.exists(name), "Asha" in name) == (True, False)
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(photo, actor=place.student)
        delete_log(log, actor=place.student)
    assert [storage.exists(stored) for stored in (name, paper.file.name)] == [False, False]


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "empty_file"), (b"%PDF-" + b"x" * 5 * 1024 * 1024, "too_large"), (b"MZ", "wrong_kind")]
)
def test_what_is_no_picture_and_no_pdf_is_refused(place, data, code):
    log = place.log(0, ChainState.DRAFT)
    with pytest.raises(RuleViolation) as refused:
        attach_file(log, data, name="x.png", actor=place.student)
    assert (refused.value.code, log.attachments.count()) == (code, 0)


def test_a_day_takes_ten_files_and_a_student_fifty_a_day(place, monkeypatch):
    # Eleven children of the sandbox would tell nothing about the limits.
    monkeypatch.setattr(attachments, "check_pdf", lambda _data, **_field: None)
    log = place.log(0, ChainState.DRAFT)
    for _number in range(10):
        attach_file(log, PDF, name="x.pdf", actor=place.student)
    with pytest.raises(RuleViolation) as refused:
        attach_file(log, PDF, name="x.pdf", actor=place.student)
    assert refused.value.code == "too_many_files"
    log.attachments.update(size=200 * 1024 * 1024)
    with pytest.raises(RuleViolation) as refused:
        attach_file(place.log(1, ChainState.DRAFT), PDF, name="x.pdf", actor=place.student)
    assert refused.value.code == "upload_limit"


def test_files_of_sent_days_stay_as_they_are(place):
    log = place.log(0, ChainState.DRAFT)
    kept = attach_file(log, PDF, name="x.pdf", actor=place.student)
    with pytest.raises(NotAllowed):
        attach_file(log, PDF, name="x.pdf", actor=place.supervisor)
    submit_log(log, actor=place.student)
    with pytest.raises(WrongState):
        attach_file(log, PDF, name="x.pdf", actor=place.student)
    with pytest.raises(WrongState):
        remove_file(kept, actor=place.student)


def test_a_correction_shows_the_same_files(place, django_capture_on_commit_callbacks):
    log = place.log(0, ChainState.DRAFT)
    kept = attach_file(log, PDF, name="x.pdf", actor=place.student)
    DailyLog.objects.update(state=ChainState.VERIFIED_ACADEMIC)
    new = correct_log(log, actor=coordinator_of(place), reason="Hours.")
    copy = new.attachments.get()
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(copy, actor=place.student)
    assert kept.file.storage.exists(kept.file.name) is True


# -- absences -----------------------------------------------------------------------------------------------------


def test_an_absence_is_told_changed_and_taken_back(place):
    open_log(place.enrolment, today(), actor=place.student)
    first = tell_absence(place.enrolment, today(), Away(AbsenceReason.SICK, " Flu "), actor=place.student)
    assert (first.placement, first.note, DailyLog.objects.count()) == (place.placement, "Flu", 0)
    again = tell_absence(place.enrolment, today(), Away(AbsenceReason.FAMILY), actor=place.student)
    assert (again.pk, again.reason) == (first.pk, AbsenceReason.FAMILY)
    assert day_refusal(place.enrolment, place.placement, today()).code == "absent"
    withdraw_absence(again, actor=place.student)
    assert day_refusal(place.enrolment, place.placement, today()) is None


def test_an_absence_that_makes_no_sense_is_refused(place):
    def code_of(day: dt.date) -> str:
        with pytest.raises(RuleViolation) as refused:
            tell_absence(place.enrolment, day, Away(AbsenceReason.SICK), actor=place.student)
        return refused.value.code

    HolidayFactory.create(cohort=place.enrolment.cohort, day=back(1))
    DailyLogFactory.create(placement=place.placement, day=back(2))
    days = (back(200), back(20), back(1), back(2))
    assert [code_of(day) for day in days] == ["no_placement", "too_late", "free_day", "day_has_log"]
    with pytest.raises(NotAllowed):
        tell_absence(place.enrolment, today(), Away(AbsenceReason.SICK), actor=StudentFactory.create())
