"""A student's first three pages: what one studies, where the training is, how one is reached."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.forms import PlaceForm, ReachForm, StudiesForm
from apps.accounts.models import StudentProfile, User
from apps.accounts.permissions import can_complete_profile
from apps.accounts.services.people import change_details, set_picture
from apps.accounts.services.registration import Studies, complete_studies, finish_welcome, keep_place
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404

PAGES = ("GET", "HEAD", "POST")
# No way leads elsewhere before the student is through.
BARE: dict[str, list[object]] = {"nav_items": [], "nav_bottom": []}


@login_required
@require_http_methods(PAGES)
def studies(request: HttpRequest) -> HttpResponse:
    """Ask what the student studies; who is known already goes on to the second page."""
    me = cast("User", request.user)
    if not can_complete_profile(me, me):
        return redirect("welcome_place")
    form = StudiesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            complete_studies(me, Studies(**form.cleaned_data), actor=me)
        except RuleViolation as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            return redirect("welcome_place")
    return render(request, "accounts/welcome.html", BARE | {"form": form, "step": 1})


@login_required
@require_http_methods(PAGES)
def place(request: HttpRequest) -> HttpResponse:
    """Ask for company and supervisor, as far as they are known."""
    me = cast("User", request.user)
    profile = row_or_404(StudentProfile.objects.all(), user=me)
    known = {"company_name": profile.company_name, "supervisor_name": profile.supervisor_name}
    form = PlaceForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        keep_place(me, actor=me, **form.cleaned_data)
        return redirect("welcome_reach")
    return render(request, "accounts/welcome.html", BARE | {"form": form, "step": 2, "later": "welcome_reach"})


@login_required
@require_http_methods(PAGES)
def reach(request: HttpRequest) -> HttpResponse:
    """Ask for telephone, language and picture; then the student is in."""
    me = cast("User", request.user)
    row_or_404(StudentProfile.objects.all(), user=me)
    form = ReachForm(request.POST or None, request.FILES or None, initial={"phone": me.phone, "language": me.language})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            change_details(me, {name: values[name] for name in ("phone", "language")}, actor=me)
            if values["picture"]:
                set_picture(me, values["picture"].read(), actor=me)
        except RuleViolation as error:
            field = "picture" if error.field == "file" else error.field
            form.add_error(field if field in form.fields else None, str(error.message))
        else:
            finish_welcome(me, actor=me)
            return redirect("home")
    return render(request, "accounts/welcome.html", BARE | {"form": form, "step": 3})
