"""Doors to vacancies."""

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.vacancies.models import Vacancy
from tests.factories.applications import ApplicationFactory
from tests.factories.vacancies import SavedSearchFactory, VacancyFactory
from tests.factories.world import World
from tests.matrix.endpoints import COMPANY, SIGNED_IN, Endpoint, Offers, Scene, api, without_arguments, workspace


def vacancy(world: World, state: str) -> Vacancy:
    """Offer it to the student's programme; the student has applied unless it is a draft."""
    found = VacancyFactory.create(company=world.company, state=state)
    found.programmes.set([world.enrolment.student.student_profile.programme])
    if state != "draft":
        ApplicationFactory.create(vacancy=found, enrolment=world.enrolment)
    return found


def _title(scene: Scene) -> str:
    return str(scene.obj.title)


def _typed(_scene: Scene) -> dict[str, Any]:
    return {"description": "Help in the workshop and in the store."}


def _new(scene: Scene) -> dict[str, Any]:
    details = {"title": "Another trainee", "description": "Help.", "location": "Dodoma", "places": "1"}
    return {**details, "company": scene.world.company.pk, "deadline": _later()}


def _later() -> str:
    return (timezone.localdate() + dt.timedelta(days=40)).isoformat()


OFFERS = Offers(
    endpoints=[
        *api("vacancy", "vacancy", {"publish": "publish", "close": "close"}, reads="TO"),
        *workspace(
            "vacancies_vacancy",
            "vacancy",
            moves={"publish": "publish", "close": "close", "reopen": "reopen"},
            bulk=("publish", "close", "reopen"),
            change=_typed,
            add=_new,
            deletes=True,
        ),
        Endpoint("vacancy_list", "vacancy", "list", args=without_arguments, shows=_title, states="active"),
        Endpoint("vacancy_detail", "vacancy", "view", serves=SIGNED_IN),
        Endpoint(
            "company_vacancy_add",
            "vacancy",
            "add",
            "post",
            serves=COMPANY,
            args=without_arguments,
            data=_new,
            form=True,
        ),
        Endpoint("company_vacancy_list", "vacancy", "list", serves=COMPANY, args=without_arguments, shows=_title),
        Endpoint("company_vacancy_edit", "vacancy", "view", serves=COMPANY),
        Endpoint("company_vacancy_edit", "vacancy", "change", "post", serves=COMPANY, data=_typed, form=True),
        Endpoint(
            "company_vacancy_move", "vacancy", "publish", "post", serves=COMPANY, data=lambda _s: {"move": "publish"}
        ),
        Endpoint("company_vacancy_move", "vacancy", "close", "post", serves=COMPANY, data=lambda _s: {"move": "close"}),
        Endpoint(
            "company_vacancy_reopen",
            "vacancy",
            "reopen",
            "post",
            serves=COMPANY,
            data=lambda _s: {"deadline": _later()},
        ),
        Endpoint("vacancy_bookmark", "vacancy", "keep", "post", data=lambda _s: {"keep": "1"}),
        Endpoint(
            "search_save",
            "saved_search",
            "add",
            "post",
            args=without_arguments,
            data=lambda _s: {"q": "lathe"},
            own=True,
        ),
        Endpoint("search_delete", "saved_search", "delete", "post"),
        Endpoint("company_vacancy_delete", "vacancy", "delete", "post", serves=COMPANY),
    ],
    public={},
    scenes={
        "vacancy": vacancy,
        "saved_search": lambda world, _state: SavedSearchFactory.create(user=world.student),
    },
)
