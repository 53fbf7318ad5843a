"""Daily logs, weeks and arrival notes in /api/v1/."""

from rest_framework import serializers

from apps.logbook.models import ArrivalNote, DailyLog, Operation, WeeklyReport
from apps.logbook.selectors import arrivals_visible_to, logs_visible_to, weeks_visible_to
from portal.kernel.api.rows import ScopedViewSet, with_moves


class DailyLogSerializer(serializers.ModelSerializer[DailyLog]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)

    class Meta:
        model = DailyLog
        fields = (
            "id",
            "student_name",
            "placement",
            "day",
            "week_start",
            "text",
            "hours",
            "skills",
            "host_comment",
            "reason",
            "submitted_at",
            "verified_at",
            "validated_at",
            "state",
            "version",
        )
        read_only_fields = fields


@with_moves
class DailyLogViewSet(ScopedViewSet[DailyLog]):
    model = DailyLog
    selector = staticmethod(logs_visible_to)
    related = ("enrolment__student",)
    serializer_class = DailyLogSerializer


class OperationSerializer(serializers.ModelSerializer[Operation]):
    class Meta:
        model = Operation
        fields = ("id", "number", "description", "tools")
        read_only_fields = fields


class WeeklyReportSerializer(serializers.ModelSerializer[WeeklyReport]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)
    operations = OperationSerializer(many=True, read_only=True)

    class Meta:
        model = WeeklyReport
        fields = (
            "id",
            "student_name",
            "placement",
            "number",
            "week_start",
            "summary",
            "main_job_title",
            "main_job_detail",
            "operations",
            "host_comment",
            "reason",
            "state",
            "version",
        )
        read_only_fields = fields


@with_moves
class WeeklyReportViewSet(ScopedViewSet[WeeklyReport]):
    model = WeeklyReport
    selector = staticmethod(weeks_visible_to)
    related = ("enrolment__student",)
    prefetched = ("operations",)
    serializer_class = WeeklyReportSerializer


class ArrivalNoteSerializer(serializers.ModelSerializer[ArrivalNote]):
    student_name = serializers.CharField(source="placement.enrolment.student.get_full_name", read_only=True)

    class Meta:
        model = ArrivalNote
        fields = ("id", "student_name", "placement", "arrived_on", "supervisor_name", "reason", "state", "version")
        read_only_fields = fields


@with_moves
class ArrivalNoteViewSet(ScopedViewSet[ArrivalNote]):
    model = ArrivalNote
    selector = staticmethod(arrivals_visible_to)
    related = ("placement__enrolment__student",)
    serializer_class = ArrivalNoteSerializer
