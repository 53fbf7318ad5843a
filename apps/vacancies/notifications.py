"""What vacancies tells: to the representatives of the company."""

from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import representatives_of
from apps.accounts.services.notice_kinds import STUDENT, name_subject
from apps.accounts.services.notices import NoticeKind, declare_notice, tell
from apps.vacancies.models import SavedSearch, Vacancy
from apps.vacancies.selectors import narrowed, vacancies_visible_to
from apps.vacancies.services.finding import WISHES, note_told
from apps.vacancies.states import VacancyState
from portal.kernel.access import SYSTEM

if TYPE_CHECKING:
    import datetime as dt

name_subject("vacancies", _("Vacancies"))

VACANCY_CLOSED = declare_notice(
    NoticeKind(
        "vacancies.vacancy_closed",
        subject=_("“%(vacancy)s” is closed"),
        sentence=_("The deadline of “%(vacancy)s” has passed. Nobody can apply any more; who has applied still waits."),
        button=_("See the applicants"),
        why=_("You get this because you represent %(company)s."),
        label=_("A vacancy that you keep or applied for closes"),
        to=STUDENT,
    )
)
VACANCIES_FOUND = declare_notice(
    NoticeKind(
        "vacancies.vacancies_found",
        subject=_("New vacancies for “%(search)s”"),
        sentence=_("New for your search “%(search)s”: %(count)s, the newest is “%(newest)s”."),
        button=_("See them"),
        why=_("You get this because you saved the search. Delete it on the page of vacancies."),
        label=_("New vacancies for a saved search"),
        to=STUDENT,
    )
)


def tell_new_matches() -> int:
    """Tell the owner of every saved search what was published since it last told; returns how many were told.

    Runs once a day and may run twice: each search remembers the newest moment that it has told of.
    """
    active = Vacancy.objects.filter(state=VacancyState.ACTIVE)
    newest = active.order_by("-published_at").values_list("published_at", flat=True).first()
    if newest is None:
        return 0
    waiting = SavedSearch.objects.filter(user__is_active=True, seen_until__lt=newest).select_related("user")
    return sum(_tell_of(search) for search in waiting.order_by("pk"))


def _tell_of(search: SavedSearch) -> bool:
    fresh = vacancies_visible_to(search.user).filter(state=VacancyState.ACTIVE, published_at__gt=search.seen_until)
    wish = {name: getattr(search, name) for name in WISHES}
    rows = list(narrowed(fresh, wish).order_by("-published_at", "-pk").values_list("title", "published_at"))
    if not rows:
        return False
    # What is active was published; the filter above says it to the database, this to the types.
    title, until = rows[0][0], cast("dt.datetime", rows[0][1])
    with transaction.atomic():
        note_told(search, until, actor=SYSTEM)
        tell(
            search.user,
            VACANCIES_FOUND,
            facts={"search": search.title, "count": len(rows), "newest": title},
            url=address_of(search),
            dedupe_key=f"vacancies_found:{search.pk}:{until.isoformat()}",
        )
    return True


def address_of(search: SavedSearch) -> str:
    """Return the page that repeats a saved search."""
    wish = {"q": search.words, "mode": search.work_mode, "type": search.work_type, "sector": search.sector}
    return f"{reverse('vacancy_list')}?{urlencode({key: value for key, value in wish.items() if value})}"


def tell_vacancy_closed(vacancy: Vacancy, *, batch: str) -> None:
    """Tell the representatives that the deadline has passed; once for each time that it closes."""
    for person in representatives_of(vacancy.company_id):
        tell(
            person,
            VACANCY_CLOSED,
            facts={"vacancy": vacancy.title, "company": vacancy.company.name},
            url=reverse("company_applicants", args=[vacancy.pk]),
            dedupe_key=f"vacancy_closed:{vacancy.pk}:{batch}:{person.pk}",
        )
