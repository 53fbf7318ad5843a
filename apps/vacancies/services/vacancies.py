"""Vacancies: drafted, changed, thrown away, closed when nobody can apply any more."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.accounts.models import Company, Programme, User
from apps.accounts.states import CompanyState
from apps.vacancies.models import Vacancy
from apps.vacancies.permissions import (
    YEARS_OF_STUDY,
    can_add_vacancy,
    can_change_vacancy,
    can_delete_vacancy,
    manages_vacancy,
)
from apps.vacancies.states import VacancyState
from portal.kernel.access import SYSTEM, SystemActor
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from portal.kernel.fsm import announce_created, perform, perform_many
from portal.kernel.words import index_text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.kernel.access import Actor

FIELDS: Final = frozenset(
    {
        "title",
        "short_description",
        "description",
        "location",
        "deadline",
        "work_mode",
        "work_type",
        "places",
        "skills",
        "years",
        "phase",
    }
)
MOST_SKILLS: Final = 30
LONGEST_SKILL: Final = 60
LONGEST_DESCRIPTION: Final = 20_000


def create_vacancy(company: Company, details: Mapping[str, Any], *, actor: "Actor") -> Vacancy:
    """Draft a vacancy; ``details`` are fields of ``FIELDS`` and ``programmes`` (rows or keys; empty: all).

    Raises ``NotAllowed`` for strangers, ``RuleViolation`` ``company_closed`` for a company that was rejected or
    archived, and ``invalid`` (with the field) for a value that does not fit.
    """
    if not isinstance(actor, SystemActor) and not can_add_vacancy(company, actor):
        raise NotAllowed
    if company.state in (CompanyState.REJECTED, CompanyState.ARCHIVED):
        raise RuleViolation("company_closed", _("This company takes no students at present."), field="company")
    posted_by = None if isinstance(actor, SystemActor) else actor
    vacancy = Vacancy(company=company, posted_by=posted_by)
    with transaction.atomic():
        _fill(vacancy, details)
        vacancy.save()
        _choose_programmes(vacancy, details)
        announce_created(vacancy, actor=actor)
    return vacancy


def change_vacancy(
    vacancy: Vacancy, details: Mapping[str, Any], *, actor: User, expected_version: int | None = None
) -> Vacancy:
    """Change the fields that ``details`` names; ``expected_version`` is what the caller saw.

    Raises ``NotAllowed`` for strangers, ``WrongState`` for a closed one, ``Stale``, and ``RuleViolation``
    ``places_taken`` (fewer places than students accepted) or ``invalid``.
    """
    with transaction.atomic():
        row = Vacancy.objects.select_for_update(of=("self",)).select_related("company").get(pk=vacancy.pk)
        if not manages_vacancy(row, actor):
            raise NotAllowed
        if not can_change_vacancy(row, actor):
            raise WrongState("wrong_state", _("A closed vacancy cannot be changed. Reopen it first."))
        if expected_version is not None and row.version != expected_version:
            raise Stale("stale", _("Somebody changed this vacancy meanwhile. Look at it again before you save."))
        _fill(row, details)
        row.version += 1
        row.save()
        _choose_programmes(row, details)
    vacancy.refresh_from_db()
    return vacancy


def reopen_vacancy(vacancy: Vacancy, *, deadline: dt.date, actor: User) -> Vacancy:
    """Take applications again, until another day; nothing else of a closed vacancy can be changed.

    Raises ``NotAllowed``, ``WrongState`` for one that is not closed, and ``RuleViolation`` ``deadline_passed`` or
    ``company_not_approved``.
    """
    with transaction.atomic():
        row = Vacancy.objects.select_for_update(of=("self",)).select_related("company").get(pk=vacancy.pk)
        if not manages_vacancy(row, actor):
            raise NotAllowed
        row.deadline = deadline
        row.version += 1
        row.save()
        perform(row, "reopen", actor=actor)
    vacancy.refresh_from_db()
    return vacancy


def _fill(vacancy: Vacancy, details: Mapping[str, Any]) -> None:
    unknown = set(details) - FIELDS - {"programmes"}
    if unknown:
        message = f"not fields of a vacancy: {sorted(unknown)}"
        raise TypeError(message)
    for name in FIELDS & set(details):
        setattr(vacancy, name, details[name])
    vacancy.skills = _clean_skills(vacancy.skills)
    vacancy.years = _clean_years(vacancy.years)
    try:
        vacancy.clean_fields(exclude=[f.name for f in Vacancy._meta.fields if f.name not in FIELDS])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation("invalid", messages[0], field=field) from error
    if len(vacancy.description) > LONGEST_DESCRIPTION:
        raise RuleViolation("invalid", _("Keep the description below 20,000 characters."), field="description")
    vacancy.search_text = search_text_of(vacancy)
    if vacancy.places < 1:
        raise RuleViolation("invalid", _("Offer at least one place."), field="places")
    if vacancy.places < vacancy.places_taken:
        raise RuleViolation("places_taken", _("More students than that have been accepted already."), field="places")


def search_text_of(vacancy: Vacancy) -> str:
    """Return the words by which a vacancy is found; they hold the company's name, so a new name changes them."""
    texts = (vacancy.title, vacancy.short_description, vacancy.description, vacancy.location, vacancy.company.name)
    return index_text(*texts, *vacancy.skills)


