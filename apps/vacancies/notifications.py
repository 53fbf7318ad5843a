"""What vacancies tells: to the representatives of the company."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import representatives_of
from apps.accounts.services.notices import NoticeKind, declare_notice, tell
from apps.vacancies.models import Vacancy

VACANCY_CLOSED = declare_notice(
    NoticeKind(
        "vacancies.vacancy_closed",
        subject=_("“%(vacancy)s” is closed"),
        sentence=_("The deadline of “%(vacancy)s” has passed. Nobody can apply any more; who has applied still waits."),
        button=_("See the applicants"),
        why=_("You get this because you represent %(company)s."),
    )
)


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
