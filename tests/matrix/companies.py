"""Doors to the register of companies: looked up, proposed, kept by the company itself, merged, agreed with."""

import datetime as dt
from typing import Any, Final

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.models import Agreement, CohortGrant, Company, CompanyGrant, DepartmentGrant
from apps.accounts.services.mergers import merge_companies
from apps.accounts.states import CompanyState
from tests.factories.accounts import AgreementFactory, CompanyFactory, CompanyMemberFactory
from tests.factories.world import World
from tests.matrix.endpoints import (
    COMPANY,
    SIGNED_IN,
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    without_arguments,
    workspace,
)

DAY: Final = dt.timedelta(days=1)


def merged_company(world: World, state: str) -> Company:
    """One that waited or was approved until another one stood for it."""
    found = CompanyFactory.create(
        name="Njia Works Ltd", state=CompanyState(state.rpartition(" ")[2]), proposed_for=world.department
    )
    CompanyMemberFactory.create(company=found, user=world.representative)
    merge_companies(world.company, found, actor=world.superuser)
    found.refresh_from_db()
    return found


def company_agreement(world: World, _state: str) -> Agreement:
    return AgreementFactory.create(
        company=world.company, number="AGR-2026-77", file=ContentFile(b"%PDF-1.4\n", name="signed.pdf")
    )


def _name(scene: Scene) -> str:
    return str(scene.obj.name)


def _proposed(_scene: Scene) -> dict[str, Any]:
    return {"name": "Kilimo Hub", "industry_type": "MANUFACTURING", "country": "TZ", "email": "office@kilimo.example"}


def invited(_scene: Scene) -> dict[str, Any]:
    return {"email": "neema@njia.example", "full_name": "Neema Mollel", "kind": "supervisor"}


def colleague(scene: Scene) -> tuple[int]:
    keys = scene.obj.members.exclude(user=scene.world.representative).values_list("pk", flat=True)
    return (keys.first() or 0,)


def agreed(scene: Scene) -> dict[str, Any]:
    today = timezone.localdate()
    days = {"signed_on": today.isoformat(), "expires_on": (today + 300 * DAY).isoformat()}
    return {"company": scene.world.company.pk, "number": "AGR-2026-78", **days}


def _one_more(scene: Scene) -> dict[str, Any]:
    return {"person": scene.world.foreign_coordinator.username}


def _grant(scene: Scene) -> dict[str, Any]:
    """Name the coordinator's grant on the anchor itself or on its department."""
    models: list[Any] = [DepartmentGrant, CohortGrant, CompanyGrant]
    for model in models:
        if found := model.objects.filter(user=scene.world.coordinator).order_by("-pk").first():
            return {"grant": f"{model._meta.model_name}:{found.pk}"}
    return {"grant": ""}


def _access(anchor: str, **fields: Any) -> list[Endpoint]:
    page = f"admin:accounts_{anchor}_access"
    return [
        Endpoint(page, anchor, "view_access", serves=WORKSPACE, **fields),
        Endpoint(page, anchor, "give_access", "post", "RO", data=_one_more, **fields),
        Endpoint(f"{page}-withdraw", anchor, "withdraw_access", "post", "RO", data=_grant, **fields),
    ]


REGISTER: Final = [
    Endpoint("company_list", "company", "list", states="approved", args=without_arguments, shows=_name),
    Endpoint("company_detail", "company", "view", states="pending,approved,rejected"),
    Endpoint("company_detail", "company", "view_contact", states="approved", shows=lambda s: s.obj.contact_person),
    Endpoint(
        "company_look_alikes",
        "company",
        "list",
        states="pending,approved",
        args=without_arguments,
        query="?name=Njia+Works",
        shows=_name,
    ),
    Endpoint(
        "company_propose",
        "company",
        "add",
        "post",
        STUDENTS,
        "pending",
        args=without_arguments,
        data=_proposed,
        own=True,
    ),
]
OWN: Final = [
    Endpoint(
        "own_companies",
        "company",
        "list",
        serves=COMPANY,
        states="pending,rejected",
        args=without_arguments,
        shows=_name,
    ),
    Endpoint(
        "company_profile",
        "company",
        "change",
        "post",
        COMPANY,
        "pending,approved",
        data=lambda _s: {"address": "Plot 9, Dodoma"},
        form=True,
        hidden=True,
    ),
    Endpoint("member_invite", "company", "invite_member", "post", COMPANY, "approved", data=invited, hidden=True),
    Endpoint("member_remove", "company", "remove_member", "post", COMPANY, "approved", args=colleague, hidden=True),
    Endpoint(
        "company_profile",
        "company_agreement",
        "list",
        serves=COMPANY,
        args=lambda s: (s.obj.company_id,),
        shows=lambda s: s.obj.number,
    ),
    Endpoint("agreement_paper", "company_agreement", "view"),
]
MODERATION: Final = [
    Endpoint(
        "admin:accounts_company_merge",
        "company",
        "merge",
        "post",
        WORKSPACE,
        "approved",
        data=lambda s: {"into": s.world.company.pk},
    ),
    *(
        Endpoint(
            address,
            "company",
            "undo_merger",
            "post",
            WORKSPACE if address.startswith("admin:") else COMPANY + " SO KO KX RO",
            f"merged {state}",
            args=args,
            data=lambda _s: {"reason": "They are two."},
        )
        for move, state in (("undo_merger", "approved"), ("undo_merger_of_proposed", "proposed"))
        for address, args in (
            ("admin:accounts_company_move", lambda s, move=move: (s.obj.pk, move)),
            (f"api-company-{move}", lambda s: (s.obj.pk,)),
        )
    ),
    *(
        Endpoint(
            f"api-company-bulk-{move}",
            "company",
            "undo_merger",
            "post",
            SIGNED_IN,
            f"merged {state}",
            args=without_arguments,
            data=lambda s: {"ids": [s.obj.pk], "reason": "They are two."},
            quiet=True,
        )
        for move, state in (("undo_merger", "approved"), ("undo_merger_of_proposed", "proposed"))
    ),
    *_access("department"),
    *_access("cohort"),
    *_access("company", states="approved"),
    *workspace(
        "accounts_agreement",
        "company_agreement",
        change=lambda _s: {"note": "Renewed by telephone."},
        add=agreed,
        deletes=True,
    ),
]


OFFERS = Offers(
    endpoints=[*REGISTER, *OWN, *MODERATION],
    public={},
    scenes={"company_agreement": company_agreement},
)
