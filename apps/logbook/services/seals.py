"""What of days, weeks, arrival notes and assessments is sealed once it is decided.

Left out is what changes afterwards by right: whether a version is the current one, and the place hint, which goes after
90 days.
"""

from apps.accounts.services.seals import Part, Seal, seal_content
from apps.logbook.states import ArrivalState, AssessmentState, ChainState

_CHAIN = (
    *("enrolment_id", "placement_id", "week_start", "submitted_at", "verified_at", "verified_by_id"),
    *("validated_at", "validated_by_id", "host_comment", "supersedes_id"),
)

seal_content(
    Seal(
        "logbook.DailyLog",
        frozenset({ChainState.VERIFIED_ACADEMIC}),
        (*_CHAIN, "day", "text", "hours", "skills"),
        (Part("logbook.LogAttachment", "log_id", ("file", "original_name", "size", "sha256")),),
    )
)
seal_content(
    Seal(
        "logbook.WeeklyReport",
        frozenset({ChainState.VERIFIED_ACADEMIC}),
        (*_CHAIN, "number", "summary", "main_job_title", "main_job_detail", "sketch"),
        (Part("logbook.Operation", "report_id", ("number", "description", "tools")),),
    )
)
seal_content(
    Seal(
        "logbook.ArrivalNote",
        frozenset({ArrivalState.CONFIRMED}),
        ("placement_id", "arrived_on", "supervisor_name", "decided_at"),
    )
)
seal_content(
    Seal(
        "logbook.Assessment",
        frozenset({AssessmentState.SUBMITTED, AssessmentState.RELEASED}),
        ("rubric_id", "placement_id", "answers", "comment", "mark", "submitted_at", "submitted_by_id"),
    )
)
