"""Vacancies as students find them and as companies write them."""

from typing import TYPE_CHECKING, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.selectors import companies_represented_by
from apps.ai.asking import begin_help, help_menu
from apps.vacancies.fitting import fits_of
from apps.vacancies.forms import NewVacancyForm, ReopenForm, VacancyForm, VacancySearchForm
from apps.vacancies.models import Vacancy
from apps.vacancies.notifications import address_of
from apps.vacancies.permissions import can_change_vacancy, can_delete_vacancy, deadline_is_ahead, is_open_to
from apps.vacancies.selectors import (
    bookmarked_by,
    has_help,
    narrowed,
    noting_applied,
    noting_bookmarked,
    saved_searches_of,
    vacancies_offered_by,
    vacancies_visible_to,
)
from apps.vacancies.services.finding import bookmark_vacancy, delete_search, drop_bookmark, save_search
from apps.vacancies.services.help import VACANCY_HELP, vacancy_wish
from apps.vacancies.services.vacancies import change_vacancy, create_vacancy, delete_vacancy, reopen_vacancy
from apps.vacancies.states import VacancyState
from portal.kernel.access import scope_of
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import moves_for
from portal.kernel.keyset import keyset_page
from portal.kernel.views import form_of, make_posted_move, posted_version, row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE_SIZE: Final = 20
COUNTED: Final = 1000


def _person(request: HttpRequest) -> "User":
    return cast("User", request.user)


# -- finding ------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def vacancy_list(request: HttpRequest) -> HttpResponse:
    """Show what is open, narrowed by words, place, hours and sector, with the searches that the person has saved."""
    form = VacancySearchForm(request.GET)
    wish = form.wish()
    rows = narrowed(vacancies_visible_to(request.user).filter(state=VacancyState.ACTIVE), wish)
    kept = bool(form.cleaned_data.get("kept"))
    if kept:
        rows = rows.filter(bookmarked_by(request.user))
    noted = noting_bookmarked(noting_applied(rows, request.user), request.user).select_related("company")
    page = keyset_page(request, noted, form.order(), PAGE_SIZE)
    context = {
        "form": form,
        "page": page,
        "fits": fits_of(request.user, page.object_list),
        # Counting stops where nobody reads on: the answer costs the same however many there are.
        "count": rows.order_by()[: COUNTED + 1].count(),
        "counted": COUNTED,
        "narrowed": kept or any(wish.values()),
        "wish": wish,
        "can_save": any(wish.values()),
        "searches": [(search, address_of(search)) for search in saved_searches_of(request.user)],
    }
    return render(request, "vacancies/list.html", context)


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = reverse("vacancy_list")
    return HttpResponseRedirect(target)


