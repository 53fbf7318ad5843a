"""Tries every cell of one object in one state at every door that offers it, and says what did not hold."""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.core.cache import cache
from django.http.response import HttpResponseBase
from django.urls import reverse

from tests.matrix.endpoints import WORKSPACE, Endpoint, Scene, by_key
from tests.matrix.headers import header_problem
from tests.matrix.mapping import endpoints_for
from tests.matrix.pages import form_of
from tests.matrix.table import PERSONAS, Row, ever_allowed_to, rows_of, viewers_of
from tests.matrix.tables import digest, undone, watching
from tests.matrix.visitors import WITHOUT_ACCOUNT, Visitor, visitors, withdraw

MISSING: Final = 99_999_999
LENGTH_CLASS: Final = 200
ERRORS: Final = re.compile(r'<ul class="errorlist[^>]*>.*?</ul>', re.DOTALL)
SIGN_IN: Final = 302
# Where having an account is the whole right: what everybody sees, and what is one's own whatever one's role.
BY_ACCOUNT: Final = frozenset(
    {
        "user",
        "notification",
        "resume",
        "export_file",
        "site_settings",
        "job",
        "saved_search",
        "bookmark",
        "saved_view",
        "bulk_move",
        "snippet",
        "ai_draft",
        "ai_resume",
    }
)
# What is no right of anybody cannot be withdrawn.
FOR_ALL: Final = frozenset({"health"})
# What is answered where there is no such object does not depend on the world: asked once in a run.
_MISSING_ANSWERS: dict[tuple[str, str, str], tuple[int, int]] = {}
_SHUT_DOORS: "dict[tuple[str, str, str], Answer]" = {}


def forget_answers() -> None:
    """Forget what is asked only once in a run: the program has changed meanwhile."""
    _MISSING_ANSWERS.clear()
    _SHUT_DOORS.clear()


