"""Every route of the API refuses the anonymous, and gives the stranger the 404 of a missing object."""

import re

import pytest
from django.core.cache import cache
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from tests.factories.accounts import UserFactory
from tests.factories.world import build_world
from tests.house.everything import build_everything
from tests.matrix import internsync, report_generator

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# Whoever signs in is not signed in yet; schema and client say nothing about anybody.
PUBLIC = {
    "api-login",
    "api-refresh",
    "api-schema",
    "api-client",
    *internsync.PUBLIC,
    *(name for name, reason in report_generator.PUBLIC.items() if reason == report_generator.ENTRANCE),
}
# This dialect's clients expect 401 of a wrong role, whatever they ask for.
WRONG_ROLE = {"api-is-": {401}}


def routes(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> list[tuple[str, str]]:
    """Return (name, pattern) of everything below /api/."""
    found = []
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += routes(entry.url_patterns, here)
        elif here.startswith("api/"):
            found.append((entry.name or "", here))
    return found


def address(pattern: str, pk: int) -> str:
    """Turn a route's pattern into an address with this key."""
    plain = pattern.replace("^", "").replace("$", "").replace("/?", "/").replace("(?P<pk>[0-9]{1,18})", str(pk))
    for name, value in (
        ("job", str(pk)),
        ("number", "1"),
        ("row", "1"),
        ("form", "docx"),
        ("ending", "csv"),
        ("measure", "completion"),
        ("status", "pending"),
        ("monday", "2026-07-13"),
    ):
        plain = re.sub(rf"\(\?P<{name}>[^)]*\)", value, plain)
    return "/" + plain.replace("\\Z", "")


def test_there_are_routes():
    assert len(routes()) > 30


def test_the_anonymous_is_refused_everywhere():
    client = APIClient()
    open_doors = []
    for name, pattern in routes():
        answers = [client.get(address(pattern, 1)).status_code, client.post(address(pattern, 1)).status_code]
        if name not in PUBLIC and set(answers) - {401, 405}:
            open_doors.append((name, answers))
    assert open_doors == []


def test_the_stranger_gets_the_404_of_a_missing_object():
    world = build_world()
    build_everything(world)
    client = APIClient()
    client.force_authenticate(UserFactory.create())
    keys = {
        "placements": world.placement.pk,
        "applications": world.application.pk,
    }
    leaks = []
    for name, pattern in routes():
        if "(?P<pk>" not in pattern:
            continue
        cache.clear()  # there are more addresses than anybody may ask for within a minute
        pk = keys.get(pattern.split("/")[2].strip("^"), 1)
        if "companies" in pattern or "vacancies" in pattern:
            continue  # what is approved or active is for everybody; the rest is in tests/kernel/test_api.py
        for verb in (client.get, client.post):
            mine, missing = verb(address(pattern, pk)), verb(address(pattern, 10**9))
            refused = {404, 405, *WRONG_ROLE.get(name[:7], ())}
            if mine.status_code not in refused or mine.content != missing.content:
                leaks.append((name, mine.status_code))
    assert leaks == []
