"""Vacancies in /api/v1/."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Programme
from apps.accounts.selectors import companies_visible_to
from apps.ai.api.v1 import help_action
from apps.ai.services.calls import Wish
from apps.ai.states import Purpose
from apps.vacancies.models import Vacancy
from apps.vacancies.permissions import YEARS_OF_STUDY, can_change_vacancy
from apps.vacancies.selectors import found, vacancies_offered_by, vacancies_visible_to
from apps.vacancies.services.finding import bookmark_vacancy, drop_bookmark
from apps.vacancies.services.help import VACANCY_HELP, vacancy_wish
from apps.vacancies.services.vacancies import change_vacancy, create_vacancy, delete_vacancy, reopen_vacancy
from apps.vacancies.states import VacancyState, WorkMode, WorkType
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet
from portal.kernel.errors import NotAllowed, WrongState


class VacancySerializer(serializers.ModelSerializer[Vacancy]):
    company_name = serializers.CharField(source="company.name", read_only=True)
    places_left = serializers.IntegerField(read_only=True)

    class Meta:
        model = Vacancy
        fields = (
            "id",
            "company",
            "company_name",
            "title",
            "short_description",
            "description",
            "location",
            "deadline",
            "work_mode",
            "work_type",
            "places",
            "places_left",
            "state",
            "version",
        )
        read_only_fields = fields


class VacancyBodySerializer(StrictSerializer):
    title = serializers.CharField(max_length=160)
    short_description = serializers.CharField(max_length=240, required=False, allow_blank=True)
    description = serializers.CharField(max_length=20_000)
    location = serializers.CharField(max_length=160)
    deadline = serializers.DateField()
    work_mode = serializers.ChoiceField(WorkMode.choices, required=False)
    work_type = serializers.ChoiceField(WorkType.choices, required=False)
    places = serializers.IntegerField(min_value=1, max_value=10_000, required=False)
    skills = serializers.ListField(child=serializers.CharField(max_length=60), max_length=50, required=False)
    programmes = serializers.PrimaryKeyRelatedField(many=True, queryset=Programme.objects.all(), required=False)
    years = serializers.ListField(child=serializers.ChoiceField(YEARS_OF_STUDY), max_length=8, required=False)
    phase = serializers.CharField(max_length=40, required=False, allow_blank=True)


class NewVacancySerializer(VacancyBodySerializer):
    company = OwnKeyField(companies_visible_to)


class ReopenSerializer(StrictSerializer):
    deadline = serializers.DateField()


class KeepSerializer(StrictSerializer):
    keep = serializers.BooleanField(default=True)


def _texts(vacancy: Vacancy, _field: str, _purpose: Purpose, actor: Any) -> Wish:
    if not vacancies_offered_by(actor).filter(pk=vacancy.pk).exists():
        raise NotAllowed
    if not can_change_vacancy(vacancy, actor):
        raise WrongState("wrong_state", _("A closed vacancy cannot be changed. Reopen it first."))
    return vacancy_wish(vacancy)


@with_moves
class VacancyViewSet(Adds, Changes, Removes, ScopedViewSet[Vacancy]):
    model = Vacancy
    selector = staticmethod(vacancies_visible_to)
    for_programs = staticmethod(lambda: Vacancy.objects.filter(state=VacancyState.ACTIVE))
    related = ("company",)
    withheld = ("reopen",)
    serializer_class = VacancySerializer
    add_serializer = NewVacancySerializer
    change_serializer = VacancyBodySerializer
    filters = {
        "state": "state",
        "company": "company",
        "work_mode": "work_mode",
        "work_type": "work_type",
        "sector": "company__industry_type",
        "open_until": "deadline__gte",
        "search": found,
    }
    orders = {"-id": ("-id",), "id": ("id",), "deadline": ("deadline", "id"), "-deadline": ("-deadline", "-id")}

    help = help_action("vacancy", VACANCY_HELP, _texts)

    def add(self, values: dict[str, Any]) -> Vacancy:
        return create_vacancy(values.pop("company"), values, actor=self.actor)

    def change(self, obj: Vacancy, values: dict[str, Any], version: int | None) -> Vacancy:
        return change_vacancy(obj, values, actor=self.actor, expected_version=version)

    def remove(self, obj: Vacancy) -> None:
        delete_vacancy(obj, actor=self.actor)

    @extend_schema(
        operation_id="vacancy_reopen",
        summary="Reopen",
        request=ReopenSerializer,
        responses={200: VacancySerializer},
        examples=[OpenApiExample("Until", {"deadline": "2026-09-30"}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="reopen")
    def reopen(self, request: Request, pk: str) -> Response:
        del request, pk
        vacancy = self.get_object()
        given = self.given(ReopenSerializer)
        return self.answer(reopen_vacancy(vacancy, deadline=given["deadline"], actor=self.actor))

    @extend_schema(
        operation_id="vacancies_bookmark",
        summary="Keep it for oneself, or let it go",
        request=KeepSerializer,
        responses={204: None},
    )
    @action(detail=True, methods=["post"], url_path="bookmark", url_name="bookmark")
    def bookmark(self, request: Request, pk: str) -> Response:
        del request, pk
        vacancy = self.get_object()
        keep_or_drop = bookmark_vacancy if self.given(KeepSerializer)["keep"] else drop_bookmark
        keep_or_drop(vacancy, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
