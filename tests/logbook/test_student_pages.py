import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Company, User
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import Absence, ArrivalNote, DailyLog, WeeklyReport
from apps.logbook.states import ArrivalState, ChainState
from portal.kernel.dates import monday_of
from tests.factories.accounts import EnrolmentFactory, StudentFactory, UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory
from tests.logbook.pictures import jpeg_with_place

pytestmark = pytest.mark.django_db

EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]


@pytest.fixture
def placement() -> Placement:
    return PlacementFactory.create(enrolment__cohort__working_days=EVERY_DAY)


@pytest.fixture
def student(placement: Placement) -> User:
    return placement.enrolment.student


@pytest.fixture
def page(client: Client, student: User) -> Client:
    client.force_login(student)
    return client


def today() -> dt.date:
    return timezone.localdate()


def day_url(name: str = "log_edit") -> str:
    return reverse(name, args=[today()])


def test_today_is_the_students_first_page(page):
    assert page.get("/").url == reverse("student_today")
    answer = page.get(reverse("student_today"))
    assert answer.status_code == 200
    assert answer.context["editable"] is True
    assert answer.context["form"].initial["hours"] == "8"


def test_the_hours_of_the_last_day_are_proposed(page, placement):
    DailyLogFactory.create(placement=placement, day=today() - dt.timedelta(days=1), hours=Decimal("6.5"))
    assert page.get(reverse("student_today")).context["form"].initial["hours"] == "6.5"


def test_a_day_is_kept_as_a_draft(page):
    answer = page.post(day_url(), {"text": "Turned a bush.", "hours": "7.5", "skills": "turning, measuring"})
    assert answer.url == day_url()
    log = DailyLog.objects.get()
    assert (log.text, log.hours, log.skills, log.state) == (
        "Turned a bush.",
        Decimal("7.5"),
        ["turning", "measuring"],
        ChainState.DRAFT,
    )


def test_a_day_is_sent_with_one_button(page):
    answer = page.post(day_url(), {"text": "Turned a bush.", "hours": "8", "move": "submit"}, follow=True)
    assert "Your supervisor sees it now" in answer.content.decode()
    assert DailyLog.objects.get().state == ChainState.SUBMITTED


def test_a_day_without_text_is_kept_but_not_sent(page):
    answer = page.post(day_url(), {"text": "", "hours": "8", "move": "submit"}, follow=True)
    assert "Kept, but not sent: Write what you did" in answer.content.decode()
    assert DailyLog.objects.get().state == ChainState.DRAFT


def test_a_mistake_keeps_what_was_typed(page):
    answer = page.post(day_url(), {"text": "Turned a bush.", "hours": "7.3"})
    assert answer.status_code == 400
    assert "Turned a bush." in answer.content.decode()
    assert DailyLog.objects.count() == 0


def test_an_old_sight_of_the_day_overwrites_nothing(page, placement):
    log = DailyLogFactory.create(placement=placement, text="From the other phone.", version=4)
    answer = page.post(day_url(), {"text": "Mine.", "hours": "8", "version": "3"})
    assert answer.status_code == 400
    assert "on another device" in answer.content.decode()
    log.refresh_from_db()
    assert log.text == "From the other phone."


def test_autosave_answers_the_time_and_the_version(page):
    answer = page.post(day_url("log_autosave"), {"text": "Turn", "hours": "8"})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    again = page.post(day_url("log_autosave"), {"text": "Turned", "hours": "8", "version": "1"})
    assert again.json()["version"] == 2
    assert DailyLog.objects.get().text == "Turned"


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"text": "x", "hours": ""}, "Not saved: look at the hours."),
        ({"text": "x", "hours": "7.3"}, "Enter 0.5 to 12 hours, in steps of half an hour."),
    ],
)
def test_autosave_says_why_not(page, typed, error):
    answer = page.post(day_url("log_autosave"), typed)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_sent_day_is_shown_and_can_be_taken_back(page, placement):
    log = DailyLogFactory.create(placement=placement, state=ChainState.SUBMITTED, submitted_at=timezone.now())
    answer = page.get(day_url())
    assert answer.context["editable"] is False
    assert "With your supervisor since" in answer.context["with_whom"]
    page.post(reverse("log_move", args=[log.pk]), {"move": "recall", "version": log.version})
    log.refresh_from_db()
    assert log.state == ChainState.DRAFT


def test_what_came_back_says_why(page, placement):
    DailyLogFactory.create(placement=placement, state=ChainState.REVISION_REQUESTED, reason="Which machine?")
    assert "Which machine?" in page.get(day_url()).content.decode()


def test_a_validated_day_cannot_be_changed(page, placement):
    log = DailyLogFactory.create(placement=placement, state=ChainState.VERIFIED_ACADEMIC)
    assert page.post(day_url(), {"text": "Other", "hours": "8"}).status_code == 400
    log.refresh_from_db()
    assert log.text == "Measured shafts and turned a new one."


