"""Letters and agreements in /api/v1/: read, signed, sent back as a scan; introduction letters asked for and issued."""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.selectors import enrolments_visible_to
from apps.applications.extraction.codes import MAX_BYTES
from apps.applications.models import Agreement, AgreementSignature, IntroductionLetter
from apps.applications.permissions import signs_next
from apps.applications.selectors import agreements_to_sign, agreements_visible_to, letters_visible_to
from apps.applications.services.agreements import LONGEST_NAME, accept_scan, make_again, sign_agreement
from apps.applications.services.letters import Wish, ask_for_letter, issue_letter, make_letter_again
from apps.applications.services.scans import file_scan
from apps.applications.states import LetterState, Party
from portal.kernel.api.files import ANY_FILE, FORMS, PDF, UploadField
from portal.kernel.api.lists import check_parameters
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, OwnKeyField, ScopedViewSet
from portal.kernel.errors import WrongState
from portal.kernel.views import send_file


class SignatureSerializer(serializers.ModelSerializer[AgreementSignature]):
    class Meta:
        model = AgreementSignature
        fields = ("party", "name", "way", "signed_at", "sha256")
        read_only_fields = fields


class AgreementSerializer(serializers.ModelSerializer[Agreement]):
    """``sha256`` is empty while the file is made; ``sign_as`` says for whom the user may sign now, if for anybody."""

    student_name = serializers.CharField(source="placement.enrolment.student.get_full_name", read_only=True)
    company_name = serializers.CharField(source="placement.company.name", read_only=True)
    signatures = SignatureSerializer(many=True, read_only=True)
    missing = serializers.ListField(child=serializers.ChoiceField(Party.choices), read_only=True)
    sign_as = serializers.SerializerMethodField()
    has_scan = serializers.BooleanField(source="scan", read_only=True)

    class Meta:
        model = Agreement
        fields = (
            *("id", "placement", "student_name", "company_name", "kind", "language", "code", "sha256", "problem"),
            *("signatures", "missing", "sign_as", "has_scan", "scanned_at", "sent_at", "completed_at", "reason"),
            *("state", "version"),
        )
        read_only_fields = fields

    def get_sign_as(self, agreement: Agreement) -> str:
        request = self.context.get("request")
        parties = signs_next(agreement, request.user) if request is not None else []
        return str(parties[0]) if parties else ""