@login_required
@require_POST
def vacancy_bookmark(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a vacancy, or let it go, and return to where the button was."""
    vacancy = row_or_404(vacancies_visible_to(request.user).select_related("company"), pk=pk)
    try:
        if request.POST.get("keep") == "1":
            bookmark_vacancy(vacancy, actor=_person(request))
        else:
            drop_bookmark(vacancy, actor=_person(request))
    except RuleViolation as error:
        say_refusal(request, error)
    return _back(request)


@login_required
@require_POST
def search_save(request: HttpRequest) -> HttpResponse:
    """Repeat the search of the page every day."""
    try:
        search = save_search(VacancySearchForm(request.POST).wish(), actor=_person(request))
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("vacancy_list")
    messages.success(request, _("Saved. You are told when something new fits."))
    return HttpResponseRedirect(address_of(search))


@login_required
@require_POST
def search_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Repeat a search no more."""
    delete_search(row_or_404(saved_searches_of(request.user), pk=pk), actor=_person(request))
    messages.success(request, _("The search is deleted."))
    return redirect("vacancy_list")


@login_required
@require_safe
def vacancy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one vacancy, and the way to apply for whom it is open."""
    rows = noting_bookmarked(vacancies_visible_to(request.user), request.user)
    vacancy = row_or_404(rows.select_related("company").prefetch_related("programmes"), pk=pk)
    own = vacancy.applications.filter(student=request.user.pk).first()
    is_open = vacancy.state == VacancyState.ACTIVE and deadline_is_ahead(vacancy)
    fit = fits_of(request.user, [vacancy]).get(vacancy.pk)
    context = {
        "vacancy": vacancy,
        "application": own,
        "can_apply": own is None and is_open and is_open_to(vacancy, request.user),
        "is_open": is_open,
        "fit": fit,
        "can_ask_why": fit is not None and has_help(request.user),
    }
    return render(request, "vacancies/detail.html", context)


# -- offering -----------------------------------------------------------------------------------------------------


def _own_or_404(request: HttpRequest, pk: int) -> Vacancy:
    rows = vacancies_offered_by(request.user).select_related("company").prefetch_related("programmes")
    return row_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def company_vacancy_add(request: HttpRequest) -> HttpResponse:
    """Draft a vacancy."""
    companies = companies_represented_by(request.user)
    if not scope_of(request.user).companies:
        raise Http404
    form = NewVacancyForm(request.POST or None, companies=companies)
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        company = details.pop("company")
        try:
            vacancy = create_vacancy(company, details, actor=_person(request))
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved as a draft. Publish it when it is ready."))
            return redirect("company_vacancy_edit", pk=vacancy.pk)
    return render(request, "vacancies/edit.html", {"form": form, "vacancy": None})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def company_vacancy_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a vacancy; a closed one is only shown, with the button that opens it again."""
    vacancy = _own_or_404(request, pk)
    person = _person(request)
    form = VacancyForm(request.POST or None, instance=Vacancy.objects.get(pk=vacancy.pk))
    if request.method == "POST" and form.is_valid():
        try:
            change_vacancy(
                vacancy,
                form.cleaned_data,
                actor=person,
                expected_version=posted_version(request),
            )
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("company_vacancy_edit", pk=vacancy.pk)
    context = {
        "form": form,
        "vacancy": vacancy,
        # To reopen asks for another deadline, so it has a form of its own.
        "moves": [move for move in moves_for(vacancy, person) if move.name != "reopen"],
        "reopen_form": ReopenForm() if vacancy.state == VacancyState.CLOSED else None,
        "can_change": can_change_vacancy(vacancy, person),
        "help": help_menu(None, reverse("company_vacancy_help", args=[pk]), VACANCY_HELP),
        "can_delete": can_delete_vacancy(vacancy, person),
        "waits_for_approval": vacancy.state == VacancyState.DRAFT and vacancy.company.state != "approved",
    }
    return render(request, "vacancies/edit.html", context)


@login_required
@form_of("company_vacancy_edit", "pk")
def company_vacancy_help(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the vacancy as it is typed and ask for help with its texts; mistakes are shown as when it is saved."""
    vacancy = _own_or_404(request, pk)
    form = VacancyForm(request.POST, instance=Vacancy.objects.get(pk=pk))
    if not form.is_valid():
        return company_vacancy_edit(request, pk)
    back = reverse("company_vacancy_edit", args=[pk])
    try:
        change_vacancy(vacancy, form.cleaned_data, actor=_person(request), expected_version=posted_version(request))
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect(back)
    return begin_help(request, lambda: vacancy_wish(vacancy), back=back)


@login_required
@require_POST
def company_vacancy_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish, close or reopen."""
    make_posted_move(request, _own_or_404(request, pk))
    return redirect("company_vacancy_edit", pk=pk)


@login_required
@require_POST
def company_vacancy_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take applications again, until another day."""
    vacancy = _own_or_404(request, pk)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the day until which students may apply."))
        return redirect("company_vacancy_edit", pk=pk)
    try:
        reopen_vacancy(vacancy, deadline=form.cleaned_data["deadline"], actor=_person(request))
    except RuleViolation as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("The vacancy is open again."))
    return redirect("company_vacancy_edit", pk=pk)


@login_required
@require_POST
def company_vacancy_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    vacancy = _own_or_404(request, pk)
    try:
        delete_vacancy(vacancy, actor=_person(request))
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("company_vacancy_edit", pk=pk)
    messages.success(request, _("The draft is deleted."))
    return redirect("company_vacancy_list")
