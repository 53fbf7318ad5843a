"""Which vacancies a user may have: one query each."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from apps.accounts.models import Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.selectors import everything_for, moderated, represented
from apps.accounts.states import Role
from apps.vacancies.models import Bookmark, SavedSearch, Vacancy
from apps.vacancies.permissions import coordinates_any
from apps.vacancies.states import VacancyState
from portal.kernel.access import scope_of
from portal.kernel.words import MOST_WORDS, HasWords, words_of

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

NOTHING: Final = Q(pk__in=[])


def vacancies_visible_to(user: "Viewer") -> QuerySet[Vacancy]:
    """The set for which ``can_view_vacancy`` holds.

    Representatives have their company's, coordinators those that they manage and the active ones that are open to
    some student of theirs, university supervisors the active ones, students the active ones that they are eligible
    for and those that they applied to, the superuser all.
    """
    seen = _managed(user) | _applied(user)
    active = Q(state=VacancyState.ACTIVE)
    if has_role(user, Role.UNIVERSITY_SUPERVISOR):
        seen |= active
    else:
        if coordinates_any(user):
            seen |= active & _wished_in_scope(user)
        if has_role(user, Role.STUDENT):
            seen |= active & eligible(user)
    return Vacancy.objects.filter(everything_for(user, seen))


def vacancies_offered_by(user: "Viewer") -> QuerySet[Vacancy]:
    """Those of the companies that the user represents."""
    return Vacancy.objects.filter(represented(user, "company"))


def has_help(user: "Viewer") -> bool:
    """Say whether the installation has AI help and a cohort of the student has switched it on."""
    own = Enrolment.objects.filter(student=user.pk, is_active=True, cohort__ai_enabled=True)
    return settings.AI.backend != "off" and own.exists()


def noting_applied(vacancies: QuerySet[Vacancy], user: "Viewer") -> QuerySet[Vacancy]:
    """Add ``applied``: whether the user has applied already."""
    own = Vacancy.objects.order_by().filter(pk=OuterRef("pk"), applications__student=user.pk)
    return vacancies.annotate(applied=Exists(own))


def _managed(user: "Viewer") -> Q:
    return represented(user, "company") | moderated(user, "company")


def _applied(user: "Viewer") -> Q:
    if not has_role(user, Role.STUDENT):
        return NOTHING
    # A subquery instead of a join: a join would repeat a vacancy for each of its applicants.
    mine = Vacancy.objects.order_by().filter(applications__student=user.pk).exclude(state=VacancyState.DRAFT)
    return Q(pk__in=mine.values("pk"))


def eligible(user: "Viewer") -> Q:
    """Return ``is_open_to`` as a condition: some active enrolment of the student fits programme, year and phase.

    A student has one programme and one year, so only the phase differs between the enrolments. They are read first,
    in one small query, so that the condition holds constants which the database can plan with.
    """
    rows = list(
        Enrolment.objects.filter(student=user.pk, is_active=True).values_list(
            "student__student_profile__programme", "student__student_profile__year_of_study", "cohort__phase"
        )
    )
    if not rows:
        return NOTHING
    programme, year, _phase = rows[0]
    phases = {phase for _programme, _year, phase in rows}
    return _wants_programme(programme) & _wants_year(year) & Q(phase__in={"", *phases})


def _wished_in_scope(user: "Viewer") -> Q:
    scope = scope_of(user)
    departments = scope.departments | scope.cohort_departments
    wished = Vacancy.programmes.through.objects.filter(vacancy=OuterRef("pk"))
    return Q(~Exists(wished)) | Q(Exists(wished.filter(programme__department__in=departments)))


def _wants_programme(programme: int | None) -> Q:
    wished = Vacancy.programmes.through.objects.filter(vacancy=OuterRef("pk"))
    return Q(~Exists(wished)) | Q(Exists(wished.filter(programme=programme)))


def _wants_year(year: int | None) -> Q:
    everybody = Q(years=[])
    if year is None:
        return everybody
    # The list as text ("[2, 3]") is what SQLite and PostgreSQL both can search; a year has one digit.
    return everybody | Q(Contains(Cast("years", TextField()), str(year)))


def found(vacancies: QuerySet[Vacancy], text: str) -> QuerySet[Vacancy]:
    """Narrow to those in which each word of the text begins some word of title, text, skills, place or company.

    The same answers on both databases; the first six words count, and a text without any word narrows nothing.
    """
    words = words_of(text)[:MOST_WORDS]
    if words:
        return vacancies.filter(HasWords(words))
    return vacancies.none() if text.strip() else vacancies


def narrowed(vacancies: QuerySet[Vacancy], wish: Mapping[str, str]) -> QuerySet[Vacancy]:
    """Narrow by what a search form or a saved search says: ``words``, ``work_mode``, ``work_type``, ``sector``."""
    columns = {"work_mode": "work_mode", "work_type": "work_type", "sector": "company__industry_type"}
    exact = {column: wish[name] for name, column in columns.items() if wish.get(name)}
    return found(vacancies.filter(**exact), wish.get("words", ""))


# -- what is the user's own ---------------------------------------------------------------------------------------


def bookmarks_of(user: "Viewer") -> QuerySet[Bookmark]:
    """The user's own."""
    return Bookmark.objects.filter(Q(user=user.pk) if user.is_authenticated and user.is_active else NOTHING)


def saved_searches_of(user: "Viewer") -> QuerySet[SavedSearch]:
    """The user's own, the newest first."""
    return SavedSearch.objects.filter(Q(user=user.pk) if user.is_authenticated and user.is_active else NOTHING)


def noting_bookmarked(vacancies: QuerySet[Vacancy], user: "Viewer") -> QuerySet[Vacancy]:
    """Add ``bookmarked``: whether the user keeps it."""
    return vacancies.annotate(bookmarked=Exists(bookmarks_of(user).filter(vacancy=OuterRef("pk"))))


def bookmarked_by(user: "Viewer") -> Q:
    """Return "the user keeps it" as a condition on vacancies."""
    return Q(pk__in=bookmarks_of(user).values("vacancy"))
