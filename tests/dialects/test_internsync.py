"""The rows of the contract of seed 004, at the seed's addresses and at those of the real client."""

import base64
from typing import Any

import pytest

from tests.dialects.contract import TEXT, Row, Stage, starts

pytestmark = pytest.mark.django_db

LONG = "four dull brass lamps"
COMPANY = {"id": int, "name": str, "hr_mail": str, "website": str}
JOB = {
    "id": int,
    "title": str,
    "short_description": str,
    "description": str,
    "location": str,
    "end": str,
    "cid": COMPANY,
    "status": str,
    "work_mode": str,
    "work_type": str,
    "applicants_count": int,
    "application_deadline": str,
    "posted_date": str,
}
APPLICATION = {
    "id": int,
    "application_date": str,
    "status": str,
    "sid": {"id": int, "Fullname": str},
    "jid": JOB,
    "cover_letter": str,
}
NEW_JOB = {
    "title": "Trainee",
    "endDate": "2031-05-01",
    "job_description": "Help.",
    "short_description": "Help",
    "location": "Dodoma",
    "work_mode": "Hybrid",
    "work_type": "Part-Time",
}
DENIED = {"error": "This service is for companies only!"}
STUDENTS = {"error": "This service is for students only!"}
MISSING = {"error": "Missing fields"}
NEWCOMER = {"userName": "asha", "role": "s", "password": LONG, "fullName": "Asha Moshi"}
HOST = {
    "userName": "njia",
    "role": "c",
    "password": LONG,
    "componyName": "Njia Works",
    "website": "https://njia.example",
    "HRMail": "hr@njia.example",
}


