"""Vacancies in /api/v1/."""

from rest_framework import serializers

from apps.vacancies.models import Vacancy
from apps.vacancies.selectors import vacancies_visible_to
from portal.kernel.api.rows import ScopedViewSet, with_moves


class VacancySerializer(serializers.ModelSerializer[Vacancy]):
    company_name = serializers.CharField(source="company.name", read_only=True)

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


@with_moves
class VacancyViewSet(ScopedViewSet[Vacancy]):
    model = Vacancy
    selector = staticmethod(vacancies_visible_to)
    related = ("company",)
    serializer_class = VacancySerializer
