"""What we publish of people and groups, as SCIM's own models; only attributes that we keep are declared."""

from typing import Annotated, Any, Final

from django.conf import settings
from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    External,
    Filter,
    Meta,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from apps.accounts.models import ProvisionedGroup, ProvisionedPerson, User
from apps.accounts.services.provisioning import PersonFacts

BASE: Final = "/scim/v2"
MOST: Final = 200


class Name(ComplexAttribute):
    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class Email(ComplexAttribute):
    value: str | None = None
    type: str | None = Field(None, examples=["work", "home"])
    primary: bool | None = None


class PhoneNumber(ComplexAttribute):
    value: str | None = None
    type: str | None = Field(None, examples=["work", "mobile"])
    primary: bool | None = None


class Membership(ComplexAttribute):
    value: Annotated[str | None, Mutability.read_only] = None
    display: Annotated[str | None, Mutability.read_only] = None


class ScimUser(Resource[Any]):
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    preferred_language: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None
    phone_numbers: list[PhoneNumber] | None = None
    groups: Annotated[list[Membership] | None, Mutability.read_only] = None


class Member(ComplexAttribute):
    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )


class ScimGroup(Resource[Any]):
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    members: list[Member] | None = None


CONFIG: Final = ServiceProviderConfig(
    documentation_uri=Reference[External]("https://www.rfc-editor.org/rfc/rfc7644"),
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=False),
    etag=ETag(supported=False),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Service token",
            description="A token of the workspace, as a bearer in the header Authorization.",
            primary=True,
        )
    ],
)
# Directories send attributes that we do not keep; refusing them would refuse the person.
PROVIDER: Final = ScimProvider(
    models=[ScimUser, ScimGroup], config=CONFIG, policy=ScimPolicy(unknown=ScimPolicy.Unknown.ignore)
)


def address_of(kind: str, key: Any) -> str:
    """Return the full address of a resource."""
    return f"{settings.SITE_URL}{BASE}/{kind}/{key}"


# -- from rows to resources ---------------------------------------------------------------------------------------


def user_resource(person: User) -> ScimUser:
    """Show a person: what the directory said, corrected by what is true here now."""
    kept: ProvisionedPerson | None = getattr(person, "provisioned", None)
    said: dict[str, Any] = dict(kept.said) if kept is not None else {}
    resource = ScimUser.model_validate({**said, "schemas": [str(ScimUser.__schema__)], "userName": person.username})
    name = resource.name or Name()
    name.given_name, name.family_name = person.first_name or None, person.last_name or None
    resource.name = name if name.formatted or name.given_name or name.family_name else None
    # A directory that has taken the attribute away is shown none; the person stays in or out as before.
    if resource.active is not None or kept is None:
        resource.active = person.is_active
    _correct_email(resource, person.email)
    groups = [Membership(value=str(group.pk), display=group.name) for group in person.provisioned_groups.all()]
    resource.groups = groups or None
    resource.external_id = (kept.external_id if kept is not None else "") or None
    resource.id = str(person.pk)
    changed = kept.updated_at if kept is not None else person.date_joined
    resource.meta = Meta(
        resource_type="User",
        created=person.date_joined,
        last_modified=max(changed, person.date_joined),
        location=address_of("Users", person.pk),
    )
    return resource


def _correct_email(resource: ScimUser, email: str) -> None:
    main = main_of(resource.emails)
    if main is not None and (main.value or "").strip().lower() != email:
        main.value = email or None
    elif main is None and email:
        resource.emails = [Email(value=email, type=None, primary=True)]


def group_resource(group: ProvisionedGroup) -> ScimGroup:
    """Show a group with its members."""
    members = [
        Member(value=str(person.pk), ref=Reference["User"](address_of("Users", person.pk)))
        for person in group.members.all()
    ]
    return ScimGroup(
        id=str(group.pk),
        external_id=group.external_id or None,
        display_name=group.name,
        members=members or None,
        meta=Meta(
            resource_type="Group",
            created=group.created_at,
            last_modified=group.updated_at,
            location=address_of("Groups", group.pk),
        ),
    )


# -- from resources to facts --------------------------------------------------------------------------------------


def main_of[V: (Email, PhoneNumber)](values: list[V] | None) -> V | None:
    """Return the primary one of several values, else the first."""
    found = values or []
    return next((value for value in found if value.primary), found[0] if found else None)


def facts_of(resource: ScimUser) -> PersonFacts:
    """Return what a resource says of a person; what only we keep is left out of what was said."""
    said = resource.model_dump()
    ours = {"id", "meta", "groups", "schemas", "userName", "externalId"}
    name, email, phone = resource.name or Name(), main_of(resource.emails), main_of(resource.phone_numbers)
    return PersonFacts(
        username=(resource.user_name or "").strip(),
        first_name=name.given_name or "",
        last_name=name.family_name or "",
        email=(email.value if email else "") or "",
        phone=(phone.value if phone else "") or "",
        language=resource.preferred_language or "",
        external_id=resource.external_id or "",
        active=resource.active,
        said={key: value for key, value in said.items() if key not in ours},
    )


def members_of(resource: ScimGroup) -> list[int]:
    """Return the keys of the members that a group names; one that cannot be a key is 0, which nobody has."""
    keys = [member.value or (str(member.ref).rstrip("/").rpartition("/")[2]) for member in resource.members or []]
    return [int(key) if key.isascii() and key.isdecimal() and len(key) <= len(str(2**53)) else 0 for key in keys]
