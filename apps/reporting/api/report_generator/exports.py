"""Documents as files, by path or by ``?format=pdf|docx``; every refusal is JSON.

A day has no document of its own: it comes as the sheet of its week. Many at once come as one ZIP.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final, cast

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.accounts.models import Enrolment, User
from apps.logbook.api.report_generator.daily import logs_of
from apps.logbook.api.report_generator.weekly import report_numbered, reports_of
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.permissions import can_export_logbook_of
from apps.reporting.api.report_generator import ReportingView
from apps.reporting.api.report_generator.general import own_report
from apps.reporting.permissions import can_take_report
from apps.reporting.selectors import logbooks_visible_to
from apps.reporting.selectors.reports import PLACES
from apps.reporting.services.documents import (
    CONTENT_TYPES,
    Document,
    Form,
    make_logbook,
    make_report,
    make_unplaced_week,
    make_week,
)
from portal.kernel.api.dialects import body_of, found_or_404, text_in
from portal.kernel.errors import NotAllowed, RuleViolation

MOST_AT_ONCE: Final = 20
BOOK: Final = ("enrolment__student__student_profile__programme", "enrolment__cohort__department", "company")


class ExportView(ReportingView):
    """What every address for files does."""

    def form(self, request: Request, form: str = "") -> Form:
        """Return the wished form. Raises ``RuleViolation`` ``form_unknown``."""
        wanted = form or request.query_params.get("format") or text_in(body_of(request.data), "type", "format") or "pdf"
        if wanted not in CONTENT_TYPES:
            raise RuleViolation("form_unknown", _("Choose pdf or docx."), field="format")
        return wanted

    def shape_refusal(self, problem: Mapping[str, Any], _error: Exception) -> Any:
        """Name the reason under the keys that the client shows."""
        return {"detail": str(problem["detail"]), "message": str(problem["detail"]), "code": problem["code"]}


def sent(made: Document, name: str) -> HttpResponse:
    """Return a file to save under this name."""
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def week_file(request: Request, entry: WeeklyReport | DailyLog, form: Form) -> Document:
    """Return the sheet of the week of an entry. Raises ``NotAllowed`` for who may read it but not take it along."""
    person = cast("User", request.user)
    if not can_export_logbook_of(entry, person):
        raise NotAllowed
    language, monday = get_language() or "en", entry.week_start
    if entry.placement_id is None:
        return make_unplaced_week(_with_people(entry.enrolment_id), monday, form, actor=person, language=language)
    rows = logbooks_visible_to(person).select_related(*BOOK).prefetch_related(*PLACES)
    placement = found_or_404(rows, str(entry.placement_id))
    return make_week(placement, monday, form, actor=person, language=language, kept=request.method == "POST")


def _with_people(pk: int) -> Enrolment:
    related = ("student__student_profile__programme", "cohort__department")
    return Enrolment.objects.select_related(*related).prefetch_related("cohort__holidays").get(pk=pk)


class WeekFileView(ExportView):
    def get(self, request: Request, pk: str, form: str = "") -> HttpResponseBase:
        wanted = self.form(request, form)
        report = found_or_404(reports_of(request), pk)
        return sent(week_file(request, report, wanted), f"weekly_report_{report.number}.{wanted}")


class NumberedWeekFileView(ExportView):
    def get(self, request: Request, number: str, form: str = "") -> HttpResponseBase:
        wanted, report = self.form(request, form), report_numbered(request, number)
        if report is None:
            raise Http404
        return sent(week_file(request, report, wanted), f"weekly_report_{report.number}.{wanted}")


class DayFileView(ExportView):
    def get(self, request: Request, pk: str, form: str = "") -> HttpResponseBase:
        wanted = self.form(request, form)
        log = found_or_404(logs_of(request).select_related("enrolment__student"), pk)
        return sent(week_file(request, log, wanted), f"daily_report_{log.day.isoformat()}.{wanted}")


class GeneralFileView(ExportView):
    def get(self, request: Request, form: str = "") -> HttpResponseBase:
        wanted, report = self.form(request, form), own_report(request)
        if report is None:
            raise Http404
        if not can_take_report(report, request.user):
            raise NotAllowed
        made = make_report(
            report, wanted, actor=cast("User", request.user), language=get_language() or "en", kept=False
        )
        return sent(made, f"general_report.{wanted}")


class BulkView(ExportView):
    """``{report_ids, type, report_type}``: a ZIP of up to twenty weekly (or daily) reports, all or none."""

    def post(self, request: Request) -> HttpResponseBase:
        body, wanted = body_of(request.data), self.form(request)
        daily = text_in(body, "report_type") == "daily"
        keys = _keys(body.get("report_ids"))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for key in keys:
                entry: Any = found_or_404(logs_of(request) if daily else reports_of(request), key)
                name = f"daily_report_{entry.day}" if daily else f"weekly_report_{entry.number}_{entry.pk}"
                archive.writestr(f"{name}.{wanted}", week_file(request, entry, wanted).content)
        return sent(Document("reports.zip", packed.getvalue(), "application/zip"), "reports.zip")


def _keys(given: Any) -> list[str]:
    found = [str(key) for key in given] if isinstance(given, list) else []
    keys = list(dict.fromkeys(key for key in found if key.isdecimal() and len(key) <= 18))  # noqa: PLR2004 - keys have no more
    if not keys or len(keys) > MOST_AT_ONCE:
        raise RuleViolation("keys_wrong", _("Name one to twenty reports."), field="report_ids")
    return keys


class BookView(ExportView):
    """All weekly reports of the training: the logbook."""

    def post(self, request: Request, form: str = "") -> HttpResponseBase:
        wanted, person = self.form(request, form), cast("User", request.user)
        rows = logbooks_visible_to(person).filter(enrolment__student=person.pk)
        placement = rows.select_related(*BOOK).prefetch_related(*PLACES).order_by("-start", "-pk").first()
        if placement is None:
            raise Http404
        made = make_logbook(placement, wanted, actor=person, language=get_language() or "en")
        return sent(made, f"all_weekly_reports.{wanted}")
