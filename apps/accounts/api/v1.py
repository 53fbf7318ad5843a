"""Sign-in, oneself, companies, notices and jobs in /api/v1/."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Company, Job, Notice, User
from apps.accounts.selectors import companies_visible_to, jobs_visible_to, notices_visible_to
from apps.accounts.services.joining import must_use_provider
from apps.accounts.services.notices import sentence_of
from apps.accounts.services.second_factor import check_second_factor
from portal.kernel.access import scope_of
from portal.kernel.api.access import access_token_for
from portal.kernel.api.parsing import StrictJSONParser
from portal.kernel.api.rows import ScopedViewSet, with_moves


class LoginSerializer(serializers.Serializer[Any]):
    """``email`` (JSON clients) or ``username`` (form clients) beside ``password``; other keys are ignored.

    ``code`` is of the authenticator app, or a recovery code; only who has a second factor needs it.
    """

    email = serializers.CharField(required=False, max_length=320)
    username = serializers.CharField(required=False, max_length=320)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    code = serializers.CharField(required=False, max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs.get("email") or attrs.get("username")):
            raise serializers.ValidationError({"email": [_("Enter your e-mail address or user name.")]})
        return attrs


class TokenSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    token_type = serializers.CharField()


class LoginView(APIView):
    """The same answer, and the same work, for an unknown account and a wrong password."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (StrictJSONParser, FormParser)
    # Counted in our own table with the sign-in page (services/limits.py).
    throttle_classes = ()

    def get_authenticate_header(self, request: Request) -> str:
        del request
        # Without a scheme DRF would answer 403 to a wrong password.
        return 'Bearer realm="api"'

    @extend_schema(operation_id="auth_login", request=LoginSerializer, responses=TokenSerializer)
    def post(self, request: Request) -> Response:
        body = LoginSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        key = given.get("email") or given["username"]
        credentials = {"email" if "@" in key else "username": key}
        user = get_adapter().authenticate(request._request, password=given["password"], **credentials)  # noqa: SLF001 - the package wants Django's
        if user is None or not user.is_active:
            raise exceptions.AuthenticationFailed(_("The account or the password is wrong."))
        if must_use_provider(user) is not None:
            raise exceptions.AuthenticationFailed(_("Staff sign in through the university; a password opens nothing."))
        check_second_factor(user, given.get("code", ""))
        return Response({"access_token": str(access_token_for(user)), "token_type": "bearer"})


class MeSerializer(serializers.ModelSerializer[User]):
    full_name = serializers.CharField(source="get_full_name")
    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "username", "full_name", "email", "phone", "language", "roles")

    def get_roles(self, user: User) -> list[str]:
        return sorted(scope_of(user).roles)


class MeView(APIView):
    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(cast("User", request.user)).data, status=status.HTTP_200_OK)


class CompanySerializer(serializers.ModelSerializer[Company]):
    class Meta:
        model = Company
        fields = (
            "id",
            "name",
            "industry_type",
            "description",
            "address",
            "region",
            "country",
            "website",
            "state",
            "version",
        )


@with_moves
class CompanyViewSet(ScopedViewSet[Company]):
    model = Company
    withheld = ("merge",)
    selector = staticmethod(companies_visible_to)
    serializer_class = CompanySerializer


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "sentence", "url", "created_at", "read_at")

    def get_sentence(self, notice: Notice) -> str:
        return sentence_of(notice)


class NoticeViewSet(ScopedViewSet[Notice]):
    model = Notice
    selector = staticmethod(notices_visible_to)
    serializer_class = NoticeSerializer


class JobSerializer(serializers.ModelSerializer[Job]):
    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "title",
            "state",
            "done_count",
            "total_count",
            "message",
            "error",
            "created_at",
            "finished_at",
        )


class JobViewSet(ScopedViewSet[Job]):
    model = Job
    selector = staticmethod(jobs_visible_to)
    serializer_class = JobSerializer