@dataclass
class Result:
    """What became of one object in one state."""

    cells: dict[str, bool] = field(default_factory=dict)
    allowed: int = 0
    refused: int = 0
    requests: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What a request brought: status, body, and the tables that it wrote."""

    status: int
    body: bytes
    location: str
    written: frozenset[str]

    @property
    def asks_to_sign_in(self) -> bool:
        return self.status == SIGN_IN and self.location.startswith(("/accounts/login/", "/admin/login/"))

    def lists(self, text: str) -> bool:
        return text.encode() in self.body


@dataclass
class Trial:
    """All doors to one object in one state.

    ``actions`` narrows to some of the table's, ``refused`` to some of those who may not.
    """

    scene: Scene
    result: Result = field(default_factory=Result)
    people: dict[str, Visitor] = field(default_factory=dict)
    bodies: dict[Endpoint, dict[str, Any]] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    actions: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset(PERSONAS)

    def run(self) -> Result:
        rows = [
            row for row in rows_of(self.scene.thing, self.scene.state) if not self.actions or row.action in self.actions
        ]
        dialects = {endpoint.dialect for row in rows for endpoint in endpoints_for(row)}
        self.people = visitors(self.scene.world, dialects)
        self.scene.obj.refresh_from_db()
        self.before = digest()
        for row in rows:
            held = dict.fromkeys(PERSONAS, True)
            offered = endpoints_for(row)
            for endpoint in offered:
                if endpoint.surface == "link":
                    from tests.matrix.links import try_links  # noqa: PLC0415 - it builds on this module

                    try_links(self, row, endpoint, held)
                elif endpoint.surface == "token":
                    from tests.matrix.bearers import try_tokens  # noqa: PLC0415 - it builds on this module

                    try_tokens(self, row, endpoint, held)
                else:
                    self._try(row, endpoint, held)
            self._count(row, offered, held)
        return self.result

    def _count(self, row: Row, offered: list[Endpoint], held: dict[str, bool]) -> None:
        if not offered:
            return
        served = frozenset[str]().union(*(e.audience for e in offered))
        for persona in PERSONAS:
            if persona in row.allowed and persona not in served:
                continue  # listed as not yet offered
            if persona not in row.allowed and persona not in self.refused:
                continue
            self.result.cells[f"{row}:{persona}"] = held[persona]
            if persona in row.allowed:
                self.result.allowed += 1
            else:
                self.result.refused += 1

    # -- one door -----------------------------------------------------------------------------------------------

    def _try(self, row: Row, endpoint: Endpoint, held: dict[str, bool]) -> None:
        cache.clear()
        may = [p for p in PERSONAS if p in row.allowed and p in endpoint.audience]
        may_not = [p for p in PERSONAS if p not in may and p in self.refused]
        if endpoint.form:
            self._read_form(endpoint, [p for p in (*may, "KO", "RO", "CO", "SO") if p in endpoint.audience])
        with undone():
            answers: dict[str, Answer] = {}
            for persona in may_not:
                # Without an account all are the same stranger; a token is something that only the API reads.
                alike = _stranger(endpoint, persona)
                if alike not in answers:
                    answers[alike] = self._answer_to_stranger(endpoint, persona)
                    self.judge(row, persona, endpoint, held, self._missing(endpoint, persona, answers[alike]))
                problem = refusal_problem(self, row, endpoint, persona, answers[alike])
                problem = problem or self._offered_form(row, endpoint, persona)
                self.judge(row, persona, endpoint, held, problem)
            if not endpoint.own and digest() != self.before:
                self.result.problems.append(f"{row} at {endpoint.name}: refused requests have changed tables")
        for persona in may:
            with undone():
                answer = self.ask(self.scene, endpoint, self.people[persona])
                self.judge(row, persona, endpoint, held, success_problem(self.scene, endpoint, answer))
            if row.thing in FOR_ALL:
                continue
            with undone():
                withdraw(self.people[persona], _held_by(row, persona))
                answer = self.ask(self.scene, endpoint, self.people[persona])
                problem = withdrawn_problem(self.scene, endpoint, answer)
                self.judge(row, persona, endpoint, held, problem and f"after the right was withdrawn: {problem}")

    def judge(self, row: Row, persona: str, endpoint: Endpoint, held: dict[str, bool], problem: str) -> None:
        if problem:
            held[persona] = False
            self.result.problems.append(f"{row} {persona} at {endpoint.name} ({endpoint.method}): {problem}")

    def _read_form(self, endpoint: Endpoint, readers: list[str]) -> None:
        for persona in readers:
            with undone():
                page = self.ask(self.scene, replace(endpoint, method="get", data=None), self.people[persona])
            if page.status == 200:
                self.bodies[endpoint] = form_of(page.body.decode())
                return

    def _offered_form(self, row: Row, endpoint: Endpoint, persona: str) -> str:
        """Whoever sees an object in the workspace and may not change it gets a page without a button to save."""
        reads = persona in WORKSPACE.split() and persona in viewers_of(row.thing, row.state)
        if row.action != "change" or not endpoint.name.endswith("_change") or not reads:
            return ""
        page = self.ask(self.scene, replace(endpoint, method="get", data=None), self.people[persona])
        return "may not, but the page has a button to save" if page.lists('name="_save"') else ""

    def _missing(self, endpoint: Endpoint, persona: str, answer: Answer) -> str:
        told = answer.status in (401, 404) or answer.asks_to_sign_in
        if told and not endpoint.own and (endpoint.args is by_key or _names_key(endpoint, self.scene)):
            missing = self._answer_to_missing(endpoint, persona)
            found = (answer.status, len(answer.body))
            if found[0] != missing[0] or abs(found[1] - missing[1]) >= LENGTH_CLASS:
                return f"answers {found}, and {missing} where there is no such object"
        return ""

    def _answer_to_stranger(self, endpoint: Endpoint, persona: str) -> Answer:
        """Ask, but only once in a run where the door is not made for the persona, whatever the object's state."""
        shut_out = WORKSPACE if endpoint.surface == "admin" else endpoint.serves
        outside = endpoint.surface != "api" and persona not in shut_out.split()
        if persona not in WITHOUT_ACCOUNT and not outside:
            return self.ask(self.scene, endpoint, self.people[persona])
        door = (reverse(endpoint.url_name, args=endpoint.args(ghost_of(self.scene))), endpoint.method, persona)
        if door not in _SHUT_DOORS:
            _SHUT_DOORS[door] = self.ask(self.scene, endpoint, self.people[persona])
        return _SHUT_DOORS[door]

    def _answer_to_missing(self, endpoint: Endpoint, persona: str) -> tuple[int, int]:
        ghost = ghost_of(self.scene)
        known = (reverse(endpoint.url_name, args=endpoint.args(ghost)), endpoint.method, persona)
        if known not in _MISSING_ANSWERS:
            answer = self.ask(ghost, endpoint, self.people[persona])
            _MISSING_ANSWERS[known] = (answer.status, len(answer.body))
        return _MISSING_ANSWERS[known]

    def look_at_headers(self, response: HttpResponseBase, endpoint: Endpoint, *, private: bool) -> None:
        """Note once for each endpoint what its answers lack; ``private`` if what they show is for one reader."""
        problem = header_problem(
            response,
            endpoint.name,
            workspace=endpoint.surface == "admin",
            private=private and response.status_code == 200,
        )
        said = f"{endpoint.name} ({endpoint.method}): {problem}"
        if problem and said not in self.result.problems:
            self.result.problems.append(said)

    # -- one request --------------------------------------------------------------------------------------------

    def ask(self, scene: Scene, endpoint: Endpoint, visitor: Visitor) -> Answer:
        """Send the request of an endpoint as this visitor and return what came of it."""
        url = reverse(endpoint.url_name, args=endpoint.args(scene)) + endpoint.query
        sent: dict[str, Any] = {**self.bodies.get(endpoint, {}), **(endpoint.data(scene) if endpoint.data else {})}
        browser = visitor.client_of(endpoint.dialect) if endpoint.surface == "api" else visitor.browser
        browser.cookies.pop("messages", None)  # what an earlier refusal had to say
        send: Callable[..., HttpResponseBase] = getattr(browser, endpoint.method)
        with watching() as written:
            if endpoint.surface == "api" and endpoint.method != "get" and not any(map(_is_file, sent.values())):
                response = send(url, json.dumps(sent), content_type="application/json")
            else:
                response = send(url, sent)
        self.result.requests += 1
        self.look_at_headers(response, endpoint, private=endpoint.surface != "page" or visitor.person is not None)
        body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]  # bytes by bytes
        return Answer(response.status_code, body, response.headers.get("Location", ""), frozenset(written))


