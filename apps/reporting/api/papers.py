"""Documents of one row, what left the portal, credentials and portfolios in /api/v1/."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.v1 import JobSerializer
from apps.accounts.selectors import enrolments_visible_to
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.selectors import arrivals_visible_to, assessments_visible_to
from apps.logbook.states import AssessmentState
from apps.reporting.models import Credential, IssuedDocument, Portfolio
from apps.reporting.permissions import can_take_credential
from apps.reporting.selectors import issued_documents_visible_to
from apps.reporting.selectors.credentials import credential_of_placement, credentials_visible_to
from apps.reporting.selectors.portfolios import portfolios_visible_to
from apps.reporting.services.batches import FORMS, KINDS, Wish, start_batch
from apps.reporting.services.credentials import issue_credential
from apps.reporting.services.documents import CONTENT_TYPES, Document, Form
from apps.reporting.services.portfolios import DAYS, MOST_ABOUT, Choice, save_portfolio, share_portfolio
from apps.reporting.services.sheets import make_arrival, make_assessment, make_certificate
from portal.kernel.api.lists import LARGEST, wrong
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.repeating import SecretResponse
from portal.kernel.api.rows import Adds, OwnKeyField, ScopedViewSet
from portal.kernel.api.views import PortalView
from portal.kernel.views import row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User

FORM = OpenApiParameter("format", str, enum=list(CONTENT_TYPES), description="pdf unless said otherwise")
FILE: Any = {(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()}
PLACE = ("enrolment__student__student_profile__programme", "enrolment__cohort__department", "company")
OF_PLACEMENT = tuple(f"placement__{path}" for path in PLACE)


def form_of(request: Request) -> Form:
    """Return the form that the address asks for. Raises a 400 for another one."""
    form = request.query_params.get("format", "pdf")
    if form not in CONTENT_TYPES:
        raise wrong(format="pdf, docx")
    return form


def sent(made: Document) -> HttpResponse:
    """Answer with a finished document as an attachment."""
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _made(request: Request, row: Any, make: Callable[..., Document]) -> HttpResponse:
    form = form_of(request)
    return sent(make(row, form, actor=cast("User", request.user), language=get_language() or "en"))


class ArrivalSheetView(PortalView):
    @extend_schema(operation_id="arrivals_document", summary="As a file", parameters=[FORM], responses=FILE)
    def get(self, request: Request, pk: str) -> HttpResponse:
        rows = arrivals_visible_to(request.user).select_related(*OF_PLACEMENT)
        return _made(request, row_or_404(rows.prefetch_related("placement__supervisors__user"), pk=pk), make_arrival)


class AssessmentSheetView(PortalView):
    @extend_schema(operation_id="assessments_document", summary="As a file", parameters=[FORM], responses=FILE)
    def get(self, request: Request, pk: str) -> HttpResponse:
        rows = assessments_visible_to(request.user).exclude(state=AssessmentState.OPEN)
        rows = rows.select_related("rubric", "submitted_by", *OF_PLACEMENT)
        found = row_or_404(rows.prefetch_related("rubric__criteria", "placement__supervisors__user"), pk=pk)
        return _made(request, found, make_assessment)


class CredentialSerializer(serializers.ModelSerializer[Credential]):
    student_name = serializers.CharField(source="placement.enrolment.student.get_full_name", read_only=True)

    class Meta:
        model = Credential
        fields = ("id", "placement", "student_name", "status_index", "revoked_at", "reason", "state", "version")
        read_only_fields = fields


class CredentialTokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="A verifiable credential as JWT, to give to others.")


class Completed:
    """What a completed training gives: the certificate and the credential."""

    def completed(self: Any) -> Placement:
        """Return the placement; 404 for one that is not completed."""
        placement = cast("Placement", self.get_object())
        if placement.state != PlacementState.COMPLETED:
            raise Http404
        return placement

    @extend_schema(operation_id="logbooks_certificate", summary="The certificate", parameters=[FORM], responses=FILE)
    @action(detail=True, url_name="certificate", pagination_class=None)
    def certificate(self, request: Request, pk: str) -> HttpResponse:
        del pk
        return _made(request, self.completed(), make_certificate)

    @extend_schema(operation_id="logbooks_credential", summary="The credential", responses=CredentialTokenSerializer)
    @action(detail=True, url_name="credential", pagination_class=None)
    def credential(self, request: Request, pk: str) -> Response:
        del pk
        found = credential_of_placement(self._mine(request))
        if found is None or not found.token:
            raise Http404
        return Response({"token": found.token})

    @extend_schema(
        operation_id="logbooks_make_credential",
        summary="Make the credential",
        request=None,
        responses={201: CredentialTokenSerializer},
    )
    @credential.mapping.post
    def make_credential(self, request: Request, pk: str) -> Response:
        del pk
        made = issue_credential(self._mine(request), actor=cast("User", request.user))
        return Response({"token": made.token}, status=status.HTTP_201_CREATED)

    def _mine(self, request: Request) -> Placement:
        placement = self.completed()
        if not can_take_credential(placement, request.user):
            raise Http404
        return placement


@with_moves
class CredentialViewSet(ScopedViewSet[Credential]):
    model = Credential
    selector = staticmethod(credentials_visible_to)
    related = ("placement__enrolment__student", "placement__enrolment__cohort")
    serializer_class = CredentialSerializer
    filters = {"state": "state", "placement": "placement", "cohort": "placement__enrolment__cohort"}


class IssuedSerializer(serializers.ModelSerializer[IssuedDocument]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)

    class Meta:
        model = IssuedDocument
        fields = (
            *("id", "code", "kind", "form", "enrolment", "student_name", "placement", "week_start", "sha256"),
            *("confirmed_at", "entry_count", "validated_count", "created_at", "withdrawn_at", "reason"),
            *("state", "version"),
        )
        read_only_fields = fields


@with_moves
class IssuedViewSet(ScopedViewSet[IssuedDocument]):
    """Files that left the portal with a code."""

    model = IssuedDocument
    selector = staticmethod(issued_documents_visible_to)
    related = ("enrolment__student", "enrolment__cohort")
    serializer_class = IssuedSerializer
    filters = {
        "code": "code",
        "kind": "kind",
        "state": "state",
        "enrolment": "enrolment",
        "cohort": "enrolment__cohort",
    }


class BatchSerializer(StrictSerializer):
    """Without ``cohort``, ``department`` and ``only`` these are all that one has; ``only`` names placements."""

    cohort = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)
    department = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)
    only = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), max_length=500, required=False
    )
    kinds = serializers.ListField(
        child=serializers.ChoiceField([kind.value for kind in KINDS]), max_length=len(KINDS), required=False
    )
    formats = serializers.ListField(child=serializers.ChoiceField(FORMS), max_length=len(FORMS), required=False)


class BatchView(PortalView):
    @extend_schema(
        operation_id="batches_start",
        summary="Start a zip of many students' documents",
        request=BatchSerializer,
        responses={202: JobSerializer},
        examples=[
            OpenApiExample("A cohort", {"cohort": 3, "kinds": ["logbook"], "formats": ["pdf"]}, request_only=True)
        ],
    )
    def post(self, request: Request) -> Response:
        body = BatchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wish = Wish(**body.validated_data, language=get_language() or "en")
        job = start_batch(wish, actor=cast("User", request.user))
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


class PortfolioSerializer(serializers.ModelSerializer[Portfolio]):
    skills = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Portfolio
        fields = ("id", "enrolment", "title", "about", "shows_hours", "skills", "weeks", "assessments", "files")
        read_only_fields = fields


def _keys() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), max_length=500, required=False, default=list
    )


class ComposedSerializer(StrictSerializer):
    """What is not validated or not one's own is left out."""

    enrolment = OwnKeyField(enrolments_visible_to)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    about = serializers.CharField(max_length=MOST_ABOUT, required=False, allow_blank=True, default="")
    shows_hours = serializers.BooleanField(default=True)
    weeks = _keys()
    assessments = _keys()
    files = _keys()
    skills = serializers.ListField(child=serializers.CharField(max_length=80), max_length=200, default=list)


