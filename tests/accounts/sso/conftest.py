"""Providers of single sign-on for tests."""

from collections.abc import Iterator

import pytest

from apps.accounts.models import IdentityProvider
from apps.accounts.states import ProviderKind
from tests.accounts.sso.oidc_peer import Peer, running_peer
from tests.accounts.sso.saml_peer import ISSUER, PAIR
from tests.factories.accounts import IdentityProviderFactory


@pytest.fixture(scope="session")
def running() -> Iterator[Peer]:
    with running_peer() as peer:
        yield peer


@pytest.fixture
def peer(running: Peer) -> Peer:
    """The provider, well-behaved."""
    running.reset()
    return running


@pytest.fixture
def provider(peer, db) -> IdentityProvider:
    """Our row for it: takes only those who are on the list, by their registration number."""
    return IdentityProviderFactory.create(slug="uni", issuer=peer.issuer)


@pytest.fixture
def campus(db) -> IdentityProvider:
    """A SAML provider: takes only those who are on the list, by their registration number."""
    return IdentityProviderFactory.create(
        kind=ProviderKind.SAML,
        slug="campus",
        issuer=ISSUER,
        client_id="",
        client_secret="",
        sso_url="https://idp.uni.example/sso",
        certificates=PAIR.certificate,
    )
