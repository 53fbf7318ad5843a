"""The page between a link and what it opens, where the installation asks for a code."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from apps.accounts.models import AccessLink
from apps.accounts.services.link_codes import check_code, send_code
from apps.accounts.views.links import gone, held_link, hold, needs_code, page_of_link, private, with_code
from portal.kernel.errors import RuleViolation
from portal.kernel.views import REFUSED


class CodeForm(forms.Form):
    """Six digits, as phones propose them from a mail."""

    code = forms.CharField(
        label=gettext_lazy("Six digits"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr", "autofocus": True}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
def link_code(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for the code of a link; a POST mails one, or takes the one that was typed. Opening mails nothing."""
    link = held_link(request, pk)
    if link is None:
        return gone(request)
    if not needs_code(request, link):
        return page_of_link(link)
    if request.method != "POST":
        return _page(request, link, CodeForm())
    if "send" in request.POST:
        return _send(request, link)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            check_code(link, form.cleaned_data["code"])
        except RuleViolation as error:
            form.add_error("code", str(error.message))
        else:
            return hold(page_of_link(link), with_code(link.pk))
    return _page(request, link, form, status=REFUSED)


def _send(request: HttpRequest, link: AccessLink) -> HttpResponse:
    try:
        send_code(link, address=request.META.get("REMOTE_ADDR", ""))
    except RuleViolation as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The code is on its way. It works for ten minutes."))
    return redirect("link_code", pk=link.pk)


def _page(request: HttpRequest, link: AccessLink, form: CodeForm, *, status: int | None = None) -> HttpResponse:
    context = {"form": form, "address": _masked(link.user.email), "sent": link.codes.exists()}
    return render(request, "accounts/link_code.html", context, status=status)


def _masked(email: str) -> str:
    """Return the address so that its owner knows it and nobody else learns it."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain[:1]}…{domain[domain.rfind('.') :]}"
