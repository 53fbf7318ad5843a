"""Which logbooks, reports and templates a user may have, and the content of documents as plain data."""

from apps.reporting.selectors.books import Book, book_of, book_without_place, host_of, person_of
from apps.reporting.selectors.figures import Figures, figures_of
from apps.reporting.selectors.issued import check_of, issued_documents_visible_to
from apps.reporting.selectors.reports import chosen_weeks, facts_of, report_page, weeks_of_report
from apps.reporting.selectors.rows import (
    PREFETCH,
    general_reports_visible_to,
    logbooks_visible_to,
    published_template,
    report_of_student,
    templates_in_force,
    templates_visible_to,
)
from apps.reporting.selectors.sheets import arrival_sheet, assessment_sheet, certificate_sheet

__all__ = [
    "PREFETCH",
    "Book",
    "Figures",
    "arrival_sheet",
    "assessment_sheet",
    "book_of",
    "book_without_place",
    "certificate_sheet",
    "check_of",
    "chosen_weeks",
    "facts_of",
    "figures_of",
    "general_reports_visible_to",
    "host_of",
    "issued_documents_visible_to",
    "logbooks_visible_to",
    "person_of",
    "published_template",
    "report_of_student",
    "report_page",
    "templates_in_force",
    "templates_visible_to",
    "weeks_of_report",
]
