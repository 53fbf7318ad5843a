"""What the report generator dialect answers, key by key."""

from typing import Any

from tests.dialects.contract import TEXT

LONG = "four dull brass lamps"
MAYBE = (int, type(None))
PROFILE = {
    "id": int,
    "user": int,
    "student_id": str,
    "program": str,
    "year_of_study": MAYBE,
    "pt_phase": str,
    "department": str,
    "supervisor_name": str,
    "supervisor_email": str,
    "phone_number": str,
    "company_name": str,
    "company_region": str,
    "user_details": {"username": str, "email": str, "full_name": str},
    "created_at": str,
    "updated_at": str,
}
DAY = {
    "id": int,
    "student": int,
    "week_number": int,
    "date": str,
    "description": str,
    "hours_spent": float,
    "day_name": str,
    "created_at": str,
    "updated_at": str,
}
STEP = {
    "id": int,
    "step_number": int,
    "operation_description": str,
    "operation_name": str,
    "tools_used": str,
    "created_at": str,
    "updated_at": str,
}
MAIN_JOB = {"id": int, "title": str, "description": str, "operations": ([STEP], [])}
WEEK = {
    "id": int,
    "student": int,
    "week_number": int,
    "start_date": str,
    "end_date": str,
    "total_hours": float,
    "summary": str,
    "main_job_title": str,
    "main_job_description": str,
    "main_job": (MAIN_JOB, type(None)),
    "daily_reports": ([DAY], []),
    "status": str,
    "created_at": str,
    "updated_at": str,
}
JOB = {**MAIN_JOB, "weekly_report": int, "week_number": int}
GENERAL = {
    "id": int,
    **dict.fromkeys(
        (
            *("title", "introduction", "company_overview", "training_objectives", "methodology", "achievements"),
            *("challenges_faced", "skills_acquired", "recommendations", "conclusion", "acknowledgments", "status"),
        ),
        str,
    ),
    "word_count": int,
    "weekly_reports_count": int,
    "completion_percentage": int,
    "created_at": str,
    "updated_at": str,
}
COMPANY = {
    "id": int,
    "name": str,
    "industry_type": str,
    "industry_display": str,
    "address": str,
    "contact_person": str,
    "student_count": int,
}
NEW_COMPANY = {**COMPANY, "phone": str, "email": str, "website": str, "established_year": MAYBE, "description": str}
HELP = {"success": True, "enhanced_text": TEXT, "tokens_used": int, "original_length": int, "enhanced_length": int}
DONE = {"success": True, "message": TEXT}
FAILED = {"success": False, "message": TEXT}
NO_HELP = {"success": False, "message": TEXT, "error": TEXT, "error_type": str}
DETAIL = {"detail": TEXT, "code": TEXT}
NO_WEEK = {"error": TEXT}


def page(item: Any) -> dict[str, Any]:
    return {"count": int, "next": (str, type(None)), "previous": (str, type(None)), "results": [item]}


EMPTY = {"count": 0, "next": None, "previous": None, "results": []}
