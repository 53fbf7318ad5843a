"""The public page on which anybody can ask whether a document still holds; it needs the code that stands on it."""

import hashlib
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.adapters import client_network
from apps.accounts.services.limits import DAY_S, MINUTE_S, Limit, take
from apps.reporting.forms import CodeForm, CompareForm
from apps.reporting.selectors.issued import Checked, check_of, is_file_of, typed_code
from apps.reporting.states import IssuedKind

CHECKS_A_MINUTE = Limit("check_minute", 30, MINUTE_S)
CHECKS_A_DAY = Limit("check_day", 1000, DAY_S)
# Letters and agreements have a page of their own for those who sign in.
PAGES = {IssuedKind.LETTER: "letter_by_code", IssuedKind.TRIPARTITE: "agreement_by_code"}


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Ask for the code; what was typed leads to its page."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("document_check", code=form.cleaned_data["code"])
    return _private(render(request, "reporting/check.html", {"form": form}))


@require_http_methods(["GET", "HEAD", "POST"])
def document_check(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a code stands for and whether it holds; POST compares a file or its hash, and stores neither."""
    for limit in (CHECKS_A_MINUTE, CHECKS_A_DAY):
        take(limit, client_network(request))
    wanted = typed_code(code)
    found = check_of(wanted) if wanted else None
    if found is None:
        context = {"form": CodeForm(initial={"code": code[:20]}), "unknown": True}
        return _private(render(request, "reporting/check.html", context, status=HTTPStatus.NOT_FOUND))
    form = CompareForm(request.POST, request.FILES) if request.method == "POST" else CompareForm()
    same = _compare(form, found) if form.is_valid() else None
    page = PAGES.get(found.kind) if request.user.is_authenticated else None
    return _private(
        render(request, "reporting/check_found.html", {"found": found, "form": form, "same": same, "page": page})
    )


def _compare(form: CompareForm, found: Checked) -> bool:
    given = form.cleaned_data["sha256"]
    if form.cleaned_data["file"]:
        digest = hashlib.sha256()
        for chunk in form.cleaned_data["file"].chunks():
            digest.update(chunk)
        given = digest.hexdigest()
    return is_file_of(found.code, given)


def _private(answer: HttpResponse) -> HttpResponse:
    """Keep the page out of search engines, caches and referrers."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "no-store, private"
    answer["Referrer-Policy"] = "strict-origin"
    return answer