class SharedSerializer(StrictSerializer):
    days = serializers.ChoiceField(DAYS)
    label = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")  # type: ignore[assignment] # a field of this name


class AddressSerializer(serializers.Serializer[Any]):
    address = serializers.CharField(help_text="Told this once.")


class PortfolioViewSet(Adds, ScopedViewSet[Portfolio]):
    """Composed as a whole: POST takes the place of what was chosen before."""

    model = Portfolio
    selector = staticmethod(portfolios_visible_to)
    prefetched = ("weeks", "assessments", "files")
    serializer_class = PortfolioSerializer
    add_serializer = ComposedSerializer

    def add(self, values: dict[str, Any]) -> Portfolio:
        return save_portfolio(values.pop("enrolment"), Choice(**values), actor=self.actor)

    @extend_schema(
        operation_id="portfolios_share",
        summary="Make a link for somebody",
        request=SharedSerializer,
        responses={201: AddressSerializer},
        examples=[OpenApiExample("A month", {"days": 30, "label": "Njia Works"}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="share")
    def share(self, request: Request, pk: str) -> Response:
        del pk
        portfolio, given = self.get_object(), self.given(SharedSerializer)
        secret = share_portfolio(portfolio, given["label"], int(given["days"]), actor=self.actor)
        address = request.build_absolute_uri(reverse("portfolio_shared", args=[secret]))
        return SecretResponse({"address": address}, status=status.HTTP_201_CREATED)
