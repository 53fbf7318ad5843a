"""The InternSync dialect: its views' common form, registering, signing in, and who one is.

Its token holds ids and one letter: ``user_id``, ``role`` (``s`` or ``c``), ``sid`` or ``cid``, ``exp``, ``iat`` and
what ends it early. The old server also wrote names and addresses into it; a token is kept in browsers and logs, so
those stand in the answer of ``/api/users/is-authed`` instead. ``sid`` is the student's key and ``cid`` the company's.
"""

import datetime as dt
import html
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.adapters import client_network
from apps.accounts.api.access import PortalJWTAuthentication
from apps.accounts.models import Company, User
from apps.accounts.permissions import has_role
from apps.accounts.selectors import companies_represented_by, site_settings
from apps.accounts.services import limits
from apps.accounts.services.passing import PasswordRefused, person_by_password
from apps.accounts.services.registering_by_name import NamedNewcomer, register_by_name
from apps.accounts.services.registration import Door
from apps.accounts.services.sessions import client_of
from apps.accounts.services.token_pairs import Audience, Bearer, issue_pair, read_access
from apps.accounts.states import Role
from portal.kernel.api.dialects import DialectView, body_of, both, text_in
from portal.kernel.api.parsing import StrictJSONParser, strict_json
from portal.kernel.api.tokens import TokenRefused
from portal.kernel.errors import RuleViolation

INTERNSYNC: Final = Audience("practicum-internsync", dt.timedelta(hours=1))
PER_PAGE: Final = 4
LONGEST_PASSWORD: Final = 40
STUDENTS_ONLY: Final = "This service is for students only!"
BY_LETTER: Final = {"s": Role.STUDENT, "c": Role.COMPANY_REPRESENTATIVE}


class InternSyncAuthentication(PortalJWTAuthentication):
    """Bearer tokens of this dialect; what is wrong with one is said in the old server's words."""

    audience = INTERNSYNC

    def read(self, raw: bytes) -> Bearer:
        """Return who holds the token; 401 whatever is wrong with it."""
        try:
            return read_access(raw, audience=self.audience)
        except TokenRefused as error:
            raise exceptions.AuthenticationFailed("Token has expired" if is_over(raw) else "Invalid token") from error


def is_over(raw: bytes) -> bool:
    """Say whether a token that counts no more says of itself that its time is over; clients then sign in again."""
    try:
        claims = strict_json(urlsafe_b64decode(raw.split(b".")[1] + b"=="))
        return bool(claims["exp"] <= timezone.now().timestamp())
    except (ValueError, IndexError, KeyError, TypeError, RecursionError):
        return False


class WrongRole(exceptions.APIException):
    """This address is for the other of the two roles: 401, as clients of this dialect expect."""

    status_code = HTTPStatus.UNAUTHORIZED
    default_detail = "This service is for companies only!"


class InternSyncView(DialectView):
    """Refusals are ``{"error": …}``, and every text of an answer is escaped: clients show it as it comes."""

    authentication_classes: Any = (InternSyncAuthentication,)

    def shape_refusal(self, problem: Mapping[str, Any], error: Exception) -> Any:
        """Return the first sentence of the problem; for a field its own."""
        if isinstance(error, exceptions.NotAuthenticated):
            return {"error": "Authorization header missing or invalid"}
        errors = problem.get("errors") or [{"message": problem["detail"]}]
        return {"error": str(errors[0]["message"])}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Escape what is answered; it is stored as it was typed."""
        if isinstance(response, Response):
            response.data = escaped(response.data)
        return super().finalize_response(request, response, *args, **kwargs)


def escaped(found: Any) -> Any:
    """Return an answer with every text in it escaped for HTML."""
    if isinstance(found, str):
        return html.escape(found)
    if isinstance(found, Mapping):
        return {key: escaped(value) for key, value in found.items()}
    return [escaped(value) for value in found] if isinstance(found, (list, tuple)) else found


def unless_escaped(sent: str, stored: str) -> str:
    """Return what was sent, but what is stored where a client sends the escaped answer back unchanged."""
    return stored if sent == html.escape(stored) else sent


def page_number(request: Request) -> int:
    """Return the wished page, from 1. Raises ``InvalidPage``."""
    given = request.query_params.get("page", "1")
    # Within what databases count.
    if not re.fullmatch("[0-9]{1,9}", given) or int(given) < 1:
        raise InvalidPage
    return int(given)


class InvalidPage(exceptions.APIException):
    """The page is no page."""

    status_code = HTTPStatus.BAD_REQUEST
    default_detail = "Invalid page number"


class PagedView(InternSyncView):
    """Lists of four, as bare arrays."""

    def shape_refusal(self, problem: Mapping[str, Any], error: Exception) -> Any:
        """Name a wrong page by the key that clients read for it."""
        if isinstance(error, InvalidPage):
            return {"detail": InvalidPage.default_detail}
        return super().shape_refusal(problem, error)

    def page_of(self, request: Request, rows: Any) -> list[Any]:
        """Return the rows of the wished page, none behind the last one."""
        first = (page_number(request) - 1) * PER_PAGE
        return list(rows[first : first + PER_PAGE])


def own_company(request: Request) -> Company:
    """Return the company for which the person acts, the first of several. Raises ``WrongRole``."""
    company = companies_represented_by(request.user).order_by("pk").first()
    if company is None:
        raise WrongRole
    return company


def check_student(request: Request) -> User:
    """Return the student who asks. Raises ``WrongRole``."""
    if not has_role(request.user, Role.STUDENT):
        raise WrongRole(STUDENTS_ONLY)
    return cast("User", request.user)


def job_company(company: Company, *, contact: bool) -> dict[str, Any]:
    """Return a company as it stands beside a job; its contact is for whom it is for elsewhere."""
    hr_mail = (company.hr_email or company.email) if contact else ""
    return {"id": company.pk, "name": company.name, "hr_mail": hr_mail, "website": company.website}


# -- registering and signing in ---------------------------------------------------------------------------------------


class EntranceView(InternSyncView):
    """Where nobody is signed in yet."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    # Counted in our own table with the pages (services/limits.py).
    throttle_classes = ()
    parser_classes = (StrictJSONParser, FormParser)

    def get_authenticate_header(self, request: Request) -> str:
        del request
        return 'Bearer realm="api"'


