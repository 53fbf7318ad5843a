"""Who asks: by the portal's own session. Bearer tokens belong to people and are read by accounts."""

from rest_framework.authentication import SessionAuthentication


class PortalSessionAuthentication(SessionAuthentication):
    """The portal's own pages, by the session; named here so that the schema can describe it."""
