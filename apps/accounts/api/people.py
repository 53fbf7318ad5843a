"""Oneself and people in /api/v1/."""

from typing import Any, cast

from django.conf import settings
from django.db import transaction
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.accounts.permissions import can_shut_out, is_superuser
from apps.accounts.selectors import people_visible_to
from apps.accounts.services.people import change_details, create_person, end_sessions, set_active
from apps.accounts.states import NoticeFrequency
from portal.kernel.access import scope_of
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, ScopedViewSet
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


class PersonBodySerializer(StrictSerializer):
    """Nobody sets a password for somebody else: people choose their own by mail or come by single sign-on."""

    first_name = serializers.CharField(max_length=150)
    last_name = serializers.CharField(max_length=150)
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class PersonChangesSerializer(PersonBodySerializer):
    language = serializers.ChoiceField(settings.LANGUAGES)
    notice_frequency = serializers.ChoiceField(NoticeFrequency.choices)


def called(rows: Any, text: str) -> Any:
    """Narrow to people in whose names each of the words stands."""
    for word in text.split()[:6]:
        rows = rows.filter(first_name__icontains=word) | rows.filter(last_name__icontains=word)
    return rows


class PersonViewSet(Adds, Changes, ScopedViewSet[User]):
    """Entered and changed by the superuser; students and staff come in as tables, companies' people by invitation."""

    model = User
    selector = staticmethod(people_visible_to)
    serializer_class = PersonSerializer
    add_serializer = PersonBodySerializer
    change_serializer = PersonChangesSerializer
    filters = {"is_active": "is_active", "search": called}
    orders = {"-id": ("-id",), "id": ("id",), "name": ("last_name", "first_name", "id")}

    def add(self, values: dict[str, Any]) -> User:
        if not is_superuser(self.actor):
            raise NotAllowed
        with transaction.atomic():
            person = create_person(actor=self.actor, email=values.pop("email"))
            return change_details(person, values, actor=self.actor)

    def change(self, obj: User, values: dict[str, Any], version: int | None) -> User:
        del version
        if not is_superuser(self.actor):
            raise NotAllowed
        return change_details(obj, values, actor=self.actor)

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
