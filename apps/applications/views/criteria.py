"""What a company looks at in applicants: a list of names with weights, for one vacancy or for all."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.applications.forms import CriteriaForm
from apps.applications.selectors import criteria_for
from apps.applications.services.reviews import set_criteria
from apps.applications.views.applicants import vacancy_or_404
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def company_criteria(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the criteria of one vacancy, or with the tick those of all vacancies of the company without their own."""
    vacancy = vacancy_or_404(request, pk)
    criteria = criteria_for(vacancy)
    own = any(row.vacancy_id for row in criteria)
    initial: dict[str, Any] = {"for_all": not own}
    for number, row in enumerate(criteria):
        initial |= {f"name-{number}": row.name, f"weight-{number}": row.weight}
    form = CriteriaForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        for_all = form.cleaned_data["for_all"]
        try:
            set_criteria(
                vacancy.company, form.lines(), vacancy=None if for_all else vacancy, actor=cast("User", request.user)
            )
            if for_all and own:
                # Otherwise the vacancy's own would stay in force, and the page would seem to forget.
                set_criteria(vacancy.company, [], vacancy=vacancy, actor=cast("User", request.user))
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("company_applicants", pk=pk)
    return render(request, "applications/company_criteria.html", {"vacancy": vacancy, "form": form})
