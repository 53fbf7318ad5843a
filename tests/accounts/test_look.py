"""The university's logo and colours: set by the superuser, seen by everybody."""

import datetime as dt
import io
import os

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from PIL import Image

from apps.accounts.models import SiteSettings
from apps.accounts.selectors import LOOK_KEY, SiteLook, frame_of_mails, site_look
from apps.accounts.services import site
from apps.accounts.services.site import change_site_settings, sweep_logos
from portal.kernel.admin import version_token
from portal.kernel.errors import RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "admin:accounts_sitesettings_change"
STORED = "site/" + "0" * 32 + ".png"


def picture(kind="PNG", size=(1300, 400)):
    out = io.BytesIO()
    Image.new("RGB", size, "#803010").save(out, kind)
    return SimpleUploadedFile("Crest of the university.png", out.getvalue() + b"<script>", content_type="image/png")


@pytest.fixture(autouse=True)
def empty_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def superuser():
    return UserFactory.create(is_superuser=True)


def change(superuser, **changes):
    return change_site_settings(SiteSettings.objects.get(), changes, actor=superuser)


def test_the_logo_is_drawn_anew_small_and_as_png(superuser):
    row = change(superuser, logo=picture("JPEG"))
    with row.logo.open("rb") as stored:
        data = stored.read()
    with Image.open(io.BytesIO(data)) as drawn:
        assert (drawn.format, drawn.size, b"script" in data) == ("PNG", (640, 197), False)
    assert (row.logo.name[:5], "Crest" in row.logo.name) == ("site/", False)


@pytest.mark.parametrize("sent", [picture(size=(20, 20)), False])
def test_the_old_file_goes_with_the_change(superuser, django_capture_on_commit_callbacks, sent):
    old = change(superuser, logo=picture(size=(30, 30))).logo.name
    with django_capture_on_commit_callbacks(execute=True):
        row = change(superuser, logo=sent)
    assert (default_storage.exists(old), bool(row.logo), row.logo.name != old) == (False, bool(sent), True)


