"""Doors to what left the portal, and to what the public may ask of it."""

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.reporting.models import Credential, IssuedDocument
from tests.factories.reporting import CredentialFactory, IssuedDocumentFactory
from tests.factories.world import World
from tests.matrix.endpoints import Endpoint, Offers, Scene, workspace

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
OFFERS = Offers(
    endpoints=[*workspace("reporting_issueddocument", "issued", moves={"withdraw": "withdraw"}), *CREDENTIALS],
    public={
        "check": WITH_THE_CODE,
        "document_check": WITH_THE_CODE,
        "did": "public keys of the university; they say nothing of anybody",
        "credential_status": "which numbers were revoked; whose they are only the holders know",
    },
    scenes={"issued": issued, "credential": credential},
)
