"""Doors for who has no account: a good link opens its own pages, every other one is the same 404."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AccessLink
from apps.accounts.services.links import Target, issue_link
from apps.applications.models import PlacementSupervisor
from portal.kernel.access import SYSTEM
from tests.matrix.endpoints import Endpoint, Scene
from tests.matrix.table import PERSONAS, Row
from tests.matrix.tables import digest, undone
from tests.matrix.trying import Answer, Trial, success_problem
from tests.matrix.visitors import Visitor

OPENING: Final = frozenset({"accounts_accesslink"})


def _expired(link: AccessLink) -> None:
    AccessLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))


def _revoked(link: AccessLink) -> None:
    AccessLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())


def _used(link: AccessLink) -> None:
    AccessLink.objects.filter(pk=link.pk).update(used_at=timezone.now())


def _deactivated(link: AccessLink) -> None:
    type(link.user).objects.filter(pk=link.user_id).update(is_active=False)


def _not_supervising(link: AccessLink) -> None:
    PlacementSupervisor.objects.filter(user=link.user_id).update(is_active=False)


# What makes a link bad, as a holder meets it who opened the page while it was good.
SPOILED: Final[dict[str, Callable[[AccessLink], None]]] = {
    "expired": _expired,
    "revoked": _revoked,
    "used": _used,
    "of somebody deactivated": _deactivated,
}


def holder_of(scene: Scene, person: Any, target: Target) -> tuple[Client, Scene, str]:
    """Return a browser that has opened a fresh link, the scene with the link, and the secret."""
    address = issue_link(person, scene.extra["purpose"], target, actor=SYSTEM)
    secret = address.rstrip("/").rpartition("/")[2]
    browser = Client(raise_request_exception=False)
    browser.get(reverse("link_open", args=[secret]))
    link = AccessLink.objects.latest("pk")
    return browser, replace(scene, extra={**scene.extra, "link": link, "secret": secret}), secret


@dataclass(frozen=True)
class _Page:
    """One page behind a link, for one row of the table."""

    trial: Trial
    row: Row
    endpoint: Endpoint
    held: dict[str, bool]

    def judge(self, persona: str, problem: str) -> None:
        self.trial.judge(self.row, persona, self.endpoint, self.held, problem)

    def refuse(self, persona: str, scene: Scene, visitor: Visitor, how: str) -> None:
        """Ask, and expect the one page for every bad link."""
        answer: Answer = self.trial.ask(scene, self.endpoint, visitor)
        if answer.written - OPENING:
            self.judge(persona, f"a link {how}: {sorted(answer.written)} is written")
        elif answer.status != 404:
            self.judge(persona, f"a link {how}: the answer is {answer.status}, not 404")


def try_links(trial: Trial, row: Row, endpoint: Endpoint, held: dict[str, bool]) -> None:
    """Try a page behind a link as its holder, with links that are spoiled, altered or foreign, and as everybody else."""
    page = _Page(trial, row, endpoint, held)
    with undone():
        person = trial.scene.extra.get("holder", trial.scene.world.industrial_supervisor)
        browser, scene, secret = holder_of(trial.scene, person, _target(trial.scene))
        before = _without_opening(digest())
        altered = replace(scene, extra={**scene.extra, "secret": secret[:-1] + ("A" if secret[-1] != "A" else "B")})
        page.refuse("LX", altered, Visitor("LX", None), "altered")
        if endpoint.name != "link_open":
            for persona in PERSONAS:
                if persona not in ("LO", "LX"):
                    page.refuse(persona, scene, trial.people[persona], "that was not opened")
            foreign, _other, _secret = holder_of(scene, scene.world.other_industrial_supervisor, _foreign(scene))
            page.refuse("LX", scene, _with(foreign), "foreign")
        for how, spoil in SPOILED.items():
            with undone():
                spoil(scene.extra["link"])
                page.refuse("LX", scene, _with(browser), how)
        if _without_opening(digest()) != before:
            trial.result.problems.append(f"{row} at {endpoint.name}: refused links have changed tables")
        _try_holder(page, scene, browser)


def _try_holder(page: _Page, scene: Scene, browser: Client) -> None:
    with undone():
        answer = page.trial.ask(scene, page.endpoint, _with(browser))
        if "LO" not in page.row.allowed:
            page.judge("LO", f"may not, but {sorted(answer.written)} is written" if answer.written - OPENING else "")
            return
        page.judge("LO", success_problem(scene, page.endpoint, answer))
    if page.endpoint.name != "link_open":
        with undone():
            scene.extra.get("loses", _not_supervising)(scene.extra["link"])
            page.refuse("LO", scene, _with(browser), "of somebody who has lost the right")


def _without_opening(tables: dict[str, str]) -> dict[str, str]:
    return {name: found for name, found in tables.items() if name not in OPENING}


def _with(browser: Client) -> Visitor:
    visitor = Visitor("LX", None)
    visitor.__dict__["browser"] = browser
    return visitor


def _target(scene: Scene) -> Target:
    target: Target = scene.extra["target"]
    return target


def _foreign(scene: Scene) -> Target:
    target = _target(scene)
    return Target(target.label, target.pk + 1_000_000, target.scope)
