"""Signing in to /api/v1/: tokens for a password, the next ones, and the end of them."""

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import InvalidToken

from apps.accounts.services.passing import PasswordRefused, person_by_password
from apps.accounts.services.people import end_sessions
from apps.accounts.services.sessions import client_of
from apps.accounts.services.token_pairs import Bearer, TokenPair, end_family, issue_pair, rotate_pair
from portal.kernel.api.parsing import StrictJSONParser
from portal.kernel.api.tokens import TokenRefused
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.accounts.models import User


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


class RefreshSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=4096)


class TokenSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    token_type = serializers.CharField(help_text="bearer")
    expires_in = serializers.IntegerField(help_text="Seconds that the access token is good for.")
    refresh_token = serializers.CharField(help_text="Good once, for the next pair.")


TOKENS = OpenApiExample(
    "Tokens",
    {"access_token": "eyJ…", "token_type": "bearer", "expires_in": 600, "refresh_token": "eyJ…"},
    response_only=True,
)


def answer_with(pair: TokenPair) -> Response:
    """Return a pair as OAuth clients read it."""
    return Response(
        {
            "access_token": pair.access,
            "token_type": "bearer",
            "expires_in": pair.seconds,
            "refresh_token": pair.refresh,
        },
        headers={"Cache-Control": "no-store"},
    )


class EntranceView(APIView):
    """Where nobody is signed in yet, and a token that somebody sends means nothing."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (StrictJSONParser, FormParser)
    # Counted in our own table with the sign-in page (services/limits.py).
    throttle_classes = ()

    def get_authenticate_header(self, request: Request) -> str:
        del request
        # Without a scheme DRF would answer 403 to a wrong password.
        return 'Bearer realm="api"'


class LoginView(EntranceView):
    """The same answer, and the same work, for an unknown account and a wrong password."""

    @extend_schema(
        operation_id="auth_login",
        summary="Sign in",
        request=LoginSerializer,
        responses=TokenSerializer,
        examples=[
            OpenApiExample(
                "By address", {"email": "asha@uni.example", "password": "four plain words here"}, request_only=True
            ),
            TOKENS,
        ],
    )
    def post(self, request: Request) -> Response:
        body = LoginSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        try:
            person = person_by_password(
                request._request,  # noqa: SLF001 - the package wants Django's
                name=given.get("email") or given["username"],
                password=given["password"],
                code=given.get("code", ""),
            )
        except PasswordRefused as refused:
            raise exceptions.AuthenticationFailed(str(refused)) from refused
        return answer_with(issue_pair(person, program=client_of(request.headers.get("User-Agent", ""))))


class RefreshView(EntranceView):
    """The next pair for the newest refresh token of a sign-in; an older one ends the sign-in."""

    @extend_schema(
        operation_id="auth_refresh",
        summary="Get the next tokens",
        request=RefreshSerializer,
        responses=TokenSerializer,
        examples=[TOKENS],
    )
    def post(self, request: Request) -> Response:
        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            return answer_with(rotate_pair(body.validated_data["refresh_token"]))
        except TokenRefused as refused:
            raise InvalidToken from refused


class LogoutView(APIView):
    """Ends the sign-in of the token that it is called with: its access and refresh tokens open nothing any more."""

    @extend_schema(operation_id="auth_logout", summary="Sign out", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        if not isinstance(request.auth, Bearer):
            raise RuleViolation("no_token", _("Sign out on the pages of the portal: you did not come with a token."))
        end_family(request.auth.family)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutEverywhereView(APIView):
    """Ends every session and every token of oneself, this one too."""

    @extend_schema(
        operation_id="auth_logout_everywhere", summary="Sign out everywhere", request=None, responses={204: None}
    )
    def post(self, request: Request) -> Response:
        person = cast("User", request.user)
        end_sessions(person, actor=person)
        return Response(status=status.HTTP_204_NO_CONTENT)
