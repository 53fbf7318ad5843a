"""What vacancies holds about people."""

from django.utils.translation import gettext_lazy as _

from portal.kernel.privacy import Holding, declare, declare_nothing

declare_nothing(["vacancies.Vacancy_programmes"], _("For whom a vacancy is meant."))
declare(
    Holding(
        "vacancies.Vacancy",
        _("What a host offers; the text may name a contact."),
        mentions=("title", "short_description", "description", "search_text"),
        plain=("location", "skills", "years", "phase"),
    ),
    Holding("vacancies.Bookmark", _("Vacancies that a person keeps."), ("user",), delete=True),
    Holding("vacancies.SavedSearch", _("What a person looks for."), ("user",), delete=True),
)
