"""The rows of the contract of seed 000: days, weeks, main jobs and operations."""

import pytest

from tests.dialects.contract import TEXT, Row, Stage, starts
from tests.dialects.shapes import DAY, DETAIL, EMPTY, HELP, JOB, MAIN_JOB, NO_HELP, NO_WEEK, STEP, WEEK, page

pytestmark = pytest.mark.django_db

# A row is read whole.
# fmt: off
NEW_DAY = {"date": "{free}", "description": "Milled keyways.", "hours_spent": 7.5, "week_number": 3}
DAYS = [
    Row("days", "get", "reports/daily", 200, page(DAY), "student"),
    Row("days of a week", "get", "reports/daily?week_number={number} reports/daily/week?week_number={number}", 200, page({**DAY, "hours_spent": 8.0}), "student"),
    Row("days of a week without any", "get", "reports/daily?week_number=9", 200, EMPTY, "student"),
    Row("days of no week", "get", "reports/daily?week_number=x", 400, {"week_number": [str]}, "student"),
    Row("days for the coordinator", "get", "reports/daily", 200, EMPTY, "coordinator"),
    Row("days: nobody", "get", "reports/daily", 401, DETAIL),
    Row("a new day", "post", "reports/daily", 201, {**DAY, "hours_spent": 7.5, "description": "Milled keyways."}, "student", NEW_DAY),
    Row("the same day again", "post", "reports/daily", 201, {**DAY, "description": "Milled keyways."}, "student", {**NEW_DAY, "date": "{day}"}),
    Row("a day that has not come", "post", "reports/daily", 400, {"date": ["Date cannot be in the future."]}, "student", {**NEW_DAY, "date": "{future}"}),
    Row("too few hours", "post", "reports/daily", 400, {"hours_spent": [str]}, "student", {**NEW_DAY, "hours_spent": 0}),
    Row("too many hours", "post", "reports/daily", 400, {"hours_spent": [str]}, "student", {**NEW_DAY, "hours_spent": 12.5}),
    Row("no hours", "post", "reports/daily", 400, {"hours_spent": [str]}, "student", {**NEW_DAY, "hours_spent": "many"}),
    Row("no date", "post", "reports/daily", 400, {"date": [str]}, "student", {"description": "x", "hours_spent": 8}),
    Row("a day of somebody without a cohort", "post", "reports/daily", 403, DETAIL, "stranger", NEW_DAY),
    Row("a day", "get", "reports/daily/{log}", 200, DAY, "student"),
    Row("change a day: some keys", "put", "reports/daily/{log}", 200, {**DAY, "hours_spent": 6.5, "description": "I has turned a shaft."}, "student", {"hours_spent": "6.5"}),
    Row("change a day by patch", "patch", "reports/daily/{log}", 200, {**DAY, "description": "Anew."}, "student", {"description": "Anew."}),
    Row("move a day", "put", "reports/daily/{log}", 400, {"date": [str]}, "student", {"date": "{free}"}),
    Row("a day of others", "get", "reports/daily/{far} reports/daily/{missing}", 404, DETAIL, "student"),
    Row("change a day of others", "put", "reports/daily/{far} reports/daily/{missing}", 404, DETAIL, "student", {"hours_spent": 1}),
    Row("delete a day", "delete", "reports/daily/{log}", 204, None, "student"),
    Row("delete a day of others", "delete", "reports/daily/{far}", 404, DETAIL, "student"),
    Row("send a day", "patch", "reports/daily/{log}/submit", 200, DAY, "student"),
]
FLAT = {"daily_monday": "Milled.", "hours_monday": "7", "daily_tuesday": "", "hours_tuesday": 8}
NEW_WEEK = {"week_number": "{number}", "start_date": "{monday}", "end_date": "", "summary": "Milling.", "main_job_title": "Mill", "main_job_description": "All.", "total_hours": 7}
WEEKS = [
    Row("weeks", "get", "reports/weekly", 200, page(WEEK), "student"),
    Row("a week by its key", "get", "reports/weekly/{week}", 200, {**WEEK, "status": "DRAFT"}, "student"),
    Row("a week by its number", "get", "reports/weekly/week/{number}", 200, WEEK, "student"),
    Row("a week that is not there", "get", "reports/weekly/{far_week} reports/weekly/{missing} reports/weekly/week/99", 404, NO_WEEK, "student"),
    Row("a new week", "post", "reports/weekly", 201, {**WEEK, "summary": "Milling.", "main_job": {**MAIN_JOB, "title": "Mill"}}, "student", NEW_WEEK),
    Row("a new week with days", "post", "reports/weekly", 201, {**WEEK, "daily_reports": [DAY]}, "student", {**NEW_WEEK, **FLAT}),
    Row("a new week with operations", "post", "reports/weekly", 201, {**WEEK, "main_job": {**MAIN_JOB, "operations": [{**STEP, "operation_name": "Turn"}]}}, "student", {**NEW_WEEK, "operations": [{"operation_name": "Turn", "tools_used": "Lathe"}]}),
    Row("a week of no number", "post", "reports/weekly", 400, {"week_number": [str]}, "student", {"summary": "x"}),
    Row("no hours of a day", "post", "reports/weekly", 400, {"hours_monday": [str]}, "student", {**NEW_WEEK, **FLAT, "hours_monday": "x"}),
    Row("change a week", "put", "reports/weekly/{week} reports/weekly/week/{number}", 200, {**WEEK, "summary": "Anew.", "main_job_title": "Shaft repair"}, "student", {"summary": "Anew."}),
    Row("change a week by patch", "patch", "reports/weekly/{week} reports/weekly/week/{number}", 200, {**WEEK, "summary": "Anew."}, "student", {"summary": "Anew."}),
    Row("change a week: the key where the number belongs", "put", "reports/weekly/week/{week}", 200, {**WEEK, "id": int, "summary": "Anew."}, "student", {"week_number": "{number}", "summary": "Anew."}),
    Row("put a week that is not there", "put", "reports/weekly/week/1", 201, {**WEEK, "week_number": 1}, "student", {"summary": "First."}),
    Row("change a week of others", "put", "reports/weekly/{far_week} reports/weekly/{missing}", 404, NO_WEEK, "student", {"summary": "x"}),
    Row("send a week", "patch", "reports/weekly/week/{number}/submit", 200, {**WEEK, "status": "SUBMITTED"}, "student"),
    Row("send a week that is not there", "patch", "reports/weekly/week/99/submit", 404, NO_WEEK, "student"),
    Row("make a week from its days", "post", "reports/weekly/generate", 201, WEEK, "student", {"week_number": "{number}"}),
    Row("make a week without days", "post", "reports/weekly/generate", 400, {"week_number": [str]}, "student", {"week_number": 1}),
    Row("help with a numbered week", "post", "reports/weekly/week/{number}/enhance_with_ai", 200, {**HELP, "message": TEXT, "data": WEEK}, "student", {"additional_instructions": "Be brief."}),
    Row("help with a week that is not there", "post", "reports/weekly/week/99/enhance_with_ai", 404, NO_WEEK, "student", {}),
    Row("nothing to reset", "post", "reports/weekly/{week}/reset_to_original", 400, NO_HELP, "student", {}),
]
STEPS_AT = "reports/weekly/{week}/operations reports/main-jobs/{week}/operations"
STEP_AT = "reports/operations/{step} reports/main-jobs/{week}/operations/{step}"
NEW_STEP = {"main_job": "{week}", "step_number": 2, "operation_description": "Milling", "tools_used": "Mill"}
OPERATIONS = [
    Row("main jobs", "get", "reports/main-jobs", 200, page(JOB), "student"),
    Row("a main job", "get", "reports/main-jobs/{week}", 200, JOB, "student"),
    Row("a main job of others", "get", "reports/main-jobs/{far_week} reports/main-jobs/{missing}", 404, DETAIL, "student"),
    Row("a new main job", "post", "reports/main-jobs", 201, {**JOB, "title": "Mill"}, "student", {"weekly_report": "{week}", "title": "Mill", "description": "All."}),
    Row("a new main job of no week", "post", "reports/main-jobs", 400, {"weekly_report": [str]}, "student", {"title": "Mill"}),
    Row("change a main job", "put", "reports/main-jobs/{week}", 200, {**JOB, "title": "Mill"}, "student", {"title": "Mill"}),
    Row("delete a main job", "delete", "reports/main-jobs/{week}", 204, None, "student"),
    Row("operations", "get", STEPS_AT, 200, page(STEP), "student"),
    Row("operations of others", "get", "reports/weekly/{far_week}/operations reports/main-jobs/{missing}/operations", 404, DETAIL, "student"),
    Row("a new operation", "post", STEPS_AT, 201, {**STEP, "step_number": 2, "operation_description": "Milling"}, "student", NEW_STEP),
    Row("a new operation under the seed's name", "post", STEPS_AT, 201, {**STEP, "operation_name": "Milling"}, "student", {"step_number": 2, "operation_name": "Milling"}),
    Row("an operation twice", "post", STEPS_AT, 400, {"non_field_errors": [starts("Step number 1 already exists")]}, "student", {**NEW_STEP, "step_number": 1}),
    Row("an operation without words", "post", STEPS_AT, 400, {"operation_description": [str]}, "student", {"tools_used": "Mill"}),
    Row("an operation", "get", STEP_AT, 200, STEP, "student"),
    Row("change an operation", "put", STEP_AT, 200, {**STEP, "operation_description": "Boring", "tools_used": "Lathe"}, "student", {"operation_description": "Boring"}),
    Row("delete an operation", "delete", STEP_AT, 204, None, "student"),
    Row("an operation of others", "delete", STEP_AT, 404, DETAIL, "lone"),
]
ROWS = [*DAYS, *WEEKS, *OPERATIONS]
# fmt: on


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} {row.method}".replace(" ", "-"))
def test_the_row_holds_at_each_of_its_addresses(report_generator: Stage, row: Row, record_property):
    record_property("dialect_rows", "report generator")
    assert report_generator.try_row(row) == []
