"""A vacancy changed and moved in one go."""

import pytest

from apps.vacancies.models import Vacancy
from apps.vacancies.services.editing import edit_vacancy
from portal.kernel.errors import NotAllowed, WrongState
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import build_world

pytestmark = pytest.mark.django_db

DETAILS = {"title": "Turner", "description": "Turn.", "location": "Dodoma"}


@pytest.mark.parametrize(
    ("state", "wanted", "ends"),
    [
        ("draft", "active", "active"),
        ("draft", "draft", "draft"),
        ("active", "closed", "closed"),
        ("closed", "active", "active"),
        ("draft", "deleted", None),
        ("draft", "closed", WrongState),
        ("active", "draft", WrongState),
        ("active", "deleted", WrongState),
        ("closed", "closed", WrongState),
    ],
)
def test_a_vacancy_is_changed_and_moved_in_one_go(state, wanted, ends):
    world = build_world()
    vacancy = VacancyFactory.create(company=world.company, state=state, title="Fitter")
    if ends is WrongState:
        with pytest.raises(WrongState):
            edit_vacancy(vacancy, DETAILS, wanted=wanted, actor=world.representative)
        assert list(Vacancy.objects.filter(pk=vacancy.pk).values_list("state", "title")) == [(state, "Fitter")]
        return
    edit_vacancy(vacancy, DETAILS, wanted=wanted, actor=world.representative)
    rows = list(Vacancy.objects.filter(pk=vacancy.pk).values_list("state", "title"))
    assert rows == ([(ends, "Turner")] if ends else [])


def test_strangers_edit_no_vacancy():
    world = build_world()
    with pytest.raises(NotAllowed):
        edit_vacancy(world.vacancy, DETAILS, wanted="closed", actor=world.rival_representative)
