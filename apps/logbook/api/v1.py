"""Daily logs and their files in /api/v1/."""

import json
from decimal import Decimal
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Enrolment
from apps.accounts.selectors import enrolments_visible_to
from apps.applications.selectors import placements_visible_to
from apps.logbook.api.helping import help_with_day
from apps.logbook.models import DailyLog, LogAttachment
from apps.logbook.selectors import attachments_visible_to, enrolment_on, logs_visible_to
from apps.logbook.services.attachments import MOST_BYTES, attach_file, remove_file
from apps.logbook.services.entries import MOST_TEXT
from apps.logbook.services.logs import MOST_SKILLS, SKILL_LENGTH, DayText, correct_log, delete_log, save_log, submit_log
from apps.logbook.services.places import Position
from apps.logbook.services.receipts import SentDay, take_day
from apps.logbook.services.verdicts import MOST_COMMENT, WORDS, decide_log
from apps.logbook.states import ChainState
from portal.kernel.api.files import ANY_FILE, FORMS, UploadField
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer, strict_json
from portal.kernel.api.rows import Changes, OwnKeyField, Removes, ScopedViewSet
from portal.kernel.api.views import matched_version
from portal.kernel.errors import NotAllowed
from portal.kernel.views import send_file


class DailyLogSerializer(serializers.ModelSerializer[DailyLog]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)
    skills = serializers.ListField(child=serializers.CharField(), read_only=True)
    status = serializers.SerializerMethodField(help_text="The state in capitals.")

    class Meta:
        model = DailyLog
        fields = (
            "id",
            "enrolment",
            "student_name",
            "placement",
            "day",
            "week_start",
            "text",
            "hours",
            "skills",
            "host_comment",
            "reason",
            "submitted_at",
            "verified_at",
            "validated_at",
            "state",
            "status",
            "version",
        )
        read_only_fields = fields

    def get_status(self, log: DailyLog) -> str:
        return str(log.state).upper()


class PositionField(serializers.CharField):
    """A position as JSON text, ``{"lat": -6.8, "lng": 39.3}`` in degrees; an object is taken, too."""

    def to_internal_value(self, data: Any) -> Position | None:  # type: ignore[override] # a pair where the package has a text
        if data == "":
            return None
        try:
            found = data if isinstance(data, dict) else strict_json(str(data).encode())
            pair = (float(found["lat"]), float(found["lng"]))
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
            raise serializers.ValidationError(_('Write it as {"lat": -6.8, "lng": 39.3}.')) from error
        if not (-90 <= pair[0] <= 90 and -180 <= pair[1] <= 180):  # noqa: PLR2004 - degrees on a globe
            raise serializers.ValidationError(_("Latitudes go from -90 to 90, longitudes from -180 to 180."))
        return pair


class DayBodySerializer(StrictSerializer):
    text = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    hours = serializers.DecimalField(max_digits=4, decimal_places=2, required=False)
    skills = serializers.ListField(
        child=serializers.CharField(max_length=SKILL_LENGTH), max_length=MOST_SKILLS, required=False
    )


class NewDaySerializer(DayBodySerializer):
    """A day; with ``content`` and ``log_date`` in their place, it is sent at once unless ``submit`` says otherwise."""

    enrolment = OwnKeyField(enrolments_visible_to, required=False)
    placement = OwnKeyField(placements_visible_to, related=("enrolment__cohort",), required=False)
    day = serializers.DateField(required=False)
    log_date = serializers.DateField(required=False)
    content = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    attachment = UploadField(most=MOST_BYTES, required=False)
    location_data = PositionField(required=False, allow_blank=True)
    submit = serializers.BooleanField(required=False, allow_null=True, default=None)


class TakenDaySerializer(DailyLogSerializer):
    why_not = serializers.CharField(read_only=True, help_text="Why it could not be sent on; it is kept as a draft.")

    class Meta:
        model = DailyLog
        fields = (*DailyLogSerializer.Meta.fields, "why_not")
        read_only_fields = fields


class VerdictSerializer(serializers.Serializer[Any]):
    """``status`` is compared, never written; keys of other programs are let through."""

    status = serializers.ChoiceField(WORDS)
    comments = serializers.CharField(max_length=MOST_COMMENT, required=False, allow_blank=True, default="")
    skills_demonstrated = serializers.ListField(
        child=serializers.CharField(max_length=SKILL_LENGTH), max_length=MOST_SKILLS, required=False, default=list
    )


class ReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=2000)


class AttachmentSerializer(serializers.ModelSerializer[LogAttachment]):
    class Meta:
        model = LogAttachment
        fields = ("id", "log", "original_name", "content_type", "size", "sha256", "created_at")
        read_only_fields = fields


class NewAttachmentSerializer(StrictSerializer):
    file = UploadField(most=MOST_BYTES)


def usual_hours(enrolment: Enrolment) -> Decimal:
    """Return the hours of a day of which none are told."""
    return min(max(Decimal(8), enrolment.cohort.min_hours), enrolment.cohort.max_hours)


VERIFIED = OpenApiExample("Verified", {"status": "verified", "comments": "Well done."}, request_only=True)


