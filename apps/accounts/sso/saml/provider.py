"""allauth's SAML provider over our own checks."""

from typing import Any

from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from onelogin.saml2.auth import OneLogin_Saml2_Auth

from apps.accounts.services.joining import Facts
from apps.accounts.sso.rows import checked_login, process_of, row_of
from apps.accounts.sso.saml.checking import Answer
from apps.accounts.sso.saml.trust import settings_of, valid_certificates


class PortalSAMLProvider(SAMLProvider):  # type: ignore[misc] # the package is not typed
    """Begins at our side only; the identity is the persistent NameID or the configured attribute."""

    package = "apps.accounts.sso.saml"

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Sign in, or connect for whoever is signed in; no third process."""
        kwargs: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        return kwargs | {"process": process_of(request)}

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Send the browser there; the ID of the request is the one that the answer must name."""
        row = row_of(self)
        settings = settings_of(request, row, certificates=valid_certificates(row))
        auth = OneLogin_Saml2_Auth({"http_host": request.get_host(), "script_name": ""}, old_settings=settings)
        address = auth.login(return_to="")
        self.stash_redirect_state(request, process, next_url, data, state_id=auth.get_last_request_id(), **kwargs)
        return HttpResponseRedirect(address)

    def extract_uid(self, data: Answer) -> str:
        """Return the subject."""
        return data.subject

    def extract_extra_data(self, _data: Answer) -> dict[str, str]:
        """Keep the issuer beside the subject and nothing of what else was told."""
        return {"issuer": row_of(self).issuer}

    def extract_common_fields(self, _data: Answer) -> dict[str, Any]:
        """Leave people to ``joining``."""
        return {}

    def sociallogin_from_response(self, request: HttpRequest, response: Answer) -> Any:
        """Add the facts by which ``joining`` decides."""
        facts = Facts(subject=response.subject, claims=response.attributes)
        login = checked_login(super().sociallogin_from_response, request, response, facts)
        login.portal_signed = dict(response.session)
        return login
