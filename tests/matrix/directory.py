"""Doors of the university's directory: its tokens, what its groups give, and SCIM."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone

from apps.accounts.models import ProvisionedGroup, ProvisionedPerson, ServiceToken, User
from apps.accounts.states import Role, TokenScope
from tests.accounts.directory import ASHA, GROUP, PATCH
from tests.factories.accounts import ProvisionedGroupFactory, ServiceTokenFactory, UserFactory, WebhookFactory
from tests.factories.world import World
from tests.matrix.endpoints import Endpoint, Offers, Scene, list_action, without_arguments, workspace

NOTHING: Final = "answers every token alike that there is nothing, and nobody without one"
SEARCH: Final = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 100}


def token(world: World, _state: str) -> ServiceToken:
    return ServiceTokenFactory.create(name="Directory of the matrix", created_by=world.superuser)


def group(_world: World, _state: str) -> ProvisionedGroup:
    return ProvisionedGroupFactory.create(name="Lecturers")


def person(_world: World, _state: str) -> User:
    """Sent by the directory."""
    found = UserFactory.create(username="bahati", email="bahati@uni.example")
    ProvisionedPerson.objects.create(user=found, external_id="d-9")
    return found


def _issued(_scene: Scene) -> dict[str, Any]:
    last = timezone.localdate() + dt.timedelta(days=90)
    return {"name": "Another", "scopes": [TokenScope.SCIM_READ.value], "expires_at": last.isoformat()}


def _replaced(_scene: Scene) -> dict[str, Any]:
    return {**ASHA, "userName": "bahati", "externalId": "d-9"}


def _new_name(path: str, value: str) -> Any:
    return lambda _s: {"schemas": [PATCH], "Operations": [{"op": "replace", "path": path, "value": value}]}


def _group(name: str) -> Any:
    return lambda _s: {"schemas": [GROUP], "displayName": name}


def _listed(scene: Scene) -> str:
    return f'"id": "{scene.obj.pk}"'


def _scim(name: str, thing: str, actions: str, method: str = "get", **fields: Any) -> Endpoint:
    return Endpoint(f"scim_{name}", thing, actions, method, "TO", **fields)


def _resource(one: str, thing: str, **bodies: Any) -> list[Endpoint]:
    """Map list, search, one, and what writes."""
    return [
        _scim(f"{one}s", thing, "list", args=without_arguments, shows=_listed),
        _scim(f"{one}s_search", thing, "list", "post", args=without_arguments, shows=_listed, data=lambda _s: SEARCH),
        _scim(f"{one}s", thing, "add", "post", args=without_arguments, data=bodies["new"]),
        _scim(one, thing, "view"),
        _scim(one, thing, "change", "put", data=bodies["whole"]),
        _scim(one, thing, "change", "patch", data=bodies["part"]),
        _scim(one, thing, "delete", "delete"),
    ]


DESCRIPTION: Final = [
    _scim("config", "directory", "describe", args=without_arguments),
    _scim("schemas", "directory", "describe", args=without_arguments),
    _scim("schema", "directory", "describe", args=lambda _s: ("urn:ietf:params:scim:schemas:core:2.0:User",)),
    _scim("resource_types", "directory", "describe", args=without_arguments),
    _scim("resource_type", "directory", "describe", args=lambda _s: ("User",)),
]


OFFERS = Offers(
    endpoints=[
        *workspace("accounts_servicetoken", "service_token", serves="RO"),
        list_action("accounts_servicetoken", "revoke", "service_token", "revoke", serves="RO"),
        # The answer shows the secret, this once.
        Endpoint(
            "admin:accounts_servicetoken_issue",
            "service_token",
            "add",
            "post",
            "RO",
            args=without_arguments,
            data=_issued,
            status=200,
        ),
        *workspace("accounts_webhook", "webhook", serves="RO"),
        list_action("accounts_webhook", "pause", "webhook", "pause", serves="RO"),
        list_action("accounts_webhook", "resume", "paused_webhook", "resume", serves="RO"),
        # The answer shows the key, this once.
        Endpoint(
            "admin:accounts_webhook_enter",
            "webhook",
            "enter",
            "post",
            "RO",
            args=without_arguments,
            data=lambda _s: {"name": "New", "url": "https://new.example/told", "events": ["company.approved"]},
            status=200,
        ),
        *workspace(
            "accounts_provisionedgroup",
            "directory_group",
            serves="RO",
            change=lambda s: {"role": Role.COORDINATOR.value, "department": s.world.department.pk},
        ),
        *DESCRIPTION,
        *_resource(
            "user",
            "directory_person",
            new=lambda _s: ASHA,
            whole=_replaced,
            part=_new_name("name.familyName", "Mollel"),
        ),
        *_resource(
            "group",
            "directory_group",
            new=_group("Students"),
            whole=_group("Teachers"),
            part=_new_name("displayName", "Teachers"),
        ),
    ],
    public={"scim_search": NOTHING, "scim_nothing": NOTHING},
    scenes={
        "service_token": token,
        "webhook": lambda _world, _state: WebhookFactory.create(),
        "paused_webhook": lambda _world, _state: WebhookFactory.create(is_active=False),
        "directory_group": group,
        "directory_person": person,
        "directory": lambda world, _state: world.department,
    },
)
