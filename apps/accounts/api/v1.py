"""Oneself, companies, notices and jobs in /api/v1/."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Company, Job, Notice, User
from apps.accounts.selectors import companies_visible_to, jobs_visible_to, notices_visible_to
from apps.accounts.services.notices import sentence_of
from portal.kernel.access import scope_of
from portal.kernel.api.rows import ScopedViewSet, with_moves


class MeSerializer(serializers.ModelSerializer[User]):
    full_name = serializers.CharField(source="get_full_name")
    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "username", "full_name", "email", "phone", "language", "roles")

    def get_roles(self, user: User) -> list[str]:
        return sorted(scope_of(user).roles)


class MeView(APIView):
    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(cast("User", request.user)).data, status=status.HTTP_200_OK)


class CompanySerializer(serializers.ModelSerializer[Company]):
    class Meta:
        model = Company
        fields = (
            "id",
            "name",
            "industry_type",
            "description",
            "address",
            "region",
            "country",
            "website",
            "state",
            "version",
        )


@with_moves
class CompanyViewSet(ScopedViewSet[Company]):
    model = Company
    withheld = ("merge",)
    selector = staticmethod(companies_visible_to)
    serializer_class = CompanySerializer


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "sentence", "url", "created_at", "read_at")

    def get_sentence(self, notice: Notice) -> str:
        return sentence_of(notice)


class NoticeViewSet(ScopedViewSet[Notice]):
    model = Notice
    selector = staticmethod(notices_visible_to)
    serializer_class = NoticeSerializer


class JobSerializer(serializers.ModelSerializer[Job]):
    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "title",
            "state",
            "done_count",
            "total_count",
            "message",
            "error",
            "created_at",
            "finished_at",
        )


class JobViewSet(ScopedViewSet[Job]):
    model = Job
    selector = staticmethod(jobs_visible_to)
    serializer_class = JobSerializer
