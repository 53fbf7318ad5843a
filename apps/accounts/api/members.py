"""The people of a company and its agreements with the university in /api/v1/."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Agreement, CompanyMember, HistoryEntry
from apps.accounts.permissions import can_invite_members
from apps.accounts.selectors import agreements_visible_to, companies_moderated_by, history_visible_to
from apps.accounts.services.agreements import MOST_BYTES, change_agreement, delete_agreement, enter_agreement
from apps.accounts.services.invitations import invite_member, withdraw_invitation
from apps.accounts.services.people import remove_member
from apps.accounts.states import MemberKind
from portal.kernel.api.files import PDF, UploadField
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet
from portal.kernel.errors import NotAllowed
from portal.kernel.views import send_file


class MemberSerializer(serializers.ModelSerializer[CompanyMember]):
    """``invited_at`` is told of who has not answered yet."""

    name = serializers.CharField(source="user.get_full_name", read_only=True)
    email = serializers.CharField(source="user.email", read_only=True)

    class Meta:
        model = CompanyMember
        fields = ("id", "company", "name", "email", "kind", "title", "is_active", "invited_at")
        read_only_fields = fields


class InvitedSerializer(StrictSerializer):
    email = serializers.EmailField()
    kind = serializers.ChoiceField(MemberKind.choices)
    full_name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    title = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class Members:
    """The people of a company, for its representatives."""

    @extend_schema(operation_id="companies_members", summary="Its people", responses=MemberSerializer(many=True))
    @action(detail=True, url_name="members", pagination_class=None, filter_backends=())
    def members(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        company = self.get_object()
        if not can_invite_members(company, self.actor):
            raise NotAllowed
        rows = company.members.select_related("user").order_by("kind", "pk")
        shown = [row for row in rows if row.is_active or row.invited_at]
        return Response(MemberSerializer(shown, many=True).data)

    @extend_schema(
        operation_id="companies_invite_member",
        summary="Ask somebody to join the company",
        request=InvitedSerializer,
        responses={201: MemberSerializer},
        examples=[
            OpenApiExample("Supervisor", {"email": "n.mollel@njia.example", "kind": "supervisor"}, request_only=True)
        ],
    )
    @members.mapping.post
    def invite_member(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        company, given = self.get_object(), self.given(InvitedSerializer)
        made = invite_member(company, kind=MemberKind(given.pop("kind")), actor=self.actor, **given)
        return Response(MemberSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="companies_remove_member",
        summary="Take somebody out, or an invitation back",
        responses={204: None},
    )
    @action(detail=True, methods=["delete"], url_path=r"members/(?P<row>[0-9]{1,18})", url_name="member")
    def remove_member(self: Any, request: Request, pk: str, row: str) -> Response:
        del request, pk
        company = self.get_object()
        if not can_invite_members(company, self.actor):
            raise NotAllowed
        member = company.members.filter(pk=row).select_related("company", "user").first()
        if member is None:
            raise Http404
        away = remove_member if member.invited_at is None else withdraw_invitation
        away(member, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CompanyAgreementSerializer(serializers.ModelSerializer[Agreement]):
    company_name = serializers.CharField(source="company.name", read_only=True)
    days_left = serializers.IntegerField(read_only=True)
    has_file = serializers.BooleanField(source="file", read_only=True)

    class Meta:
        model = Agreement
        fields = (*("id", "company", "company_name", "number", "signed_on", "expires_on", "days_left", "has_file"),)
        read_only_fields = fields


class AgreementBodySerializer(StrictSerializer):
    """``file`` is the signed paper, a PDF: then everything is sent as a form."""

    number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    signed_on = serializers.DateField()
    expires_on = serializers.DateField()
    note = serializers.CharField(max_length=240, required=False, allow_blank=True)
    file = UploadField(most=MOST_BYTES, required=False)


class NewAgreementSerializer(AgreementBodySerializer):
    company = OwnKeyField(companies_moderated_by)


def with_bytes(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with what is in the file in its place."""
    return {**values, "file": values["file"].read()} if "file" in values else values


class CompanyAgreementViewSet(Adds, Changes, Removes, ScopedViewSet[Agreement]):
    model = Agreement
    selector = staticmethod(agreements_visible_to)
    related = ("company",)
    serializer_class = CompanyAgreementSerializer
    add_serializer = NewAgreementSerializer
    change_serializer = AgreementBodySerializer
    filters = {"company": "company", "expires_by": "expires_on__lte", "expires_from": "expires_on__gte"}
    orders = {"-id": ("-id",), "id": ("id",), "expires_on": ("expires_on", "id")}

    def add(self, values: dict[str, Any]) -> Agreement:
        return enter_agreement(with_bytes(values), actor=self.actor)

    def change(self, obj: Agreement, values: dict[str, Any], version: int | None) -> Agreement:
        del version
        return change_agreement(obj, with_bytes(values), actor=self.actor)

    def remove(self, obj: Agreement) -> None:
        delete_agreement(obj, actor=self.actor)

    @extend_schema(operation_id="company_agreements_file", summary="The signed paper", responses=PDF)
    @action(detail=True, url_name="file", pagination_class=None)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        del request, pk
        agreement = self.get_object()
        if not agreement.file:
            raise Http404
        return send_file(agreement.file, _("Agreement %(company)s.pdf") % {"company": agreement.company})


class HistorySerializer(serializers.ModelSerializer[HistoryEntry]):
    """Who did what to which object: ``target_label`` is its kind, ``target_id`` its key."""

    actor_name = serializers.SerializerMethodField()

    class Meta:
        model = HistoryEntry
        fields = (
            *("id", "target_label", "target_id", "action", "source", "target", "actor_name", "via", "reason"),
            *("department", "at"),
        )
        read_only_fields = fields

    def get_actor_name(self, entry: HistoryEntry) -> str:
        return entry.actor.get_full_name() if entry.actor else ""


class HistoryViewSet(ScopedViewSet[HistoryEntry]):
    model = HistoryEntry
    selector = staticmethod(history_visible_to)
    related = ("actor",)
    serializer_class = HistorySerializer
    filters = {
        "target_label": "target_label",
        "target_id": "target_id",
        "action": "action",
        "actor": "actor",
        "department": "department",
        "since": "at__gte",
        "until": "at__lte",
    }