class SignSerializer(StrictSerializer):
    """``sha256`` is that of the file that was read: another one is not signed."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    sha256 = serializers.CharField(max_length=64)


class ScanSerializer(StrictSerializer):
    file = UploadField(most=MAX_BYTES)


class PartiesSerializer(StrictSerializer):
    """Whose signatures the scan carries; without names, of all who are missing."""

    parties = serializers.ListField(
        child=serializers.ChoiceField(Party.choices), max_length=len(Party), required=False, default=list
    )


@with_moves
class AgreementViewSet(ScopedViewSet[Agreement]):
    model = Agreement
    selector = staticmethod(agreements_visible_to)
    related = ("placement__enrolment__student", "placement__enrolment__cohort", "placement__company")
    prefetched = ("signatures", "placement__supervisors")
    withheld = ("sign",)
    serializer_class = AgreementSerializer
    filters = {
        "state": "state",
        "kind": "kind",
        "placement": "placement",
        "cohort": "placement__enrolment__cohort",
        "company": "placement__company",
        "code": "code",
    }

    @extend_schema(
        operation_id="agreements_to_sign",
        summary="What waits for one's signature",
        responses=AgreementSerializer(many=True),
    )
    @action(detail=False, url_path="to-sign", url_name="to-sign", filter_backends=())
    def to_sign(self, request: Request) -> Response:
        check_parameters(request, {"page_size", "after", "before"})
        rows = agreements_to_sign(request.user).select_related(*self.related).prefetch_related(*self.prefetched)
        page = self.paginate_queryset(rows.order_by())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="agreement_sign",
        summary="Sign",
        request=SignSerializer,
        responses={200: AgreementSerializer},
        examples=[OpenApiExample("By name", {"name": "Asha Juma", "sha256": "9f86d0…"}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="sign")
    def sign(self, request: Request, pk: str) -> Response:
        del pk
        paper, given = self.get_object(), self.given(SignSerializer)
        address = request.META.get("REMOTE_ADDR", "")
        sign_agreement(paper, name=given["name"], seen=given["sha256"], actor=self.actor, address=address, via="api")
        return self.answer(paper)

    @extend_schema(operation_id="agreements_file", summary="The PDF", responses=PDF)
    @action(detail=True, url_name="file", pagination_class=None)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        del request, pk
        paper = self.get_object()
        if not paper.file:
            raise Http404
        return send_file(paper.file, f"{paper.kind}-{paper.code}.pdf")

    @extend_schema(operation_id="agreements_scan", summary="The scan of the signed paper", responses=ANY_FILE)
    @action(detail=True, url_path="scan", url_name="scan", pagination_class=None)
    def scan(self, request: Request, pk: str) -> HttpResponseBase:
        del request, pk
        paper = self.get_object()
        if not paper.scan:
            raise Http404
        ending = str(paper.scan.name).rpartition(".")[2]
        return send_file(paper.scan, f"{paper.kind}-{paper.code}-scan.{ending}")

    @extend_schema(
        operation_id="agreements_file_scan",
        summary="File a scan under the paper whose code it shows",
        request={"multipart/form-data": ScanSerializer},
        responses={200: AgreementSerializer},
    )
    @action(detail=False, methods=["post"], url_path="scans", url_name="scans", parser_classes=FORMS)
    def scans(self, request: Request) -> Response:
        del request
        return self.answer(file_scan(self.given(ScanSerializer)["file"].read(), actor=self.actor))

    @extend_schema(
        operation_id="agreement_accept_scan",
        summary="Say who has signed on paper",
        request=PartiesSerializer,
        responses={200: AgreementSerializer},
        examples=[OpenApiExample("Two", {"parties": ["student", "host"]}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_path="accept-scan", url_name="accept-scan")
    def accept_scan(self, request: Request, pk: str) -> Response:
        del request, pk
        paper = self.get_object()
        parties = [Party(party) for party in self.given(PartiesSerializer)["parties"]]
        return self.answer(accept_scan(paper, actor=self.actor, parties=parties))

    @extend_schema(
        operation_id="agreement_make_again",
        summary="Make the file again",
        request=None,
        responses={202: AgreementSerializer},
    )
    @action(detail=True, methods=["post"], url_path="make-again", url_name="make-again")
    def make_again(self, request: Request, pk: str) -> Response:
        del request, pk
        paper = self.get_object()
        make_again(paper, actor=self.actor)
        return self.answer(paper, status.HTTP_202_ACCEPTED)


class LetterSerializer(serializers.ModelSerializer[IntroductionLetter]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)

    class Meta:
        model = IntroductionLetter
        fields = (
            *("id", "enrolment", "student_name", "company_name", "address", "language", "code", "sha256", "problem"),
            *("issued_at", "reason", "created_at", "state", "version"),
        )
        read_only_fields = fields


class NewLetterSerializer(StrictSerializer):
    """Without ``company_name`` the letter is for whoever reads it."""

    enrolment = OwnKeyField(enrolments_visible_to)
    company_name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    address = serializers.CharField(max_length=240, required=False, allow_blank=True)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)


@with_moves
class LetterViewSet(Adds, ScopedViewSet[IntroductionLetter]):
    """A student asks under ``/letters/ask/``; a coordinator issues one by POST on the list."""

    model = IntroductionLetter
    selector = staticmethod(letters_visible_to)
    related = ("enrolment__student", "enrolment__cohort")
    serializer_class = LetterSerializer
    add_serializer = NewLetterSerializer
    filters = {"state": "state", "enrolment": "enrolment", "cohort": "enrolment__cohort", "code": "code"}

    def add(self, values: dict[str, Any]) -> IntroductionLetter:
        return issue_letter(values.pop("enrolment"), Wish(**values), actor=self.actor)

    @extend_schema(
        operation_id="letters_ask",
        summary="Ask for a letter",
        request=NewLetterSerializer,
        responses={201: LetterSerializer},
        examples=[
            OpenApiExample("For a company", {"enrolment": 12, "company_name": "Njia Works"}, request_only=True),
        ],
    )
    @action(detail=False, methods=["post"], url_name="ask")
    def ask(self, request: Request) -> Response:
        del request
        given = self.given(NewLetterSerializer)
        letter = ask_for_letter(given.pop("enrolment"), Wish(**given), actor=self.actor)
        return self.answer(letter, status.HTTP_201_CREATED)

    @extend_schema(operation_id="letters_file", summary="The PDF", responses=PDF)
    @action(detail=True, url_name="file", pagination_class=None)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        del request, pk
        letter = self.get_object()
        if letter.state != LetterState.ISSUED or not letter.file:
            raise WrongState("wrong_state", _("There is no file of this letter, or not any more."))
        return send_file(letter.file, f"letter-{letter.code}.pdf")

    @extend_schema(
        operation_id="letter_make_again",
        summary="Make the file again",
        request=None,
        responses={202: LetterSerializer},
    )
    @action(detail=True, methods=["post"], url_path="make-again", url_name="make-again")
    def make_again(self, request: Request, pk: str) -> Response:
        del request, pk
        letter = self.get_object()
        make_letter_again(letter, actor=self.actor)
        return self.answer(letter, status.HTTP_202_ACCEPTED)
