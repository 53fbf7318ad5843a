"""What of an agreement is sealed once all have signed it."""

from apps.accounts.services.seals import Part, Seal, seal_content
from apps.applications.states import AgreementState

seal_content(
    Seal(
        "applications.Agreement",
        frozenset({AgreementState.COMPLETE}),
        ("placement_id", "kind", "code", "sha256", "completed_at"),
        (
            Part(
                "applications.AgreementSignature",
                "agreement_id",
                ("party", "user_id", "name", "way", "sha256", "signed_at"),
            ),
        ),
    )
)
