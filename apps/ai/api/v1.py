"""AI help in /api/v1/: asked for beside a text, watched, taken or not; consent; what was used."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import has_role, is_superuser
from apps.accounts.states import Role
from apps.ai.models import AiCall
from apps.ai.selectors import calls_of, has_consented, use_by_cohort, use_by_purpose, used_today
from apps.ai.services import calls
from apps.ai.services.consent import give_consent, withdraw_consent
from apps.ai.services.drafting import backend_in_use, unavailable
from apps.ai.states import Outcome, Purpose
from portal.kernel.api.lists import check_parameters, wrong
from portal.kernel.api.parsing import StrictJSONParser, StrictSerializer
from portal.kernel.api.rows import ScopedViewSet
from portal.kernel.api.views import PortalView
from portal.kernel.errors import NotAllowed

if TYPE_CHECKING:
    from apps.accounts.models import User

MOST_NAMES: Final = 20
DAYS: Final = (30, 365)
type Asked = list[tuple[str, Purpose]]


# -- drafts -------------------------------------------------------------------------------------------------------


class HelpDraftSerializer(serializers.ModelSerializer[AiCall]):
    """``before`` and ``after`` are texts by field; ``partial`` is what is there of one still being written."""

    before = serializers.DictField(child=serializers.CharField(allow_blank=True), read_only=True)
    after = serializers.DictField(child=serializers.CharField(allow_blank=True), read_only=True)
    notes = serializers.ListField(child=serializers.CharField(), read_only=True)
    why = serializers.SerializerMethodField()

    class Meta:
        model = AiCall
        fields = (
            *("id", "purpose", "place", "key", "title", "outcome", "decision", "why", "before", "after", "notes"),
            *("partial", "tokens_in", "tokens_out", "created_at", "finished_at"),
        )
        read_only_fields = fields

    def get_why(self, call: AiCall) -> str:
        return str(unavailable(call.problem).message) if call.outcome == Outcome.UNAVAILABLE else ""


class TakenFieldsSerializer(StrictSerializer):
    """Which fields of the draft are taken; all without any."""

    fields_taken = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=MOST_NAMES
    )


class HelpDraftViewSet(ScopedViewSet[AiCall]):
    """What one has asked for; nobody else reads it. Nothing is stored at a text before it is accepted."""

    model = AiCall
    selector = staticmethod(calls_of)
    serializer_class = HelpDraftSerializer
    filters = {"purpose": "purpose", "outcome": "outcome", "decision": "decision", "place": "place", "key": "key"}

    @extend_schema(
        operation_id="drafts_accept",
        summary="Store it at its text",
        request=TakenFieldsSerializer,
        responses={200: HelpDraftSerializer},
        examples=[OpenApiExample("One field", {"fields_taken": ["summary"]}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="accept")
    def accept(self, request: Request, pk: str) -> Response:
        del request, pk
        call = self.get_object()
        names = self.given(TakenFieldsSerializer).get("fields_taken", list(call.after))
        calls.accept_call(call, names, actor=self.actor)
        return self.answer(call)

    @extend_schema(
        operation_id="drafts_dismiss", summary="Leave it", request=None, responses={200: HelpDraftSerializer}
    )
    @action(detail=True, methods=["post"], url_name="dismiss")
    def dismiss(self, request: Request, pk: str) -> Response:
        del request, pk
        return self._done(calls.dismiss_call)

    @extend_schema(
        operation_id="drafts_cancel", summary="Stop waiting", request=None, responses={200: HelpDraftSerializer}
    )
    @action(detail=True, methods=["post"], url_name="cancel")
    def cancel(self, request: Request, pk: str) -> Response:
        del request, pk
        return self._done(calls.cancel_call)

    @extend_schema(
        operation_id="drafts_undo",
        summary="Put the text back as it was",
        request=None,
        responses={200: HelpDraftSerializer},
    )
    @action(detail=True, methods=["post"], url_name="undo")
    def undo(self, request: Request, pk: str) -> Response:
        del request, pk
        return self._done(calls.undo_call)

    def _done(self, work: Callable[..., object]) -> Response:
        call = self.get_object()
        work(call, actor=self.actor)
        return self.answer(call)


# -- asking -------------------------------------------------------------------------------------------------------


def asked_draft(wish: calls.Wish, *, actor: "User") -> Response:
    """Ask for help: 202 with the draft that is written now. Refusals are those of ``ask_help``."""
    call = calls.ask_help(wish, actor=actor)
    address = reverse("api-draft-detail", args=[call.pk]) + "/"
    shown = HelpDraftSerializer(call).data
    return Response(shown, status=status.HTTP_202_ACCEPTED, headers={"Location": address})


def help_body(name: str, asked: Asked) -> type[StrictSerializer]:
    """Return the body of a wish for one of these pairs of field and purpose; the first field is the usual one."""
    fields = list(dict.fromkeys(field for field, _purpose in asked))
    purposes = list(dict.fromkeys(purpose for _field, purpose in asked))

    def validate(_self: Any, given: dict[str, Any]) -> dict[str, Any]:
        if (given["field"], given["purpose"]) not in asked:
            raise serializers.ValidationError({"purpose": [_("There is no such help with this field.")]})
        return given

    members = {
        "field": serializers.ChoiceField(fields, default=fields[0]),
        "purpose": serializers.ChoiceField([(one.value, one.label) for one in purposes]),
        "validate": validate,
    }
    return type(name, (StrictSerializer,), members)


def help_action(noun: str, asked: Asked, wish: Callable[[Any, str, Purpose, "User"], calls.Wish]) -> Any:
    """Return ``POST …/help/`` for a viewset, to be called ``help`` there: a draft for a text as it is stored.

    ``wish(row, field, purpose, actor)`` says what is asked for. Raises ``NotAllowed``, ``WrongState``.
    """
    body = help_body(f"{noun.capitalize()}Help", asked)

    def view(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        row, given = self.get_object(), self.given(body)
        return asked_draft(wish(row, given["field"], Purpose(given["purpose"]), self.actor), actor=self.actor)

    view.__name__ = "help"
    routed = action(detail=True, methods=["post"], url_name="help", parser_classes=(StrictJSONParser,))(view)
    # Outermost: the router's decorator would take its place.
    return extend_schema(
        operation_id=f"{noun}_help",
        summary="Ask for AI help with a text",
        request=body,
        responses={202: HelpDraftSerializer},
    )(routed)


# -- consent and use ------------------------------------------------------------------------------------------------


class HelpSerializer(serializers.Serializer[Any]):
    """``leaves``: texts are sent to a model elsewhere. ``most_a_day`` counts calls."""

    consented = serializers.BooleanField()
    offered = serializers.BooleanField()
    leaves = serializers.BooleanField()
    model = serializers.CharField(allow_blank=True)
    used_today = serializers.IntegerField()
    most_a_day = serializers.IntegerField()


class OwnHelpView(PortalView):
    """Whether one's own texts may be read by the help; nobody else says so."""

    @extend_schema(operation_id="me_help", summary="Consent to AI help, and who reads", responses=HelpSerializer)
    def get(self, request: Request) -> Response:
        backend = backend_in_use()
        found = {
            "consented": has_consented(request.user),
            "offered": backend is not None,
            "leaves": backend is not None and backend.leaves,
            "model": settings.AI.model,
            "used_today": used_today(request.user),
            "most_a_day": settings.AI.calls_person,
        }
        return Response(HelpSerializer(found).data)

    @extend_schema(
        operation_id="me_agree_to_help", summary="Agree to AI help", request=None, responses={200: HelpSerializer}
    )
    def post(self, request: Request) -> Response:
        give_consent(actor=cast("User", request.user))
        return self.get(request)

    @extend_schema(operation_id="me_withdraw_help", summary="Withdraw the consent", responses={204: None})
    def delete(self, request: Request) -> Response:
        withdraw_consent(actor=cast("User", request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


class UseSerializer(serializers.Serializer[Any]):
    """Sums of calls; ``cost`` is in millionths of the currency in which the prices are told."""

    calls = serializers.IntegerField()
    answered = serializers.IntegerField()
    accepted = serializers.IntegerField()
    failed = serializers.IntegerField()
    people = serializers.IntegerField()
    tokens = serializers.IntegerField()
    cost = serializers.IntegerField()


class CohortUseSerializer(UseSerializer):
    cohort = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(source="cohort__name", allow_null=True)


class PurposeUseSerializer(UseSerializer):
    purpose = serializers.CharField()


class UsesSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    cohorts = CohortUseSerializer(many=True)
    purposes = PurposeUseSerializer(many=True)


class HelpUseView(PortalView):
    @extend_schema(
        operation_id="help_use",
        summary="How much help was used in one's cohorts",
        parameters=[OpenApiParameter("days", int, enum=list(DAYS), description="30 unless said otherwise")],
        responses=UsesSerializer,
    )
    def get(self, request: Request) -> Response:
        if not (has_role(request.user, Role.COORDINATOR) or is_superuser(request.user)):
            raise NotAllowed
        check_parameters(request, {"days"})
        text = request.query_params.get("days", str(DAYS[0]))
        if text not in map(str, DAYS):
            raise wrong(days=", ".join(map(str, DAYS)))
        since = timezone.now() - dt.timedelta(days=int(text))
        found = {
            "days": int(text),
            "cohorts": use_by_cohort(request.user, since),
            "purposes": use_by_purpose(request.user, since),
        }
        return Response(UsesSerializer(found).data)
