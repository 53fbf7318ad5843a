"""What reporting holds about people, and what an erasure leaves of it."""

from django.utils.translation import gettext_lazy as _

from portal.kernel.privacy import Holding, declare, declare_nothing

_WORDS = (
    *("title", "introduction", "company_overview", "objectives", "methodology", "achievements", "challenges"),
    *("skills", "recommendations", "conclusion", "acknowledgements", "reason"),
)

declare_nothing(
    [
        "reporting.GeneralReport_compiled_from",
        "reporting.DocumentTemplate",
        "reporting.SigningKey",
        "reporting.Portfolio_weeks",
        "reporting.Portfolio_assessments",
        "reporting.Portfolio_files",
    ],
    _("Forms of documents, from which weeks a report was made, and the keys of the university."),
)
declare(
    Holding(
        "reporting.GeneralReport",
        _("A student's report of the whole training."),
        ("enrolment__student",),
        blank=dict.fromkeys(_WORDS, ""),
        mentions=_WORDS,
        leaves=_("That there was a report, and its state."),
    ),
)
declare(
    Holding(
        "reporting.IssuedDocument",
        _("That a file of a student's training left the portal: its code and hash, so that it can be checked."),
        ("enrolment__student",),
        blank={"reason": ""},
        mentions=("reason",),
        plain=("code", "form", "target_label", "sha256", "entries_digest"),
        leaves=_("Code and hash; the page of the code says only that there was such a document."),
        hidden=("entries_digest",),
    ),
)
declare(
    Holding(
        "reporting.Credential",
        _("The signed credential of a completed training, as the student has it."),
        ("placement__enrolment__student",),
        blank={"token": "", "reason": ""},
        mentions=("reason",),
        leaves=_("Its number in the status list, so that copies can still be checked."),
    ),
)
declare(
    Holding(
        "reporting.Portfolio",
        _("What a student chose to show of a training; its links end with it."),
        ("enrolment__student",),
        delete=True,
    ),
)