def test_a_photo_is_drawn_anew_and_goes_to_whom_sees_the_log(page, placement, client):
    from tests.logbook.pictures import jpeg_with_place  # noqa: PLC0415 - only here

    photo = SimpleUploadedFile("shaft.jpg", jpeg_with_place())
    page.post(day_url(), {"text": "Turned a bush.", "hours": "8", "photo": photo})
    attachment = DailyLog.objects.get().attachments.get()
    with attachment.file.open("rb") as stored:
        assert b"Exif" not in stored.read()
    address = reverse("attachment_download", args=[attachment.pk])
    answer = page.get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.getvalue().startswith(b"\xff\xd8")
    page.post(reverse("attachment_remove", args=[attachment.pk]))
    assert DailyLog.objects.get().attachments.count() == 0
    assert page.get(address).status_code == 404


def test_an_absence_is_told_with_its_reason(page, placement):
    assert page.get(day_url("absence_edit")).status_code == 200
    page.post(day_url("absence_edit"), {"reason": "sick", "note": "malaria", "to_make_up": "7.5"})
    absence = Absence.objects.get()
    assert (absence.note, absence.hours_to_make_up) == ("malaria", Decimal("7.5"))
    shown = page.get(day_url())
    assert (shown.context["editable"], shown.context["absence"]) == (False, absence)
    assert "7.5 h to make up" in shown.content.decode()
    assert page.get(day_url("absence_edit")).context["form"].initial["to_make_up"] == "7.5"
    page.post(reverse("absence_withdraw", args=[absence.pk]))
    assert page.get(day_url()).context["editable"] is True


def test_more_hours_than_a_day_has_are_not_made_up(page):
    answer = page.post(day_url("absence_edit"), {"reason": "sick", "to_make_up": "12.5"})
    assert (answer.status_code, Absence.objects.count()) == (400, 0)
    assert "Enter 0 to 12 hours" in answer.content.decode()


def test_an_absence_on_a_day_with_a_log_is_refused(page, placement):
    DailyLogFactory.create(placement=placement, state=ChainState.SUBMITTED)
    assert page.post(day_url("absence_edit"), {"reason": "sick"}).status_code == 400
    assert Absence.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_weeks_take_the_same_queries_for_any_number(page, placement, rows, django_assert_num_queries):
    for number in range(rows):
        DailyLogFactory.create(placement=placement, day=today() - dt.timedelta(days=number))
    with django_assert_num_queries(12):
        assert page.get(reverse("student_weeks")).status_code == 200


def week_url() -> str:
    return reverse("week_edit", args=[monday_of(today())])


def test_a_week_is_written_with_operations_and_sent_with_its_days(page, placement):
    DailyLogFactory.create(placement=placement)
    typed = {
        "summary": "Shafts.",
        "main_job_title": "Shaft repair",
        "main_job_detail": "",
        "operation": ["Turning", "", "Fitting"],
        "tools": ["Lathe", "", "Press"],
        "move": "submit",
    }
    answer = page.post(week_url(), typed, follow=True)
    assert "The week is sent with 1 day." in answer.content.decode()
    report = WeeklyReport.objects.get()
    assert report.state == ChainState.SUBMITTED
    assert list(report.operations.values_list("number", "description", "tools")) == [
        (1, "Turning", "Lathe"),
        (2, "Fitting", "Press"),
    ]
    assert DailyLog.objects.get().state == ChainState.SUBMITTED


def test_a_week_is_kept_and_shown_again(page):
    page.post(week_url(), {"summary": "Shafts.", "operation": ["Turning"], "tools": ["Lathe"]})
    answer = page.get(week_url())
    assert "Shafts." in answer.content.decode()
    assert [step.tools for step in answer.context["steps"]][:2] == ["Lathe", ""]


def test_tools_without_an_operation_keep_nothing_and_lose_nothing(page):
    answer = page.post(week_url(), {"summary": "Shafts.", "operation": [""], "tools": ["Lathe"]})
    assert (answer.status_code, WeeklyReport.objects.count()) == (400, 0)
    assert "Lathe" in answer.content.decode()


def test_a_sent_week_can_be_taken_back(page, placement):
    report = WeeklyReportFactory.create(placement=placement, state=ChainState.SUBMITTED)
    assert page.get(week_url()).context["editable"] is False
    page.post(reverse("week_move", args=[report.pk]), {"move": "recall", "version": report.version})
    report.refresh_from_db()
    assert report.state == ChainState.DRAFT


def test_a_week_that_begins_on_no_monday_is_not_there(page):
    assert page.get(reverse("week_edit", args=[monday_of(today()) + dt.timedelta(days=1)])).status_code == 404


def arrive() -> dict[str, str]:
    return {
        "arrived_on": today().isoformat(),
        "supervisor_name": "Juma Mushi",
        "supervisor_email": "juma@host.example",
        "supervisor_phone": "",
    }


def test_the_arrival_is_reported_on_one_page(page, placement):
    Placement.objects.filter(pk=placement.pk).update(state=PlacementState.CONFIRMED)
    Company.objects.update(mail_domain="host.example")
    assert page.get(reverse("student_today")).context["arrival_due"] == placement
    address = reverse("arrival_report", args=[placement.pk])
    assert page.get(address).context["settled"] is False
    page.post(address, arrive())
    note = ArrivalNote.objects.get()
    assert (note.state, note.supervisor_email) == (ArrivalState.SUBMITTED, "juma@host.example")
    assert placement.supervisors.get().user.email == "juma@host.example"
    assert page.get(address).context["settled"] is True


