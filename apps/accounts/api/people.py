"""Oneself, people, and what they belong to, in /api/v1/."""

from typing import Any, cast

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Cohort, Department, Enrolment, Programme, User
from apps.accounts.permissions import can_shut_out
from apps.accounts.selectors import (
    cohorts_visible_to,
    departments_visible_to,
    enrolments_visible_to,
    people_visible_to,
    programmes_visible_to,
)
from apps.accounts.services.people import change_details, end_sessions, set_active
from apps.accounts.states import NoticeFrequency
from portal.kernel.access import scope_of
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import ScopedViewSet
from portal.kernel.api.views import PortalView
from portal.kernel.errors import NotAllowed


class StudiesSerializer(serializers.Serializer[Any]):
    reg_no = serializers.CharField()
    programme = serializers.CharField(source="programme.name")
    year_of_study = serializers.IntegerField(allow_null=True)


class MeSerializer(serializers.ModelSerializer[User]):
    full_name = serializers.CharField(source="get_full_name", read_only=True)
    roles = serializers.SerializerMethodField()
    email = serializers.CharField(read_only=True)  # empty for some
    studies = StudiesSerializer(source="student_profile", allow_null=True, read_only=True)

    class Meta:
        model = User
        fields = (
            *("id", "username", "first_name", "last_name", "full_name", "email", "phone", "language"),
            *("notice_frequency", "roles", "studies"),
        )
        read_only_fields = fields

    def get_roles(self, user: User) -> list[str]:
        return sorted(scope_of(user).roles)


class MeBodySerializer(StrictSerializer):
    first_name = serializers.CharField(max_length=150)
    last_name = serializers.CharField(max_length=150)
    phone = serializers.CharField(max_length=20, allow_blank=True)
    language = serializers.ChoiceField(settings.LANGUAGES)
    notice_frequency = serializers.ChoiceField(NoticeFrequency.choices)


class MeView(PortalView):
    @extend_schema(operation_id="me", summary="Oneself", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(cast("User", request.user)).data)

    @extend_schema(
        operation_id="me_change",
        summary="Change oneself",
        request=MeBodySerializer,
        responses=MeSerializer,
        examples=[OpenApiExample("Telephone", {"phone": "+255 712 345 678"}, request_only=True)],
    )
    def patch(self, request: Request) -> Response:
        me = cast("User", request.user)
        body = MeBodySerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        return Response(MeSerializer(change_details(me, body.validated_data, actor=me)).data)


class PersonSerializer(serializers.ModelSerializer[User]):
    email = serializers.CharField(read_only=True)  # empty for some
    full_name = serializers.CharField(source="get_full_name", read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "full_name", "email", "phone", "is_active")
        read_only_fields = fields


def called(rows: Any, text: str) -> Any:
    """Narrow to people in whose names each of the words stands."""
    for word in text.split()[:6]:
        rows = rows.filter(first_name__icontains=word) | rows.filter(last_name__icontains=word)
    return rows


class PersonViewSet(ScopedViewSet[User]):
    model = User
    selector = staticmethod(people_visible_to)
    serializer_class = PersonSerializer
    filters = {"is_active": "is_active", "search": called}
    orders = {"-id": ("-id",), "id": ("id",), "name": ("last_name", "first_name", "id")}

    def another(self) -> User:
        """Return the person, whom the user may shut out; oneself is signed out under /auth/."""
        person = self.get_object()
        if not can_shut_out(person, self.actor):
            raise NotAllowed
        return person

    @extend_schema(operation_id="people_deactivate", summary="Shut out", request=None, responses=PersonSerializer)
    @action(detail=True, methods=["post"], url_name="deactivate")
    def deactivate(self, request: Request, pk: str) -> Response:
        del request, pk
        return self.answer(set_active(self.another(), active=False, actor=self.actor, via="api"))

    @extend_schema(operation_id="people_reactivate", summary="Let in again", request=None, responses=PersonSerializer)
    @action(detail=True, methods=["post"], url_name="reactivate")
    def reactivate(self, request: Request, pk: str) -> Response:
        del request, pk
        return self.answer(set_active(self.another(), active=True, actor=self.actor, via="api"))

    @extend_schema(
        operation_id="people_end_sessions", summary="Sign out everywhere", request=None, responses=PersonSerializer
    )
    @action(detail=True, methods=["post"], url_path="end-sessions", url_name="end-sessions")
    def end_sessions(self, request: Request, pk: str) -> Response:
        del request, pk
        return self.answer(end_sessions(self.another(), actor=self.actor))


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    class Meta:
        model = Department
        fields = ("id", "code", "name", "faculty")
        read_only_fields = fields


class DepartmentViewSet(ScopedViewSet[Department]):
    model = Department
    selector = staticmethod(departments_visible_to)
    serializer_class = DepartmentSerializer


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    class Meta:
        model = Programme
        fields = ("id", "department", "code", "name")
        read_only_fields = fields


class ProgrammeViewSet(ScopedViewSet[Programme]):
    model = Programme
    selector = staticmethod(programmes_visible_to)
    serializer_class = ProgrammeSerializer
    filters = {"department": "department"}


class CohortSerializer(serializers.ModelSerializer[Cohort]):
    working_days = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Cohort
        fields = (
            *("id", "department", "name", "phase", "start", "end", "working_days", "country", "required_hours"),
            *("latest_day_back", "min_hours", "max_hours", "is_open", "ai_enabled", "location_hint"),
            *("self_found_allowed", "publication_date"),
        )
        read_only_fields = fields


class CohortViewSet(ScopedViewSet[Cohort]):
    model = Cohort
    selector = staticmethod(cohorts_visible_to)
    serializer_class = CohortSerializer
    filters = {"department": "department", "phase": "phase", "runs_on_or_after": "end__gte"}
    orders = {"-id": ("-id",), "id": ("id",), "-start": ("-start", "-id"), "name": ("name", "id")}


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    student_name = serializers.CharField(source="student.get_full_name", read_only=True)
    cohort_name = serializers.CharField(source="cohort.name", read_only=True)

    class Meta:
        model = Enrolment
        fields = ("id", "student", "student_name", "cohort", "cohort_name", "is_active")
        read_only_fields = fields


class EnrolmentViewSet(ScopedViewSet[Enrolment]):
    model = Enrolment
    selector = staticmethod(enrolments_visible_to)
    related = ("student", "cohort")
    serializer_class = EnrolmentSerializer
    filters = {"cohort": "cohort", "student": "student", "is_active": "is_active"}
