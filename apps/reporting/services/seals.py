"""What of reports and issued files is sealed."""

from apps.accounts.services.seals import Seal, seal_content
from apps.reporting.models import SECTIONS
from apps.reporting.states import CredentialState, GeneralReportState, IssuedState

seal_content(
    Seal(
        "reporting.GeneralReport",
        frozenset({GeneralReportState.APPROVED}),
        ("enrolment_id", "title", *SECTIONS, "submitted_at", "approved_at", "approved_by_id"),
    )
)
seal_content(
    Seal(
        "reporting.IssuedDocument",
        frozenset({IssuedState.ISSUED, IssuedState.WITHDRAWN}),
        (
            *("code", "kind", "form", "enrolment_id", "placement_id", "target_label", "target_id", "week_start"),
            *("sha256", "made_by_id", "confirmed_at", "confirmed_role"),
            *("entry_count", "validated_count", "entries_digest"),
        ),
    )
)
seal_content(
    Seal(
        "reporting.Credential",
        frozenset({CredentialState.ISSUED, CredentialState.REVOKED}),
        ("placement_id", "uuid", "status_index", "token"),
    )
)