def test_the_page_says_that_a_coordinator_looks_at_the_supervisor_first(page, placement):
    Placement.objects.filter(pk=placement.pk).update(state=PlacementState.CONFIRMED)
    answer = page.post(reverse("arrival_report", args=[placement.pk]), arrive(), follow=True).content.decode()
    assert answer.count("Your coordinator looks at the supervisor first, because") == 1
    assert answer.count("Your supervisor gets a link") == 0
    assert placement.supervisors.count() == 0


def test_a_students_own_address_is_no_supervisors(page, placement, student):
    Placement.objects.filter(pk=placement.pk).update(state=PlacementState.CONFIRMED)
    answer = page.post(reverse("arrival_report", args=[placement.pk]), arrive() | {"supervisor_email": student.email})
    assert "supervisor_email" in answer.context["form"].errors
    assert ArrivalNote.objects.count() == 0


def test_who_is_enrolled_nowhere_is_told_so(client):
    client.force_login(StudentFactory.create())
    assert "not enrolled" in client.get(reverse("student_today")).content.decode()
    assert client.get(reverse("student_weeks")).status_code == 404


def test_a_student_without_a_placement_may_write_but_not_send(client):
    enrolment = EnrolmentFactory.create(cohort__working_days=EVERY_DAY)
    client.force_login(enrolment.student)
    answer = client.post(day_url(), {"text": "Read the manual.", "hours": "4", "move": "submit"}, follow=True)
    assert "as soon as your arrival" in answer.content.decode()
    assert DailyLog.objects.get().placement is None


def test_the_pages_are_the_students_alone(client, placement):
    log = DailyLogFactory.create(placement=placement, state=ChainState.SUBMITTED)
    other = PlacementFactory.create(enrolment__cohort=placement.enrolment.cohort)
    client.force_login(other.enrolment.student)
    assert client.post(reverse("log_move", args=[log.pk]), {"move": "recall"}).status_code == 404
    assert client.get(reverse("arrival_report", args=[placement.pk])).status_code == 404
    client.force_login(UserFactory.create())
    assert client.get(reverse("student_today")).status_code == 403
    client.logout()
    assert client.get(reverse("student_today")).status_code == 302


def test_the_industrial_supervisor_cannot_write_for_the_student(client, placement):
    client.force_login(PlacementSupervisorFactory.create(placement=placement).user)
    assert client.post(day_url(), {"text": "x", "hours": "8"}).status_code == 403
    assert DailyLog.objects.count() == 0


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("up:2", ["Turning", "Fitting", "Milling"]),
        ("down:0", ["Milling", "Turning", "Fitting"]),
        ("drop:1", ["Turning", "Fitting"]),
        ("up:0", ["Turning", "Milling", "Fitting"]),
        ("down:2", ["Turning", "Milling", "Fitting"]),
        ("more", ["Turning", "Milling", "Fitting"]),
        ("drop:9", ["Turning", "Milling", "Fitting"]),
        ("drop:-1", ["Turning", "Milling", "Fitting"]),
    ],
)
def test_a_button_at_an_operation_keeps_the_week_in_the_new_order(page, step, left):
    typed = {"operation": ["Turning", "Milling", "Fitting"], "tools": ["Lathe", "Mill", "Press"], "step": step}
    answer = page.post(week_url(), typed)
    assert answer["Location"] == week_url() + "#steps"
    assert list(WeeklyReport.objects.get().operations.values_list("description", flat=True)) == left


def test_the_week_says_which_days_are_missing(page, placement):
    day = today() - dt.timedelta(days=7)
    answer = page.get(reverse("week_edit", args=[monday_of(day)]))
    links = [reverse("log_edit", args=[shown.date]) for shown, _cell in answer.context["missing"]]
    assert len(links) > 3
    assert [link in answer.content.decode() for link in links] == [True] * len(links)


def test_a_sketch_is_shown_to_who_sees_the_week_and_taken_away(page, placement, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = SimpleUploadedFile("sketch.jpg", jpeg_with_place(), content_type="image/jpeg")
    page.post(week_url(), {"summary": "Shafts.", "sketch": picture})
    report = WeeklyReport.objects.get()
    address = reverse("week_sketch", args=[report.pk])
    assert address in page.get(week_url()).content.decode()
    stored = b"".join(page.get(address).streaming_content)
    assert (stored[:8], b"Exif" in stored) == (b"\x89PNG\r\n\x1a\n", False)
    stranger = Client()
    stranger.force_login(EnrolmentFactory.create().student)
    assert stranger.get(address).status_code == 404
    page.post(week_url(), {"summary": "Shafts.", "sketch_off": "on", "version": report.version})
    report.refresh_from_db()
    assert (bool(report.sketch), page.get(address).status_code) == (False, 404)
