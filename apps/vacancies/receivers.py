"""What follows in vacancies when something became so: one line per reaction."""

from typing import Any

from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from apps.accounts.services.mergers import Follower, follow_company
from apps.accounts.states import CompanyState
from apps.vacancies import notifications
from apps.vacancies.models import Vacancy
from apps.vacancies.services.vacancies import close_vacancies_of, refresh_search_text
from apps.vacancies.states import VacancyState
from portal.kernel.fsm import Event, reacts_to
from portal.kernel.words import create_word_index

follow_company(Follower(Vacancy, _("vacancies"), after=refresh_search_text))


@receiver(post_migrate, dispatch_uid="vacancies.word_index")
def keep_word_index(sender: Any, using: str, **_signal: Any) -> None:
    """Make the index of words exist, also where a migration has made the table anew."""
    if sender.name == "apps.vacancies":
        create_word_index(connections[using], Vacancy)


@reacts_to("accounts.Company", to=CompanyState.ARCHIVED)
def close_its_vacancies(event: Event) -> None:
    """A company that is put away offers nothing any more."""
    close_vacancies_of(event.rows().filter(state=CompanyState.ARCHIVED).values_list("pk", flat=True))


@reacts_to("vacancies.Vacancy", to=VacancyState.CLOSED, moves=("expire",))
def tell_that_the_deadline_passed(event: Event) -> None:
    """Who has closed a vacancy knows it; who let the deadline pass may not."""
    for vacancy in event.rows().select_related("company"):
        notifications.tell_vacancy_closed(vacancy, batch=event.batch)
