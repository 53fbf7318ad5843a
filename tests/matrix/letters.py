"""Doors to introduction letters: asked for, issued, taken along."""

from typing import Any, Final

from apps.accounts.models import Enrolment
from apps.applications.models import IntroductionLetter
from tests.factories.applications import IntroductionLetterFactory
from tests.factories.world import World
from tests.matrix.endpoints import (
    SIGNED_IN,
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    list_action,
    without_arguments,
    workspace,
)

MODEL: Final = "applications_introductionletter"


def letter(world: World, state: str) -> IntroductionLetter:
    """The student's own; one that is unmade is issued, and its file could not be made yet."""
    wanted = "issued" if state == "unmade" else state
    content = b"%PDF-1.4 letter" if state == "issued" else b""
    return IntroductionLetterFactory.create(enrolment=world.enrolment, state=wanted, content=content)


def letter_wish(world: World, _state: str) -> Enrolment:
    """The student looks for a place."""
    return world.enrolment


def new_letter(scene: Scene) -> dict[str, Any]:
    return {"enrolment": scene.world.enrolment.pk, "company_name": "Njia Works", "language": "en"}


LETTERS: Final = [
    *workspace(
        MODEL,
        "letter",
        moves={"issue": "issue", "refuse": "refuse", "withdraw": "withdraw"},
        bulk=("issue", "refuse"),
        add=new_letter,
    ),
    Endpoint(f"admin:{MODEL}_make_again", "letter", "make_again", "post", WORKSPACE, "unmade"),
    list_action(MODEL, "take_files", "letter", "download", states="issued"),
    list_action("accounts_enrolment", "issue_letters", "letter_wish", "issue"),
    Endpoint("letter_detail", "letter", "view"),
    Endpoint(
        "letter_detail",
        "letter",
        "take_back",
        "post",
        SIGNED_IN,
        "requested",
        data=lambda s: {"move": "take_back", "version": s.obj.version},
    ),
    Endpoint("letter_file", "letter", "download", states="requested,issued"),
    Endpoint("letter_download", "letter", "download_as_word", "post", states="issued", status=200),
    Endpoint("letter_by_code", "letter", "view", args=lambda s: (s.obj.code,), status=302),
    Endpoint(
        "my_placement",
        "letter",
        "list",
        serves=STUDENTS,
        args=without_arguments,
        shows=lambda s: f"/letters/{s.obj.pk}/",
    ),
    Endpoint(
        "letter_ask",
        "letter_wish",
        "ask",
        "post",
        STUDENTS,
        args=without_arguments,
        own=True,
        data=lambda _s: {"company_name": "Njia Works", "address": "Dodoma", "language": "sw"},
    ),
]

OFFERS = Offers(endpoints=LETTERS, public={}, scenes={"letter": letter, "letter_wish": letter_wish})
