import datetime as dt
import io

import pytest
from django.utils import timezone
from PIL import Image

from apps.logbook.models import Operation, WeeklyReport
from apps.logbook.services.weeks import (
    MOST_OPERATIONS,
    Step,
    WeekText,
    add_operation,
    change_operation,
    delete_operation,
    delete_week,
    open_week,
    remove_sketch,
    reorder_operations,
    save_week,
    set_sketch,
    submit_week,
)
from apps.logbook.states import ChainState
from portal.kernel.dates import monday_of
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from tests.factories.accounts import EnrolmentFactory, StudentFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import DailyLogFactory, OperationFactory, WeeklyReportFactory


def png(size=(8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


def steps_of(report) -> list[tuple[int, str, str]]:
    return list(report.operations.values_list("number", "description", "tools"))


def test_a_week_is_begun_and_kept_with_its_steps(place):
    written = WeekText(" Shafts. ", "Shaft  repair", "On the lathe.", [Step(" Turn ", "Lathe"), Step(""), Step("Mill")])
    report = save_week(place.enrolment, place.monday, written, actor=place.student)
    assert (report.placement, report.state, report.version) == (place.placement, ChainState.DRAFT, 1)
    assert (report.summary, report.main_job_title) == ("Shafts.", "Shaft repair")
    assert steps_of(report) == [(1, "Turn", "Lathe"), (2, "Mill", "")]
    save_week(place.enrolment, place.monday, WeekText("Other."), actor=place.student, expected_version=1)
    assert steps_of(report) == [(1, "Turn", "Lathe"), (2, "Mill", "")]
    assert WeeklyReport.objects.count() == 1


def test_opening_a_week_twice_makes_one_draft(place):
    first = open_week(place.enrolment, place.monday, actor=place.student)
    assert open_week(place.enrolment, place.monday, actor=place.student) == first


def test_the_number_counts_from_the_week_of_the_placement(place):
    report = open_week(place.enrolment, place.monday, actor=place.student)
    assert report.number == (place.monday - monday_of(place.placement.start)).days // 7 + 1


def test_a_week_begun_without_a_placement_moves_to_it(db):
    enrolment = EnrolmentFactory.create()
    monday = monday_of(timezone.localdate())
    draft = save_week(enrolment, monday, WeekText("Alone."), actor=enrolment.student)
    assert draft.placement is None
    placement = PlacementFactory.create(enrolment=enrolment, start=monday)
    kept = save_week(enrolment, monday, WeekText("Placed."), actor=enrolment.student)
    assert (kept.pk, kept.placement, kept.number) == (draft.pk, placement, 1)


@pytest.mark.parametrize(
    ("shift", "code"),
    [(1, "not_a_monday"), (14, "week_in_future"), (-140, "week_outside_training")],
)
def test_a_wrong_week_is_not_begun(place, shift, code):
    with pytest.raises(RuleViolation) as refused:
        open_week(place.enrolment, place.monday + dt.timedelta(days=shift), actor=place.student)
    assert (refused.value.code, refused.value.field) == (code, "week_start")


def test_a_foreign_placement_is_not_taken(place):
    with pytest.raises(RuleViolation) as refused:
        save_week(
            place.enrolment, place.monday, WeekText(), actor=place.student, placement_id=PlacementFactory.create().pk
        )
    assert refused.value.code == "placement_not_open"


@pytest.mark.parametrize(
    ("steps", "code"),
    [([Step("", "Lathe")], "description_missing"), ([Step("x")] * (MOST_OPERATIONS + 1), "too_many_operations")],
)
def test_wrong_steps_are_refused(place, steps, code):
    with pytest.raises(RuleViolation) as refused:
        save_week(place.enrolment, place.monday, WeekText(steps=steps), actor=place.student)
    assert (refused.value.code, WeeklyReport.objects.count()) == (code, 0)


def test_an_old_sight_does_not_overwrite(place):
    save_week(place.enrolment, place.monday, WeekText("One."), actor=place.student)
    with pytest.raises(Stale):
        save_week(place.enrolment, place.monday, WeekText("Two."), actor=place.student, expected_version=0)


def test_a_sent_week_is_not_changed_and_strangers_never_write(place):
    report = place.report()
    with pytest.raises(WrongState):
        save_week(place.enrolment, place.monday, WeekText("Late."), actor=place.student)
    with pytest.raises(WrongState):
        add_operation(report, Step("Turn"), actor=place.student)
    with pytest.raises(WrongState):
        delete_week(report, actor=place.student)
    for stranger in (StudentFactory.create(), place.supervisor):
        with pytest.raises(NotAllowed):
            save_week(place.enrolment, place.monday, WeekText("Foreign."), actor=stranger)


# -- operations ---------------------------------------------------------------------------------------------------


def test_steps_are_added_changed_moved_and_taken_away(place):
    report = place.report(ChainState.DRAFT)
    turn, mill, drill = (add_operation(report, Step(name), actor=place.student) for name in ("Turn", "Mill", "Drill"))
    change_operation(mill, Step("Mill flat", "Mill"), actor=place.student)
    reorder_operations(report, [drill.pk, turn.pk, mill.pk], actor=place.student)
    assert steps_of(report) == [(1, "Drill", ""), (2, "Turn", ""), (3, "Mill flat", "Mill")]
    delete_operation(drill, actor=place.student)
    report.refresh_from_db()
    assert steps_of(report) == [(1, "Turn", ""), (2, "Mill flat", "Mill")]
    assert report.version == 6


def test_an_order_that_is_not_the_reports_own_is_refused(place):
    report = place.report(ChainState.DRAFT)
    own, foreign = OperationFactory.create(report=report), OperationFactory.create()
    for order in ([own.pk, foreign.pk], [own.pk, own.pk], []):
        with pytest.raises(RuleViolation) as refused:
            reorder_operations(report, order, actor=place.student)
        assert refused.value.code == "order_wrong"


def test_there_is_an_end_to_steps(place):
    report = place.report(ChainState.DRAFT)
    Operation.objects.bulk_create(
        Operation(report=report, number=number, description="Turn") for number in range(1, MOST_OPERATIONS + 1)
    )
    with pytest.raises(RuleViolation) as refused:
        add_operation(report, Step("One more"), actor=place.student)
    assert refused.value.code == "too_many_operations"


# -- sketch -------------------------------------------------------------------------------------------------------


def test_a_sketch_is_drawn_anew_replaced_and_removed(place, django_capture_on_commit_callbacks):
    report = place.report(ChainState.DRAFT)
    first = set_sketch(report, png(), actor=place.student)
    storage, old = first.sketch.storage, first.sketch.name
    with django_capture_on_commit_callbacks(execute=True):
        second = set_sketch(report, png((4, 4)), actor=place.student)
    assert (storage.exists(old), storage.exists(second.sketch.name)) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        bare = remove_sketch(second, actor=place.student)
    assert (storage.exists(second.sketch.name), bool(bare.sketch), bare.version) == (False, False, 3)
    assert remove_sketch(bare, actor=place.student).version == 3


@pytest.mark.parametrize(("data", "code"), [(b"x" * (5 * 1024 * 1024 + 1), "too_large"), (b"<svg/>", "not_a_picture")])
def test_a_sketch_that_is_none_is_refused(place, data, code):
    with pytest.raises(RuleViolation) as refused:
        set_sketch(place.report(ChainState.DRAFT), data, actor=place.student)
    assert refused.value.code == code


def test_a_sketch_that_cannot_be_written_leaves_no_file(place, monkeypatch):
    report = place.report(ChainState.DRAFT)
    storage = report.sketch.storage
    before = set(storage.listdir("sketches")[1]) if storage.exists("sketches") else set()
    monkeypatch.setattr(WeeklyReport, "save", lambda *_args, **_kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        set_sketch(report, png(), actor=place.student)
    assert set(storage.listdir("sketches")[1]) == before


# -- throw away and send ------------------------------------------------------------------------------------------


def test_a_draft_is_thrown_away_with_its_sketch(place, django_capture_on_commit_callbacks):
    report = set_sketch(place.report(ChainState.DRAFT), png(), actor=place.student)
    with django_capture_on_commit_callbacks(execute=True):
        delete_week(report, actor=place.student)
    assert (WeeklyReport.objects.count(), report.sketch.storage.exists(report.sketch.name)) == (0, False)


def test_a_file_that_cannot_be_removed_is_logged_and_no_error(
    place, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    report = set_sketch(place.report(ChainState.DRAFT), png(), actor=place.student)

    def fail(_name: str) -> None:
        raise OSError

    monkeypatch.setattr(report.sketch.storage, "delete", fail)
    with django_capture_on_commit_callbacks(execute=True):
        delete_week(report, actor=place.student)
    assert [record.getMessage() for record in caplog.records] == [f"The file {report.sketch.name} could not be removed"]


def test_a_draft_without_a_sketch_is_thrown_away(place):
    delete_week(place.report(ChainState.DRAFT), actor=place.student)
    assert WeeklyReport.objects.count() == 0


def test_sending_a_week_sends_its_days_and_says_what_stays(place):
    report = place.report(ChainState.DRAFT)
    ready, empty, returned = (
        place.log(0, ChainState.DRAFT),
        place.log(1, ChainState.DRAFT, text=" "),
        place.log(2, ChainState.REVISION_REQUESTED),
    )
    unplaced = DailyLogFactory.create(
        placement=None, enrolment=place.enrolment, day=place.monday + dt.timedelta(days=3)
    )
    foreign = DailyLogFactory.create(day=place.monday)
    sent = submit_week(report, actor=place.student)
    for log in (ready, empty, returned, unplaced, foreign):
        log.refresh_from_db()
    submitted, draft = ChainState.SUBMITTED, ChainState.DRAFT
    assert [log.state for log in (ready, empty, returned, unplaced, foreign)] == [
        submitted,
        draft,
        submitted,
        submitted,
        draft,
    ]
    assert (sent.report.state, sent.days, unplaced.placement) == (submitted, 3, place.placement)
    assert [(refusal.pk, refusal.code) for refusal in sent.refused] == [(empty.pk, "text_missing")]


def test_a_week_without_words_is_not_sent_and_neither_are_its_days(place):
    report = place.report(ChainState.DRAFT, summary="", main_job_title="")
    log = place.log(0, ChainState.DRAFT)
    with pytest.raises(RuleViolation) as refused:
        submit_week(report, actor=place.student)
    log.refresh_from_db()
    assert (refused.value.code, log.state) == ("text_missing", ChainState.DRAFT)


def test_a_week_is_sent_late_only_if_it_was_sent_in_time_once(place):
    long_ago = place.monday - dt.timedelta(days=35)
    late = WeeklyReportFactory.create(placement=place.placement, week_start=long_ago)
    with pytest.raises(RuleViolation) as refused:
        submit_week(late, actor=place.student)
    assert refused.value.code == "too_late"
    returned = WeeklyReportFactory.create(
        placement=place.placement,
        week_start=long_ago - dt.timedelta(days=7),
        state=ChainState.REVISION_REQUESTED,
        submitted_at=timezone.now(),
    )
    assert submit_week(returned, actor=place.student).report.state == ChainState.SUBMITTED
