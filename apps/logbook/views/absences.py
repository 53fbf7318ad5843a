"""Days without a log, with their reason."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.logbook.forms import AbsenceForm, refuse
from apps.logbook.models import Absence
from apps.logbook.selectors import absences_visible_to, last_written_before
from apps.logbook.services.absences import tell_absence, withdraw_absence
from apps.logbook.services.logs import USUAL_HOURS
from apps.logbook.views.own import enrolment_of, student_of
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def absence_edit(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Tell why there is no log of a day, and how many hours have to be made up."""
    enrolment = enrolment_of(request, day)
    told = Absence.objects.filter(enrolment=enrolment, day=day).first()
    last = last_written_before(enrolment, day)
    form = AbsenceForm.of(told, last.hours if last else USUAL_HOURS, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tell_absence(enrolment, day, form.away(), actor=student_of(request))
        except RuleViolation as error:
            refuse(form, error)
        else:
            messages.success(request, _("Entered. This day does not count as missing."))
            return redirect("student_month", first=day.replace(day=1))
    status = 400 if form.errors else None
    return render(request, "logbook/absence.html", {"day": day, "form": form, "told": told}, status=status)


@login_required
@require_POST
def absence_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own absence back; the day can be written again."""
    rows = absences_visible_to(student_of(request)).select_related("enrolment")
    absence = row_or_404(rows, pk=pk)
    withdraw_absence(absence, actor=student_of(request))
    messages.success(request, _("Taken back. You can write this day now."))
    return redirect("log_edit", day=absence.day)
