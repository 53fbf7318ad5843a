"""A student's first pages, and the picture."""

import datetime as dt
import io

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.accounts.models import Enrolment, SiteSettings, StudentProfile, User
from apps.accounts.services.people import grant, set_picture
from apps.accounts.services.registration import Studies, complete_studies, finish_welcome, fitting_cohort, keep_place
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import (
    CohortFactory,
    DepartmentFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def programme():
    return ProgrammeFactory.create()


@pytest.fixture
def newcomer():
    return UserFactory.create(roles=[Role.STUDENT])


def cohort_of(programme, days: int = 0, **values):
    start = timezone.localdate() + dt.timedelta(days=days)
    values = {"phase": "PT2", "department": programme.department} | values
    return CohortFactory.create(start=start, end=start + dt.timedelta(days=50), **values)


def photo(size: tuple[int, int] = (900, 600)) -> bytes:
    image, out = Image.new("RGB", size, "teal"), io.BytesIO()
    exif = image.getexif()
    exif[0x010F] = "Secret camera"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def shown_picture() -> Image.Image:
    with User.objects.get().picture.open() as stored:
        return Image.open(io.BytesIO(stored.read()))


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", data, content_type="image/jpeg")


# -- the rule -------------------------------------------------------------------------------------------------------


def test_an_open_cohort_that_runs_wins_over_one_to_come_and_one_that_is_over(programme):
    cohort_of(programme, 60)
    over, running = cohort_of(programme, -100), cohort_of(programme, -10)
    cohort_of(programme, phase="PT1")
    cohort_of(programme, is_open=False)
    cohort_of(ProgrammeFactory.create())
    assert fitting_cohort(programme, "pt2") == running
    running.delete()
    assert fitting_cohort(programme, "PT2").start > timezone.localdate()
    assert over.is_open


def test_what_fits_no_cohort_goes_into_the_default_one_or_is_refused(programme):
    with pytest.raises(RuleViolation) as caught:
        fitting_cohort(programme, "PT2")
    assert (caught.value.code, caught.value.field) == ("no_cohort", "phase")
    over = cohort_of(programme, -200)
    assert fitting_cohort(programme, "PT2") == over
    over.delete()
    default = CohortFactory.create()
    SiteSettings.objects.update(default_cohort=default)
    cache.clear()
    assert fitting_cohort(programme, "PT2") == default


def test_the_university_is_asked_once_and_only_by_the_student(programme, newcomer):
    cohort_of(programme)
    studies = Studies("T/2024/00012", programme, 2, "PT2")
    with pytest.raises(NotAllowed):
        complete_studies(newcomer, studies, actor=UserFactory.create(roles=[Role.STUDENT]))
    complete_studies(newcomer, studies, actor=newcomer)
    with pytest.raises(NotAllowed):
        complete_studies(newcomer, studies, actor=newcomer)
    for service in (keep_place, finish_welcome):
        with pytest.raises(NotAllowed):
            service(
                newcomer,
                actor=UserFactory.create(),
                **({"supervisor_name": "", "company_name": ""} if service is keep_place else {}),
            )


def test_who_was_enrolled_before_is_not_enrolled_again(programme, newcomer):
    enrolled = Enrolment.objects.create(student=newcomer, cohort=cohort_of(programme))
    assert complete_studies(newcomer, Studies("T/2024/00012", programme, 2, "PT2"), actor=newcomer) == enrolled
    assert (Enrolment.objects.count(), StudentProfile.objects.get().user) == (1, newcomer)


@pytest.mark.parametrize(
    ("reg_no", "code"),
    [
        ("  ", "reg_no_missing"),
        ("t-2024-12", "reg_no_taken"),
        ("T/2024/00012", "reg_no_taken"),
        ("elsewhere-1", "reg_no_taken"),
    ],
)
def test_a_number_that_looks_like_a_students_is_refused(programme, newcomer, reg_no, code):
    cohort_of(programme)
    StudentFactory.create(profile__reg_no="T/2024/00012", profile__programme=programme)
    StudentFactory.create(profile__reg_no="Elsewhere-1")
    with pytest.raises(RuleViolation) as caught:
        complete_studies(newcomer, Studies(reg_no, programme, 2, "PT2"), actor=newcomer)
    assert (caught.value.code, caught.value.field) == (code, "reg_no")
    assert Enrolment.objects.count() == 0


# -- the pages ------------------------------------------------------------------------------------------------------


def test_a_newcomer_is_led_through_three_pages(programme, newcomer):
    cohort, browser = cohort_of(programme), signed_in(newcomer)
    for name in ("home", "profile", "notices"):
        assert browser.get(reverse(name))["Location"] == reverse("welcome")
    form = browser.get(reverse("welcome")).context["form"]
    assert [group for group, _choices in list(form.fields["programme"].choices)[1:]] == [programme.department.name]
    assert [phase for phase, _label in form.fields["phase"].choices] == ["", "PT1", "PT2", "PT3"]
    assert [year for year, _label in form.fields["year_of_study"].choices] == ["", 1, 2, 3, 4]
    studies = {"reg_no": "T/2024/00012", "programme": programme.pk, "year_of_study": 2, "phase": "PT2"}
    assert browser.post(reverse("welcome"), studies)["Location"] == reverse("welcome_place")
    assert browser.get(reverse("home"))["Location"] == reverse("welcome_place")
    assert browser.get(reverse("welcome"))["Location"] == reverse("welcome_place")
    place = {"company_name": "Kilimo  Works", "supervisor_name": "J. Mushi"}
    assert browser.post(reverse("welcome_place"), place)["Location"] == reverse("welcome_reach")
    reach = {"phone": "+255 712 345 678", "language": "sw", "picture": upload(photo())}
    assert browser.post(reverse("welcome_reach"), reach)["Location"] == reverse("home")
    assert browser.get(reverse("home"))["Location"] == reverse("student_today")
    person, profile = User.objects.get(pk=newcomer.pk), StudentProfile.objects.get()
    assert (person.phone, person.language, bool(person.picture)) == ("+255712345678", "sw", True)
    assert (profile.reg_no, profile.programme, profile.company_name, profile.supervisor_name) == (
        *("T/2024/00012", programme),
        *("Kilimo Works", "J. Mushi"),
    )
    assert [(row.student, row.cohort, row.is_active) for row in Enrolment.objects.all()] == [(person, cohort, True)]


def test_phases_of_open_cohorts_are_offered_and_years_as_configured(programme, newcomer):
    cohort_of(programme, phase="Field work")
    cohort_of(programme, phase="Closed", is_open=False)
    SiteSettings.objects.update(years_of_study=2, phases="PT1")
    form = signed_in(newcomer).get(reverse("welcome")).context["form"]
    assert [phase for phase, _label in form.fields["phase"].choices] == ["", "PT1", "Field work"]
    assert [year for year, _label in form.fields["year_of_study"].choices] == ["", 1, 2]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reg_no": ""}, "reg_no"),
        ({"year_of_study": 9}, "year_of_study"),
        ({"programme": 10**9}, "programme"),
        ({"phase": "PT3"}, "phase"),
    ],
)
def test_what_is_wrong_in_the_studies_is_said_at_its_field(programme, newcomer, changes, field):
    cohort_of(programme)
    studies = {"reg_no": "T/1", "programme": programme.pk, "year_of_study": 2, "phase": "PT2"} | changes
    page = signed_in(newcomer).post(reverse("welcome"), studies)
    assert list(page.context["form"].errors) == [field]
    assert StudentProfile.objects.count() == 0


