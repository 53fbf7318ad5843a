"""Doors to letters and agreements: prepared, read, signed, printed, scanned."""

from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.services.links import Target
from apps.accounts.states import LinkPurpose
from apps.applications.models import Agreement
from tests.applications.test_agreements import scan_of
from tests.factories.applications import AgreementFactory
from tests.factories.world import World
from tests.matrix.endpoints import (
    LINKS,
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    list_action,
    without_arguments,
    workspace,
)


def agreement(world: World, state: str) -> tuple[Agreement, dict[str, Any]]:
    """About the student's place; a draft has no file before it is made, one that is sent has come back with a scan."""
    if state == "made":
        return AgreementFactory.create(placement=world.placement, state="draft"), {}
    if state == "draft":
        return AgreementFactory.create(placement=world.placement, state=state, file="", sha256=""), {}
    found = AgreementFactory.create(placement=world.placement, state=state)
    found.scan.save("scan.jpg", ContentFile(b"\xff\xd8\xff"))
    target = Target("applications.Agreement", found.pk, {})
    return found, {"purpose": LinkPurpose.SIGN_AGREEMENT, "target": target}


def _signature(scene: Scene) -> dict[str, Any]:
    return {"name": "Juma Mushi", "agree": "on", "seen": scene.obj.sha256}


def scan_upload(scene: Scene) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("photo.jpg", scan_of(scene.obj))}


def _link(scene: Scene) -> tuple[int]:
    return (scene.extra["link"].pk,)


PAPERS: Final = [
    *workspace(
        "applications_agreement",
        "agreement",
        moves={"withdraw": "withdraw"},
        bulk=("withdraw",),
    ),
    *workspace("applications_agreement", "agreement", moves={"send": "send"}, bulk=("send",), states="made")[6:],
    Endpoint("admin:applications_agreement_make_again", "agreement", "make_again", "post", WORKSPACE, "draft"),
    Endpoint(
        "admin:applications_agreement_accept_scan",
        "agreement",
        "accept_scan",
        "post",
        WORKSPACE,
        "sent",
        data=lambda _s: {"party": ["student"]},
    ),
    list_action("applications_agreement", "sign_many", "agreement", "sign", data=_signature, states="sent"),
    list_action("applications_agreement", "take_files", "agreement", "download", states="sent"),
    Endpoint("agreement_detail", "agreement", "view"),
    Endpoint(
        "agreement_list",
        "agreement",
        "list",
        states="sent",
        args=without_arguments,
        shows=lambda s: f"/agreements/{s.obj.pk}/",
    ),
    Endpoint("agreement_detail", "agreement", "sign", "post", states="sent", data=_signature),
    *(Endpoint(name, "agreement", "download", states="sent") for name in ("agreement_file", "agreement_scan_file")),
    Endpoint("agreement_download", "agreement", "download_as_word", "post", states="sent", status=200),
    Endpoint("agreement_by_code", "agreement", "view", args=lambda s: (s.obj.code,), status=302),
    Endpoint(
        "agreement_scan",
        "agreement",
        "file_scan",
        "post",
        states="sent",
        args=without_arguments,
        data=scan_upload,
        quiet=True,
    ),
    Endpoint("link_agreement", "agreement", "download", serves=LINKS, states="sent", args=_link, query="?file=1"),
    Endpoint(
        "my_placement",
        "agreement",
        "list",
        serves=STUDENTS,
        states="sent",
        args=without_arguments,
        shows=lambda s: f"/agreements/{s.obj.pk}/",
    ),
    Endpoint("link_agreement", "agreement", "view", serves=LINKS, states="sent", args=_link),
    Endpoint("link_agreement", "agreement", "sign", "post", LINKS, "sent", args=_link, data=_signature),
]
PREPARED: Final = [
    Endpoint(
        "admin:applications_placement_prepare",
        "placement",
        "prepare_papers",
        "post",
        WORKSPACE,
        "planned,active,completed",
        data=lambda _s: {"kind": "letter"},
    ),
    *(
        list_action("applications_placement", name, "placement", "prepare_papers", states="planned,active,completed")
        for name in ("prepare_letters", "prepare_agreements")
    ),
]


OFFERS = Offers(endpoints=[*PAPERS, *PREPARED], public={}, scenes={"agreement": agreement})
