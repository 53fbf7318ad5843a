"""Registering alone: an address first, the person by the link in the mail."""

from http import HTTPStatus

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.adapters import client_network
from apps.accounts.forms import AddressForm, CompanyNewcomerForm, NewcomerForm
from apps.accounts.selectors import site_settings
from apps.accounts.services import limits
from apps.accounts.services.registration import Door, Newcomer, is_open, read_registration, register
from portal.kernel.addresses import email_key
from portal.kernel.errors import RuleViolation
from portal.kernel.tasks import enqueue

FORMS = {Door.STUDENT: NewcomerForm, Door.COMPANY: CompanyNewcomerForm}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, door: Door) -> HttpResponse:
    """Ask for the address and send it a link; the answer is the same for whom we know and whom we do not."""
    if request.user.is_authenticated:
        return redirect("home")
    if not is_open(door):
        return render(request, "account/signup_closed.html", {"door": door}, status=HTTPStatus.FORBIDDEN)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        limits.take(limits.register_of_address(site_settings().registrations_an_hour), client_network(request))
        limits.take(limits.REGISTER_OF_ACCOUNT, email_key(email))
        payload = {"email": email, "door": door.value, "language": get_language() or ""}
        enqueue("accounts.send_registration_letter", payload)
        return redirect("register_sent")
    return render(request, "account/signup.html", {"form": form, "door": door})


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way."""
    return render(request, "account/signup_sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """Take name and password, of a company also what it is, and sign the person in."""
    read = read_registration(token)
    if read is None:
        return render(request, "account/signup_used.html", status=HTTPStatus.NOT_FOUND)
    email, door = read
    form = FORMS[door](request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        newcomer = Newcomer(
            email=email,
            first_name=values["first_name"],
            last_name=values["last_name"],
            password=values["password"],
            language=get_language() or "",
            company=form.company(),
        )
        try:
            person = register(door, newcomer)
        except RuleViolation as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("Welcome. Your account is open."))
            answer: HttpResponse = perform_password_login(request, {"email": email}, Login(user=person, email=email))
            return answer
    return render(request, "account/signup_go_on.html", {"form": form, "email": email, "door": door})
