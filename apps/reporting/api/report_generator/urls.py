"""The addresses of the report generator dialect that belong to reporting."""

from typing import Final

from apps.accounts.api.report_generator import KEY, WEEK
from apps.reporting.api.report_generator import exports, general
from portal.kernel.api.dialects import both

FORM: Final = "(?P<form>pdf|docx)"
urlpatterns = [
    both("auth/dashboard", general.DashboardView, "api-rg-dashboard"),
    both("reports/general", general.GeneralView, "api-rg-general"),
    both("reports/general/generate", general.GenerateView, "api-rg-general-generate"),
    both("reports/general/submit", general.SubmitView, "api-rg-general-submit"),
    both("ai/enhance/general", general.EnhanceView, "api-rg-ai-general"),
    both("ai/autocomplete/general", general.CompleteView, "api-rg-ai-complete"),
    both(f"export/weekly/{KEY}", exports.WeekFileView, "api-rg-export-week-seed"),
    both(f"export/weekly/{KEY}/{FORM}", exports.WeekFileView, "api-rg-export-week"),
    both(f"export/daily/{KEY}/{FORM}", exports.DayFileView, "api-rg-export-day"),
    both("export/general", exports.GeneralFileView, "api-rg-export-general-seed"),
    both(f"export/general/{FORM}", exports.GeneralFileView, "api-rg-export-general"),
    both("export/bulk", exports.BulkView, "api-rg-export-bulk"),
    both(f"export/all-weekly-reports/{FORM}", exports.BookView, "api-rg-export-book"),
    both(f"reports/weekly/week/{WEEK}/download/{FORM}", exports.NumberedWeekFileView, "api-rg-export-week-numbered"),
]