def test_who_was_imported_is_welcomed_once_from_the_second_page(client):
    student = EnrolmentFactory.create(student__profile__welcomed_at=None).student
    client.force_login(student)
    assert client.get(reverse("home"))["Location"] == reverse("welcome_place")
    assert client.get(reverse("student_today")).status_code == 200
    client.post(reverse("welcome_reach"), {"phone": "", "language": ""})
    assert client.get(reverse("home"))["Location"] == reverse("student_today")


def test_a_wrong_number_or_picture_keeps_the_page(newcomer, programme):
    cohort_of(programme)
    complete_studies(newcomer, Studies("T/1", programme, 2, "PT2"), actor=newcomer)
    browser = signed_in(newcomer)
    for form, field in (({"phone": "0712"}, "phone"), ({"picture": upload(b"GIF89a")}, "picture")):
        page = browser.post(reverse("welcome_reach"), {"phone": "", "language": ""} | form)
        assert list(page.context["form"].errors) == [field]


def test_the_pages_are_students_only():
    browser = signed_in(UserFactory.create())
    assert browser.get(reverse("welcome"))["Location"] == reverse("welcome_place")
    assert [browser.get(reverse(name)).status_code for name in ("welcome_place", "welcome_reach")] == [404, 404]


def test_the_way_out_stays_open(newcomer):
    browser = signed_in(newcomer)
    assert browser.post(reverse("set_language"), {"language": "sw"}).status_code == 302
    assert browser.get(reverse("account_logout")).status_code == 200


