"""Doors of /api/v1/ to documents, credentials, templates and portfolios."""

from typing import Any, Final

from tests.matrix.assessments import THINGS
from tests.matrix.endpoints import Endpoint, Offers, Scene, api, without_arguments
from tests.matrix.reporting import AUDIENCE


def _placement(scene: Scene) -> tuple[int]:
    return (scene.world.placement.pk,)


def _composed(scene: Scene) -> dict[str, Any]:
    return {"enrolment": scene.world.enrolment.pk, "title": "Another"}


WORD: Final[dict[str, Any]] = {"query": "?format=docx"}
OFFERS = Offers(
    endpoints=[
        Endpoint("api-arrival-document", "arrival", "print", **WORD),
        Endpoint("api-assessment-document", THINGS, "print", **WORD),
        Endpoint("api-logbook-certificate", "placement", "certify", serves=AUDIENCE, **WORD),
        *(
            Endpoint("api-logbook-credential", "credential", action, method, "SO KO", args=_placement)
            for action, method in (("take", "get"), ("make", "post"))
        ),
        *api("credential", "credential", {"revoke": "revoke"}, states="issued,revoked"),
        *api("issued", "issued", {"withdraw": "withdraw"}),
        *api("template", "template", {}),
        Endpoint("api-template-file", "template", "download"),
        Endpoint(
            "api-batches",
            "batch",
            "make",
            "post",
            args=without_arguments,
            own=True,
            data=lambda s: {"only": [s.world.placement.pk]},
        ),
        *api("portfolio", "portfolio", {}),
        Endpoint("api-portfolio-list", "portfolio", "add", "post", args=without_arguments, own=True, data=_composed),
        Endpoint("api-portfolio-share", "portfolio", "share", "post", data=lambda _s: {"days": 7}),
    ],
    public={},
    scenes={},
)
