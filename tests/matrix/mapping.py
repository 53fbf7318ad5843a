"""All that the apps' mapping files say, put together."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from tests.matrix import (
    accounts,
    agreements,
    ai,
    allocation,
    api,
    api_ai,
    api_documents,
    api_marks,
    api_operations,
    api_organisations,
    api_people,
    api_places,
    applicants,
    applications,
    arrivals,
    assessments,
    companies,
    directory,
    hosting,
    imports,
    internsync,
    letters,
    logbook,
    notes,
    people,
    portal,
    report_generator,
    reporting,
    signon,
    supervision,
    trust,
    vacancies,
    work,
)
from tests.matrix.endpoints import Endpoint, Offers, Scene, check
from tests.matrix.inventory import Door, doors
from tests.matrix.table import Row, rows
from tests.matrix.words import concrete

APPS: tuple[Offers, ...] = (
    portal.OFFERS,
    accounts.OFFERS,
    people.OFFERS,
    imports.OFFERS,
    companies.OFFERS,
    notes.OFFERS,
    directory.OFFERS,
    signon.OFFERS,
    work.OFFERS,
    ai.OFFERS,
    vacancies.OFFERS,
    applications.OFFERS,
    applicants.OFFERS,
    agreements.OFFERS,
    allocation.OFFERS,
    hosting.OFFERS,
    letters.OFFERS,
    logbook.OFFERS,
    supervision.OFFERS,
    arrivals.OFFERS,
    assessments.OFFERS,
    reporting.OFFERS,
    trust.OFFERS,
    report_generator.OFFERS,
    internsync.OFFERS,
    api.OFFERS,
    api_ai.OFFERS,
    api_documents.OFFERS,
    api_marks.OFFERS,
    api_operations.OFFERS,
    api_organisations.OFFERS,
    api_people.OFFERS,
    api_places.OFFERS,
)

# Django's older address of an object's page, and its search for a forgotten slash: they lead to what is mapped.
REDIRECTS = "admin:None admin/"


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return every endpoint of every app."""
    found = [endpoint for app in APPS for endpoint in app.endpoints]
    for endpoint in found:
        check(endpoint)
    return (*found, *_closed(found))


def _closed(found: list[Endpoint]) -> list[Endpoint]:
    """Return the methods that the API does not have: whoever tries them is refused, and no table changes."""
    known = set(doors())
    closed = []
    for endpoint in found:
        if endpoint.surface != "api" or endpoint.method != "get":
            continue
        tried = {"view": {"patch": "change", "delete": "delete"}, "list": {"post": "add"}}.get(endpoint.actions, {})
        closed += [
            replace(endpoint, method=method, actions=action, closed=True, shows=None, own=False)
            for method, action in tried.items()
            if (endpoint.name, method) not in known
        ]
    return closed


@cache
def public() -> Mapping[str, str]:
    """Return the addresses that are no matter of rights, with the reason."""
    return {name: reason for app in APPS for name, reason in app.public.items()}


def is_mapped(door: Door) -> bool:
    """Say whether an address is public with a reason or belongs to a row; of the API each method by itself."""
    name, method = door
    if name in public() or name.startswith(REDIRECTS):
        return True
    return any(e.name == name and method in ("", e.method) for e in endpoints())


def unmapped() -> list[str]:
    """Return the addresses that nobody has mapped, with the method where it is one of the API."""
    return [f"{name} {method}".strip() for name, method in doors() if not is_mapped((name, method))]


def scene_of(world: Any, thing: str, state: str) -> Scene:
    """Build an object of the table in one of its states."""
    builders = {name: builder for app in APPS for name, builder in app.scenes.items()}
    built = builders[thing](world, concrete(thing, state))
    obj, extra = built if isinstance(built, tuple) else (built, {})
    return Scene(world, thing, state, obj, extra)


@cache
def _endpoints_of() -> Mapping[str, list[Endpoint]]:
    """Return the endpoints by the thing that they show or change."""
    found: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints():
        for thing in endpoint.thing.split():
            found.setdefault(thing, []).append(endpoint)
    return found


def endpoints_for(row: Row) -> list[Endpoint]:
    """Return the endpoints that offer the action of a row."""
    mapped = _endpoints_of().get(row.thing, [])
    return [endpoint for endpoint in mapped if endpoint.offers(row.thing, row.state, row.action)]


@cache
def scenes() -> tuple[tuple[str, str], ...]:
    """Return the objects and states of which at least one row is offered somewhere."""
    found = {(row.thing, row.state): None for row in rows() if endpoints_for(row)}
    return tuple(found)


def not_offered() -> list[str]:
    """Return ``"row = personas"`` for what the table allows or forbids and no surface offers yet.

    A row without an endpoint names all; one that is offered, the personas who may but are not served anywhere.
    """
    lines = []
    for row in rows():
        served = [e.audience for e in endpoints_for(row)]
        missing = row.allowed.difference(*served) if served else row.allowed
        if not served:
            lines.append(f"{row} = {' '.join(sorted(row.allowed)) or '-'}")
        elif missing:
            lines.append(f"{row} = {' '.join(sorted(missing))}")
    return lines
