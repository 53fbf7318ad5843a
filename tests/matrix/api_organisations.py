"""Doors of /api/v1/ to departments, programmes, cohorts, students, staff and the register of companies."""

from typing import Any, Final

from django.utils import timezone

from apps.accounts.models import CompanyMerger
from apps.accounts.services.mergers import merge_companies
from tests.factories.accounts import CompanyFactory
from tests.factories.world import World
from tests.matrix.accounts import new_person, new_student
from tests.matrix.companies import agreed
from tests.matrix.endpoints import Endpoint, Offers, Scene, api, without_arguments


def merger(world: World, _state: str) -> CompanyMerger:
    kept, merged = (CompanyFactory.create(proposed_for=world.department) for _number in range(2))
    return merge_companies(kept, merged, actor=world.superuser)


def _cohort(scene: Scene) -> dict[str, Any]:
    dates = {"start": "2026-01-05", "end": "2026-03-01"}
    return {"department": scene.world.department.pk, "name": "Mining PT1", "phase": "PT1", **dates}


def _free_day(_scene: Scene) -> dict[str, Any]:
    return {"days": [{"day": timezone.localdate().isoformat(), "name": "Founders' day"}]}


def _entered(thing: str, add: Any, change: dict[str, Any]) -> list[Endpoint]:
    return [
        Endpoint(f"api-{thing}-list", thing, "add", "post", args=without_arguments, data=add),
        Endpoint(f"api-{thing}-detail", thing, "change", "patch", data=lambda _s: change),
        Endpoint(f"api-{thing}-detail", thing, "delete", "delete"),
    ]


STRUCTURE: Final = [
    *_entered("department", lambda _s: {"code": "chem", "name": "Chemical Engineering"}, {"faculty": "Engineering"}),
    *_entered(
        "programme",
        lambda s: {"department": s.world.department.pk, "code": "BSC-MI", "name": "Mining"},
        {"name": "Mining"},
    ),
    *_entered("cohort", _cohort, {"name": "Mining PT1"}),
    Endpoint("api-cohort-copy", "cohort", "copy", "post"),
    Endpoint("api-cohort-free-days", "cohort", "view_free_days"),
    Endpoint("api-cohort-free-days", "cohort", "set_free_days", "put", data=_free_day),
]
PEOPLE: Final = [
    Endpoint("api-person-list", "user", "add", "post", states="new", args=without_arguments, data=new_person),
    Endpoint("api-person-detail", "user", "change", "patch", states="active,inactive", data=lambda _s: {"phone": ""}),
    Endpoint("api-enrolment-list", "profile", "add", "post", args=without_arguments, data=new_student),
    *api("staff", "staff", {}),
    Endpoint(
        "api-staff-invite",
        "staff",
        "invite",
        "post",
        args=without_arguments,
        quiet=True,
        data=lambda s: {"ids": [s.obj.pk]},
    ),
]
REGISTER: Final = [
    *api("merger", "merger", {}),
    Endpoint("api-company-look-alikes", "company", "look_alikes", states="approved"),
    Endpoint(
        "api-company-merge-preview",
        "company",
        "preview_merger",
        states="approved",
        args=lambda s: (s.obj.pk, s.world.company.pk),
    ),
    Endpoint(
        "api-company-merge",
        "company",
        "merge",
        "post",
        states="approved",
        data=lambda s: {"into": s.world.company.pk},
    ),
    Endpoint("api-company-places", "company", "view_places", states="approved"),
    Endpoint(
        "api-company-places",
        "company",
        "set_places",
        "put",
        states="approved",
        data=lambda s: {"cohorts": [{"cohort": s.world.cohort.pk, "places": 3}]},
    ),
    Endpoint("api-companyagreement-list", "company_agreement", "add", "post", args=without_arguments, data=agreed),
    Endpoint(
        "api-companyagreement-detail", "company_agreement", "change", "patch", data=lambda _s: {"note": "By telephone."}
    ),
    Endpoint("api-companyagreement-detail", "company_agreement", "delete", "delete"),
]
OFFERS = Offers(endpoints=[*STRUCTURE, *PEOPLE, *REGISTER], public={}, scenes={"merger": merger})
