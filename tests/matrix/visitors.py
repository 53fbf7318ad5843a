"""The personas as browsers and API clients, and how each loses what made it one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.test import Client
from django.utils import timezone

from apps.accounts.api.internsync import INTERNSYNC
from apps.accounts.api.report_generator import REPORT_GENERATOR
from apps.accounts.models import CohortGrant, CompanyGrant, CompanyMember, DepartmentGrant, ServiceToken, User
from apps.accounts.services.token_pairs import OURS
from apps.accounts.states import TokenScope
from apps.applications.models import PlacementSupervisor
from tests.clients import access_token_for, signed_in
from tests.factories.accounts import ServiceTokenFactory
from tests.factories.world import World

PEOPLE: Final = {
    "SO": "student",
    "SX": "fellow_student",
    "SF": "foreign_student",
    "CO": "representative",
    "CX": "rival_representative",
    "IO": "industrial_supervisor",
    "IX": "other_industrial_supervisor",
    "UO": "university_supervisor",
    "UX": "other_university_supervisor",
    "KO": "coordinator",
    "KX": "foreign_coordinator",
    "RO": "superuser",
    "DE": "deactivated",
}
# Who comes without an account: a link opens its own pages only, a service token is nothing that a page would know.
WITHOUT_ACCOUNT: Final = frozenset({"AN", "LO", "LX", "TO", "TX", "DE"})
DIALECTS: Final = {"": OURS, "api-rg-": REPORT_GENERATOR, "api-is-": INTERNSYNC}
# By their scope the one reads, the other does not. Noted as used just now, so that asking with them writes nothing.
PROGRAMS: Final = {"TO": (TokenScope.API_READ, "pt_reader"), "TX": (TokenScope.SCIM_READ, "pt_other")}


@dataclass
class Visitor:
    """One persona: ``browser`` with the session, ``client`` with the token."""

    persona: str
    person: User | None
    clients: dict[str, Client] = field(default_factory=dict)
    secret: str = ""

    @cached_property
    def browser(self) -> Client:
        browser = Client() if self.person is None else signed_in(self.person)
        browser.raise_request_exception = False
        return browser

    @cached_property
    def client(self) -> Client:
        return self.client_of("")

    def client_of(self, dialect: str) -> Client:
        """Return a program with a token of the API or of one of its dialects."""
        if dialect not in self.clients:
            token = f"Bearer {self.secret}" if self.secret else ""
            if self.person is not None:
                token = f"Bearer {access_token_for(self.person, DIALECTS[dialect])}"
            headers = {"Authorization": token} if token else {}
            self.clients[dialect] = Client(raise_request_exception=False, headers=headers)
        return self.clients[dialect]


def visitors(world: World, dialects: Iterable[str] = ("",)) -> dict[str, Visitor]:
    """Return everybody; the deactivated still holds the session and the tokens from before."""
    found = {}
    for persona in ("AN", "LO", "LX"):
        found[persona] = Visitor(persona, None)
    for persona, (scope, secret) in PROGRAMS.items():
        ServiceTokenFactory.create(name=persona, secret=secret, scopes=[scope.value], last_used_at=timezone.now())
        found[persona] = Visitor(persona, None, secret=secret)
    for persona, name in PEOPLE.items():
        found[persona] = Visitor(persona, User.objects.get(pk=getattr(world, name).pk))
    User.objects.filter(pk=world.deactivated.pk).update(is_active=True)
    found["DE"].person.refresh_from_db()
    for visitor in found.values():
        # Now, because what a request writes is taken back, sessions included.
        assert visitor.browser
        assert [visitor.client_of(dialect) for dialect in sorted({"", *dialects})]
    User.objects.filter(pk=world.deactivated.pk).update(is_active=False)
    return found


def _no_role(person: User) -> None:
    person.groups.clear()


def _no_member(person: User) -> None:
    CompanyMember.objects.filter(user=person).update(is_active=False)


def _no_supervisor(person: User) -> None:
    PlacementSupervisor.objects.filter(user=person).update(is_active=False)


def _no_grant(person: User) -> None:
    for model in (DepartmentGrant, CohortGrant, CompanyGrant):
        grants: Any = model
        grants.objects.filter(user=person).delete()


def _no_superuser(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_superuser=False)


RELATIONS: Final[dict[str, Callable[[User], None]]] = {
    "SO": _no_role,
    "SX": _no_role,
    "SF": _no_role,
    "CO": _no_member,
    "CX": _no_member,
    "IO": _no_supervisor,
    "IX": _no_supervisor,
    "UO": _no_supervisor,
    "UX": _no_supervisor,
    "KO": _no_grant,
    "KX": _no_grant,
    "RO": _no_superuser,
}


def withdraw(visitor: Visitor, held_by: str) -> None:
    """Take from somebody what the right hangs on: the ``account``, the ``role`` or the ``relation``."""
    person = visitor.person
    if person is None:
        ServiceToken.objects.filter(name=visitor.persona).update(revoked_at=timezone.now())
        return
    if held_by == "account":
        User.objects.filter(pk=person.pk).update(is_active=False)
    elif held_by == "role":
        _no_role(person)
    else:
        RELATIONS[visitor.persona](person)
