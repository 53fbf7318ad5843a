"""Who asks by a bearer token."""

from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from apps.accounts.services.token_pairs import OURS, Audience, Bearer, read_access
from apps.accounts.services.tokens import PREFIX, token_of
from apps.accounts.states import TokenScope
from portal.kernel.api.programs import Program
from portal.kernel.api.tokens import TokenRefused

SCHEME = b"bearer"


class ServiceTokenAuthentication(BaseAuthentication):
    """A token of a service, by which another program comes without a person; only the API's own views know it."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the program and its token; None where none of this kind was sent."""
        scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.decode() or not secret.startswith(PREFIX):
            return None
        token = token_of(secret)
        if token is None:
            raise InvalidToken
        return Program(f"token-{token.pk}", may_read=token.allows(TokenScope.API_READ)), token

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme: without one a refusal would be 403."""
        del request
        return 'Bearer realm="api"'


class PortalJWTAuthentication(JWTAuthentication):
    """A bearer token of one audience; a dialect's views name a subclass with another one.

    A changed password, a deactivation, a changed role and signing out end every token at once. What is wrong with a
    token is never said.
    """

    audience: ClassVar[Audience] = OURS

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the person, read anew, and the ``Bearer``; None where no token was sent."""
        words = self.get_header(request).split() if self.get_header(request) else []
        if not words or words[0].lower() != SCHEME:
            return None
        if len(words) != 2:  # noqa: PLR2004 - the scheme and the token
            raise InvalidToken
        bearer = self.read(words[1])
        return bearer.person, bearer

    def read(self, raw: bytes) -> Bearer:
        """Return who holds the token; 401 whatever is wrong with it."""
        try:
            return read_access(raw, audience=self.audience)
        except TokenRefused as refused:
            raise InvalidToken from refused