def _is_file(value: Any) -> bool:
    return hasattr(value, "read")


def _stranger(endpoint: Endpoint, persona: str) -> str:
    if persona in ("LO", "LX") or (persona in ("TO", "TX") and endpoint.surface != "api"):
        return "AN"
    return "TO" if persona == "TX" and endpoint.dialect else persona


def _names_key(endpoint: Endpoint, scene: Scene) -> bool:
    return list(endpoint.args(scene)) != list(endpoint.args(ghost_of(scene)))


def ghost_of(scene: Scene) -> Scene:
    """Return the scene with an object that is not there."""
    ghost = copy.copy(scene.obj)
    ghost.pk = MISSING
    return replace(scene, obj=ghost)


def _held_by(row: Row, persona: str) -> str:
    """Return what a right hangs on: ``account``, ``role`` where others of the role have it too, or ``relation``."""
    if row.thing == "visit" and persona == "UO":
        return "role"  # whoever was to make it reports it, whoever supervises since
    everybody = row.thing == "company" and {"SX", "SF", "CX"} <= row.allowed
    creator = row.thing == "company" and persona == "SO"
    if everybody or creator or (row.thing in BY_ACCOUNT and persona != "RO"):
        return "account"
    twins = ({"SO", "SX"}, {"CO", "CX"}, {"IO", "IX"}, {"UO", "UX"}, {"KO", "KX"})
    shared = any(persona in pair and pair <= row.allowed for pair in twins)
    return "role" if shared else "relation"


# -- what must come of it -----------------------------------------------------------------------------------------


def shows(scene: Scene, endpoint: Endpoint, answer: Answer) -> bool:
    """Say whether a list or a page of one's own shows the object."""
    if endpoint.shows is not None:
        return answer.lists(endpoint.shows(scene))
    if endpoint.surface == "api" and answer.status == 200 and answer.body.startswith(b"{"):
        found = json.loads(answer.body)
        results = found.get("results", [found])
        return any(result.get("id") == scene.obj.pk for result in results)
    return False


def is_listing(endpoint: Endpoint) -> bool:
    """Say whether the answer has to be read to know whether the object is in it."""
    return endpoint.method == "get" and (endpoint.shows is not None or endpoint.name.endswith("-list"))


