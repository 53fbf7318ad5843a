"""Applications and placements in /api/v1/."""

from rest_framework import serializers

from apps.applications.models import Application, Placement
from apps.applications.selectors import applications_visible_to, placements_visible_to
from portal.kernel.api.rows import ScopedViewSet, with_moves


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    student_name = serializers.CharField(source="student.get_full_name", read_only=True)
    vacancy_title = serializers.CharField(source="vacancy.title", read_only=True)

    class Meta:
        model = Application
        fields = (
            "id",
            "vacancy",
            "vacancy_title",
            "student_name",
            "cover_letter",
            "interview_at",
            "interview_place",
            "created_at",
            "decided_at",
            "reason",
            "state",
            "version",
        )
        read_only_fields = fields


@with_moves
class ApplicationViewSet(ScopedViewSet[Application]):
    model = Application
    selector = staticmethod(applications_visible_to)
    related = ("student", "vacancy")
    serializer_class = ApplicationSerializer


class PlacementSerializer(serializers.ModelSerializer[Placement]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)
    company_name = serializers.CharField(source="company.name", read_only=True)

    class Meta:
        model = Placement
        fields = (
            "id",
            "student_name",
            "company",
            "company_name",
            "origin",
            "start",
            "end",
            "share",
            "site_address",
            "arrived_on",
            "state",
            "version",
        )
        read_only_fields = fields


@with_moves
class PlacementViewSet(ScopedViewSet[Placement]):
    model = Placement
    selector = staticmethod(placements_visible_to)
    related = ("enrolment__student", "company")
    serializer_class = PlacementSerializer
