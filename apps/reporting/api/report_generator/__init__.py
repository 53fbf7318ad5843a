"""The general report and documents in the report generator dialect."""

from typing import Any, Final

from apps.accounts.api.report_generator import ReportGeneratorView
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.states import GeneralReportState

# The client's word by our field; the seed's word is ours.
WORDS: Final = {
    **{name: name for name in ("title", *SECTIONS)},
    "objectives": "training_objectives",
    "challenges": "challenges_faced",
    "skills": "skills_acquired",
    "acknowledgements": "acknowledgments",
}
STATUSES: Final = {
    GeneralReportState.DRAFT: "DRAFT",
    GeneralReportState.SUBMITTED: "SUBMITTED",
    GeneralReportState.REVISION_REQUESTED: "REJECTED",
    GeneralReportState.APPROVED: "APPROVED",
}


class ReportingView(ReportGeneratorView):
    names = WORDS


def report_of(report: GeneralReport, weeks: int) -> dict[str, Any]:
    """Return the general report under the client's words; ``weeks`` are the weekly reports that there are."""
    texts = {word: getattr(report, name) for name, word in WORDS.items()}
    return {
        "id": report.pk,
        **texts,
        "status": STATUSES[GeneralReportState(report.state)],
        "word_count": report.words,
        "weekly_reports_count": weeks,
        "completion_percentage": report.completeness,
        "created_at": report.created_at.isoformat(),
        "updated_at": report.updated_at.isoformat(),
    }