@with_moves
class DailyLogViewSet(Changes, Removes, ScopedViewSet[DailyLog]):
    model = DailyLog
    selector = staticmethod(logs_visible_to)
    for_programs = staticmethod(lambda: DailyLog.objects.filter(state=ChainState.VERIFIED_ACADEMIC))
    related = ("enrolment__student",)
    serializer_class = DailyLogSerializer
    change_serializer = DayBodySerializer
    filters = {
        "state": "state",
        "day_from": "day__gte",
        "day_until": "day__lte",
        "week_start": "week_start",
        "placement": "placement",
        "enrolment": "enrolment",
        "student": "enrolment__student",
        "current": "is_current",
    }
    orders = {"-id": ("-id",), "id": ("id",), "-day": ("-day", "-id"), "day": ("day", "id")}
    help = help_with_day

    @extend_schema(
        operation_id="logs_create",
        summary="Write a day",
        request={"multipart/form-data": NewDaySerializer, "application/json": NewDaySerializer},
        responses={201: TakenDaySerializer},
        examples=[
            OpenApiExample("Draft", {"day": "2026-07-14", "text": "Turned a shaft.", "hours": 8}, request_only=True),
            OpenApiExample(
                "Sent at once",
                {
                    "content": "Turned a shaft.",
                    "log_date": "2026-07-14",
                    "location_data": json.dumps({"lat": -6.8, "lng": 39.3}),
                },
                request_only=True,
            ),
        ],
    )
    def create(self, request: Request) -> Response:
        given = self.given(NewDaySerializer)
        day = given.get("log_date") or given.get("day") or timezone.localdate()
        at = given.get("placement")
        enrolment = given.get("enrolment") or (enrolment_on(request.user, day) if at is None else at.enrolment)
        if enrolment is None:
            raise NotAllowed
        foreign, file = "content" in given, given.get("attachment")
        sent = SentDay(
            DayText(
                given.get("content", given.get("text", "")),
                given["hours"] if "hours" in given else usual_hours(enrolment),
                given.get("skills", []),
            ),
            files=[] if file is None else [(file.name or "", file.read())],
            submit=foreign if given["submit"] is None else given["submit"],
            position=given.get("location_data"),
            placement_id=None if at is None else at.pk,
        )
        taken = take_day(enrolment, day, sent, actor=self.actor)
        answer = self.answer(taken.log, status.HTTP_201_CREATED)
        answer.data["why_not"] = str(taken.why_not)
        return answer

    def change(self, obj: DailyLog, values: dict[str, Any], version: int | None) -> DailyLog:
        written = {"text": obj.text, "hours": obj.hours, "skills": obj.skills, **values}
        where = obj.placement_id
        return save_log(
            obj.enrolment,
            obj.day,
            DayText(**written),
            actor=self.actor,
            placement_id=where,
            expected_version=version,
        )

    def remove(self, obj: DailyLog) -> None:
        delete_log(obj, actor=self.actor)

    @extend_schema(
        operation_id="log_correct",
        summary="Open a new version of a validated day",
        request=ReasonSerializer,
        responses={201: DailyLogSerializer},
    )
    @action(detail=True, methods=["post"], url_name="correct")
    def correct(self, request: Request, pk: str) -> Response:
        del request, pk
        log = self.get_object()
        made = correct_log(log, actor=self.actor, reason=self.given(ReasonSerializer)["reason"])
        return self.answer(made, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="log_attach",
        summary="Keep a file with a day",
        request={"multipart/form-data": NewAttachmentSerializer},
        responses={201: AttachmentSerializer},
    )
    @action(detail=True, methods=["post"], url_name="attachments", parser_classes=FORMS)
    def attachments(self, request: Request, pk: str) -> Response:
        del request, pk
        log = self.get_object()
        file = self.given(NewAttachmentSerializer)["file"]
        kept = attach_file(log, file.read(), name=file.name or "", actor=self.actor)
        return Response(AttachmentSerializer(kept).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="log_verify_by_status",
        summary="Decide by a word",
        request=VerdictSerializer,
        responses={200: DailyLogSerializer},
        examples=[VERIFIED],
    )
    def decide(self, request: Request, pk: str) -> Response:
        del pk
        version = matched_version(request)
        log, given = self.get_object(), self.given(VerdictSerializer)
        how = {"comments": given["comments"], "skills": given["skills_demonstrated"]}
        return self.answer(decide_log(log, given["status"], actor=self.actor, expected_version=version, **how))

    @extend_schema(
        operation_id="log_verify_industry",
        summary="Decide by a word",
        request=VerdictSerializer,
        responses={200: DailyLogSerializer},
        examples=[VERIFIED],
    )
    @action(detail=True, methods=["patch"], url_path="verify-industry", url_name="verify-industry")
    def verify_industry(self, request: Request, pk: str) -> Response:
        return self.decide(request, pk)


def _submit(log: DailyLog, *, reason: str, actor: Any, expected_version: int | None) -> DailyLog:
    del reason
    return submit_log(log, actor=actor, expected_version=expected_version)


DailyLogViewSet.moves_by = {"submit": _submit}
# Clients of other programs PATCH where ours POST a move.
DailyLogViewSet.verify.mapping.patch(DailyLogViewSet.decide)  # type: ignore[attr-defined] # made by with_moves


class AttachmentViewSet(Removes, ScopedViewSet[LogAttachment]):
    model = LogAttachment
    selector = staticmethod(attachments_visible_to)
    related = ("log__enrolment",)
    serializer_class = AttachmentSerializer
    filters = {"log": "log", "day": "log__day"}

    def remove(self, obj: LogAttachment) -> None:
        remove_file(obj, actor=self.actor)

    @extend_schema(operation_id="attachments_file", summary="The file", responses=ANY_FILE)
    @action(detail=True, url_name="file", pagination_class=None)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        del request, pk
        attachment = self.get_object()
        return send_file(attachment.file, attachment.original_name)
