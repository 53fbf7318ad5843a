"""Between allauth's words and our rows: the app of a provider, its row, the process that a request may ask for."""

from collections.abc import Callable
from typing import Any, cast

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest

from apps.accounts.models import IdentityProvider
from apps.accounts.services.joining import MAX_SUBJECT, REFUSALS, Facts
from apps.accounts.states import ProviderKind
from portal.kernel.errors import RuleViolation

OURS_TO_THEIRS = {ProviderKind.OIDC.value: "openid_connect", ProviderKind.SAML.value: "saml"}


def app_of(row: IdentityProvider) -> SocialApp:
    """Return allauth's app for a row: never stored, without the secret."""
    app = SocialApp(
        provider=OURS_TO_THEIRS[row.kind],
        provider_id=row.slug,
        name=row.name,
        client_id=row.client_id if row.kind == ProviderKind.OIDC else row.slug,
        settings={},
    )
    app.portal_row = row
    return app


def row_of(provider: Any) -> IdentityProvider:
    """Return the row behind one of allauth's providers."""
    return cast("IdentityProvider", provider.app.portal_row)


def process_of(request: HttpRequest) -> str:
    """Return ``connect`` where somebody who is signed in asks for it, else ``login``."""
    asked = request.POST.get("process") or request.GET.get("process")
    wants = asked == AuthProcess.CONNECT and request.user.is_authenticated
    return str(AuthProcess.CONNECT if wants else AuthProcess.LOGIN)


def checked_login(make: Callable[..., Any], request: HttpRequest, response: Any, facts: Facts) -> Any:
    """Return allauth's login of a subject that can be kept, with the facts beside it."""
    if not facts.subject.strip():
        raise RuleViolation("subject_missing", REFUSALS["subject_missing"])
    if len(facts.subject) > MAX_SUBJECT:
        raise RuleViolation("subject_long", REFUSALS["subject_long"])
    login = make(request, response)
    login.portal_facts = facts
    return login
