"""General reports, the university's own Word templates, and what left the portal under a code."""

from apps.reporting.models.credentials import Credential, SigningKey
from apps.reporting.models.issued import IssuedDocument
from apps.reporting.models.portfolios import Portfolio
from apps.reporting.models.reports import SECTIONS, DocumentTemplate, GeneralReport, template_path

__all__ = [
    "SECTIONS",
    "Credential",
    "DocumentTemplate",
    "GeneralReport",
    "IssuedDocument",
    "Portfolio",
    "SigningKey",
    "template_path",
]
