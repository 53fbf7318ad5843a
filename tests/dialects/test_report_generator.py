"""The rows of the contract of seed 000, at the seed's and the client's addresses: accounts and companies."""

import pytest

from tests.dialects.contract import TEXT, Row, Stage
from tests.dialects.shapes import COMPANY, DETAIL, DONE, EMPTY, FAILED, LONG, NEW_COMPANY, PROFILE, page

pytestmark = pytest.mark.django_db

# A row is read whole.
# fmt: off
NEWCOMER = {
    "username": "asha",
    "email": "asha.moshi@uni.example",
    "first_name": "Asha",
    "last_name": "Moshi",
    "password": LONG,
    "password_confirm": LONG,
    "phone_number": "0712 345 678",
    "student_id": "2026-04-00001",
    "program": "{program}",
    "year_of_study": "3",
    "pt_phase": "Practical Training 2",
    "department": "Mechanical",
    "supervisor_name": "Juma Ally",
    "device_fingerprint": "f00",
    "device_info": {"screen": "360x640"},
}
TOKENS = {"refresh": TEXT, "access": TEXT}
REGISTERED = {**DONE, "data": {"user": {"id": int, "username": "asha", "email": str}, "tokens": TOKENS}}
PERSON = {
    "id": int, "username": str, "email": str, "full_name": str, "first_name": str, "last_name": str, "is_staff": bool,
    "profile_picture": str, "has_complete_profile": True,
}
INVALID = {"detail": TEXT, "code": "token_not_valid"}
OTP = {"email": "asha@uni.example", "otp": "{code}"}
ACCOUNT = [
    Row("register", "post", "auth/register", 201, REGISTERED, body=NEWCOMER),
    Row("register: bare", "post", "auth/register", 201, REGISTERED, body={name: NEWCOMER[name] for name in ("username", "email", "password", "password_confirm")}),
    Row("register: an address that is known", "post", "auth/register", 201, REGISTERED, body={**NEWCOMER, "email": "{email}"}),
    Row("register: two passwords", "post", "auth/register", 400, {"non_field_errors": [str]}, body={**NEWCOMER, "password_confirm": "another"}),
    Row("register: missing", "post", "auth/register", 400, {"email": [str]}, body={**NEWCOMER, "email": ""}),
    Row("register: no address", "post", "auth/register", 400, {"email": [str]}, body={**NEWCOMER, "email": "asha@@"}),
    Row("register: a name that is taken", "post", "auth/register", 400, {"username": [str]}, body={**NEWCOMER, "username": "{username}"}),
    Row("register: a weak password", "post", "auth/register", 400, {"password": [str]}, body={**NEWCOMER, "password": "abc", "password_confirm": "abc"}),
    Row("sign in", "post", "auth/login", 200, {**TOKENS, "user": PERSON}, body={"username": "{username}", "password": "pw"}),
    Row("sign in: wrong", "post", "auth/login", 401, DETAIL, body={"username": "{username}", "password": "no"}),
    Row("sign in: missing", "post", "auth/login", 400, {"password": [str]}, body={"username": "{username}"}),
    Row("sign out", "post", "auth/logout", 200, DONE, "student", {"refresh": "{refresh}"}),
    Row("sign out: no token", "post", "auth/logout", 400, DETAIL, "student", {"refresh": "x"}),
    Row("refresh", "post", "auth/token/refresh auth/refresh", 200, TOKENS, body={"refresh": "{refresh}"}),
    Row("refresh: no such token", "post", "auth/token/refresh auth/refresh", 401, INVALID, body={"refresh": "{access}"}),
    Row("refresh: missing", "post", "auth/token/refresh auth/refresh", 400, {"refresh": [str]}, body={}),
    Row("profile", "get", "profile auth/profile", 200, PROFILE, "student"),
    Row("profile of staff", "get", "auth/profile", 200, PROFILE, "coordinator"),
    Row("profile: nobody", "get", "profile auth/profile", 401, DETAIL),
    Row("change the profile", "put", "profile/update auth/profile", 200, {**PROFILE, "supervisor_name": "Juma Ally", "supervisor_email": "juma@njia.example", "company_region": "Dodoma", "phone_number": "+255712345678", "year_of_study": 4}, "student",
        {"supervisor_name": "Juma Ally", "supervisor_email": "juma@njia.example", "company_region": "Dodoma", "phone_number": "0712345678", "year_of_study": 4, "student_id": "{reg_no}", "unknown": 1}),
    Row("no year of study", "put", "profile/update auth/profile", 200, {**PROFILE, "year_of_study": None}, "student", {"year_of_study": "null"}),
    Row("change what the university keeps", "put", "profile/update auth/profile", 400, {"student_id": [str]}, "student", {"student_id": "X-1"}),
    Row("no such year", "patch", "profile/update auth/profile", 400, {"year_of_study": [str]}, "student", {"year_of_study": "9"}),
    Row("year that is no number", "put", "auth/profile", 400, {"year_of_study": [str]}, "student", {"year_of_study": "third"}),
    Row("change a profile of staff", "put", "auth/profile", 403, DETAIL, "coordinator", {"year_of_study": 1}),
    Row("dashboard", "get", "auth/dashboard", 200, {"success": True, "data": {"user": {"id": int, "username": str, "email": str, "full_name": str}, "stats": {"daily_reports": 1, "weekly_reports": 1, "completed_weekly_reports": 0, "general_report_status": "DRAFT"}, "profile_complete": True}, "total_reports": 1, "total_hours": float, "completed_weeks": 0, "remaining_weeks": int, "current_week": int}, "student"),
    Row("a telephone number", "get", "auth/check-phone?phone_number=0712345678 auth/check-phone?phone_number=255712345678 auth/check-phone?phone_number=%2B255712345678", 200, {"available": True, "message": TEXT}),
    Row("no telephone number", "get", "auth/check-phone?phone_number=12", 200, {"available": False, "message": TEXT}),
    Row("code by telephone", "post", "auth/send-otp", 200, DONE, body={"phone_number": "0712345678"}),
    Row("check a code by telephone", "post", "auth/verify-otp", 200, DONE, body={"phone_number": "0712345678", "otp": "{phone_code}"}),
    Row("check a wrong code", "post", "auth/verify-otp", 400, FAILED, body={"phone_number": "0712345678", "otp": "x"}),
    Row("code by mail", "post", "auth/send-email-otp", 200, DONE, body={"email": "nobody@uni.example"}),
    Row("check a code by mail", "post", "auth/verify-email-otp", 200, DONE, body=OTP),
    Row("check a wrong code by mail", "post", "auth/verify-email-otp", 400, FAILED, body={**OTP, "otp": "000"}),
    Row("code for nobody", "post", "auth/send-email-otp", 400, FAILED, body={}),
    Row("forgotten password", "post", "auth/password-reset", 200, DONE, body={"email": "{email}", "frontend_url": "https://evil.example"}),
    Row("forgotten password of nobody", "post", "auth/password-reset", 200, DONE, body={"email": "nobody@uni.example"}),
    Row("forgotten password: no address", "post", "auth/password-reset", 400, FAILED, body={}),
    Row("new password", "post", "auth/password-reset-confirm", 200, DONE, body={"uid": "{uid}", "token": "{key}", "password": LONG}),
    Row("new password: wrong link", "post", "auth/password-reset-confirm", 400, FAILED, body={"uid": "{uid}", "token": "x", "password": LONG}),
    Row("new password: weak", "post", "auth/password-reset-confirm", 400, FAILED, body={"uid": "{uid}", "token": "{key}", "password": "x"}),
    Row("the mail again", "post", "auth/resend-verification", 200, DONE, body={"email": "nobody@uni.example"}),
    Row("feedback", "post", "auth/feedback", 200, DONE, "student", {"message": "It is slow."}),
    Row("feedback: empty", "post", "auth/feedback", 400, FAILED, "student", {}),
]
COMPANIES = [
    Row("companies", "get", "companies", 200, page(COMPANY), "student"),
    Row("search companies", "get", "companies/search?q=njia companies/search_companies?q=njia", 200, page({**COMPANY, "name": "Njia Works"}), "student"),
    Row("search companies: none", "get", "companies/search?q=zebra", 200, EMPTY, "student"),
    Row("a company", "get", "companies/{company}", 200, {**COMPANY, "student_count": 3}, "student"),
    Row("a company of others", "get", "companies/{proposed} companies/{missing}", 404, DETAIL, "stranger"),
    Row("a new company", "post", "companies", 201, {**NEW_COMPANY, "name": "Daraja", "industry_type": "ENERGY"}, "student", {"name": "Daraja", "address": "Plot 5", "contact_person": "Z. Kessy", "industry_type": "ENERGY", "established_year": 1999}),
    Row("a company twice", "post", "companies", 400, {"name": [str]}, "student", {"name": "Njia Works"}),
    Row("a company without a name", "post", "companies", 400, {"name": [str]}, "student", {"address": "x"}),
    Row("a company of no year", "post", "companies", 400, {"established_year": [str]}, "student", {"name": "Z", "established_year": "old"}),
    Row("a company of no sector", "post", "companies", 400, {"industry_type": [str]}, "student", {"name": "Z", "industry_type": "MAGIC"}),
    Row("a new company of a stranger", "post", "companies", 403, DETAIL, "stranger", {"name": "Z"}),
    Row("trainees of a company", "get", "companies/{company}/students", 200, page({"id": int, "full_name": str, "username": str, "start_date": str, "end_date": str, "status": str}), "student"),
    Row("trainees of a company: none", "get", "companies/{company}/students", 200, EMPTY, "stranger"),
    Row("my company", "post", "companies/{company}/assign_to_user", 200, {**DONE, "data": {"id": int, "name": str}}, "student", {}),
    Row("my company: not there", "post", "companies/{missing}/assign_to_user", 404, DETAIL, "student", {}),
]
ROWS = [*ACCOUNT, *COMPANIES]
# fmt: on


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} {row.method}".replace(" ", "-"))
def test_the_row_holds_at_each_of_its_addresses(report_generator: Stage, row: Row, record_property):
    record_property("dialect_rows", "report generator")
    assert report_generator.try_row(row) == []
