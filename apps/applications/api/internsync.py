"""Applications and resumes in the InternSync dialect.

Where the old server failed (another company's application) it is not there: 404. A company that answers somebody
without a reason gives the one that it gave none; ``interview_scheduled`` moves on without a time, which is agreed on
the pages.
"""

import base64
from http import HTTPStatus
from typing import Any, Final, cast

from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.internsync import InternSyncView, PagedView, WrongRole, check_student, own_company
from apps.accounts.models import User
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.models import Application
from apps.applications.permissions import can_view_resume_of
from apps.applications.selectors import applications_of, applications_received_by, applications_visible_to
from apps.applications.services.resumes import disclose_resume
from apps.applications.services.sent_files import apply_with_file, read_base64_pdf, read_upload, text_of_resume
from apps.applications.states import ApplicationState, DisclosureWay
from apps.vacancies.api.internsync import job_of
from apps.vacancies.models import Vacancy
from apps.vacancies.selectors import vacancies_visible_to
from portal.kernel.api.dialects import body_of, both, text_in
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import perform

MOVES: Final = {
    ApplicationState.UNDER_REVIEW: "start_review",
    ApplicationState.SHORTLISTED: "shortlist",
    ApplicationState.INTERVIEW_SCHEDULED: "schedule_interview",
    ApplicationState.ACCEPTED: "accept",
    ApplicationState.REJECTED: "reject",
}
STATUSES: Final = [ApplicationState.PENDING.value, *(state.value for state in MOVES)]
COUNTED: Final = (ApplicationState.PENDING, ApplicationState.ACCEPTED, ApplicationState.UNDER_REVIEW)
NO_REASON: Final = _("The company gave no reason.")
NO_FILE: Final = "cv is required"
NO_COMPANY: Final = "You must be a compony!"
NO_TEXT: Final = "Could not extract text from PDF"
# Our sentence for a file by the old server's.
FILE_ERRORS: Final = {
    "not_a_pdf": "Invalid file format",
    "empty_file": "Invalid file format",
    "too_large": "CV file size exceeds the 5MB limit",
}


def application_of(application: Application, user: Any) -> dict[str, Any]:
    """Return an application as the dialect shows it; reads vacancy, company and student."""
    student = application.student
    return {
        "id": application.pk,
        "application_date": application.created_at.isoformat(),
        "status": application.state,
        "sid": {"id": student.pk, "Fullname": student.get_full_name()},
        "jid": job_of(application.vacancy, user),
        "cover_letter": application.cover_letter,
    }


def _shown(rows: QuerySet[Application]) -> QuerySet[Application]:
    jobs = Vacancy.objects.select_related("company").annotate(applicants=Count("applications"))
    return rows.select_related("student").prefetch_related(Prefetch("vacancy", jobs)).order_by("-pk")


def _one(request: Request, pk: str) -> Application:
    """Return an application of the company that asks. Raises ``Http404``."""
    rows = applications_received_by(request.user).select_related("resume", "vacancy__company", "enrolment__cohort")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# -- applying -----------------------------------------------------------------------------------------------------


class ApplyView(InternSyncView):
    """``cv`` is a PDF as base64 without a prefix, ``cover`` the letter; the seed names the job by ``jid``."""

    def post(self, request: Request, pk: str = "") -> Response:
        student, body = check_student(request), body_of(request.data)
        cv, key = text_in(body, "cv"), pk or text_in(body, "jid", "job_id")
        if not cv:
            raise WrongRole(NO_FILE)
        vacancy = vacancies_visible_to(student).filter(pk=key).first() if key.isdecimal() else None
        if vacancy is None:
            return Response({"error": "Job not found"}, status=HTTPStatus.NOT_FOUND)
        try:
            data = read_base64_pdf(cv)
            apply_with_file(vacancy, data, name="cv.pdf", cover_letter=text_in(body, "cover"), actor=student)
        except RuleViolation as error:
            return _refused(error)
        return Response({"success": "You successfuly applied!"})


def _refused(error: RuleViolation) -> Response:
    told = {"already_applied": "You have already applied to this job!", **FILE_ERRORS}
    if error.code not in told:
        raise error
    return Response({"error": told[error.code]}, status=HTTPStatus.BAD_REQUEST)


# -- lists --------------------------------------------------------------------------------------------------------


class ReceivedView(PagedView):
    """What came for one job; nothing for a job of another company."""

    def get(self, request: Request, pk: str) -> Response:
        own_company(request)
        rows = _shown(applications_received_by(request.user).filter(vacancy_id=int(pk)))
        return Response([application_of(row, request.user) for row in self.page_of(request, rows)])


class OwnView(InternSyncView):
    """The student's own, all at once."""

    def get(self, request: Request) -> Response:
        student = check_student(request)
        return Response([application_of(row, student) for row in _shown(applications_of(student))])


class CountReceivedView(InternSyncView):
    def get(self, request: Request) -> Response:
        own_company(request)
        return Response({"#Applications": applications_received_by(request.user).count()})


class CountOwnView(InternSyncView):
    def get(self, request: Request, status: str) -> Response:
        student = check_student(request)
        if status not in COUNTED:
            return Response({"error": _options(COUNTED)}, status=HTTPStatus.BAD_REQUEST)
        return Response({f"#{status}": applications_of(student).filter(state=status).count()})


