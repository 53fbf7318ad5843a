"""The student's arrival at the company."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.applications.selectors import placements_of
from apps.applications.states import PlacementState
from apps.logbook.forms import ArrivalForm, refuse
from apps.logbook.models import ArrivalNote
from apps.logbook.services.arrivals import Arrival, report_arrival
from apps.logbook.states import ArrivalState
from apps.logbook.views.own import student_of
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def arrival_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report the arrival: since when, and who the supervisor is."""
    placement = row_or_404(placements_of(student_of(request)).select_related("company", "enrolment__cohort"), pk=pk)
    note = ArrivalNote.objects.filter(placement=placement).first()
    reported = note is not None and note.state != ArrivalState.DISPUTED
    settled = placement.state != PlacementState.CONFIRMED or reported
    form = ArrivalForm.for_placement(placement, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = report_arrival(placement, Arrival(**form.cleaned_data), actor=student_of(request))
        except RuleViolation as error:
            refuse(form, error)
        else:
            messages.success(request, _sentence(sent))
            return redirect("arrival_report", pk=pk)
    context = {"placement": placement, "note": note, "form": form, "settled": settled}
    return render(request, "logbook/arrival.html", context)


def _sentence(note: ArrivalNote) -> str:
    if note.address_waits:
        return _("Sent. Your coordinator looks at the supervisor first, because nobody else knows this address.")
    return _("Sent. Your supervisor gets a link by e-mail and confirms.")
