"""Resumes and applications in /api/v1/."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.applications.api.helping import help_with_resume
from apps.applications.api.hiring import Interviewing
from apps.applications.extraction.reader import MAX_BYTES
from apps.applications.models import Application, Resume
from apps.applications.models.resumes import FACT_KINDS
from apps.applications.permissions import can_view_resume_of, owns_resume, represents_host
from apps.applications.selectors import applications_visible_to, resumes_visible_to
from apps.applications.services.applications import (
    LONGEST_LETTER,
    apply_for_vacancy,
    change_application,
    note_application,
)
from apps.applications.services.interviews import LONGEST_MINUTES, USUAL_MINUTES, call_off_interview, schedule_interview
from apps.applications.services.resumes import (
    LONGEST_FACT,
    MOST_FACTS,
    correct_facts,
    delete_resume,
    disclose_resume,
    open_resume,
    store_resume,
)
from apps.applications.states import DisclosureWay
from apps.vacancies.selectors import vacancies_visible_to
from portal.kernel.api.files import FORMS, PDF, UploadField
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictJSONParser, StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet
from portal.kernel.errors import NotAllowed
from portal.kernel.views import send_file


class ResumeSerializer(serializers.ModelSerializer[Resume]):
    quality = serializers.CharField(read_only=True)  # empty until it is read

    class Meta:
        model = Resume
        fields = ("id", "original_name", "size", "sha256", "page_count", "extraction", "quality", "created_at")
        read_only_fields = fields


class NewResumeSerializer(StrictSerializer):
    file = UploadField(most=MAX_BYTES)


class FactsSerializer(StrictSerializer):
    """Lists of words by kind, as the student wants them to be seen; a kind that is not sent stays as it is."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            kind: serializers.ListField(
                child=serializers.CharField(max_length=LONGEST_FACT), max_length=MOST_FACTS, required=False
            )
            for kind in FACT_KINDS
        }


class ReadTextSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    facts = FactsSerializer(source="shown_facts")


class ResumeViewSet(Adds, Removes, ScopedViewSet[Resume]):
    model = Resume
    selector = staticmethod(resumes_visible_to)
    serializer_class = ResumeSerializer
    add_serializer = NewResumeSerializer
    parser_classes = FORMS
    filters = {"extraction": "extraction"}
    help = help_with_resume

    def add(self, values: dict[str, Any]) -> Resume:
        return store_resume(values["file"].read(), name=values["file"].name or "", actor=self.actor)

    def remove(self, obj: Resume) -> None:
        delete_resume(obj, actor=self.actor)

    @extend_schema(operation_id="resumes_facts", summary="What was read from it", responses=ReadTextSerializer)
    @action(detail=True, url_name="facts", pagination_class=None, parser_classes=(StrictJSONParser,))
    def facts(self, request: Request, pk: str) -> Response:
        del request, pk
        resume = self.get_object()
        # Others read the text with the application that it came with, on record for the student.
        if not owns_resume(resume, self.actor):
            raise NotAllowed
        return Response(ReadTextSerializer(resume).data)

    @extend_schema(
        operation_id="resumes_correct_facts",
        summary="Put right what was read",
        request=FactsSerializer,
        responses={200: ReadTextSerializer},
        examples=[OpenApiExample("Skills", {"skills": ["Turning", "Milling"]}, request_only=True)],
    )
    @facts.mapping.patch
    def correct_facts(self, request: Request, pk: str) -> Response:
        del request, pk
        resume = self.get_object()
        kept = correct_facts(resume, {**resume.shown_facts, **self.given(FactsSerializer)}, actor=self.actor)
        return Response(ReadTextSerializer(kept).data)

    @extend_schema(operation_id="resumes_file", summary="The PDF", responses=PDF)
    @action(detail=True, url_name="file", pagination_class=None)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        del request, pk
        resume = self.get_object()
        open_resume(resume, actor=self.actor)
        return send_file(resume.file, resume.original_name)


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    student_name = serializers.CharField(source="student.get_full_name", read_only=True)
    vacancy_title = serializers.CharField(source="vacancy.title", read_only=True)

    class Meta:
        model = Application
        fields = (
            "id",
            "vacancy",
            "vacancy_title",
            "student_name",
            "cover_letter",
            "interview_at",
            "interview_place",
            "created_at",
            "decided_at",
            "reason",
            "state",
            "version",
        )
        read_only_fields = fields