# A row is read whole.
# fmt: off
ENTRANCE = [
    Row("register a student", "post", "user/add users", 200, {"message": "Data is completed."}, body=NEWCOMER),
    Row("register a company", "post", "user/add users", 200, {"message": "Data is completed."}, body=HOST),
    Row("register: a field is missing", "post", "user/add users", 400, MISSING, body={**NEWCOMER, "fullName": ""}),
    Row("register: another role", "post", "user/add users", 400, MISSING, body={**NEWCOMER, "role": "x"}),
    Row("register: a long password", "post", "user/add users", 400, {"error": TEXT}, body={**NEWCOMER, "password": "x" * 41}),
    Row("register: a weak password", "post", "user/add users", 400, {"error": TEXT}, body={**NEWCOMER, "password": "short"}),
    Row("register: no password", "post", "user/add users", 400, MISSING, body={"userName": "a", "role": "s", "fullName": "A"}),
    Row("register: a name that is taken", "post", "user/add users", 200, {"message": "User: {taken} has been registered!"}, body={**NEWCOMER, "userName": "{taken}"}),
    Row("sign in", "post", "user/login users/login", 200, {"message": "AUTHED!", "token": TEXT}, body={"userName": "{taken}", "password": "pw"}),
    Row("sign in: wrong", "post", "user/login users/login", 401, {"message": "wrong."}, body={"userName": "{taken}", "password": "no"}),
    Row("sign in: unknown", "post", "user/login users/login", 401, {"message": "wrong."}, body={"userName": "nobody", "password": "pw"}),
    Row("sign in: neither student nor company", "post", "user/login users/login", 401, {"message": "wrong."}, body={"userName": "{staff}", "password": "pw"}),
    Row("who am I: a student", "get", "user/info users/is-authed", 200, {"success": "OK!", "user_id": int, "userName": str, "role": "s", "sid": int, "fullName": TEXT}, "student"),
    Row("who am I: a company", "get", "user/info users/is-authed", 200, {"success": "OK!", "user_id": int, "userName": str, "role": "c", "cid": int, "compony": TEXT, "hr_mail": str, "website": str}, "company"),
    Row("who am I: nobody", "get", "user/info users/is-authed", 401, {"error": "Authorization header missing or invalid"}),
]
JOBS = [
    Row("post a job", "post", "jobs/add jobs/post", 200, {"success": "Job has been posted!", "job_id": int}, "company", NEW_JOB),
    Row("post a job as a student", "post", "jobs/add jobs/post", 401, DENIED, "student", NEW_JOB),
    Row("post a job: missing", "post", "jobs/add jobs/post", 400, MISSING, "company", {**NEW_JOB, "title": ""}),
    Row("post a job: no such mode", "post", "jobs/add jobs/post", 400, {"error": "Invalid work_type or work_mode"}, "company", {**NEW_JOB, "work_mode": "Moon"}),
    Row("post a job: no such day", "post", "jobs/add jobs/post", 400, {"error": TEXT}, "company", {**NEW_JOB, "endDate": "2031-02-31"}),
    Row("jobs for a student", "get", "jobs/get jobs", 200, [JOB], "student"),
    Row("jobs of a company", "get", "jobs/get?page=1 jobs?page=1", 200, [JOB], "company"),
    Row("jobs behind the last page", "get", "jobs/get?page=9 jobs?page=9", 200, [], "company"),
    Row("jobs: no such page", "get", "jobs/get?page=x jobs?page=x jobs?page=0", 400, {"detail": "Invalid page number"}, "company"),
    Row("search jobs", "get", "jobs/search?searchJobs=fitter&work_type=Full-Time&work_mode=On-Site&status=active&page=1", 200, [JOB], "company"),
    Row("search jobs: nothing", "get", "jobs/search?searchJobs=zebra", 200, [], "company"),
    Row("search jobs: no such mode", "get", "jobs/search?work_mode=Moon jobs/search?work_type=Never", 400, {"error": "Invalid work_type or work_mode"}, "student"),
    Row("one job", "get", "jobs/{job}", 200, JOB, "student"),
    Row("one job: not there", "get", "jobs/{draft} jobs/{missing}", 404, {"error": TEXT}, "student"),
    Row("edit a job", "put", "jobs/{job}", 200, {"success": "Job updated"}, "company", {**NEW_JOB, "status": "active"}),
    Row("edit a job: the seed's way", "post", "jobs/edit", 200, {"success": "Job updated"}, "company", {**NEW_JOB, "status": "active", "job_id": "{job}"}),
    Row("close a job", "put", "jobs/{job}", 200, {"success": "Job updated"}, "company", {**NEW_JOB, "status": "closed"}),
    Row("publish a job", "put", "jobs/{draft}", 200, {"success": "Job updated"}, "company", {**NEW_JOB, "status": "active"}),
    Row("delete a draft", "put", "jobs/{draft}", 200, {"success": "Job updated"}, "company", {**NEW_JOB, "status": "deleted"}),
    Row("delete what was published", "put", "jobs/{job}", 409, {"error": TEXT}, "company", {**NEW_JOB, "status": "deleted"}),
    Row("make a draft again", "put", "jobs/{job}", 409, {"error": TEXT}, "company", {**NEW_JOB, "status": "draft"}),
    Row("edit a job: missing", "put", "jobs/{job}", 400, MISSING, "company", {**NEW_JOB}),
    Row("edit a job of others", "put", "jobs/{foreign} jobs/{missing}", 404, {"error": "Job not found or no permission"}, "company", {**NEW_JOB, "status": "active"}),
    Row("edit a job as a student", "put", "jobs/{job}", 401, DENIED, "student", {**NEW_JOB, "status": "active"}),
    Row("count jobs", "get", "jobs/count", 200, {"postedJobs#": 4}, "company"),
    Row("count jobs as a student", "get", "jobs/count", 401, DENIED, "student"),
]
TWO_WAYS = "jobs/{open}/apply"
APPLYING = [
    Row("apply", "post", TWO_WAYS, 200, {"success": "You successfuly applied!"}, "student", {"cv": "{cv}", "cover": "I turn."}),
    Row("apply: the seed's way", "post", "jobs/apply", 200, {"success": "You successfuly applied!"}, "student", {"jid": "{open}", "cv": "{cv}", "cover": "I turn."}),
    Row("apply twice", "post", "jobs/{job}/apply", 400, {"error": "You have already applied to this job!"}, "student", {"cv": "{cv}", "cover": ""}),
    Row("apply: no PDF", "post", TWO_WAYS, 400, {"error": "Invalid file format"}, "student", {"cv": base64.b64encode(b"hello").decode()}),
    Row("apply: a data: prefix", "post", TWO_WAYS, 400, {"error": "Invalid file format"}, "student", {"cv": "data:application/pdf;base64,{cv}"}),
    Row("apply: not base64", "post", TWO_WAYS, 400, {"error": "Invalid file format"}, "student", {"cv": "JVBERi0x LjQ="}),
    Row("apply: too large", "post", TWO_WAYS, 400, {"error": "CV file size exceeds the 5MB limit"}, "student", {"cv": "JVBE" + "R" * (4 * (5 * 1024 * 1024 // 3 + 2))}),
    Row("apply as a company", "post", TWO_WAYS, 401, STUDENTS, "company", {"cv": "{cv}"}),
    Row("apply: no cv", "post", TWO_WAYS, 401, {"error": "cv is required"}, "student", {}),
    Row("apply for a draft", "post", "jobs/{draft}/apply jobs/{missing}/apply", 404, {"error": "Job not found"}, "student", {"cv": "{cv}"}),
    Row("applications of a job", "get", "jobs/get/applications/{job} jobs/{job}/applications?page=1", 200, [APPLICATION], "company"),
    Row("applications of a job of others", "get", "jobs/get/applications/{job} jobs/{job}/applications", 200, [], "rival"),
    Row("applications of a job: no page", "get", "jobs/{job}/applications?page=-1", 400, {"detail": "Invalid page number"}, "company"),
    Row("applications of a job as a student", "get", "jobs/get/applications/{job} jobs/{job}/applications", 401, DENIED, "student"),
    Row("own applications", "get", "jobs/get/applications/student students/applications", 200, [APPLICATION], "student"),
    Row("own applications as a company", "get", "jobs/get/applications/student students/applications", 401, STUDENTS, "company"),
    Row("count applications", "get", "jobs/applicants/count", 200, {"#Applications": int}, "company"),
    Row("count own: pending", "get", "students/applications/count/pending", 200, {"#pending": 1}, "student"),
    Row("count own: accepted", "get", "students/applications/count/accepted", 200, {"#accepted": 1}, "student"),
    Row("count own: under review", "get", "students/applications/count/under_review", 200, {"#under_review": 0}, "student"),
    Row("count own: another", "get", "students/applications/count/rejected", 400, {"error": starts("Invalid status")}, "student"),
]
ONE = "jobs/update/application/status/{app} applications/{app}/status"
CVS = "jobs/get/applicant/cv/{app} applications/{app}/cv"
TEXTS = "jobs/extract/pdf/text/{app} applications/{app}/extract-pdf"
UPLOAD = "jobs/extract/pdf/text applications/extract-pdf"


def moved(status: str) -> dict[str, Any]:
    return {"message": "Application status updated successfully", "application_id": int, "new_status": status}


DECIDING = [
    *(
        Row(f"decide: {status}", method, urls, 200, moved(status), "company", {"status": status})
        for status in ("pending", "under_review", "shortlisted", "interview_scheduled", "accepted", "rejected")
        for method, urls in (("post", ONE.split(maxsplit=1)[0]), ("put", ONE.split()[1]))
    ),
    Row("decide: no such status", "put", ONE, 400, {"error": starts("Invalid status. Valid options are: pending, ")}, "company", {"status": "hired"}),
    Row("decide: no status", "put", ONE, 400, {"error": "Status is required"}, "company", {}),
    Row("decide as a student", "put", ONE, 401, DENIED, "student", {"status": "accepted"}),
    Row("decide about another company's", "put", ONE.replace("{app}", "{missing}") + " " + ONE, 404, {"error": TEXT}, "rival", {"status": "accepted"}),
    Row("resume", "get", CVS, 200, {"cv": "{cv}"}, "company"),
    Row("resume as a student", "get", CVS, 401, {"error": "You must be a compony!"}, "student"),
    Row("resume of another company's", "get", CVS + " " + CVS.replace("app}", "missing}"), 404, {"error": TEXT}, "rival"),
    Row("text", "get", TEXTS, 200, {"success": True, "text": TEXT, "text_length": int, "file_path": "resume.pdf", "extraction_method": [str]}, "company"),
    Row("text as a student", "get", TEXTS, 403, {"error": TEXT}, "student"),
    Row("text of another company's", "get", TEXTS + " " + TEXTS.replace("{app}", "{missing}"), 404, {"error": "Application not found"}, "rival"),
    Row("text of a file", "post", UPLOAD, 200, {"success": True, "text": TEXT, "text_length": int, "extraction_method": [str]}, "student", {"pdf_base64": "{cv}"}),
    Row("text of a file of an application", "post", "applications/extract-pdf", 200, {"success": True, "text": TEXT, "text_length": int, "extraction_method": [str]}, "company", {"pdf_base64": "{cv}", "application_id": "{app}"}),
    Row("text of a file: none", "post", UPLOAD, 400, {"error": "pdf_base64 is required"}, "student", {}),
    Row("text of a file: no PDF", "post", UPLOAD, 400, {"error": "Could not extract text from PDF"}, "student", {"pdf_base64": "JVBERi0xLjQ="}),
    Row("text of a file: no such application", "post", UPLOAD, 404, {"error": "Application not found"}, "rival", {"pdf_base64": "{cv}", "application_id": "{app}"}),
]
ROWS = [*ENTRANCE, *JOBS, *APPLYING, *DECIDING]
# fmt: on


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} {row.method}".replace(" ", "-"))
def test_the_row_holds_at_each_of_its_addresses(internsync: Stage, row: Row, record_property):
    record_property("dialect_rows", "internsync")
    assert internsync.try_row(row) == []
