"""Doors to what left the portal, and to what the public may ask of it."""

from apps.reporting.models import IssuedDocument
from tests.factories.reporting import IssuedDocumentFactory
from tests.factories.world import World
from tests.matrix.endpoints import Offers, workspace

WITH_THE_CODE = "whoever has the code of a document is told what stands on it anyway, and whether it holds"


def issued(world: World, state: str) -> IssuedDocument:
    """The student's logbook, taken along as PDF."""
    return IssuedDocumentFactory.create(placement=world.placement, state=state)


OFFERS = Offers(
    endpoints=[*workspace("reporting_issueddocument", "issued", moves={"withdraw": "withdraw"})],
    public={"check": WITH_THE_CODE, "document_check": WITH_THE_CODE},
    scenes={"issued": issued},
)
