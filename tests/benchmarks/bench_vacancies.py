"""Vacancies, 20,000 of them open: the student's list and search beside the plainest statements for the same rows.

Parts: ``first`` is the first page with eligibility and what was applied for, beside the twenty newest rows without either;
``deep`` is the page in the middle beside the first one (leafing by key: as fast; by OFFSET it grows with the depth);
``offset`` is that same page beside OFFSET; ``search`` is two words beside LIKE over the same columns, and ``rare`` is
one word that a single vacancy has.
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Q
from django.test import RequestFactory
from django.utils import timezone

from apps.accounts.models import User
from apps.vacancies.models import Vacancy
from apps.vacancies.selectors import found, noting_applied, noting_bookmarked, vacancies_visible_to
from apps.vacancies.services.vacancies import search_text_of
from apps.vacancies.states import VacancyState
from portal.kernel.keyset import keyset_page
from tests.benchmarks.figures import Figure, medians
from tests.factories.accounts import CompanyFactory, EnrolmentFactory

COUNT = 20_000
SIZE = 20
ORDER = ("-published_at", "-id")
TRADES = ("Welding", "Turning", "Surveying", "Plumbing", "Wiring", "Joinery", "Painting", "Casting", "Milling", "CAD")
PLACES = ("Dodoma", "Mbeya", "Moshi", "Tanga", "Arusha", "Mwanza", "Iringa")


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where ours and the reference find different rows."""
    student = _everything()
    middle = keyset_page(_request(), _rows(student).filter(pk__lte=_middle()), ORDER, SIZE).after
    first, deep = partial(_page, student), partial(_page, student, middle)
    _check([row.pk for row in first()], _bare())
    yield Figure(COUNT, *medians(first, _bare), goal=8, part="first")
    yield Figure(COUNT, *medians(deep, first), goal=1.5, part="deep")
    yield Figure(COUNT, *medians(deep, partial(_offset, student)), goal=0.8, part="offset")
    for part, words, goal in (("search", "welding dodoma", 1.0), ("rare", "zanzibar7777", 0.5)):
        ours, reference = partial(_search, student, words), partial(_like, student, words)
        _check(ours(), reference())
        yield Figure(COUNT, *medians(ours, reference), goal=goal, part=part)


def _everything() -> User:
    companies = CompanyFactory.create_batch(50)
    now = timezone.now()
    rows = []
    for number in range(COUNT):
        trade, place = TRADES[number % len(TRADES)], PLACES[number % len(PLACES)]
        row = Vacancy(
            company=companies[number % len(companies)],
            title=f"{trade} trainee {number}",
            short_description=f"{trade} in a small team.",
            description=f"You learn {trade.lower()} and measuring. " * 8 + ("Zanzibar7777" if number == 7 else ""),
            location=place,
            deadline=now.date() + dt.timedelta(days=number % 60 + 1),
            skills=[trade, "measuring"],
            published_at=now - dt.timedelta(seconds=COUNT - number),
            state=VacancyState.ACTIVE,
        )
        row.search_text = search_text_of(row)
        rows.append(row)
    Vacancy.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return EnrolmentFactory.create().student


def _middle() -> int:
    return Vacancy.objects.order_by("pk").values_list("pk", flat=True)[COUNT // 2]


def _request(after: str = "") -> Any:
    return RequestFactory().get("/vacancies/", {"after": after})


def _rows(student: User) -> Any:
    fresh = User.objects.get(pk=student.pk)
    rows = vacancies_visible_to(fresh).filter(state=VacancyState.ACTIVE)
    return noting_bookmarked(noting_applied(rows, fresh), fresh).select_related("company")


def _page(student: User, after: str = "") -> list[Vacancy]:
    return list(keyset_page(_request(after), _rows(student), ORDER, SIZE))


def _offset(student: User) -> list[Vacancy]:
    start = COUNT // 2
    return list(_rows(student).order_by(*ORDER)[start : start + SIZE])


def _bare() -> list[int]:
    newest = Vacancy.objects.filter(state=VacancyState.ACTIVE).select_related("company").order_by(*ORDER)
    return [row.pk for row in newest[:SIZE]]


def _search(student: User, words: str) -> list[int]:
    rows = found(_rows(student), words)
    return [row.pk for row in keyset_page(_request(), rows, ORDER, SIZE)] + [rows.order_by()[:1001].count()]


def _like(student: User, words: str) -> list[int]:
    rows = _rows(student)
    for word in words.split():
        somewhere = Q()
        for name in ("title", "short_description", "description", "company__name", "location"):
            somewhere |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(somewhere)
    return [row.pk for row in keyset_page(_request(), rows, ORDER, SIZE)] + [rows.order_by()[:1001].count()]


def _check(ours: list[int], reference: list[int]) -> None:
    if ours != reference:
        message = f"{ours} is not {reference}"
        raise AssertionError(message)
