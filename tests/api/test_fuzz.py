"""Generated requests for every operation of the schema: no failure of ours, and every answer as the schema says.

A few an operation in the suite; ``API_FUZZ_CASES=10000`` spreads so many over all operations. Half of those with a key in
their address ask about an object that is there.
"""

import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from apps.accounts.models import Notice, User
from portal.api import router
from tests.clients import access_token_for
from tests.factories.world import World, build_world
from tests.house.everything import build_everything
from tests.matrix.tables import undone

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.no_cover,
    pytest.mark.services,
    # Files that are answered are not read to their end.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_headers_conformance,
    schemathesis.checks.response_schema_conformance,
]
CASES = int(os.environ.get("API_FUZZ_CASES", "0"))
ROLES = ("superuser", "coordinator", "student", "representative", "industrial_supervisor", "university_supervisor")
# The files that would be asked for are made by LibreOffice or WeasyPrint, a second each; they have tests of their own.
SLOW = ("document",)


@pytest.fixture
def world() -> World:
    found = build_world()
    build_everything(found)
    Notice.objects.create(recipient=found.student, kind="accounts.company_approved", facts={"company": "Njia Works"})
    return found


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def keeps_its_connection() -> Iterator[None]:
    """A server drops a connection that failed at the end of a request; here the test's transaction is in it."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


def keys_by_prefix() -> dict[str, list[int]]:
    """Return keys of objects that are there, by the first part of the address."""
    viewsets: list[tuple[str, Any]] = [(prefix, viewset) for prefix, viewset, _basename in router.registry]
    return {
        prefix: list(viewset.model._default_manager.order_by("pk").values_list("pk", flat=True)[:40])
        for prefix, viewset in viewsets
    }


def test_every_operation_answers_as_the_schema_says(world, record_property):
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", app=get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    each = max(1, CASES // len(operations)) if CASES else 1
    tokens = [access_token_for(User.objects.get(pk=getattr(world, role).pk)) for role in ROLES]
    keys, numbers = keys_by_prefix(), count()
    statuses: Counter[int] = Counter()
    problems: list[str] = []

    def ask(case: Any) -> None:
        number = next(numbers)
        prefix = case.path.removeprefix("/api/v1/").partition("/")[0]
        if number % 2 and case.path_parameters and keys.get(prefix):
            for name in case.path_parameters:
                case.path_parameters[name] = keys[prefix][number % len(keys[prefix])]
        cache.clear()
        with undone():
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {tokens[number % len(tokens)]}"}
            answer = case.call()
        statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseExceptionGroup as error:
            problems.append(f"{case.method} {case.formatted_path[:120]} {answer.status_code}: {str(error)[:600]}")

    for operation in operations:
        if operation.path.rstrip("/").endswith(SLOW):
            continue
        run = given(case=operation.as_strategy())(ask)
        run = settings(
            max_examples=each,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(run)
        seeded(7)(run)()
    record_property("fuzz_cases", sum(statuses.values()))
    said = f"{sum(statuses.values())} cases over {len(operations)} operations: {dict(sorted(statuses.items()))}\n"
    if CASES:
        sys.stderr.write(said)
    assert connection.is_usable()
    assert [status for status in statuses if status >= 500] == []
    assert problems == [], "\n".join(problems)
