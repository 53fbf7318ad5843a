"""What the superuser keeps in /api/v1/: erasures, webhooks, service tokens, background tasks that died."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Erasure, OutboxTask, ServiceToken, User, Webhook
from apps.accounts.permissions import is_superuser
from apps.accounts.selectors import (
    erasures_visible_to,
    outbox_tasks_visible_to,
    people_visible_to,
    service_tokens_visible_to,
    webhooks_visible_to,
)
from apps.accounts.services.erasure import ask_erasure
from apps.accounts.services.outbox import retry_task
from apps.accounts.services.tokens import issue_token, revoke_token
from apps.accounts.services.webhooks import EVENTS, add_webhook, set_webhook_active
from apps.accounts.states import OutboxState, TokenScope
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.repeating import SecretResponse
from portal.kernel.api.rows import Adds, OwnKeyField, ScopedViewSet
from portal.kernel.errors import NotAllowed, WrongState


class ErasureSerializer(serializers.ModelSerializer[Erasure]):
    person_name = serializers.CharField(source="person.get_full_name", read_only=True)

    class Meta:
        model = Erasure
        fields = ("id", "person", "person_name", "due_at", "asked_by", "hold_reason", "done_at", "state", "version")
        read_only_fields = fields


class NewErasureSerializer(StrictSerializer):
    person = OwnKeyField(people_visible_to)


@with_moves
class ErasureViewSet(Adds, ScopedViewSet[Erasure]):
    """Asked for, then a time passes in which it is held back, released or withdrawn."""

    model = Erasure
    selector = staticmethod(erasures_visible_to)
    related = ("person",)
    serializer_class = ErasureSerializer
    add_serializer = NewErasureSerializer
    filters = {"state": "state", "person": "person", "due_by": "due_at__lte"}

    def add(self, values: dict[str, Any]) -> Erasure:
        person: User = values["person"]
        return ask_erasure(person, actor=self.actor)


# -- webhooks -------------------------------------------------------------------------------------------------------


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    # As text: the service has looked at it.
    url = serializers.CharField(read_only=True)
    events = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Webhook
        fields = (
            *("id", "name", "url", "events", "is_active", "created_by", "created_at", "last_sent_at", "last_problem"),
        )
        read_only_fields = fields


class NewWebhookSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=300)
    events = serializers.ListField(child=serializers.ChoiceField(list(EVENTS)), max_length=len(EVENTS))


class WebhookWithKeySerializer(WebhookSerializer):
    key = serializers.CharField(help_text="By which messages are signed; told this once.")

    class Meta:
        model = WebhookSerializer.Meta.model
        fields = (*WebhookSerializer.Meta.fields, "key")
        read_only_fields = fields


class WebhookViewSet(ScopedViewSet[Webhook]):
    model = Webhook
    selector = staticmethod(webhooks_visible_to)
    serializer_class = WebhookSerializer
    filters = {"is_active": "is_active"}

    @extend_schema(
        operation_id="webhooks_create",
        summary="Tell another program of events",
        request=NewWebhookSerializer,
        responses={201: WebhookWithKeySerializer},
        examples=[
            OpenApiExample(
                "Placements",
                {"name": "Registry", "url": "https://registry.uni.example/hook", "events": ["placement.begun"]},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        del request
        if not is_superuser(self.actor):
            raise NotAllowed
        row, key = add_webhook(**self.given(NewWebhookSerializer), actor=self.actor)
        row.key = key  # type: ignore[attr-defined] # shown this once, stored nowhere
        return SecretResponse(WebhookWithKeySerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="webhooks_pause", summary="Pause", request=None, responses={200: WebhookSerializer})
    @action(detail=True, methods=["post"], url_name="pause")
    def pause(self, request: Request, pk: str) -> Response:
        del request, pk
        return self._set(active=False)

    @extend_schema(operation_id="webhooks_resume", summary="Go on", request=None, responses={200: WebhookSerializer})
    @action(detail=True, methods=["post"], url_name="resume")
    def resume(self, request: Request, pk: str) -> Response:
        del request, pk
        return self._set(active=True)

    def _set(self, *, active: bool) -> Response:
        row = self.get_object()
        set_webhook_active(row, active=active, actor=self.actor)
        return self.answer(row)


# -- tokens of programs -----------------------------------------------------------------------------------------------


class ServiceTokenSerializer(serializers.ModelSerializer[ServiceToken]):
    """``hint`` is how the secret begins; the rest is stored nowhere."""

    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = ServiceToken
        fields = (
            *("id", "name", "scopes", "hint", "created_by", "created_at", "expires_at", "last_used_at", "revoked_at"),
        )
        read_only_fields = fields


class NewTokenSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(child=serializers.ChoiceField(TokenScope.choices), max_length=len(TokenScope))
    expires_at = serializers.DateTimeField()


class TokenWithSecretSerializer(ServiceTokenSerializer):
    secret = serializers.CharField(help_text="Told this once.")

    class Meta:
        model = ServiceTokenSerializer.Meta.model
        fields = (*ServiceTokenSerializer.Meta.fields, "secret")
        read_only_fields = fields


class ServiceTokenViewSet(ScopedViewSet[ServiceToken]):
    model = ServiceToken
    selector = staticmethod(service_tokens_visible_to)
    serializer_class = ServiceTokenSerializer
    filters = {"revoked": "revoked_at__isnull", "expires_by": "expires_at__lte"}

    @extend_schema(
        operation_id="service_tokens_create",
        summary="Issue a token",
        request=NewTokenSerializer,
        responses={201: TokenWithSecretSerializer},
        examples=[
            OpenApiExample(
                "Directory",
                {"name": "Directory", "scopes": ["scim_read"], "expires_at": "2027-06-30T00:00:00Z"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        del request
        if not is_superuser(self.actor):
            raise NotAllowed
        row, secret = issue_token(**self.given(NewTokenSerializer), actor=self.actor)
        row.secret = secret  # type: ignore[attr-defined] # shown this once, stored nowhere
        return SecretResponse(TokenWithSecretSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="service_tokens_revoke", summary="Revoke", request=None, responses={200: ServiceTokenSerializer}
    )
    @action(detail=True, methods=["post"], url_name="revoke")
    def revoke(self, request: Request, pk: str) -> Response:
        del request, pk
        token = self.get_object()
        revoke_token(token, actor=self.actor)
        return self.answer(token)


# -- background tasks -------------------------------------------------------------------------------------------------


class OutboxTaskSerializer(serializers.ModelSerializer[OutboxTask]):
    """What stands in a task are keys; they are not told here."""

    class Meta:
        model = OutboxTask
        fields = ("id", "kind", "state", "attempts", "not_before", "last_error", "created_at", "done_at")
        read_only_fields = fields


class OutboxTaskViewSet(ScopedViewSet[OutboxTask]):
    model = OutboxTask
    selector = staticmethod(outbox_tasks_visible_to)
    serializer_class = OutboxTaskSerializer
    filters = {"state": "state", "kind": "kind"}

    @extend_schema(
        operation_id="tasks_try_again", summary="Try again", request=None, responses={200: OutboxTaskSerializer}
    )
    @action(detail=True, methods=["post"], url_path="try-again", url_name="try-again")
    def try_again(self, request: Request, pk: str) -> Response:
        del request, pk
        row = self.get_object()
        if row.state != OutboxState.DEAD:
            raise WrongState("not_dead", _("Only a task that was given up is tried again."))
        retry_task(row)
        return self.answer(row)