class RegisterView(EntranceView):
    """A student or a company under a user name.

    A name that is taken gets the old server's 200, whose sentence says the same as for a new one to whoever does not
    look closely. The limits are those of registering on the pages.
    """

    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        role, username, password = (text_in(body, name) for name in ("role", "userName", "password"))
        wanted = ("fullName",) if role == "s" else ("componyName", "website", "HRMail")
        if role not in BY_LETTER or not all((username, password, *(text_in(body, name) for name in wanted))):
            return Response({"error": "Missing fields"}, status=HTTPStatus.BAD_REQUEST)
        if len(password) > LONGEST_PASSWORD:
            return Response({"error": _("Use at most 40 characters.")}, status=HTTPStatus.BAD_REQUEST)
        limits.take(
            limits.register_of_address(site_settings().registrations_an_hour),
            client_network(request._request),  # noqa: SLF001 - the package wants Django's
        )
        door = Door.STUDENT if role == "s" else Door.COMPANY
        try:
            register_by_name(door, _newcomer(body, username, password), enrol=True)
        except RuleViolation as error:
            if error.code != "username_taken":
                raise
            return Response({"message": f"User: {username} has been registered!"})
        return Response({"message": "Data is completed."})


def _newcomer(body: Mapping[str, Any], username: str, password: str) -> NamedNewcomer:
    mail = text_in(body, "HRMail")
    company = {"name": text_in(body, "componyName"), "website": text_in(body, "website"), "hr_email": mail}
    first, _space, last = text_in(body, "fullName").strip().partition(" ")
    return NamedNewcomer(username, password, first, last.strip(), email=mail, company=company)


class LoginView(EntranceView):
    """The same answer, and the same work, for an unknown account and a wrong password.

    Only students and people of companies have anything here; others use the portal.
    """

    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        username, password = text_in(body, "userName", "username"), text_in(body, "password")
        if not username or not password:
            return Response({"error": "Missing fields"}, status=HTTPStatus.BAD_REQUEST)
        try:
            person = person_by_password(
                request._request,  # noqa: SLF001 - the package wants Django's
                name=username,
                password=password,
                code=text_in(body, "code"),
            )
        except PasswordRefused:
            return Response({"message": "wrong."}, status=HTTPStatus.UNAUTHORIZED)
        claims = claims_of(person)
        if not claims:
            return Response({"message": "wrong."}, status=HTTPStatus.UNAUTHORIZED)
        program = client_of(request.headers.get("User-Agent", ""))
        pair = issue_pair(person, audience=INTERNSYNC, program=program, more=claims)
        return Response({"message": "AUTHED!", "token": pair.access})


def claims_of(person: User) -> dict[str, Any]:
    """Return what the dialect's clients read off the token beside ``user_id``; empty for whom it has no role."""
    company = companies_represented_by(person).order_by("pk").first()
    if company is not None:
        return {"role": "c", "cid": company.pk}
    return {"role": "s", "sid": person.pk} if has_role(person, Role.STUDENT) else {}


class IsAuthedView(InternSyncView):
    """That the token counts; beside it who one is, which the seed promises."""

    def get(self, request: Request) -> Response:
        person = cast("User", request.user)
        found = {"success": "OK!", "user_id": person.pk, "userName": person.username, "role": ""}
        company = companies_represented_by(person).order_by("pk").first()
        if company is not None:
            mail = {"hr_mail": company.hr_email or company.email, "website": company.website}
            return Response({**found, "role": "c", "cid": company.pk, "compony": company.name, **mail})
        if has_role(person, Role.STUDENT):
            return Response({**found, "role": "s", "sid": person.pk, "fullName": person.get_full_name()})
        return Response(found)


urlpatterns = [
    both("user/add", RegisterView, "api-is-register-seed"),
    both("users", RegisterView, "api-is-register"),
    both("user/login", LoginView, "api-is-login-seed"),
    both("users/login", LoginView, "api-is-login"),
    both("user/info", IsAuthedView, "api-is-info-seed"),
    both("users/is-authed", IsAuthedView, "api-is-info"),
]