# -- the picture ----------------------------------------------------------------------------------------------------


def test_a_picture_is_a_small_square_and_tells_nothing_else():
    person = UserFactory.create()
    set_picture(person, photo(), actor=person)
    stored = shown_picture()
    assert (stored.format, stored.size, dict(stored.getexif())) == ("JPEG", (512, 512), {})
    set_picture(person, photo((80, 100)), actor=person)
    assert shown_picture().size == (80, 80)


def test_a_new_picture_takes_the_place_of_the_old_file(django_capture_on_commit_callbacks):
    person = UserFactory.create()
    set_picture(person, photo(), actor=person)
    old, storage = person.picture.name, person.picture.storage
    with django_capture_on_commit_callbacks(execute=True):
        set_picture(person, photo(), actor=person)
    new = person.picture.name
    assert (storage.exists(old), storage.exists(new)) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        set_picture(person, b"", actor=person)
    assert (storage.exists(new), User.objects.get().picture.name) == (False, "")


def test_a_picture_is_sent_and_taken_away_on_ones_own_page(client):
    person = UserFactory.create()
    client.force_login(person)
    client.post(reverse("picture_change"), {"picture": upload(photo())})
    shown = client.get(reverse("person_picture", args=[person.pk]))
    assert (shown.status_code, shown.headers["Content-Type"], shown.headers["X-Content-Type-Options"]) == (
        *(200, "image/jpeg"),
        "nosniff",
    )
    assert reverse("person_picture", args=[person.pk]) in client.get(reverse("profile")).text
    client.post(reverse("picture_change"))
    assert client.get(reverse("person_picture", args=[person.pk])).status_code == 404


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"no picture", "This is not a PNG, JPEG or WebP picture."),
        (b"\xff\xd8\xff" + b"\0" * 5 * 1024 * 1024, "Send a picture of at most 5 MiB."),
    ],
)
def test_what_is_no_picture_is_refused(client, data, text):
    client.force_login(UserFactory.create())
    page = client.post(reverse("picture_change"), {"picture": upload(data)}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [text]
    assert User.objects.get().picture.name == ""


def test_a_picture_is_seen_by_whoever_looks_after_the_person_and_changed_by_nobody_else():
    enrolment, stranger, coordinator = EnrolmentFactory.create(), StudentFactory.create(), UserFactory.create()
    student = enrolment.student
    grant(coordinator, enrolment.cohort.department, actor=SYSTEM)
    grant(foreign := UserFactory.create(), DepartmentFactory.create(), actor=SYSTEM)
    set_picture(student, photo(), actor=student)
    address = reverse("person_picture", args=[student.pk])
    seen = [signed_in(person).get(address).status_code for person in (student, coordinator, stranger, foreign)]
    assert seen == [200, 200, 404, 404]
    with pytest.raises(NotAllowed):
        set_picture(student, b"", actor=coordinator)


def test_a_picture_that_the_storage_lost_is_not_there(client):
    person = UserFactory.create()
    set_picture(person, photo(), actor=person)
    person.picture.storage.delete(person.picture.name)
    client.force_login(person)
    assert client.get(reverse("person_picture", args=[person.pk])).status_code == 404
