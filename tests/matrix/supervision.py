"""Doors of who decides about days and weeks, signed in and by link, and the sentences that they use again."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone

from apps.accounts.models import AccessLink, Notice
from apps.accounts.services.links import Target, hash_secret
from apps.accounts.services.notices import LinkWish, pack_link
from apps.accounts.states import LinkPurpose
from apps.logbook.models import DailyLog, Snippet
from apps.logbook.selectors import Seen
from tests.factories.logbook import SnippetFactory
from tests.factories.world import World
from tests.matrix.endpoints import HOSTS, LINKS, STAFF, Endpoint, Offers, Scene, without_arguments
from tests.matrix.logbook import TEXT, log


def snippet(world: World, _state: str) -> Snippet:
    """Kept by the university supervisor alone."""
    return SnippetFactory.create(owner=world.university_supervisor, text="Say which lathe it was.")


def _seen(scene: Scene) -> str:
    rows = ([scene.obj], []) if isinstance(scene.obj, DailyLog) else ([], [scene.obj])
    return str(Seen.of(*rows))


def _approve(scene: Scene) -> dict[str, Any]:
    return {"seen": _seen(scene), "decision": "approve"}


def _back(scene: Scene) -> dict[str, Any]:
    key = scene.obj.pk
    return {"seen": _seen(scene), "decision": "back", "back": [key], f"reason-{key}": "Say which shafts."}


def _report_back(scene: Scene) -> dict[str, Any]:
    return {"seen": _seen(scene), "decision": "back", "back": ["report"], "reason-report": "Name the tools."}


def _flagged(scene: Scene) -> dict[str, Any]:
    return {"seen": _seen(scene), "flag": scene.obj.pk, f"reason-{scene.obj.pk}": "Too many hours."}


def _shown_week(scene: Scene) -> tuple[int, dt.date]:
    return (scene.world.placement.pk, scene.obj.week_start)


def _week_address(scene: Scene) -> str:
    return f"/supervise/{scene.world.placement.pk}/{scene.obj.week_start}/"


def _ticked(scene: Scene) -> dict[str, Any]:
    return {"week": [f"{scene.world.placement.pk}:{scene.obj.week_start}:{_seen(scene)}"]}


def _link_file(scene: Scene) -> tuple[int, int]:
    return (scene.extra["link"].pk, scene.obj.pk)


def _link(scene: Scene) -> tuple[int]:
    return (scene.extra["link"].pk,)


# The page of a week asks each side its own question and takes the other's answer for one that is too old.
BOTH_SIDES: Final = f"{HOSTS} {STAFF}"
SUPERVISION: Final = [
    *(
        Endpoint(name, "placement", "list", serves=STAFF, states="active", args=without_arguments, shows=shows)
        for name, shows in (
            ("own_students", lambda scene: f'id="placement-{scene.obj.pk}"'),
            ("own_student_table", lambda scene: f"{scene.obj.enrolment.student},{scene.obj.company.name}"),
        )
    ),
    Endpoint(
        "supervise", "log weekly", "list", serves=HOSTS, states="submitted", args=without_arguments, shows=_week_address
    ),
    Endpoint(
        "validate_weeks",
        "log weekly",
        "list",
        serves=STAFF,
        states="verified_industry",
        args=without_arguments,
        shows=_week_address,
    ),
    Endpoint(
        "supervise",
        "log weekly",
        "verify bulk_verify",
        "post",
        HOSTS,
        states="submitted",
        args=without_arguments,
        data=_ticked,
        quiet=True,
    ),
    Endpoint("supervise_week", "log", "view", serves=BOTH_SIDES, args=_shown_week, shows=lambda _s: TEXT),
    Endpoint(
        "supervise_week",
        "log weekly",
        "verify bulk_verify",
        "post",
        BOTH_SIDES,
        args=_shown_week,
        quiet=True,
        data=_approve,
        states="submitted",
    ),
    Endpoint(
        "supervise_week",
        "log",
        "return",
        "post",
        BOTH_SIDES,
        args=_shown_week,
        quiet=True,
        data=_back,
        states="submitted",
    ),
    Endpoint(
        "supervise_week",
        "log weekly",
        "validate",
        "post",
        BOTH_SIDES,
        args=_shown_week,
        quiet=True,
        data=_approve,
        states="verified_industry",
    ),
    Endpoint(
        "supervise_week",
        "log",
        "flag",
        "post",
        BOTH_SIDES,
        args=_shown_week,
        quiet=True,
        data=_flagged,
        states="verified_industry",
    ),
    Endpoint(
        "validate_weeks", "log weekly", "validate", "post", STAFF, args=without_arguments, data=_ticked, quiet=True
    ),
    Endpoint("link_week", "log", "list view", serves=LINKS, states="submitted", args=_link, shows=lambda _s: TEXT),
    Endpoint("link_week", "weekly", "list view", serves=LINKS, states="submitted", args=_link),
    Endpoint(
        "link_week", "log weekly", "verify bulk_verify", "post", LINKS, states="submitted", args=_link, data=_approve
    ),
    Endpoint("link_week", "log", "return", "post", LINKS, states="submitted", args=_link, data=_back),
    Endpoint("link_week", "weekly", "return", "post", LINKS, states="submitted", args=_link, data=_report_back),
    Endpoint("link_sketch", "weekly", "view", serves=LINKS, states="submitted", args=_link, status=200),
    Endpoint(
        "link_file", "attachment", "view download", serves=LINKS, states="of submitted", args=_link_file, status=200
    ),
    Endpoint(
        "link_week",
        "attachment",
        "list",
        serves=LINKS,
        states="of submitted",
        args=_link,
        shows=lambda s: f"/files/{s.obj.pk}/",
    ),
    Endpoint(
        "supervise_week",
        "attachment",
        "list",
        serves=BOTH_SIDES,
        states="of submitted,of verified",
        args=lambda s: (s.world.placement.pk, s.obj.log.week_start),
        shows=lambda s: f"/logs/files/{s.obj.pk}/",
    ),
    Endpoint("link_open", "signed_link", "open", serves=LINKS, args=lambda s: (s.extra["secret"],), status=302),
    Endpoint(
        "link_week",
        "signed_link",
        "act",
        "post",
        LINKS,
        args=_link,
        data=lambda s: {"seen": str(Seen.of([s.extra["log"]], [])), "decision": "approve"},
    ),
]


FEEDBACK: Final = f"{HOSTS} {STAFF} KO KX"
SENTENCES: Final = [
    Endpoint(
        "snippet_list",
        "snippet",
        "list view",
        serves=FEEDBACK,
        args=without_arguments,
        own=True,
        shows=lambda s: s.obj.text,
    ),
    Endpoint(
        "snippet_list",
        "snippet",
        "add",
        "post",
        FEEDBACK,
        args=without_arguments,
        own=True,
        data=lambda _s: {"text": "Name the machine."},
    ),
    Endpoint(
        "snippet_change",
        "snippet",
        "change",
        "post",
        FEEDBACK,
        data=lambda s: {f"{s.obj.pk}-text": "Name the tool.", f"{s.obj.pk}-circle": ""},
    ),
    Endpoint("snippet_drop", "snippet", "delete", "post", FEEDBACK),
]


def signed_link(world: World, _state: str) -> tuple[AccessLink, dict[str, Any]]:
    """Issue one to the week of a submitted day, and say what another one to it needs."""
    found, extra = log(world, "submitted")
    target: Target = extra["target"]
    issued = AccessLink.objects.create(
        user=world.industrial_supervisor,
        purpose=LinkPurpose.VERIFY_WEEK,
        target_label=target.label,
        target_id=target.pk,
        scope=target.scope,
        secret_hash=hash_secret("matrix"),
        expires_at=timezone.now() + dt.timedelta(days=14),
    )
    facts = {"student": "Asha", "number": 3, "day": "6 July"}
    notice = {"recipient": world.industrial_supervisor, "kind": "logbook.week_waits", "facts": facts}
    Notice.objects.create(**notice, link=pack_link(LinkWish(LinkPurpose.VERIFY_WEEK, target)))
    return issued, {**extra, "log": found}


OFFERS = Offers(
    endpoints=[*SUPERVISION, *SENTENCES],
    public={
        "link_done": "thanks; says nothing about anybody",
        "link_code": "asks for a code before a link opens; only for the browser that holds the link",
        "link_again": "sends to the address itself what waits for it; answers alike for every address",
    },
    scenes={"signed_link": signed_link, "snippet": snippet},
)
