"""Vacancies in the coordinators' workspace."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from apps.accounts.admin.imports import table_links
from apps.accounts.models import Programme, User
from apps.accounts.selectors import companies_moderated_by
from apps.vacancies.forms import CommaListField
from apps.vacancies.models import Vacancy
from apps.vacancies.permissions import (
    YEARS_OF_STUDY,
    can_change_vacancy,
    can_delete_vacancy,
    can_view_vacancy,
    coordinates_any,
)
from apps.vacancies.selectors import vacancies_visible_to
from apps.vacancies.services.vacancies import change_vacancy, create_vacancy, delete_vacancy
from apps.vacancies.services.vacancy_tables import VACANCIES
from apps.vacancies.states import VacancyState
from portal.kernel.admin import ListLink, PortalAdminForm, PortalModelAdmin


class VacancyAdminForm(PortalAdminForm):
    skills = CommaListField(
        label=_("Skills"),
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("With commas between them, such as: welding, CAD."),
    )
    years = forms.TypedMultipleChoiceField(
        label=_("Years of study"),
        required=False,
        coerce=int,
        choices=[(year, str(year)) for year in YEARS_OF_STUDY],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Tick none if all years may apply."),
    )

    class Meta:
        model = Vacancy
        fields: list[str] = []


class VacancyTodoFilter(admin.SimpleListFilter):
    """The questions that coordinators ask of what is offered."""

    title = _("what to do")
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [
            ("closes", _("closes within a week")),
            ("full", _("open, and all places are taken")),
            ("drafts", _("draft for more than two weeks")),
        ]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        active = rows.filter(state=VacancyState.ACTIVE)
        if self.value() == "closes":
            return active.filter(deadline__lte=today + dt.timedelta(days=7))
        if self.value() == "full":
            return active.filter(places_taken__gte=F("places"))
        if self.value() == "drafts":
            old = timezone.now() - dt.timedelta(days=14)
            return rows.filter(state=VacancyState.DRAFT, created_at__lt=old)
        return rows


@admin.register(Vacancy)
class VacancyAdmin(PortalModelAdmin):
    selector = staticmethod(vacancies_visible_to)
    can_view = staticmethod(can_view_vacancy)
    can_change = staticmethod(can_change_vacancy)
    can_delete = staticmethod(can_delete_vacancy)
    can_add = staticmethod(coordinates_any)
    delete_with = staticmethod(delete_vacancy)
    # Of another department's programmes a coordinator may not search, but those that were chosen must stay.
    choices = {"company": companies_moderated_by, "programmes": lambda _user: Programme.objects.all()}
    empty_sentence = _("No company offers a vacancy yet. Companies write their own; you can enter one for them.")
    form = VacancyAdminForm
    list_display = ("title", "company", "location", "deadline", "seats", "badge")
    list_filter = (
        *("state", VacancyTodoFilter, "work_mode", "work_type", "phase", "programmes", "company__industry_type"),
        ("company", AutocompleteSelectFilter),
    )
    list_filter_submit = True
    list_select_related = ("company",)
    search_fields = ("title", "company__name", "location")
    ordering = ("-pk",)
    fields = (
        *("company", "title", "short_description", "description", "location"),
        *("deadline", "work_mode", "work_type", "places", "skills"),
        *("programmes", "years", "phase"),
    )
    autocomplete_fields = ("company", "programmes")
    stays = ("company",)
    empty_lists = {"years": _("all")}

    @admin.display(description=_("places taken"), ordering="places_taken")
    def seats(self, row: Vacancy) -> str:
        return _("%(taken)d of %(places)d") % {"taken": row.places_taken, "places": row.places}

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        return table_links(VACANCIES, request.user) if coordinates_any(request.user) else []

    def add_object(self, values: dict[str, Any], *, actor: User) -> Vacancy:
        return create_vacancy(values.pop("company"), values, actor=actor)

    def change_object(self, row: Vacancy, changes: dict[str, Any], *, actor: User) -> Vacancy:
        return change_vacancy(row, changes, actor=actor)
