"""What is one's own in /api/v1/: how much comes by mail, all that is held about oneself, one's calendar."""

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.v1 import JobSerializer
from apps.accounts.services.calendar_feeds import end_calendar_feed, make_calendar_feed
from apps.accounts.services.choices import choices_of, choose, frequency_of
from apps.accounts.services.notice_kinds import kinds_for
from apps.accounts.services.own_data import export_own_data
from apps.accounts.states import NoticeFrequency
from portal.kernel.access import scope_of
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.repeating import SecretResponse
from portal.kernel.api.views import PortalView

if TYPE_CHECKING:
    from apps.accounts.models import User


class NoticeKindSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of this name
    frequency = serializers.ChoiceField(NoticeFrequency.choices)
    binding = serializers.BooleanField(help_text="Always comes at once.")


class ChoicesSerializer(serializers.Serializer[Any]):
    usual = serializers.ChoiceField(NoticeFrequency.choices)
    kinds = NoticeKindSerializer(many=True)


class ChosenSerializer(StrictSerializer):
    """``kinds`` maps kinds to a pace, empty for the usual one; what is not named stays as it is."""

    usual = serializers.ChoiceField(NoticeFrequency.choices, required=False)
    kinds = serializers.DictField(
        child=serializers.ChoiceField([*NoticeFrequency.choices, ("", "")], allow_blank=True), required=False
    )


class NoticeChoicesView(PortalView):
    @extend_schema(operation_id="me_notice_choices", summary="How much comes by mail", responses=ChoicesSerializer)
    def get(self, request: Request) -> Response:
        me = cast("User", request.user)
        chosen = choices_of([me.pk])
        kinds = [
            {
                "kind": kind.kind,
                "label": kind.label,
                "frequency": frequency_of(me, kind, chosen),
                "binding": kind.binding,
            }
            for kind in kinds_for(scope_of(me).roles)
        ]
        return Response(ChoicesSerializer({"usual": me.notice_frequency, "kinds": kinds}).data)

    @extend_schema(
        operation_id="me_choose_notices",
        summary="Choose how much comes by mail",
        request=ChosenSerializer,
        responses=ChoicesSerializer,
        examples=[
            OpenApiExample(
                "Weekly, one never", {"usual": "weekly", "kinds": {"logbook.log_submitted": "never"}}, request_only=True
            )
        ],
    )
    def patch(self, request: Request) -> Response:
        me = cast("User", request.user)
        body = ChosenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        choose(me, given.get("usual", me.notice_frequency), given.get("kinds", {}), actor=me)
        return self.get(request)


class OwnDataView(PortalView):
    @extend_schema(
        operation_id="me_data",
        summary="Have all that is held about oneself made into a file",
        request=None,
        responses={202: JobSerializer},
    )
    def post(self, request: Request) -> Response:
        job = export_own_data(actor=cast("User", request.user))
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


class CalendarSerializer(serializers.Serializer[Any]):
    address = serializers.CharField(help_text="Told this once; whoever has it reads the calendar.")


class OwnCalendarView(PortalView):
    @extend_schema(
        operation_id="me_make_calendar",
        summary="Make a private address of one's calendar; an older one ends",
        request=None,
        responses={201: CalendarSerializer},
    )
    def post(self, request: Request) -> Response:
        address = make_calendar_feed(actor=cast("User", request.user))
        return SecretResponse({"address": address}, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="me_end_calendar", summary="End the address", responses={204: None})
    def delete(self, request: Request) -> Response:
        end_calendar_feed(actor=cast("User", request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)
