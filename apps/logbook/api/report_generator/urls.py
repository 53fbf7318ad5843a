"""The addresses of the report generator dialect that belong to the logbook.

The seed writes ``weekly/<id>/operations/`` and ``operations/<id>/`` where the client writes ``main-jobs/<id>/…``.
"""

from typing import Final

from apps.accounts.api.report_generator import KEY, WEEK
from apps.logbook.api.report_generator import assistance, daily, jobs, weekly
from portal.kernel.api.dialects import both

JOB: Final = "(?P<job>[0-9]{1,18})"
urlpatterns = [
    both("reports/daily", daily.DaysView, "api-rg-days"),
    both("reports/daily/week", daily.DaysView, "api-rg-days-week"),
    both(f"reports/daily/{KEY}", daily.DayView, "api-rg-day"),
    both(f"reports/daily/{KEY}/submit", daily.SubmitDayView, "api-rg-day-submit"),
    both("reports/weekly", weekly.WeeksView, "api-rg-weeks"),
    both("reports/weekly/generate", weekly.GenerateWeekView, "api-rg-week-generate"),
    both(f"reports/weekly/{KEY}", weekly.WeekView, "api-rg-week"),
    both(f"reports/weekly/{KEY}/reset_to_original", assistance.ResetWeekView, "api-rg-week-reset"),
    both(f"reports/weekly/week/{WEEK}", weekly.NumberedWeekView, "api-rg-week-numbered"),
    both(f"reports/weekly/week/{WEEK}/submit", weekly.SubmitWeekView, "api-rg-week-submit"),
    both(f"reports/weekly/week/{WEEK}/enhance_with_ai", assistance.EnhanceNumberedWeekView, "api-rg-week-enhance"),
    both(f"reports/weekly/{KEY}/operations", jobs.StepsView, "api-rg-steps-seed"),
    both(f"reports/operations/{KEY}", jobs.StepView, "api-rg-step-seed"),
    both("reports/main-jobs", jobs.JobsView, "api-rg-jobs"),
    both(f"reports/main-jobs/{KEY}", jobs.JobView, "api-rg-job"),
    both(f"reports/main-jobs/{KEY}/operations", jobs.StepsView, "api-rg-steps"),
    both(f"reports/main-jobs/{JOB}/operations/{KEY}", jobs.StepView, "api-rg-step"),
    both("ai/enhance/weekly", assistance.EnhanceWeekView, "api-rg-ai-weekly"),
    both("ai/enhance/daily", assistance.EnhanceDayView, "api-rg-ai-daily"),
    both("ai/enhance/text", assistance.EnhanceTextView, "api-rg-ai-text"),
    both("ai/generate/summary", assistance.SummariseWeekView, "api-rg-ai-summary"),
    both("ai/suggest/improvements", assistance.SuggestView, "api-rg-ai-suggest"),
]
