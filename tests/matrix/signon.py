"""Doors to single sign-on: the providers, and what became of each attempt."""

from typing import Any, Final

from apps.accounts.models import IdentityProvider, SignOnEvent
from tests.factories.accounts import IdentityProviderFactory, SignOnEventFactory
from tests.factories.world import World
from tests.matrix.endpoints import Endpoint, Offers, Scene, workspace

NOT_SIGNED_IN: Final = "whoever comes from a provider is not signed in yet; what is believed is signed"
NO_RULES: Final = {"rules-TOTAL_FORMS": "0", "rules-INITIAL_FORMS": "0"}


def provider(_world: World, _state: str) -> IdentityProvider:
    return IdentityProviderFactory.create()


def sign_on(_world: World, _state: str) -> SignOnEvent:
    return SignOnEventFactory.create()


def _typed(_scene: Scene) -> dict[str, Any]:
    names = ("name", "kind", "issuer", "client_id")
    values = dict(zip(names, ("Another", "oidc", "https://another.example", "practicum"), strict=True))
    return {**values, **NO_RULES, "slug": "another", "scopes": "openid", "is_active": "on"}


OFFERS = Offers(
    endpoints=[
        *workspace(
            "accounts_identityprovider", "identity_provider", serves="RO", add=_typed, change=_typed, deletes=True
        ),
        Endpoint("admin:accounts_identityprovider_trial", "identity_provider", "trial", serves="RO"),
        Endpoint("admin:accounts_identityprovider_keys", "identity_provider", "make_keys", "post", "RO"),
        Endpoint("admin:accounts_identityprovider_metadata", "identity_provider", "read_metadata", "post", "RO"),
        *workspace("accounts_signonevent", "sign_on", serves="RO"),
    ],
    public=dict.fromkeys(
        (
            *("openid_connect_backchannel", "signed_out"),
            *("saml_login", "saml_acs", "saml_finish_acs", "saml_sls", "saml_metadata"),
        ),
        NOT_SIGNED_IN,
    ),
    scenes={"identity_provider": provider, "sign_on": sign_on},
)
