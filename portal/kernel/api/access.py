"""Who asks: bearer tokens that end with the person's session version, and the portal's own session."""

from typing import Any

from rest_framework.authentication import SessionAuthentication
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import AccessToken

VERSION_CLAIM = "sv"


def access_token_for(user: Any) -> AccessToken:
    """Return a short-lived token: the user's key and session version, no name and no right."""
    token = AccessToken.for_user(user)
    token[VERSION_CLAIM] = user.session_version
    return token


class PortalJWTAuthentication(JWTAuthentication):
    """A bearer token counts only while the session version in it is the person's own.

    A changed password, a deactivation or a changed role raises the version and so ends every token at once.
    """

    def get_user(self, validated_token: Any) -> Any:
        """Return the person, read anew; 401 without detail for a stale token or a person who is gone."""
        user: Any = super().get_user(validated_token)
        if validated_token.get(VERSION_CLAIM) != user.session_version:
            raise InvalidToken
        return user


class PortalSessionAuthentication(SessionAuthentication):
    """The portal's own pages, by the session; named here so that the schema can describe it."""