class ApplicationBodySerializer(StrictSerializer):
    resume = OwnKeyField(resumes_visible_to)
    cover_letter = serializers.CharField(max_length=LONGEST_LETTER, required=False, allow_blank=True)


class NewApplicationSerializer(ApplicationBodySerializer):
    vacancy = OwnKeyField(vacancies_visible_to)


class InterviewSerializer(StrictSerializer):
    at = serializers.DateTimeField()
    place = serializers.CharField(max_length=240)
    minutes = serializers.IntegerField(min_value=1, max_value=LONGEST_MINUTES, default=USUAL_MINUTES)


class NotesSerializer(StrictSerializer):
    notes = serializers.CharField(max_length=4000, allow_blank=True)


class KeptNotesSerializer(serializers.Serializer[Any]):
    notes = serializers.CharField(source="company_notes")


@with_moves
class ApplicationViewSet(Interviewing, Adds, Changes, ScopedViewSet[Application]):
    model = Application
    selector = staticmethod(applications_visible_to)
    related = ("student", "vacancy__company", "enrolment__cohort")
    withheld = ("schedule_interview",)
    serializer_class = ApplicationSerializer
    add_serializer = NewApplicationSerializer
    change_serializer = ApplicationBodySerializer
    filters = {
        "state": "state",
        "vacancy": "vacancy",
        "company": "vacancy__company",
        "student": "student",
        "cohort": "enrolment__cohort",
        "since": "created_at__gte",
    }

    def add(self, values: dict[str, Any]) -> Application:
        letter = values.get("cover_letter", "")
        return apply_for_vacancy(values["vacancy"], actor=self.actor, resume=values["resume"], cover_letter=letter)

    def change(self, obj: Application, values: dict[str, Any], version: int | None) -> Application:
        self.check_version(obj, version)
        given = {"resume": obj.resume, "cover_letter": obj.cover_letter, **values}
        return change_application(obj, actor=self.actor, **given)

    @extend_schema(
        operation_id="application_schedule_interview",
        summary="Invite to an interview",
        request=InterviewSerializer,
        responses={200: ApplicationSerializer},
        examples=[OpenApiExample("When", {"at": "2026-07-14T09:30:00Z", "place": "Gate 2"}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_path="schedule-interview", url_name="schedule_interview")
    def schedule_interview(self, request: Request, pk: str) -> Response:
        del request, pk
        application = self.get_object()
        return self.answer(schedule_interview(application, actor=self.actor, **self.given(InterviewSerializer)))

    @extend_schema(
        operation_id="application_call_off_interview",
        summary="Call the interview off",
        request=None,
        responses={200: ApplicationSerializer},
    )
    @action(detail=True, methods=["post"], url_path="call-off-interview", url_name="call-off-interview")
    def call_off_interview(self, request: Request, pk: str) -> Response:
        del request, pk
        application = self.get_object()
        if not represents_host(application, self.actor):
            raise NotAllowed
        return self.answer(call_off_interview(application, actor=self.actor))

    @extend_schema(
        operation_id="application_note",
        summary="Keep private notes of the company",
        request=NotesSerializer,
        responses={200: KeptNotesSerializer},
    )
    @action(detail=True, methods=["put"], url_path="notes", url_name="notes")
    def notes(self, request: Request, pk: str) -> Response:
        del request, pk
        application = self.get_object()
        kept = note_application(application, self.given(NotesSerializer)["notes"], actor=self.actor)
        return Response(KeptNotesSerializer(kept).data)

    @extend_schema(operation_id="application_resume", summary="The applicant's PDF", responses=PDF)
    @action(detail=True, url_path="resume", url_name="resume", pagination_class=None)
    def resume(self, request: Request, pk: str) -> HttpResponseBase:
        del request, pk
        application = self.get_object()
        if not can_view_resume_of(application, self.actor):
            raise NotAllowed
        open_resume(application.resume, actor=self.actor)
        return send_file(application.resume.file, application.resume.original_name)

    @extend_schema(
        operation_id="application_resume_text", summary="What was read from it", responses=ReadTextSerializer
    )
    @action(detail=True, url_path="resume-text", url_name="resume-text", pagination_class=None)
    def resume_text(self, request: Request, pk: str) -> Response:
        del request, pk
        application = self.get_object()
        if not can_view_resume_of(application, self.actor):
            raise NotAllowed
        disclose_resume(application, way=DisclosureWay.TEXT, actor=self.actor)
        return Response(ReadTextSerializer(application.resume).data)
