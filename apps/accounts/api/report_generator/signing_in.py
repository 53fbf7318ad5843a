"""Registering, signing in and out, and new tokens.

An address that somebody registers with is told nothing by the answer: it is asked by mail, and is the person's when it
is confirmed. A user name that is taken is said, because the person has to choose another one; registering is counted.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken

from apps.accounts.adapters import client_network
from apps.accounts.api.report_generator import REPORT_GENERATOR, ReportGeneratorView, as_sent, done
from apps.accounts.api.report_generator.profile import NAMES, has_profile, picture_address, wish_of, with_country
from apps.accounts.models import User
from apps.accounts.selectors import site_settings
from apps.accounts.services import limits
from apps.accounts.services.own_profile import register_with_profile
from apps.accounts.services.passing import PasswordRefused, person_by_password
from apps.accounts.services.registering_by_name import NamedNewcomer
from apps.accounts.services.sessions import client_of
from apps.accounts.services.token_pairs import end_by_refresh, issue_pair, rotate_pair
from portal.kernel.api.dialects import body_of, text_in
from portal.kernel.api.tokens import TokenRefused


class EntranceView(ReportGeneratorView):
    """Where nobody is signed in yet, and a token that somebody sends means nothing."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    # Counted in our own table with the pages (services/limits.py).
    throttle_classes = ()

    def get_authenticate_header(self, request: Request) -> str:
        del request
        return 'Bearer realm="api"'


class NewcomerSerializer(serializers.Serializer[Any]):
    """Who registers; other keys are studies and place (``profile.wish_of``) or are left alone."""

    username = serializers.CharField(max_length=150)
    email = serializers.CharField(max_length=320)
    first_name = serializers.CharField(required=False, allow_blank=True, max_length=150, default="")
    last_name = serializers.CharField(required=False, allow_blank=True, max_length=150, default="")
    phone_number = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    password_confirm = serializers.CharField(max_length=1024, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Compare the passwords; clients strip some signs from the second one only."""
        password, again = attrs["password"], attrs["password_confirm"]
        if again not in (password, as_sent(password)):
            raise serializers.ValidationError(_("The two passwords are not the same."))
        return attrs


class RegisterView(EntranceView):
    names = NAMES

    def post(self, request: Request) -> Response:
        body = NewcomerSerializer(data=body_of(request.data))
        body.is_valid(raise_exception=True)
        given = body.validated_data
        limits.take(
            limits.register_of_address(site_settings().registrations_an_hour),
            client_network(request._request),  # noqa: SLF001 - the package wants Django's
        )
        newcomer = NamedNewcomer(
            username=given["username"],
            password=given["password"],
            first_name=given["first_name"],
            last_name=given["last_name"],
            email=given["email"],
            phone=with_country(given["phone_number"]),
            language=get_language() or "",
        )
        person = register_with_profile(newcomer, wish_of(body_of(request.data)))
        pair = issue_pair(person, audience=REPORT_GENERATOR, program=_program(request))
        user = {"id": person.pk, "username": person.username, "email": given["email"]}
        data = {"user": user, "tokens": {"refresh": pair.refresh, "access": pair.access}}
        told = {"success": True, "message": _("You are registered. Sign in."), "data": data}
        return Response(told, status=status.HTTP_201_CREATED)


class LoginView(EntranceView):
    """The same answer, and the same work, for an unknown account and a wrong password."""

    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        name, password = text_in(body, "username", "email"), text_in(body, "password")
        given = {"username": name, "password": password}
        if missing := {key: [_("This field is required.")] for key, value in given.items() if not value}:
            raise serializers.ValidationError(missing)
        try:
            person = person_by_password(
                request._request,  # noqa: SLF001 - the package wants Django's
                name=name,
                password=password,
                code=text_in(body, "code", "otp"),
            )
        except PasswordRefused as refused:
            raise exceptions.AuthenticationFailed(str(refused)) from refused
        pair = issue_pair(person, audience=REPORT_GENERATOR, program=_program(request))
        return Response({"access": pair.access, "refresh": pair.refresh, "user": _shown(person)})


def _shown(person: User) -> Mapping[str, Any]:
    return {
        "id": person.pk,
        "username": person.username,
        "email": person.email,
        "full_name": person.get_full_name(),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "is_staff": person.is_staff,
        "profile_picture": picture_address(person),
        "has_complete_profile": has_profile(person),
    }


def _program(request: Request) -> str:
    return client_of(request.headers.get("User-Agent", ""))


class RefreshView(EntranceView):
    """The next pair for the newest refresh token; an older one ends the sign-in."""

    def post(self, request: Request) -> Response:
        raw = text_in(body_of(request.data), "refresh")
        if not raw:
            raise serializers.ValidationError({"refresh": [_("This field is required.")]})
        try:
            pair = rotate_pair(raw, audience=REPORT_GENERATOR)
        except TokenRefused as refused:
            raise InvalidToken from refused
        return Response({"access": pair.access, "refresh": pair.refresh})

    def shape_refusal(self, problem: Mapping[str, Any], error: Exception) -> Any:
        """Name the code by which clients know that they have to sign in again."""
        if isinstance(error, InvalidToken):
            return {"detail": str(problem["detail"]), "code": "token_not_valid"}
        return super().shape_refusal(problem, error)


class LogoutView(ReportGeneratorView):
    """Ends the sign-in of the refresh token that is sent."""

    def post(self, request: Request) -> Response:
        try:
            end_by_refresh(text_in(body_of(request.data), "refresh"), audience=REPORT_GENERATOR)
        except TokenRefused as refused:
            raise exceptions.ParseError(_("This token is not valid.")) from refused
        return done(_("You are signed out."))
