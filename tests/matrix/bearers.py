"""Doors to which only another program comes: a service token with the scope, and nothing else, opens them."""

import json
from dataclasses import replace
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.accounts.models import ServiceToken
from apps.accounts.states import TokenScope
from tests.factories.accounts import ServiceTokenFactory
from tests.matrix.endpoints import Endpoint, Scene
from tests.matrix.table import PERSONAS, Row
from tests.matrix.tables import digest, undone, watching
from tests.matrix.trying import Answer, Trial, ghost_of

# That a token was used is noted at the token.
USE = frozenset({"accounts_servicetoken"})


def try_tokens(trial: Trial, row: Row, endpoint: Endpoint, held: dict[str, bool]) -> None:
    """Try an address with the right token, with one without the scope, with a revoked one, and as everybody else."""

    def judge(persona: str, problem: str) -> None:
        trial.judge(row, persona, endpoint, held, problem)

    with undone():
        reads = endpoint.method == "get" or endpoint.name.endswith("_search")
        other = [] if reads else [TokenScope.SCIM_READ.value]
        good, short = ServiceTokenFactory.create(), ServiceTokenFactory.create(scopes=other)
        before = _without_use(digest())
        browsers = {persona: trial.people[persona].client for persona in PERSONAS}
        browsers |= {"TO": _bearer(good), "TX": _bearer(short)}
        for persona in PERSONAS:
            if persona not in row.allowed & endpoint.audience:
                answer = _ask(trial, trial.scene, endpoint, browsers[persona])
                judge(persona, _refused(answer, 403 if persona in ("TO", "TX") else 401))
        if _without_use(digest()) != before:
            trial.result.problems.append(f"{row} at {endpoint.name}: refused requests have changed tables")
        with undone():
            judge("TO", _succeeded(trial.scene, endpoint, _ask(trial, trial.scene, endpoint, browsers["TO"])))
        if list(endpoint.args(trial.scene)) != list(endpoint.args(ghost_of(trial.scene))):
            answer = _ask(trial, ghost_of(trial.scene), endpoint, browsers["TO"])
            judge("TO", _refused(answer, 404))
        ServiceToken.objects.filter(pk=good.pk).update(revoked_at=good.expires_at)
        judge("TO", _refused(_ask(trial, trial.scene, endpoint, browsers["TO"]), 401))


def _bearer(token: ServiceToken) -> Client:
    """Return a browser with the token; its secret is what the factory has hashed."""
    number = token.name.rpartition(" ")[2]
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer secret-{number}"})


def _without_use(tables: dict[str, str]) -> dict[str, str]:
    return {name: found for name, found in tables.items() if name not in USE}


def _ask(trial: Trial, scene: Scene, endpoint: Endpoint, browser: Client) -> Answer:
    more: dict[str, Any] = {}
    if endpoint.data is not None:
        more = {"data": json.dumps(endpoint.data(scene)), "content_type": "application/scim+json"}
    with watching() as written:
        response = getattr(browser, endpoint.method)(reverse(endpoint.name, args=endpoint.args(scene)), **more)
    trial.result.requests += 1
    trial.look_at_headers(response, endpoint, private=True)
    answer = Answer(response.status_code, response.content, "", frozenset(written))
    return replace(answer, written=answer.written - USE)


def _refused(answer: Answer, status: int) -> str:
    if answer.written:
        return f"may not, but {sorted(answer.written)} is written"
    return "" if answer.status == status else f"the answer is {answer.status}, not {status}"


def _succeeded(scene: Scene, endpoint: Endpoint, answer: Answer) -> str:
    if answer.status not in {200, 201, 204}:
        return f"may, but the answer is {answer.status} {answer.body.decode()[:200]}"
    if endpoint.shows is not None and not answer.lists(endpoint.shows(scene)):
        return "may, but the object is not shown"
    reads = endpoint.method == "get" or endpoint.name.endswith("_search")
    return "" if reads or answer.written else "may, but nothing was written"
