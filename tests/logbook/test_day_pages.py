"""The day as a phone sends it: once however often it comes, nothing lost when two devices write."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Cohort, User
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import DailyLog, DayReceipt, LogAttachment, PlaceConsent
from apps.logbook.services import places
from apps.logbook.services.logs import DayText, save_log, submit_log
from apps.logbook.services.places import KEEP_HINTS, consent_to_place, withdraw_place_consent
from apps.logbook.services.receipts import KEEP_RECEIPTS
from apps.logbook.states import ChainState, LocationHint
from apps.logbook.tasks import forget_places
from portal.kernel.errors import NotAllowed
from portal.kernel.fsm import perform
from tests.factories.accounts import StudentFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import AbsenceFactory, DailyLogFactory
from tests.logbook.pictures import jpeg_with_place

pytestmark = pytest.mark.django_db

EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
TEXT = "Turned a bush."


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


def autosave() -> str:
    return reverse("log_autosave", args=[today()])


def sent(**more) -> dict[str, object]:
    return {"text": TEXT, "hours": "8", "key": str(uuid.uuid4()), "move": "submit", **more}


def jpeg(name: str = "shaft.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg_with_place())


def program() -> SimpleUploadedFile:
    return SimpleUploadedFile("virus.exe", b"MZ" + b"0" * 40)


# -- the same thing twice -----------------------------------------------------------------------------------------


def test_what_a_phone_sends_twenty_times_is_one_day_with_one_file(page):
    form = sent()
    answers = [page.post(autosave(), {**form, "photo": jpeg()}).json() for _again in range(20)]
    log = DailyLog.objects.get()
    assert (log.state, log.text, log.version) == (ChainState.SUBMITTED, TEXT, 2)
    assert (LogAttachment.objects.count(), DayReceipt.objects.count()) == (1, 1)
    assert [(answer["sent"], answer["version"]) for answer in answers] == [(True, 2)] * 20


def test_the_page_and_the_phone_share_one_key(page):
    form = sent()
    page.post(reverse("log_edit", args=[today()]), form)
    assert page.post(autosave(), form).json()["sent"] is True
    assert DailyLog.objects.get().version == 2


def test_a_key_takes_nothing_else(page):
    form = sent(move="")
    page.post(autosave(), form)
    other = page.post(autosave(), {**form, "text": "Something else."})
    assert (other.status_code, other.json()["code"]) == (400, "key_used")
    assert DailyLog.objects.get().text == TEXT


def test_a_late_repeat_does_not_send_again_what_came_back(page, placement):
    form = sent()
    page.post(autosave(), form)
    supervisor = PlacementSupervisorFactory.create(placement=placement).user
    perform(DailyLog.objects.get(), "request_revision", actor=supervisor, reason="Which bush?")
    assert page.post(autosave(), form).json()["sent"] is False
    assert DailyLog.objects.get().state == ChainState.REVISION_REQUESTED


def test_a_repeat_sends_what_could_not_be_sent_before(page, placement):
    Placement.objects.filter(pk=placement.pk).update(state=PlacementState.CONFIRMED)
    form = sent()
    first = page.post(autosave(), form).json()
    assert (first["sent"], "as soon as your arrival" in first["why"]) == (False, True)
    Placement.objects.filter(pk=placement.pk).update(state=PlacementState.ACTIVE)
    assert page.post(autosave(), form).json()["sent"] is True


def test_one_students_key_says_nothing_of_anothers(page, placement):
    form = sent()
    page.post(autosave(), form)
    other = PlacementFactory.create(enrolment__cohort=placement.enrolment.cohort)
    client = Client()
    client.force_login(other.enrolment.student)
    assert client.post(autosave(), {**form, "text": "Mine."}).status_code == 200
    assert list(DailyLog.objects.order_by("pk").values_list("text", flat=True)) == [TEXT, "Mine."]


def test_a_bad_file_is_named_and_loses_no_text(page):
    answer = page.post(autosave(), sent(photo=[program(), jpeg()])).json()
    assert answer["sent"] is False
    assert answer["files"] == ["virus.exe: Send a picture (PNG, JPEG, WebP) or a PDF."]
    log = DailyLog.objects.get()
    assert (log.state, log.text, log.attachments.count()) == (ChainState.DRAFT, TEXT, 1)
    again = page.post(reverse("log_edit", args=[today()]), sent(version=log.version, photo=[program()]), follow=True)
    assert "virus.exe was not taken: Send a picture" in again.content.decode()


def test_receipts_go_after_their_time(page):
    page.post(autosave(), sent(move=""))
    page.post(autosave(), sent(text="Again.", version=1, move=""))
    old = DayReceipt.objects.order_by("pk").first()
    DayReceipt.objects.filter(pk=old.pk).update(created_at=timezone.now() - KEEP_RECEIPTS - dt.timedelta(minutes=1))
    forget_places()
    assert list(DayReceipt.objects.values_list("log__text", flat=True)) == ["Again."]
    assert DayReceipt.objects.exclude(pk=old.pk).count() == 1


# -- two devices --------------------------------------------------------------------------------------------------


def test_two_tabs_that_both_began_an_empty_day_lose_nothing(page):
    page.post(autosave(), {"text": "First tab.", "hours": "8"})
    second = page.post(autosave(), {"text": "Second tab.", "hours": "6"})
    assert (second.status_code, second.json()["code"]) == (409, "stale")
    stored = {"text": "First tab.", "hours": "8", "skills": "", "version": 1, "editable": True}
    assert second.json()["stored"] == stored


def test_what_is_sent_already_is_shown_to_the_other_device(page):
    page.post(autosave(), sent())
    late = page.post(autosave(), sent(text="From the other phone."))
    assert (late.status_code, late.json()["stored"]["editable"]) == (409, False)
    assert late.json()["stored"]["text"] == TEXT


def test_without_script_both_texts_are_shown_and_the_second_press_decides(page, placement):
    DailyLogFactory.create(placement=placement, text="From the other phone.", version=4)
    address = reverse("log_edit", args=[today()])
    answer = page.post(address, {"text": "Mine.", "hours": "8", "version": "3"})
    shown = answer.content.decode()
    assert (answer.status_code, "From the other phone." in shown, "Mine." in shown) == (400, True, True)
    form = answer.context["form"]
    page.post(address, {"text": "Mine.", "hours": "8", "version": form["version"].value(), "key": form["key"].value()})
    assert DailyLog.objects.get().text == "Mine."


def test_a_day_that_does_not_exist_any_more_has_nothing_stored(page, placement):
    AbsenceFactory.create(placement=placement, enrolment=placement.enrolment, day=today())
    answer = page.post(autosave(), sent())
    assert (answer.status_code, answer.json()["code"]) == (400, "absent")


# -- the text of the last day -------------------------------------------------------------------------------------


def test_the_text_of_the_last_day_is_taken_over(page, placement):
    yesterday = today() - dt.timedelta(days=1)
    DailyLogFactory.create(placement=placement, day=yesterday, text="Shafts.", skills=["turning"], hours=7)
    address = reverse("student_today")
    assert page.get(address).context["form"].initial.get("text") is None
    form = page.get(address + "?copy").context["form"]
    assert (form.initial["text"], form.initial["skills"], form.initial["hours"]) == ("Shafts.", "turning", "7")


def test_taking_over_never_replaces_what_is_written(page, placement):
    DailyLogFactory.create(placement=placement, day=today() - dt.timedelta(days=1), text="Shafts.")
    DailyLogFactory.create(placement=placement, text="Bushes.")
    assert page.get(reverse("student_today") + "?copy").context["form"].initial["text"] == "Bushes."


# -- the place hint -----------------------------------------------------------------------------------------------

NEAR = {"latitude": "-6.2", "longitude": "35.7"}


@pytest.fixture
def asking(placement: Placement) -> Placement:
    Cohort.objects.update(location_hint=True)
    type(placement.company).objects.update(**NEAR)
    return placement


def test_the_place_is_kept_as_a_word_with_consent_and_only_when_sent(page, asking):
    address = reverse("place_consent", args=[today()])
    page.post(autosave(), sent(move="", **NEAR))
    assert DailyLog.objects.get().location_hint == LocationHint.UNKNOWN
    page.post(address, {"consent": "yes"})
    assert page.get(reverse("student_today")).context["place_hint"]["agreed"] is True
    page.post(autosave(), sent(version=1, text="Kept.", move="", **NEAR))
    assert DailyLog.objects.get().location_hint == LocationHint.UNKNOWN
    page.post(autosave(), sent(version=2, **NEAR))
    assert DailyLog.objects.get().location_hint == LocationHint.NEAR
    assert "Near the site" in page.get(reverse("student_today")).content.decode()
    page.post(address, {"consent": "no"})
    assert (PlaceConsent.objects.count(), DailyLog.objects.get().location_hint) == (0, LocationHint.UNKNOWN)


def test_without_consent_a_place_is_thrown_away(page, asking):
    page.post(autosave(), sent(**NEAR))
    log = DailyLog.objects.get()
    assert (log.state, log.location_hint) == (ChainState.SUBMITTED, LocationHint.UNKNOWN)


@pytest.mark.parametrize("wrong", [{"latitude": "91"}, {"latitude": "x", "longitude": ""}, {"longitude": "-500"}])
def test_a_place_that_is_none_never_hinders(page, asking, wrong):
    consent_to_place(asking.enrolment, actor=asking.enrolment.student)
    assert page.post(autosave(), sent(**(NEAR | wrong))).json()["sent"] is True
    assert DailyLog.objects.get().location_hint == LocationHint.UNKNOWN


def test_a_day_without_a_placement_has_no_place(asking):
    enrolment = asking.enrolment
    consent_to_place(enrolment, actor=enrolment.student)
    log = DailyLogFactory.create(placement=None, enrolment=enrolment, day=asking.end + dt.timedelta(days=1))
    places.keep_hint(log, (-6.2, 35.7), actor=enrolment.student)
    log.refresh_from_db()
    assert log.location_hint == LocationHint.UNKNOWN


def test_the_hint_is_not_offered_where_nothing_is_compared(page, placement):
    assert page.get(reverse("student_today")).context["place_hint"] is None
    Cohort.objects.update(location_hint=True)
    assert page.get(reverse("student_today")).context["place_hint"] is None


def test_hints_are_erased_after_their_time(asking):
    old = DailyLogFactory.create(placement=asking, day=today() - KEEP_HINTS - dt.timedelta(days=1), location_hint="far")
    new = DailyLogFactory.create(placement=asking, day=today() - KEEP_HINTS, location_hint="near")
    before = old.updated_at
    assert places.forget_old_hints() == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.location_hint, new.location_hint, old.updated_at) == ("unknown", "near", before)


def test_nobody_agrees_for_another(placement):
    stranger = StudentFactory.create()
    log = save_log(placement.enrolment, today(), DayText(TEXT), actor=placement.enrolment.student)
    for act in (consent_to_place, withdraw_place_consent):
        with pytest.raises(NotAllowed):
            act(placement.enrolment, actor=stranger)
    with pytest.raises(NotAllowed):
        submit_log(log, actor=stranger, position=(0.0, 0.0))


# -- the calendar -------------------------------------------------------------------------------------------------


def month_url(day: dt.date) -> str:
    return reverse("student_month", args=[day.replace(day=1)])


def cells(page: Client, day: dt.date) -> dict[dt.date, tuple[str, bool]]:
    weeks = page.get(month_url(day)).context["weeks"]
    return {one.day: (str(one.cell.look), bool(one.cell.url)) for week in weeks for one in week if one}


def test_the_calendar_shows_each_day_as_it_is(page, placement):
    day = today().replace(day=1) - dt.timedelta(days=1)
    days = [day - dt.timedelta(days=number) for number in range(8)]
    Cohort.objects.update(start=days[7])
    Placement.objects.update(start=days[6], end=today() + dt.timedelta(days=20))
    states = ["draft", "submitted", "revision_requested", "verified_industry", "verified_academic"]
    for number, state in enumerate(states):
        DailyLogFactory.create(placement=placement, day=days[number], state=state)
    AbsenceFactory.create(placement=placement, enrolment=placement.enrolment, day=days[5])
    shown = cells(page, day)
    looks = ["draft", "submitted", "returned", "verified", "validated", "absent", "missing"]
    assert [shown[days[number]] for number in range(7)] == [(look, True) for look in looks]
    assert shown[days[7]] == ("off", False)


def test_the_calendar_keeps_the_holidays_of_the_hosts_country(page, placement):
    type(placement.company).objects.update(country="KE")
    Cohort.objects.update(start=dt.date(2026, 9, 1), end=dt.date(2026, 12, 31), country="TZ")
    Placement.objects.update(start=dt.date(2026, 9, 1), end=dt.date(2026, 12, 31))
    weeks = page.get(month_url(dt.date(2026, 10, 1))).context["weeks"]
    labels = {one.day.day: str(one.cell.label) for week in weeks for one in week if one}
    assert "Mashujaa" in labels[20]
    # The Tanzanian day of this month is a day of work in Kenya.
    assert "is free" not in labels[14]


def test_the_calendar_leads_from_month_to_month_within_the_training(page, placement):
    cohort = placement.enrolment.cohort
    context = page.get(month_url(cohort.start)).context
    assert (context["previous_url"], bool(context["next_url"])) == ("", True)
    assert page.get(month_url(cohort.end)).context["next_url"] == ""
    assert page.get(reverse("student_months")).url == month_url(today())


@pytest.mark.parametrize("address", ["/months/2026-02-02/", "/months/9999-12-01/", "/months/1900-01-01/"])
def test_a_month_that_is_none_is_not_there(page, address):
    assert page.get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_calendar_takes_the_same_queries_for_any_number(page, placement, rows, django_assert_num_queries):
    for number in range(rows):
        DailyLogFactory.create(placement=placement, day=today() - dt.timedelta(days=number))
    with django_assert_num_queries(12):
        assert page.get(month_url(today())).status_code == 200


def test_the_hours_to_make_up_are_summed(page, placement):
    for number in (1, 2):
        AbsenceFactory.create(
            placement=placement,
            enrolment=placement.enrolment,
            day=today() - dt.timedelta(days=number),
            hours_to_make_up=8,
        )
    progress = page.get(month_url(today())).context["progress"]
    assert (progress.to_make_up, progress.percent_of_hours) == (Decimal(16), 0)
    Cohort.objects.update(required_hours=0)
    assert page.get(month_url(today())).context["progress"].percent_of_hours == 100


# -- signing out --------------------------------------------------------------------------------------------------


def test_signing_out_clears_what_the_phone_keeps(page):
    assert page.get(reverse("student_today")).headers.get("Clear-Site-Data") is None
    assert page.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"storage"'
