"""Students in their cohorts, and staff, in /api/v1/."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.people import StudiesSerializer
from apps.accounts.forms import as_cells
from apps.accounts.models import Enrolment, StaffProfile
from apps.accounts.permissions import coordinates_something, coordinates_whole_department, is_superuser
from apps.accounts.selectors import (
    cohorts_coordinated_by,
    enrolments_visible_to,
    programmes_visible_to,
    staff_managed_by,
)
from apps.accounts.services.invitations import invite_staff, invite_students
from apps.accounts.services.students import change_student, enter_student, set_enrolment_active
from apps.accounts.states import Gender
from portal.kernel.api.moves import LARGEST, MOST_AT_ONCE
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, ScopedViewSet
from portal.kernel.errors import NotAllowed


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    student_name = serializers.CharField(source="student.get_full_name", read_only=True)
    cohort_name = serializers.CharField(source="cohort.name", read_only=True)
    studies = StudiesSerializer(source="student.student_profile", allow_null=True, read_only=True)

    class Meta:
        model = Enrolment
        fields = ("id", "student", "student_name", "studies", "cohort", "cohort_name", "is_active")
        read_only_fields = fields


class StudentSerializer(StrictSerializer):
    """As a line of the table of students; empty text empties."""

    first_name = serializers.CharField(max_length=150)
    middle_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=150)
    gender = serializers.ChoiceField(Gender.choices, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    programme = OwnKeyField(programmes_visible_to)
    year_of_study = serializers.IntegerField(min_value=1, max_value=8, required=False, allow_null=True)
    region_preference = serializers.CharField(max_length=80, required=False, allow_blank=True)
    special_need = serializers.CharField(max_length=200, required=False, allow_blank=True)


class NewEnrolmentSerializer(StudentSerializer):
    cohort = OwnKeyField(cohorts_coordinated_by)
    reg_no = serializers.CharField(max_length=40)


class EnrolmentBodySerializer(StudentSerializer):
    """With ``is_active`` false out of the cohort, or back in; what was written there stays."""

    is_active = serializers.BooleanField()


class AskedIdsSerializer(StrictSerializer):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), min_length=1, max_length=MOST_AT_ONCE
    )


class AskedSerializer(serializers.Serializer[Any]):
    asked = serializers.IntegerField(help_text="Who has a password or no address is left out.")


class EnrolmentViewSet(Adds, Changes, ScopedViewSet[Enrolment]):
    model = Enrolment
    selector = staticmethod(enrolments_visible_to)
    related = ("student__student_profile__programme", "cohort")
    serializer_class = EnrolmentSerializer
    add_serializer = NewEnrolmentSerializer
    change_serializer = EnrolmentBodySerializer
    filters = {"cohort": "cohort", "student": "student", "is_active": "is_active"}

    def add(self, values: dict[str, Any]) -> Enrolment:
        return enter_student(values.pop("cohort"), as_cells(values), actor=self.actor)

    def change(self, obj: Enrolment, values: dict[str, Any], version: int | None) -> Enrolment:
        del version
        active = values.pop("is_active", None)
        with transaction.atomic():
            if values or active is None:
                obj = change_student(obj, as_cells(values), actor=self.actor)
            if active is not None:
                obj = set_enrolment_active(obj, active=active, actor=self.actor)
        return obj

    @extend_schema(
        operation_id="enrolments_invite",
        summary="Ask students to choose a password",
        request=AskedIdsSerializer,
        responses={200: AskedSerializer},
        examples=[OpenApiExample("Two", {"ids": [3, 4]}, request_only=True)],
    )
    @action(detail=False, methods=["post"], url_name="invite")
    def invite(self, request: Request) -> Response:
        del request
        if not (coordinates_something(self.actor) or is_superuser(self.actor)):
            raise NotAllowed
        rows = self.get_queryset().filter(pk__in=self.given(AskedIdsSerializer)["ids"])
        return Response({"asked": invite_students(rows, actor=self.actor)})


class StaffSerializer(serializers.ModelSerializer[StaffProfile]):
    name = serializers.CharField(source="user.get_full_name", read_only=True)
    email = serializers.CharField(source="user.email", read_only=True)  # empty for some
    supervises = serializers.BooleanField(read_only=True)

    class Meta:
        model = StaffProfile
        fields = ("id", "user", "staff_no", "name", "email", "department", "supervises")
        read_only_fields = fields


class StaffViewSet(ScopedViewSet[StaffProfile]):
    """Staff of departments that the user coordinates as a whole; they come in by table (``/imports/``)."""

    model = StaffProfile
    selector = staticmethod(staff_managed_by)
    related = ("user", "department")
    prefetched = ("user__groups",)
    serializer_class = StaffSerializer
    filters = {"department": "department", "staff_no": "staff_no"}
    orders = {"staff_no": ("staff_no", "id"), "id": ("id",), "-id": ("-id",)}

    @extend_schema(
        operation_id="staff_invite",
        summary="Ask staff to choose a password",
        request=AskedIdsSerializer,
        responses={200: AskedSerializer},
        examples=[OpenApiExample("Two", {"ids": [3, 4]}, request_only=True)],
    )
    @action(detail=False, methods=["post"], url_name="invite")
    def invite(self, request: Request) -> Response:
        del request
        if not coordinates_whole_department(self.actor):
            raise NotAllowed
        rows = self.get_queryset().filter(pk__in=self.given(AskedIdsSerializer)["ids"])
        return Response({"asked": invite_staff(rows, actor=self.actor)})
