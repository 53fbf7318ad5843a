"""How allauth opens our doors."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # the package is not typed
    """Self-registration as the installation says; one form for every address."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Say whether students may register alone."""
        return bool(settings.ALLOW_STUDENT_REGISTRATION)

    def clean_email(self, email: str) -> Any:
        """Store one canonical form of an address."""
        return super().clean_email(email.strip().lower())
