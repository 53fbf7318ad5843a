"""What students keep: bookmarks, and searches that are repeated every day."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Notice
from apps.accounts.services.notices import sentence_of
from apps.vacancies.models import Bookmark, SavedSearch, Vacancy
from apps.vacancies.notifications import tell_new_matches
from apps.vacancies.selectors import bookmarks_of, saved_searches_of
from apps.vacancies.services import finding
from apps.vacancies.services.vacancies import refresh_search_text
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import EnrolmentFactory, UserFactory
from tests.factories.vacancies import BookmarkFactory, SavedSearchFactory, VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def student():
    return EnrolmentFactory.create().student


@pytest.fixture
def browser(student) -> Client:
    return signed_in(student)


# -- bookmarks ----------------------------------------------------------------------------------------------------


def test_a_vacancy_is_kept_once_and_let_go(browser, student):
    vacancy, other = VacancyFactory.create_batch(2)
    BookmarkFactory.create(vacancy=other)
    address, back = reverse("vacancy_bookmark", args=[vacancy.pk]), reverse("vacancy_list") + "?q=a"
    for _time in range(2):
        response = browser.post(address, {"keep": "1", "next": back})
        assert (response.status_code, response.headers["Location"]) == (302, back)
    assert [row.vacancy for row in bookmarks_of(student)] == [vacancy]
    kept = browser.get(reverse("vacancy_list"), {"kept": "on"}).context["page"]
    assert [(row, vars(row)["bookmarked"]) for row in kept] == [(vacancy, True)]
    browser.post(address, {"keep": "0"})
    assert [list(bookmarks_of(student)), Bookmark.objects.count()] == [[], 1]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_portal(browser, target):
    vacancy = VacancyFactory.create()
    response = browser.post(reverse("vacancy_bookmark", args=[vacancy.pk]), {"keep": "1", "next": target})
    assert response.headers["Location"] == reverse("vacancy_list")


def test_what_a_student_does_not_see_is_not_kept(browser, student):
    hidden = VacancyFactory.create(phase="PT9")
    assert browser.post(reverse("vacancy_bookmark", args=[hidden.pk]), {"keep": "1"}).status_code == 404
    with pytest.raises(NotAllowed):
        finding.bookmark_vacancy(hidden, actor=student)
    assert Bookmark.objects.count() == 0


def test_too_many_bookmarks_are_refused(browser, student, monkeypatch):
    monkeypatch.setattr(finding, "MOST_BOOKMARKS", 1)
    BookmarkFactory.create(user=student)
    browser.post(reverse("vacancy_bookmark", args=[VacancyFactory.create().pk]), {"keep": "1"})
    assert (Bookmark.objects.count(), b"Let some go first" in browser.get("/vacancies/").content) == (1, True)


# -- saved searches -----------------------------------------------------------------------------------------------


def test_a_search_is_saved_once_shown_with_its_address_and_deleted(browser, student):
    wish = {"q": " welding ", "mode": "On-Site", "sector": "ENERGY"}
    address = "/vacancies/?q=welding&mode=On-Site&sector=ENERGY"
    for _time in range(2):
        assert browser.post(reverse("search_save"), wish).headers["Location"] == address
    search = SavedSearch.objects.get()
    assert (search.user, search.title, search.work_type) == (student, "welding · On site · Energy", "")
    page = browser.get(address)
    assert page.context["searches"] == [(search, address)]
    browser.post(reverse("search_delete", args=[search.pk]))
    assert SavedSearch.objects.count() == 0


def test_a_search_for_nothing_and_an_eleventh_are_refused(browser, student):
    with pytest.raises(RuleViolation) as refused:
        finding.save_search({}, actor=student)
    assert refused.value.code == "nothing_wished"
    for number in range(10):
        finding.save_search({"words": f"w{number}"}, actor=student)
    assert browser.post(reverse("search_save"), {"q": "more"}).headers["Location"] == "/vacancies/"
    assert (SavedSearch.objects.count(), b"You have ten saved searches" in browser.get("/vacancies/").content) == (
        10,
        True,
    )


def test_somebody_elses_search_is_not_there(browser, student):
    search = SavedSearchFactory.create(title="SECRET")
    assert browser.post(reverse("search_delete", args=[search.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        finding.delete_search(search, actor=student)
    assert (b"SECRET" in browser.get("/vacancies/").content, SavedSearch.objects.count()) == (False, 1)


def test_the_anonymous_keep_nothing():
    SavedSearchFactory.create()
    BookmarkFactory.create()
    nobody = AnonymousUser()
    assert [list(saved_searches_of(nobody)), list(bookmarks_of(nobody))] == [[], []]


def told() -> list[tuple[str, str]]:
    return [(notice.recipient.username, sentence_of(notice)) for notice in Notice.objects.order_by("pk")]


def test_owners_are_told_once_of_what_is_new_and_open_to_them(student):
    now = timezone.now()
    search = SavedSearchFactory.create(user=student, seen_until=now - dt.timedelta(hours=2))
    SavedSearchFactory.create(user=student, words="sewing", title="sewing", seen_until=now - dt.timedelta(hours=2))
    SavedSearchFactory.create(user=UserFactory.create())
    SavedSearchFactory.create(user=UserFactory.create(is_active=False))
    ages = {"Welding old": 180, "Welding A": 60, "Welding B": 30, "Turning": 20}
    for title, minutes in ages.items():
        VacancyFactory.create(title=title, published_at=now - dt.timedelta(minutes=minutes))
    VacancyFactory.create(title="Welding elsewhere", phase="PT9")
    VacancyFactory.create(title="Welding draft", state="draft")
    line = "New for your search “welding”: 2, the newest is “Welding B”."
    assert [tell_new_matches(), tell_new_matches(), told()] == [1, 0, [(student.username, line)]]
    search.refresh_from_db()
    assert search.seen_until == now - dt.timedelta(minutes=30)
    VacancyFactory.create(title="Welding C")
    assert (tell_new_matches(), told()[1:]) == (
        1,
        [(student.username, "New for your search “welding”: 1, the newest is “Welding C”.")],
    )
    assert Notice.objects.first().url == "/vacancies/?q=welding"


def test_nobody_is_told_of_nothing():
    SavedSearchFactory.create()
    assert (tell_new_matches(), told()) == (0, [])


def test_a_vacancy_is_found_by_the_new_name_of_its_company():
    row = VacancyFactory.create(company__name="Nuru Power")
    row.company.name = "Kilimo Works"
    row.company.save()
    assert refresh_search_text(Vacancy.objects.all()) == 1
    row.refresh_from_db()
    assert ("kilimo" in row.search_text.split(), "nuru" in row.search_text.split()) == (True, False)
