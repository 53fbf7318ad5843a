"""AI help with the text of a vacancy, for the company that offers it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.ai.backends.base import Facts
from apps.ai.services.calls import Spot, Wish
from apps.ai.services.places import Place, Standing, register_place
from apps.ai.states import Purpose
from apps.vacancies.models import Vacancy
from apps.vacancies.permissions import can_change_vacancy
from apps.vacancies.selectors import vacancies_offered_by
from apps.vacancies.services.vacancies import change_vacancy
from portal.kernel.errors import WrongState

if TYPE_CHECKING:
    from apps.accounts.models import User

VACANCY: Final = "vacancies.vacancy"
FIELDS: Final = ("short_description", "description")
VACANCY_HELP: Final = [("description", Purpose.VACANCY)]


def vacancy_wish(vacancy: Vacancy) -> Wish:
    """Return what is asked for a vacancy as it is stored: both of its texts, without the people at the company."""
    company = vacancy.company
    texts = {name: getattr(vacancy, name) for name in FIELDS if getattr(vacancy, name).strip()}
    private = [company.contact_person, company.phone, company.email, company.hr_email, company.address, company.website]
    facts = Facts(texts=texts, tools=tuple(vacancy.skills), private=[value for value in private if value])
    return Wish(Purpose.VACANCY, facts, spot=Spot(VACANCY, vacancy.pk, vacancy.title, texts))


def _own(key: int, user: "User") -> Vacancy | None:
    vacancy = vacancies_offered_by(user).select_related("company").filter(pk=key).first()
    return vacancy if vacancy is not None and can_change_vacancy(vacancy, user) else None


def _read(key: int, user: "User") -> Standing | None:
    vacancy = _own(key, user)
    if vacancy is None:
        return None
    parts = {name: getattr(vacancy, name) for name in FIELDS}
    return Standing(parts, reverse("company_vacancy_edit", args=[key]))


def _write(key: int, parts: Mapping[str, str], user: "User") -> None:
    vacancy = _own(key, user)
    if vacancy is None:
        raise WrongState("wrong_state", _("A closed vacancy cannot be changed. Reopen it first."))
    change_vacancy(vacancy, dict(parts), actor=user)


register_place(
    Place(
        VACANCY,
        _("Vacancy"),
        {"short_description": _("In one sentence"), "description": _("Description")},
        _read,
        _write,
    )
)
