"""Threat T16: what known and unknown accounts cost a visitor who measures. Medians of 1,000 requests each.

Parts: ``sign_in`` with a wrong password and the password hashing of service, ``reset`` of a password, ``link_again``
and ``register``. The slower of both stands as ours, the faster one as the reference, whichever that is.
"""

from collections.abc import Callable, Iterator
from statistics import median

from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from apps.accounts.models import LimitCount, OutboxTask, SiteSettings
from portal.settings.base import PASSWORD_HASHERS
from tests.benchmarks.figures import Figure, seconds
from tests.factories.accounts import UserFactory

COUNT = 1_000
PEOPLE = 50
GOAL = 1.05
PASSWORD = "a password that is long enough"

type Fields = Callable[[str], dict[str, str]]

PARTS: dict[str, tuple[str, Fields]] = {
    "sign_in": ("account_login", lambda email: {"login": email, "password": "a wrong one of the same sort"}),
    "reset": ("account_reset_password", lambda email: {"email": email}),
    "link_again": ("link_again", lambda email: {"email": email}),
    "register": ("account_signup", lambda email: {"email": email}),
}


def run() -> Iterator[Figure]:
    """Yield one figure for each page; raise ``AssertionError`` where it answers the two differently."""
    SiteSettings.objects.update(student_registration=True)
    cache.clear()
    with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        known = [_person(number) for number in range(PEOPLE)]
        for part, (name, fields) in PARTS.items():
            slower, faster = sorted(_medians(reverse(name), fields, known), reverse=True)
            yield Figure(COUNT, slower, faster, goal=GOAL, part=part)


def _person(number: int) -> str:
    person = UserFactory.create(email=f"known{number:04}@uni.example")
    person.set_password(PASSWORD)
    person.save()
    return person.email


def _medians(address: str, fields: Fields, known: list[str]) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(COUNT):
        pair = (known[number % len(known)], f"nobody{number:04}@uni.example")
        answers = {}
        # In turn, and each first as often as the other.
        for which in (0, 1) if number % 2 else (1, 0):
            _forget()
            client, sent = Client(), fields(pair[which])
            taken = []
            times[which].append(seconds(lambda: taken.append(client.post(address, sent))))  # noqa: B023 - called at once
            answers[which] = (taken[0].status_code, taken[0].headers.get("Location"))
        if answers[0] != answers[1] or answers[0][0] not in (200, 302):
            message = f"{address} answers {answers}"
            raise AssertionError(message)
    return median(times[0]), median(times[1])


def _forget() -> None:
    """Let nobody be counted out, and no task of the request before stand in the way."""
    LimitCount.objects.all().delete()
    OutboxTask.objects.all().delete()
    cache.clear()
