"""A vacancy changed and moved in one go, for programs that send all of it with the state that it is to have."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.vacancies.models import Vacancy
from apps.vacancies.permissions import manages_vacancy
from apps.vacancies.services.vacancies import change_vacancy, delete_vacancy, reopen_vacancy
from apps.vacancies.states import VacancyState
from portal.kernel.errors import NotAllowed, WrongState
from portal.kernel.fsm import perform

DELETED: Final = "deleted"
# What leads from one state to another; there is no way back to a draft.
MOVES: Final = {
    (VacancyState.DRAFT, VacancyState.ACTIVE): "publish",
    (VacancyState.ACTIVE, VacancyState.CLOSED): "close",
}


def edit_vacancy(vacancy: Vacancy, details: Mapping[str, Any], *, wanted: str, actor: User, via: str = "") -> Vacancy:
    """Change the fields and bring it into the ``wanted`` state, or throw a draft away (``DELETED``); all or nothing.

    A closed vacancy is reopened before it is changed. Raises ``NotAllowed``, ``WrongState`` where no move leads there,
    and what ``change_vacancy``, ``reopen_vacancy`` and ``delete_vacancy`` raise.
    """
    if not manages_vacancy(vacancy, actor):
        raise NotAllowed
    if wanted == DELETED:
        delete_vacancy(vacancy, actor=actor)
        return vacancy
    with transaction.atomic():
        if vacancy.state == VacancyState.CLOSED and wanted == VacancyState.ACTIVE:
            reopen_vacancy(vacancy, deadline=details.get("deadline", vacancy.deadline), actor=actor)
        change_vacancy(vacancy, details, actor=actor)
        if vacancy.state == wanted:
            return vacancy
        move = MOVES.get((VacancyState(vacancy.state), VacancyState(wanted)))
        if move is None:
            raise WrongState("wrong_state", _("No step leads from the present state to this one."))
        return perform(vacancy, move, actor=actor, via=via)