def refresh_search_text(vacancies: "QuerySet[Vacancy]") -> int:
    """Write the words anew, after the company got another name or another company the vacancy; returns how many."""
    rows = list(vacancies.select_related("company"))
    for row in rows:
        row.search_text = search_text_of(row)
    return Vacancy.objects.bulk_update(rows, ["search_text"], batch_size=500)


def _clean_skills(skills: Iterable[str]) -> list[str]:
    """Trim, drop empty ones and doubles (the first spelling stays)."""
    kept: dict[str, str] = {}
    for skill in skills:
        word = " ".join(str(skill).split())
        if len(word) > LONGEST_SKILL:
            raise RuleViolation("invalid", _("A skill is a word or two. Put sentences into the text."), field="skills")
        if word:
            kept.setdefault(word.casefold(), word)
    if len(kept) > MOST_SKILLS:
        raise RuleViolation("invalid", _("Name the skills that count, 30 at most."), field="skills")
    return list(kept.values())


def _clean_years(years: Iterable[int]) -> list[int]:
    chosen = set(years)
    if not chosen <= set(YEARS_OF_STUDY):
        raise RuleViolation("invalid", _("A year of study is a number from 1 to 8."), field="years")
    return sorted(chosen)


def _choose_programmes(vacancy: Vacancy, details: Mapping[str, Any]) -> None:
    if "programmes" in details:
        chosen: Iterable[Programme] = details["programmes"]
        vacancy.programmes.set(chosen)


def delete_vacancy(vacancy: Vacancy, *, actor: User) -> None:
    """Throw a draft away. Raises ``NotAllowed`` for strangers, ``WrongState`` once it was published."""
    if not manages_vacancy(vacancy, actor):
        raise NotAllowed
    with transaction.atomic():
        row = Vacancy.objects.select_for_update(of=("self",)).select_related("company").get(pk=vacancy.pk)
        if not can_delete_vacancy(row, actor):
            raise WrongState("wrong_state", _("It has been published. Close it instead."))
        row.delete()


def close_expired_vacancies() -> int:
    """Close every vacancy whose deadline has passed; returns how many. Runs every hour and may run twice."""
    over = Vacancy.objects.filter(state=VacancyState.ACTIVE, deadline__lt=timezone.localdate())
    return len(perform_many(over, "expire", actor=SYSTEM).moved)


def close_vacancies_of(companies: Iterable[int]) -> int:
    """Close the active vacancies of these companies (keys), which take no students any more; returns how many."""
    theirs = Vacancy.objects.filter(state=VacancyState.ACTIVE, company__in=list(companies))
    return len(
        perform_many(theirs, "close", actor=SYSTEM, reason=gettext_noop("The company takes no students any more")).moved
    )
