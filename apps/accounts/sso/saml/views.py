"""Signing in through a SAML provider."""

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.base.views import BaseLoginView
from allauth.socialaccount.sessions import LoginSession
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from onelogin.saml2.errors import OneLogin_Saml2_Error

from apps.accounts.models import IdentityProvider
from apps.accounts.services.signon import end_named_sessions, note_attempt, spend_message
from apps.accounts.sso.answers import active_row_or_404, away, refused
from apps.accounts.sso.refusals import NOT_ENDED, wrong
from apps.accounts.sso.saml.checking import verified
from apps.accounts.sso.saml.logout import (
    KEPT,
    REQUEST,
    Message,
    answer_address,
    has_ended,
    leaving,
    read_message,
    request_address,
)
from apps.accounts.sso.saml.shape import MAX_LENGTH
from apps.accounts.sso.saml.trust import address, settings_of, valid_certificates
from apps.accounts.states import ProviderKind, SignOnOutcome
from portal.kernel.errors import RuleViolation

# An answer comes by POST from the provider's site, without our session's cookie; it waits here for the next request,
# which brings it. allauth does the same.
WAITING = ("portal_saml_session", "saml-acs-session")
ASKED_TO_LEAVE = "portal_saml_logout"


class _Login(BaseLoginView):  # type: ignore[misc] # the package is not typed
    def get_provider(self) -> Any:
        return _provider(self.request, self.kwargs["organization_slug"])


def _provider(request: HttpRequest, slug: str) -> Any:
    return get_adapter(request).get_provider(request, provider=slug)


@login_not_required  # type: ignore[untyped-decorator] # the package is not typed
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Send the browser to the provider; GET asks first."""
    row = active_row_or_404(ProviderKind.SAML, organization_slug)
    try:
        response: HttpResponse = _Login.as_view()(request, organization_slug=organization_slug)
    except RuleViolation as error:
        return refused(request, row, error)
    except (OneLogin_Saml2_Error, LookupError) as error:
        return away(request, row, detail=f"our settings: {error}")
    return response


@csrf_exempt
@login_not_required  # type: ignore[untyped-decorator] # the package is not typed
@require_POST
def acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Take the provider's POST and let the browser come once more, with its session."""
    row = active_row_or_404(ProviderKind.SAML, organization_slug)
    answer, relay = request.POST.get("SAMLResponse", ""), request.POST.get("RelayState", "")
    if not answer or len(answer) > MAX_LENGTH:
        return refused(request, row, wrong("length"))
    if relay:
        # We send none: whoever sends one wants the browser to go somewhere.
        return refused(request, row, wrong("relay_state"), detail=relay[:200])
    response = HttpResponseRedirect(reverse("saml_finish_acs", args=[organization_slug]))
    waiting = LoginSession(request, *WAITING)
    waiting.store.update({"answer": answer})
    waiting.save(response)
    return response


@login_not_required  # type: ignore[untyped-decorator] # the package is not typed
@require_GET
def finish_acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Check the answer and sign the person in."""
    row = active_row_or_404(ProviderKind.SAML, organization_slug)
    waiting = LoginSession(request, *WAITING)
    answer = waiting.store.get("answer", "")
    waiting.delete()
    try:
        return _finish(request, row, answer)
    except RuleViolation as error:
        cause = error.__cause__
        return refused(request, row, error, detail=str(cause or ""))
    except LookupError:
        return away(request, row, detail="our key cannot be opened: make a new pair")


def _finish(request: HttpRequest, row: IdentityProvider, encoded: str) -> HttpResponse:
    settings = settings_of(request, row, certificates=valid_certificates(row))
    answer = verified(encoded, settings, subject_attribute=row.subject_attribute)
    provider = _provider(request, row.slug)
    try:
        state = provider.unstash_redirect_state(request, answer.in_response_to)
    except PermissionDenied as error:
        # Not asked by this browser: begun at the provider, sent by somebody else, or sent a second time.
        raise wrong("state") from error
    spend_message(row, f"assertion:{answer.assertion_id}", until=answer.ends)
    found = provider.sociallogin_from_response(request, answer)
    found.state = state
    response: HttpResponse = complete_social_login(request, found)
    return response


@login_not_required  # type: ignore[untyped-decorator] # the package is not typed
@require_GET
def sls(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Take the provider's signed word that somebody leaves, or its answer to ours.

    By GET, as the protocol has it: the signature stands in the address, and a message is good once.
    """
    row = active_row_or_404(ProviderKind.SAML, organization_slug)
    here = address(request, "saml_sls", row)
    try:
        message = read_message(request.META.get("QUERY_STRING", ""), row, here=here)
        view = _end_sessions if message.kind == REQUEST else _say_ended
        return view(request, row, message)
    except RuleViolation as error:
        return refused(request, row, RuleViolation(error.code, NOT_ENDED), detail="logout")


def _end_sessions(request: HttpRequest, row: IdentityProvider, message: Message) -> HttpResponse:
    found = leaving(message)
    spend_message(row, f"logout:{message.identifier}", until=timezone.now() + KEPT)
    ended = end_named_sessions(row, found.name_id, found.session_indexes)
    note_attempt(row, SignOnOutcome.SIGNED_OUT, code="frontchannel", detail=str(ended))
    key = request.session.session_key
    if key and not request.session.exists(key):
        request.session.flush()
    return HttpResponseRedirect(answer_address(request, row, message) or reverse("account_login"))


def _say_ended(request: HttpRequest, row: IdentityProvider, message: Message) -> HttpResponse:
    if has_ended(message, request.session.pop(ASKED_TO_LEAVE, "")):
        messages.info(request, _("You are signed out of %(provider)s as well.") % {"provider": row.name})
    else:
        text = _("%(provider)s could not end everything. Close the browser to be safe.")
        messages.warning(request, text % {"provider": row.name})
    return HttpResponseRedirect(reverse("account_login"))


def leaving_address(request: HttpRequest, row: IdentityProvider, signed: dict[str, str]) -> str:
    """Return where the browser ends its session at the provider, and remember which answer it may bring."""
    there, identifier = request_address(request, row, signed)
    if there:
        request.session[ASKED_TO_LEAVE] = identifier
    return there


@login_not_required  # type: ignore[untyped-decorator] # the package is not typed
@require_safe
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Show what the provider must know of us, in SAML's own form."""
    row = active_row_or_404(ProviderKind.SAML, organization_slug)
    settings = settings_of(request, row, certificates=[], offers_encryption=bool(row.own_certificate))
    return HttpResponse(settings.get_sp_metadata(), content_type="application/samlmetadata+xml")
