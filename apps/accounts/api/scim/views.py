"""SCIM's endpoints: thin translators over the services of provisioning."""

from typing import Any, Final

from django.db.models import Q
from django.http import HttpResponse
from scim2_models import (
    Context,
    InvalidValueException,
    ListResponse,
    NotFoundException,
    NotImplementedException,
    PatchOp,
    Resource,
    ResourceType,
    Schema,
    ScimPolicy,
    SearchRequest,
)

from apps.accounts.api.scim.filters import GROUPS, USERS, Conditions
from apps.accounts.api.scim.protocol import (
    Call,
    answer,
    key_or_404,
    page,
    scim,
    search_of,
    shown,
    wanted_by,
)
from apps.accounts.api.scim.resources import (
    CONFIG,
    PROVIDER,
    ScimGroup,
    ScimUser,
    address_of,
    facts_of,
    group_resource,
    members_of,
    user_resource,
)
from apps.accounts.models import ProvisionedGroup, User
from apps.accounts.selectors import people_of_the_directory
from apps.accounts.services import provisioning

NAME: Final = 150
GROUP_NAME: Final = 160
EXTERNAL_ID: Final = 200
PERSON_RELATED: Final = ("provisioned",)


# -- what the service is -------------------------------------------------------------------------------------------


@scim("GET")
def config(_call: Call) -> HttpResponse:
    """What we support."""
    return answer(CONFIG.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


@scim("GET")
def schemas(call: Call) -> HttpResponse:
    """All attributes that we keep."""
    return _discovery(call, list(PROVIDER.schemas), Schema)


@scim("GET")
def schema(_call: Call, urn: str) -> HttpResponse:
    """The attributes of one resource."""
    return _one_of(list(PROVIDER.schemas), urn)


@scim("GET")
def resource_types(call: Call) -> HttpResponse:
    """Users and groups."""
    return _discovery(call, list(PROVIDER.resource_types), ResourceType)


@scim("GET")
def resource_type(_call: Call, name: str) -> HttpResponse:
    """One of them."""
    return _one_of(list(PROVIDER.resource_types), name)


def _discovery(call: Call, found: list[Any], model: type[Resource[Any]]) -> HttpResponse:
    # RFC 7644, section 4: a filter here is answered by 403, so that nobody takes an answer for the whole.
    if "filter" in call.request.GET:
        return answer(
            {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "403", "detail": "No filter here."},
            status=403,
        )
    listed = ListResponse[model](  # type: ignore[valid-type] # a model is a parameter here
        total_results=len(found), start_index=1, items_per_page=len(found), resources=found
    )
    return answer(listed.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


def _one_of(found: list[Any], key: str) -> HttpResponse:
    for entry in found:
        if str(getattr(entry, "id", None) or entry.name).casefold() == key.casefold():
            return answer(entry.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))
    raise NotFoundException(detail="There is no such resource.")


@scim("GET", "POST", "PUT", "PATCH", "DELETE")
def nothing(_call: Call, rest: str = "") -> HttpResponse:
    """Every other address."""
    del rest
    raise NotFoundException(detail="There is no such resource.")


@scim("POST")
def search_everything(_call: Call) -> HttpResponse:
    """Several kinds at once are not searched."""
    raise NotImplementedException(detail="Search /Users or /Groups.")


# -- people -------------------------------------------------------------------------------------------------------


@scim("GET", "POST")
def users(call: Call) -> HttpResponse:
    """List people, or enter one."""
    if call.method == "GET":
        return _list_users(search_of(call, ScimUser))
    resource = ScimUser.model_validate(call.body(), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    person = provisioning.provision_person(_facts(resource), token=call.token)
    created = user_resource(_person(person.pk))
    body = shown(created, Context.RESOURCE_CREATION_RESPONSE, wanted_by(call, ScimUser))
    return answer(body, status=201, location=address_of("Users", person.pk))


@scim("POST")
def search_users(call: Call) -> HttpResponse:
    """List people as the body says."""
    return _list_users(search_of(call, ScimUser))


def _list_users(search: SearchRequest[Any]) -> HttpResponse:
    rows = _people().filter(_conditions(search, USERS)).order_by("pk").distinct()
    return page(rows, search, ScimUser, user_resource)


@scim("GET", "PUT", "PATCH", "DELETE")
def user(call: Call, key: str) -> HttpResponse:
    """Show, replace, change or take out one person."""
    person = _person(key_or_404(key))
    if call.method == "DELETE":
        provisioning.remove_provisioned(person, token=call.token)
        return HttpResponse(status=204)
    if call.method == "GET":
        return answer(shown(user_resource(person), Context.RESOURCE_QUERY_RESPONSE, wanted_by(call, ScimUser)))
    if call.method == "PUT":
        resource = ScimUser.model_validate(call.body(), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
        context = Context.RESOURCE_REPLACEMENT_RESPONSE
    else:
        resource, context = user_resource(person), Context.RESOURCE_PATCH_RESPONSE
        _patch(call, resource)
    provisioning.change_provisioned(person, _facts(resource), token=call.token)
    return answer(shown(user_resource(_person(person.pk)), context, wanted_by(call, ScimUser)))


def _people() -> Any:
    return people_of_the_directory().select_related(*PERSON_RELATED).prefetch_related("provisioned_groups")


def _person(pk: int) -> User:
    person: User | None = _people().filter(pk=pk).first()
    if person is None:
        raise NotFoundException(detail="There is no such resource.")
    return person


def _facts(resource: ScimUser) -> provisioning.PersonFacts:
    facts = facts_of(resource)
    _fits(facts.username, NAME, "userName")
    _fits(facts.external_id, EXTERNAL_ID, "externalId", empty=True)
    return facts


def _fits(text: str, longest: int, name: str, *, empty: bool = False) -> None:
    if len(text) > longest or not (text or empty):
        raise InvalidValueException(detail=f"{name} has 1 to {longest} characters.")


def _patch(call: Call, resource: Any) -> None:
    """Apply a PATCH to a resource in memory; some directories address an entry that is not there yet."""
    model = type(resource)
    patch = PatchOp[model].model_validate(call.body(), scim_ctx=Context.RESOURCE_PATCH_REQUEST)  # type: ignore[valid-type] # a model is a parameter here
    policy = ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    )
    patch.patch(resource, scim_policy=policy)


def _conditions(search: SearchRequest[Any], known: Any) -> Q:
    return Conditions(known).visit(search.filter.ast) if search.filter else Q()


# -- groups -------------------------------------------------------------------------------------------------------


@scim("GET", "POST")
def groups(call: Call) -> HttpResponse:
    """List groups, or enter one."""
    if call.method == "GET":
        return _list_groups(search_of(call, ScimGroup))
    resource = ScimGroup.model_validate(call.body(), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    name, members, external_id = _group_facts(resource)
    made = provisioning.provision_group(name, members, token=call.token, external_id=external_id)
    created = group_resource(_group(made.pk))
    body = shown(created, Context.RESOURCE_CREATION_RESPONSE, wanted_by(call, ScimGroup))
    return answer(body, status=201, location=address_of("Groups", made.pk))


@scim("POST")
def search_groups(call: Call) -> HttpResponse:
    """List groups as the body says."""
    return _list_groups(search_of(call, ScimGroup))


def _list_groups(search: SearchRequest[Any]) -> HttpResponse:
    rows = _groups().filter(_conditions(search, GROUPS)).order_by("pk").distinct()
    return page(rows, search, ScimGroup, group_resource)


@scim("GET", "PUT", "PATCH", "DELETE")
def group(call: Call, key: str) -> HttpResponse:
    """Show, replace, change or delete one group."""
    row = _group(key_or_404(key))
    if call.method == "DELETE":
        provisioning.remove_provisioned_group(row, token=call.token)
        return HttpResponse(status=204)
    if call.method == "GET":
        return answer(shown(group_resource(row), Context.RESOURCE_QUERY_RESPONSE, wanted_by(call, ScimGroup)))
    if call.method == "PUT":
        resource = ScimGroup.model_validate(call.body(), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
        context = Context.RESOURCE_REPLACEMENT_RESPONSE
    else:
        resource, context = group_resource(row), Context.RESOURCE_PATCH_RESPONSE
        _patch(call, resource)
    name, members, external_id = _group_facts(resource)
    provisioning.change_provisioned_group(row, name, members, token=call.token, external_id=external_id)
    return answer(shown(group_resource(_group(row.pk)), context, wanted_by(call, ScimGroup)))


def _groups() -> Any:
    return ProvisionedGroup.objects.prefetch_related("members")


def _group(pk: int) -> ProvisionedGroup:
    found: ProvisionedGroup | None = _groups().filter(pk=pk).first()
    if found is None:
        raise NotFoundException(detail="There is no such resource.")
    return found


def _group_facts(resource: ScimGroup) -> tuple[str, list[int], str]:
    name, external_id = (resource.display_name or "").strip(), resource.external_id or ""
    _fits(name, GROUP_NAME, "displayName")
    _fits(external_id, EXTERNAL_ID, "externalId", empty=True)
    return name, members_of(resource), external_id