def _options(statuses: Any) -> str:
    return f"Invalid status. Valid options are: {', '.join(str(status) for status in statuses)}"


# -- deciding -----------------------------------------------------------------------------------------------------


class StatusView(InternSyncView):
    """Moves an application of the own company; the same status again changes nothing."""

    def put(self, request: Request, pk: str) -> Response:
        own_company(request)
        application = _one(request, pk)
        body = body_of(request.data)
        wanted = text_in(body, "status")
        if not wanted:
            return Response({"error": "Status is required"}, status=HTTPStatus.BAD_REQUEST)
        if wanted not in STATUSES:
            return Response({"error": _options(STATUSES)}, status=HTTPStatus.BAD_REQUEST)
        if application.state != wanted:
            _move(application, wanted, text_in(body, "reason"), cast("User", request.user))
        told = {"message": "Application status updated successfully", "application_id": application.pk}
        return Response({**told, "new_status": wanted})

    # The seed posts.
    post = put


def _move(application: Application, wanted: str, reason: str, actor: User) -> None:
    move = MOVES.get(ApplicationState(wanted))
    if move is None:
        raise RuleViolation("no_way_back", _("An application that somebody has looked at is pending no more."))
    needed = str(NO_REASON) if wanted == ApplicationState.REJECTED else ""
    perform(application, move, actor=actor, reason=reason or needed, via="api")


# -- resumes ------------------------------------------------------------------------------------------------------


class ResumeView(InternSyncView):
    """The file as base64, on record like every other opening."""

    def get(self, request: Request, pk: str) -> Response:
        if not has_role(request.user, Role.COMPANY_REPRESENTATIVE):
            raise WrongRole(NO_COMPANY)
        application = _one(request, pk)
        disclose_resume(application, way=DisclosureWay.DOWNLOAD, actor=cast("User", request.user))
        with application.resume.file.open("rb") as file:
            return Response({"cv": base64.b64encode(file.read()).decode()})


class ResumeTextView(InternSyncView):
    """The text of a resume, on record; ``file_path`` is the name of the file as it was sent, not where it lies."""

    def get(self, request: Request, pk: str) -> Response:
        if has_role(request.user, Role.STUDENT):
            raise NotAllowed
        rows = applications_visible_to(request.user).select_related("resume", "vacancy__company", "enrolment__cohort")
        application = rows.filter(pk=pk).first()
        if application is None:
            return Response({"error": "Application not found"}, status=HTTPStatus.NOT_FOUND)
        if not can_view_resume_of(application, request.user):
            raise NotAllowed
        disclose_resume(application, way=DisclosureWay.TEXT, actor=cast("User", request.user))
        found = text_of_resume(application.resume)
        told = {"success": True, "text": found.text, "text_length": len(found.text)}
        methods = [found.method] if found.method else []
        return Response({**told, "file_path": application.resume.original_name, "extraction_method": methods})


class UploadTextView(InternSyncView):
    """The text of a PDF that is sent along and kept nowhere."""

    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        text, key = text_in(body, "pdf_base64"), text_in(body, "application_id")
        if not text:
            return Response({"error": "pdf_base64 is required"}, status=HTTPStatus.BAD_REQUEST)
        if key and not (key.isdecimal() and applications_visible_to(request.user).filter(pk=key[:18]).exists()):
            return Response({"error": "Application not found"}, status=HTTPStatus.NOT_FOUND)
        try:
            found = read_upload(read_base64_pdf(text), actor=cast("User", request.user))
        except RuleViolation as error:
            if error.code not in FILE_ERRORS:
                raise
            raise exceptions.ParseError(NO_TEXT) from error
        if not found.text:
            raise exceptions.ParseError(NO_TEXT)
        told = {"success": True, "text": found.text, "text_length": len(found.text)}
        return Response({**told, "extraction_method": list(found.methods_tried)})


KEY: Final = "(?P<pk>[0-9]{1,18})"
urlpatterns = [
    both("jobs/apply", ApplyView, "api-is-apply-seed"),
    both(f"jobs/{KEY}/apply", ApplyView, "api-is-apply"),
    both("jobs/get/applications/student", OwnView, "api-is-own-seed"),
    both("students/applications", OwnView, "api-is-own"),
    both(f"jobs/get/applications/{KEY}", ReceivedView, "api-is-received-seed"),
    both(f"jobs/{KEY}/applications", ReceivedView, "api-is-received"),
    both(f"jobs/update/application/status/{KEY}", StatusView, "api-is-status-seed"),
    both(f"applications/{KEY}/status", StatusView, "api-is-status"),
    both(f"jobs/get/applicant/cv/{KEY}", ResumeView, "api-is-resume-seed"),
    both(f"applications/{KEY}/cv", ResumeView, "api-is-resume"),
    both(f"jobs/extract/pdf/text/{KEY}", ResumeTextView, "api-is-resume-text-seed"),
    both(f"applications/{KEY}/extract-pdf", ResumeTextView, "api-is-resume-text"),
    both("jobs/extract/pdf/text", UploadTextView, "api-is-upload-text-seed"),
    both("applications/extract-pdf", UploadTextView, "api-is-upload-text"),
    both("jobs/applicants/count", CountReceivedView, "api-is-count-received"),
    both("students/applications/count/(?P<status>[a-z_]{1,30})", CountOwnView, "api-is-count-own"),
]
