"""The rows of the contract of seed 000: AI help, the general report, documents."""

import pytest

from tests.dialects.contract import TEXT, Row, Stage, spellings
from tests.dialects.shapes import DETAIL, GENERAL, HELP, NO_HELP

pytestmark = pytest.mark.django_db

# A row is read whole.
# fmt: off
ASSISTANCE = [
    *(
        Row(f"help with a week: {kind}", "post", "ai/enhance/weekly", 200, {**HELP, "field": "summary"}, "student", {"weekly_report_id": "{week}", "field": "summary", "type": kind})
        for kind in ("improve", "grammar")
    ),
    Row("help with a week: empty", "post", "ai/enhance/weekly", 400, NO_HELP, "student", {"weekly_report_id": "{week}", "field": "learning_outcomes", "type": "grammar"}),
    Row("help with a week: no such field", "post", "ai/enhance/weekly", 400, {"success": False, "message": TEXT, "error_type": str}, "student", {"weekly_report_id": "{week}", "field": "id"}),
    Row("help with a week: not there", "post", "ai/enhance/weekly", 404, NO_HELP, "student", {"weekly_report_id": "{far_week}", "field": "summary"}),
    Row("help without consent", "post", "ai/enhance/text", 403, NO_HELP, "lone", {"text": "I has turned.", "type": "grammar"}),
    Row("help with the report", "post", "ai/enhance/general", 200, {**HELP, "field": str}, "student", {"field": "introduction", "type": "grammar"}),
    Row("help with the report: empty", "post", "ai/enhance/general", 400, NO_HELP, "student", {"field": "training_objectives", "type": "improve"}),
    Row("help with the report: none", "post", "ai/enhance/general ai/autocomplete/general", 404, NO_HELP, "lone", {"field": "introduction"}),
    Row("complete the report", "post", "ai/autocomplete/general", 200, HELP, "student", {}),
    Row("help with a text", "post", "ai/enhance/text", 200, HELP, "student", {"text": "I has turned a shaft.", "type": "grammar"}),
    Row("help with a text: no such kind", "post", "ai/enhance/text", 400, {"success": False, "message": TEXT, "error_type": str}, "student", {"text": "x", "type": "poem"}),
    Row("help with a text: empty", "post", "ai/enhance/text", 400, NO_HELP, "student", {"text": "", "type": "grammar"}),
    Row("help with a day", "post", "ai/enhance/daily", 200, HELP, "student", {"daily_report_id": "{log}", "field": "description", "type": "grammar"}),
    Row("help with a day: not there", "post", "ai/enhance/daily", 404, NO_HELP, "student", {"daily_report_id": "{far}", "type": "grammar"}),
    Row("a summary of a week", "post", "ai/generate/summary", 200, HELP, "student", {"week_number": "{number}"}),
    Row("what could be better", "post", "ai/suggest/improvements", 200, {**HELP, "suggestions": [str]}, "student", {"text": "I has turned a shaft."}),
    Row("usage", "get", "ai/usage", 200, {"success": True, "data": {"total_enhancements": int, "total_tokens": int, "enhancement_types": list, "content_types": list, "recent_enhancements": list}}, "student"),
]
PDF, WORD = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
REPORT = [
    Row("the report", "get", "reports/general", 200, {**GENERAL, "status": "DRAFT", "weekly_reports_count": 1}, "student"),
    Row("no report", "get", "reports/general", 404, {"error": TEXT, "detail": TEXT}, "lone"),
    Row("a new report", "post", "reports/general", 201, {**GENERAL, "training_objectives": "Learn."}, "lone", {"title": "Shafts", "objectives": "Learn."}),
    Row("change the report", "put", "reports/general", 200, {**GENERAL, "challenges_faced": "Heat.", "title": "Shafts"}, "student", {"challenges_faced": "Heat."}),
    Row("make the report", "post", "reports/general/generate", 201, GENERAL, "student", {}),
    Row("make the report without weeks", "post", "reports/general/generate", 400, {"weeks": [str]}, "lone", {}),
    Row("send an unfinished report", "patch", "reports/general/submit", 400, DETAIL, "student", {}),
    Row("send no report", "patch", "reports/general/submit", 404, {"error": TEXT, "detail": TEXT}, "lone", {}),
    Row("the report of staff", "get", "reports/general", 403, DETAIL, "coordinator"),
]
FILES = [
    ("get", "export/weekly/{week}?format=docx export/weekly/{week}/docx reports/weekly/week/{number}/download/docx", WORD, "weekly_report_{number}.docx", None),
    ("get", "export/weekly/{week}?format=pdf export/weekly/{week}/pdf", PDF, "weekly_report_{number}.pdf", None),
    ("get", "export/daily/{log}/docx", WORD, "daily_report_{day}.docx", None),
    ("get", "export/general?format=docx export/general/docx", WORD, "general_report.docx", None),
    ("post", "export/all-weekly-reports/docx", WORD, "all_weekly_reports.docx", {}),
    ("post", "export/bulk", "application/zip", "reports.zip", {"report_ids": ["{week}"], "type": "docx", "report_type": "weekly"}),
]
BEGINNINGS = {PDF: b"%PDF-", WORD: b"PK", "application/zip": b"PK"}
NO_FILES = [
    Row("a file of others", "get", "export/weekly/{far_week}?format=pdf export/weekly/{far_week}/pdf export/daily/{far}/pdf export/weekly/{missing}/docx reports/weekly/week/99/download/pdf", 404, {"detail": TEXT, "message": TEXT, "code": "not_found"}, "student"),
    Row("no report as a file", "get", "export/general?format=pdf export/general/docx", 404, {"detail": TEXT, "message": TEXT, "code": "not_found"}, "lone"),
    Row("no such form", "get", "export/weekly/{week}?format=odt", 400, {"detail": TEXT, "message": TEXT, "code": "form_unknown"}, "student"),
    Row("no keys", "post", "export/bulk", 400, {"detail": TEXT, "message": TEXT, "code": "keys_wrong"}, "student", {"report_ids": [], "type": "pdf"}),
    Row("no training", "post", "export/all-weekly-reports/pdf", 404, {"detail": TEXT, "message": TEXT, "code": "not_found"}, "lone", {}),
]
ROWS = [*ASSISTANCE, *REPORT, *NO_FILES]
# fmt: on


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} {row.method}".replace(" ", "-"))
def test_the_row_holds_at_each_of_its_addresses(report_generator: Stage, row: Row, record_property):
    record_property("dialect_rows", "report generator")
    assert report_generator.try_row(row) == []


@pytest.mark.parametrize("file", FILES, ids=[row[1].split()[0].replace("/", "-") for row in FILES])
def test_a_file_comes_as_a_file(report_generator: Stage, file, record_property, monkeypatch):
    # Setting a page takes seconds, and is tried in tests/reporting.
    monkeypatch.setattr("apps.reporting.builders.pdf.build_week", lambda *_args, **_more: b"%PDF-1.7")
    record_property("dialect_rows", "report generator")
    method, urls, kind, name, body = file
    for url in spellings(report_generator.filled(urls)):
        given = {**body, "report_ids": [report_generator.filled(key) for key in body["report_ids"]]} if body else body
        answer = report_generator.ask(Row("", method, "", 200, None, "student", given), url)
        found = (answer.status_code, answer["Content-Type"], answer.headers.get("Content-Disposition"))
        assert found == (200, kind, f'attachment; filename="{report_generator.filled(name)}"'), (
            url,
            answer.content[:200],
        )
        assert answer.content.startswith(BEGINNINGS[kind])
