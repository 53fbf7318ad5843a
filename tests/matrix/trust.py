"""Doors to what left the portal, and to what the public may ask of it."""

from typing import Any

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.reporting.models import Credential, IssuedDocument, Portfolio
from apps.reporting.selectors.portfolios import links_of_portfolio
from apps.reporting.services.portfolios import share_portfolio
from tests.factories.reporting import CredentialFactory, IssuedDocumentFactory, PortfolioFactory
from tests.factories.world import World
from tests.matrix.endpoints import STUDENTS, Endpoint, Offers, Scene, without_arguments, workspace

WITH_THE_CODE = "whoever has the code of a document is told what stands on it anyway, and whether it holds"


def issued(world: World, state: str) -> IssuedDocument:
    """The student's logbook, taken along as PDF."""
    return IssuedDocumentFactory.create(placement=world.placement, state=state)


def credential(world: World, state: str) -> Placement | Credential:
    """Of the student's completed placement; "none" is one that has none yet."""
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.COMPLETED)
    if state == "none":
        return world.placement
    return CredentialFactory.create(placement=world.placement, state=state)


def _placement(scene: Scene) -> tuple[int]:
    return (scene.world.placement.pk,)


CREDENTIALS = [
    *workspace("reporting_credential", "credential", moves={"revoke": "revoke"}),
    Endpoint("credential", "credential", "take", serves="SO KO", args=_placement),
    Endpoint("credential_download", "credential", "take", serves="SO KO", args=_placement),
    Endpoint("credential", "credential", "make", "post", "SO KO", args=_placement),
]


def portfolio(world: World, _state: str) -> Portfolio:
    """The student's, with a link that works."""
    found = PortfolioFactory.create(enrolment=world.enrolment)
    share_portfolio(found, "", 7, actor=world.student)
    return found


def _link(scene: Scene) -> tuple[int]:
    link = links_of_portfolio(scene.obj).first()
    # What is not there has no link either.
    return (scene.obj.pk if link is None else link.pk,)


OWN: dict[str, Any] = {"serves": STUDENTS, "args": without_arguments, "own": True}
PORTFOLIOS = [
    Endpoint("portfolio", "portfolio", "view", **OWN),
    Endpoint("portfolio", "portfolio", "change", "post", data=lambda _s: {"title": "Another"}, **OWN),
    Endpoint("portfolio_preview", "portfolio", "view", **OWN),
    Endpoint("portfolio_share", "portfolio", "share", "post", data=lambda _s: {"days": "7"}, status=200, **OWN),
    Endpoint("portfolio_withdraw", "portfolio", "withdraw_link", "post", STUDENTS, args=_link),
]
BY_LINK = "who has the secret of a link that the student made sees what the student chose, and nothing else"
OFFERS = Offers(
    endpoints=[
        *workspace("reporting_issueddocument", "issued", moves={"withdraw": "withdraw"}),
        *CREDENTIALS,
        *PORTFOLIOS,
    ],
    public={
        "check": WITH_THE_CODE,
        "document_check": WITH_THE_CODE,
        **dict.fromkeys(("portfolio_shared", "portfolio_shared_pdf", "portfolio_shared_file"), BY_LINK),
        "did": "public keys of the university; they say nothing of anybody",
        "credential_status": "which numbers were revoked; whose they are only the holders know",
        "credential_status_of": "the lists that follow when one is half full: the same",
    },
    scenes={"issued": issued, "credential": credential, "portfolio": portfolio},
)
