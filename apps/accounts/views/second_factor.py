"""Taking a passkey away: the package's page, closed where the last one must stay."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from portal.kernel.views import row_or_404


@login_required
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove one's own passkey, unless it is the last second factor of who must have one."""
    row = row_or_404(Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN), pk=pk)
    adapter = get_adapter()
    if not adapter.can_delete_authenticator(row):
        messages.error(request, str(adapter.error_messages["cannot_delete_authenticator"]))
        return redirect("mfa_list_webauthn")
    answer: HttpResponseBase = remove_webauthn(request, pk=pk)
    return answer