@pytest.mark.parametrize(
    ("changes", "code", "field", "said"),
    [
        ({"logo": SimpleUploadedFile("a.svg", b"<svg/>")}, "not_a_picture", "logo", "PNG, JPEG or WebP"),
        ({"logo": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 9)}, "not_a_picture", "logo", "damaged"),
        ({"accent": "teal"}, "not_a_colour", "accent", "#0f6b6b"),
        ({"accent": "#ffcc00"}, "colour_unreadable", "accent", "#ffcc00 on white and light grey has a contrast of 1.4"),
        ({"accent": "#ffcc00"}, "colour_unreadable", "accent", "the nearest that can be read is #8a6e00"),
        (
            {"accent": "#123456", "accent_dark": "#123456"},
            *("colour_unreadable", "accent_dark", "Choose a lighter colour"),
        ),
        ({"accent_dark": "#ffcc00"}, "colour_missing", "accent", "light screens"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_to_do(superuser, changes, code, field, said):
    with pytest.raises(RuleViolation) as caught:
        change(superuser, **changes)
    assert (caught.value.code, caught.value.field, said in str(caught.value)) == (code, field, True), str(caught.value)
    assert SiteLook(*SiteSettings.objects.values_list("logo", "accent", "accent_dark").get()) == SiteLook()


def test_a_large_file_is_not_even_opened(superuser, monkeypatch):
    monkeypatch.setattr(site, "LARGEST_LOGO", 10)
    with pytest.raises(RuleViolation, match="5 MiB"):
        change(superuser, logo=picture())


def test_without_a_choice_pages_name_no_style_sheet_and_no_logo():
    page = Client().get(reverse("account_login")).content.decode()
    assert ["/look/" in page, "portal/logo.svg" in page] == [False, True]
    assert Client().get(reverse("look_logo", args=["x"])).status_code == 404
    assert Client().get(reverse("look_colours", args=["x"])).content == b""


def test_everybody_sees_logo_and_colours_and_browsers_keep_them(superuser):
    change(superuser, logo=picture(), accent=" #7A1F3D ")
    look = site_look()
    page = Client().get(reverse("account_login")).content.decode()
    assert (page.count(look.logo_url), page.count(look.colours_url)) == (1, 1)
    for browser in (Client(), signed_in(superuser)):
        logo, colours = browser.get(look.logo_url), browser.get(look.colours_url)
        assert (logo.headers["Content-Type"], colours.headers["Content-Type"]) == (
            *("image/png", "text/css; charset=utf-8"),
        )
        assert {answer.headers["Cache-Control"] for answer in (logo, colours)} == {
            "public, max-age=31536000, immutable"
        }
        assert browser.get(reverse("look_logo", args=["older"])).headers["Cache-Control"] == "public, max-age=60"
    text = colours.content.decode()
    assert [
        part in text for part in ("--accent: #7a1f3d;", "prefers-color-scheme: dark", "--color-primary-600: #7a1f3d;")
    ] == [
        *(True, True, True),
    ]


def test_the_workspace_wears_them_too(superuser):
    change(superuser, logo=picture(), accent="#7a1f3d")
    look, page = site_look(), signed_in(superuser).get(reverse("admin:index")).content.decode()
    assert (
        page.count(f'<img src="{look.logo_url}"'),
        page.count(f'<link rel="stylesheet" href="{look.colours_url}">'),
    ) == (*(1, 1),)


def test_a_chosen_dark_colour_is_taken_as_it_is():
    own, derived = SiteLook(accent="#7a1f3d", accent_dark="#ff99bb"), SiteLook(accent="#7a1f3d")
    assert ("--accent: #ff99bb;" in own.style_sheet(), own.colours_version != derived.colours_version) == (True, True)
    assert own.print_sheet() == derived.print_sheet() != SiteLook().print_sheet()


def test_mails_have_the_colour_and_say_whose_logo_it_is(settings):
    assert "background: #0f6b6b" in render_to_string("emails/account.html", frame_of_mails())
    cache.set(LOOK_KEY, SiteLook(STORED, "#7a1f3d"))
    mail = render_to_string("emails/account.html", frame_of_mails())
    logo = f'<img src="{settings.SITE_URL}/look/{"0" * 32}/logo.png" alt="{settings.UNIVERSITY_NAME}"'
    assert (logo in mail, "background: #7a1f3d" in mail, "#0f6b6b" in mail) == (True, True, False)


def test_a_logo_that_the_storage_has_lost_is_not_there():
    cache.set(LOOK_KEY, SiteLook(STORED))
    assert Client().get(site_look().logo_url).status_code == 404


def test_the_look_is_read_once(django_assert_num_queries):
    cache.delete(LOOK_KEY)
    with django_assert_num_queries(1):
        assert {site_look() for _ in range(3)} == {SiteLook()}
    SiteSettings.objects.all().delete()
    cache.delete(LOOK_KEY)
    assert site_look() == SiteLook()


def test_the_page_of_the_settings_takes_shows_and_removes(superuser, django_capture_on_commit_callbacks):
    browser, address = signed_in(superuser), reverse(ADDRESS, args=[1])
    form = {"registrations_an_hour": "5", "phases": "PT1", "years_of_study": "4", "accent": "#ffcc00"}

    def send(**more):
        token = version_token(SiteSettings.objects.get())
        with django_capture_on_commit_callbacks(execute=True):
            return browser.post(address, form | more | {"_version": token})

    refused = send(logo=picture())
    assert (refused.status_code, "has a contrast of 1.4 to 1" in refused.content.decode()) == (200, True)
    assert send(logo=picture(), accent="#7a1f3d").status_code == 302
    assert browser.get(address).content.decode().count(site_look().logo_url) >= 2
    assert send(**{"logo-clear": "on", "accent": ""}).status_code == 302
    assert (SiteSettings.objects.get().logo.name, default_storage.listdir("site")[1]) == ("", [])


def test_what_a_killed_process_left_is_swept_after_a_day(superuser, settings):
    kept = change(superuser, logo=picture(size=(9, 9))).logo.name
    old, new = (default_storage.save(f"site/{name}.png", ContentFile(b"x")) for name in ("old", "new"))
    day_before = (dt.datetime.now(dt.UTC) - dt.timedelta(days=2)).timestamp()
    for name in (kept, old):
        os.utime(settings.MEDIA_ROOT / name, (day_before, day_before))
    assert (sweep_logos(), sweep_logos()) == (1, 0)
    assert [default_storage.exists(name) for name in (kept, old, new)] == [True, False, True]