def success_problem(scene: Scene, endpoint: Endpoint, answer: Answer) -> str:
    """Say what is wrong with the answer to somebody who may; empty if nothing is."""
    usual = {200} if endpoint.method == "get" else {200, 201, 202, 204} if endpoint.surface == "api" else {302}
    wanted = {endpoint.status} if endpoint.status else usual
    if answer.status not in wanted or answer.asks_to_sign_in:
        return f"may, but the answer is {answer.status} {answer.location} {_reason_in(answer)}"
    if is_listing(endpoint) and not shows(scene, endpoint, answer):
        return "may, but the object is not shown"
    if endpoint.method != "get" and not endpoint.reads and not answer.written:
        return f"may, but nothing was written {_reason_in(answer)}"
    return ""


def _reason_in(answer: Answer) -> str:
    text = answer.body.decode(errors="replace")
    if errors := ERRORS.findall(text):
        return " ".join(errors)
    return text[:200] if len(text) < 2000 else ""


def withdrawn_problem(scene: Scene, endpoint: Endpoint, answer: Answer) -> str:
    """Say what is wrong with the answer to somebody who might a moment ago."""
    if is_listing(endpoint):
        return "still shown" if shows(scene, endpoint, answer) else _crash(answer)
    if answer.written and not (endpoint.own and _untouched(scene)):
        return f"still writes {sorted(answer.written)}"
    if endpoint.method == "get" and answer.status == 200 and not endpoint.own:
        return "still shown"
    return _crash(answer)


def _crash(answer: Answer) -> str:
    return f"answers {answer.status}" if answer.status >= 500 else ""


def _untouched(scene: Scene) -> bool:
    fresh = type(scene.obj)._default_manager.filter(pk=scene.obj.pk).values().first()
    return bool(fresh == {name: getattr(scene.obj, name) for name in fresh or {"": ""}})


def refusal_problem(trial: Trial, row: Row, endpoint: Endpoint, persona: str, answer: Answer) -> str:
    """Say what is wrong with the answer to somebody who may not; empty if nothing is."""
    scene = trial.scene
    if answer.written and not (endpoint.own and _untouched(scene)):
        return f"may not, but {sorted(answer.written)} is written (status {answer.status})"
    if persona in WITHOUT_ACCOUNT:
        if persona in ("TO", "TX") and endpoint.surface == "api" and not endpoint.dialect:
            return _program_problem(scene, endpoint, persona, answer)
        right = answer.status == 401 if endpoint.surface == "api" else answer.asks_to_sign_in
        return "" if right else f"has no account, but the answer is {answer.status} {answer.location}"
    if endpoint.own or is_listing(endpoint):
        if shows(scene, endpoint, answer):
            return "may not, but the object is shown"
        return _crash(answer)
    wanted = expected(row, endpoint, persona)
    return "" if answer.status in wanted else f"the answer is {answer.status}, not {sorted(wanted)}"


def _program_problem(scene: Scene, endpoint: Endpoint, persona: str, answer: Answer) -> str:
    """A program with the scope is told that there is nothing where it could read; else that it may not."""
    reads = persona == "TO" and "TO" in endpoint.audience
    if reads and is_listing(endpoint):
        return "may not, but the object is shown" if shows(scene, endpoint, answer) else _crash(answer)
    wanted = 404 if reads else 403
    return "" if answer.status == wanted else f"the answer is {answer.status}, not {wanted}"


def expected(row: Row, endpoint: Endpoint, persona: str) -> set[int]:  # noqa: PLR0911 - one line for each step of the order
    """Return the statuses of a refusal, in the order of the table: not there, not yours, not now."""
    if endpoint.closed and endpoint.surface == "api":
        return {405}
    if endpoint.quiet and persona in endpoint.audience:
        return {200, 302, 400, 403, 404, 409}
    if endpoint.surface == "admin" and persona not in WORKSPACE.split():
        return {404}
    sees = persona in viewers_of(row.thing, row.state)
    if persona not in endpoint.serves.split():
        # The page is for another role: its door may say so, alike for every object.
        # One dialect says 401 of a wrong role, which is part of its contract.
        return {401, 403, 404} if endpoint.dialect == "api-is-" else {403, 404}
    if row.action == "add":
        return {403, 404} if endpoint.method == "get" else {200, 400, 403, 404}
    if not sees or endpoint.hidden:
        return {404}
    if persona not in ever_allowed_to(row.thing, row.action):
        return {403}
    return {409} if endpoint.surface == "api" else {200, 302, 400, 403, 409}
