"""Forms of assessment, rules of the final mark and feedback sentences in /api/v1/."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.selectors import cohorts_coordinated_by
from apps.logbook.models import Criterion, MarkRule, Rubric, Snippet
from apps.logbook.models.snippets import MOST_SNIPPET
from apps.logbook.selectors import mark_rules_visible_to, rubrics_visible_to, snippets_visible_to
from apps.logbook.selectors.snippets import circle_key
from apps.logbook.services.rubrics import (
    change_mark_rule,
    change_rubric,
    delete_mark_rule,
    delete_rubric,
    enter_mark_rule,
    enter_rubric,
    save_criteria,
)
from apps.logbook.services.snippets import Sentence, change_snippet, drop_snippet, keep_snippet
from apps.logbook.states import AssessmentKind, CriterionKind, MarkRuleKind
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet

SMALL: Final = 32_767
MOST_QUESTIONS: Final = 100


class QuestionSerializer(serializers.ModelSerializer[Criterion]):
    """``question`` is in the language of the request; an answer is points up to ``best``, a step's number, or words."""

    question = serializers.CharField(read_only=True)
    steps = serializers.ListField(child=serializers.CharField(), read_only=True)
    best = serializers.IntegerField(read_only=True)

    class Meta:
        model = Criterion
        fields = ("id", "number", "kind", "question", "steps", "best", "weight", "is_required")
        read_only_fields = fields


class RubricSerializer(serializers.ModelSerializer[Rubric]):
    questions = QuestionSerializer(source="criteria", many=True, read_only=True)

    class Meta:
        model = Rubric
        fields = (
            *("id", "cohort", "kind", "title", "weight", "is_required", "zero_below", "days_before_end", "questions"),
        )
        read_only_fields = fields


class RubricBodySerializer(StrictSerializer):
    title = serializers.CharField(max_length=120)
    weight = serializers.IntegerField(min_value=0, max_value=100, required=False)
    is_required = serializers.BooleanField(required=False)
    zero_below = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False, allow_null=True
    )
    days_before_end = serializers.IntegerField(min_value=0, max_value=SMALL, required=False)


class NewRubricSerializer(RubricBodySerializer):
    cohort = OwnKeyField(cohorts_coordinated_by)
    kind = serializers.ChoiceField(AssessmentKind.choices)


class NewQuestionSerializer(StrictSerializer):
    """``steps`` name those of a scale, the worst first."""

    kind = serializers.ChoiceField(CriterionKind.choices, default=CriterionKind.POINTS)
    label = serializers.CharField(max_length=200)  # type: ignore[assignment] # a field of this name
    label_sw = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    label_ar = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    steps = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=50, required=False, default=list
    )
    most = serializers.IntegerField(min_value=1, max_value=SMALL, default=5)
    weight = serializers.IntegerField(min_value=0, max_value=SMALL, default=1)
    is_required = serializers.BooleanField(default=True)


class QuestionsSerializer(StrictSerializer):
    questions = serializers.ListField(child=NewQuestionSerializer(), max_length=MOST_QUESTIONS)


class RubricViewSet(Adds, Changes, Removes, ScopedViewSet[Rubric]):
    model = Rubric
    selector = staticmethod(rubrics_visible_to)
    related = ("cohort",)
    prefetched = ("criteria",)
    serializer_class = RubricSerializer
    add_serializer = NewRubricSerializer
    change_serializer = RubricBodySerializer
    filters = {"cohort": "cohort", "kind": "kind"}

    def add(self, values: dict[str, Any]) -> Rubric:
        return enter_rubric(values, actor=self.actor)

    def change(self, obj: Rubric, values: dict[str, Any], version: int | None) -> Rubric:
        del version
        return change_rubric(obj, values, actor=self.actor)

    def remove(self, obj: Rubric) -> None:
        delete_rubric(obj, actor=self.actor)

    @extend_schema(
        operation_id="rubrics_set_questions",
        summary="Set the questions, in their order",
        request=QuestionsSerializer,
        responses={200: RubricSerializer},
        examples=[
            OpenApiExample("One", {"questions": [{"label": "Comes on time", "most": 5}]}, request_only=True),
        ],
    )
    @action(detail=True, methods=["put"], url_path="questions", url_name="questions")
    def questions(self, request: Request, pk: str) -> Response:
        del request, pk
        rubric = self.get_object()
        wanted = self.given(QuestionsSerializer)["questions"]
        there = {row.number: row for row in rubric.criteria.all()}
        kept = []
        for number, line in enumerate(wanted, 1):
            row = there.pop(number, None) or Criterion(rubric=rubric, number=number)
            options = "\n".join(line.pop("steps"))
            for name, value in {**line, "options": options}.items():
                setattr(row, name, value)
            kept.append(row)
        save_criteria(rubric, kept, list(there.values()), actor=self.actor)
        return self.answer(rubric)


class MarkRuleSerializer(serializers.ModelSerializer[MarkRule]):
    class Meta:
        model = MarkRule
        fields = ("id", "cohort", "kind", "limit")
        read_only_fields = fields


class MarkRuleBodySerializer(StrictSerializer):
    limit = serializers.DecimalField(max_digits=6, decimal_places=2, min_value=0)


class NewMarkRuleSerializer(MarkRuleBodySerializer):
    cohort = OwnKeyField(cohorts_coordinated_by)
    kind = serializers.ChoiceField(MarkRuleKind.choices)


class MarkRuleViewSet(Adds, Changes, Removes, ScopedViewSet[MarkRule]):
    model = MarkRule
    selector = staticmethod(mark_rules_visible_to)
    related = ("cohort",)
    serializer_class = MarkRuleSerializer
    add_serializer = NewMarkRuleSerializer
    change_serializer = MarkRuleBodySerializer
    filters = {"cohort": "cohort", "kind": "kind"}

    def add(self, values: dict[str, Any]) -> MarkRule:
        return enter_mark_rule(values, actor=self.actor)

    def change(self, obj: MarkRule, values: dict[str, Any], version: int | None) -> MarkRule:
        del version
        return change_mark_rule(obj, values, actor=self.actor)

    def remove(self, obj: MarkRule) -> None:
        delete_mark_rule(obj, actor=self.actor)


class SnippetSerializer(serializers.ModelSerializer[Snippet]):
    """``circle`` is empty, ``c<key of a company>`` or ``d<key of a department>``: with whom it is shared."""

    owner_name = serializers.CharField(source="owner.get_full_name", read_only=True)
    circle = serializers.SerializerMethodField()

    class Meta:
        model = Snippet
        fields = ("id", "owner_name", "text", "circle")
        read_only_fields = fields

    def get_circle(self, snippet: Snippet) -> str:
        return circle_key(snippet)


class NewSnippetSerializer(StrictSerializer):
    text = serializers.CharField(max_length=MOST_SNIPPET)
    circle = serializers.CharField(max_length=20, required=False, allow_blank=True)


class SnippetViewSet(Adds, Changes, Removes, ScopedViewSet[Snippet]):
    """Sentences that one sends back again and again."""

    model = Snippet
    selector = staticmethod(snippets_visible_to)
    serializer_class = SnippetSerializer
    add_serializer = NewSnippetSerializer
    change_serializer = NewSnippetSerializer
    filters = {"owner": "owner", "company": "company", "department": "department"}

    def add(self, values: dict[str, Any]) -> Snippet:
        return keep_snippet(Sentence(**values), actor=self.actor)

    def change(self, obj: Snippet, values: dict[str, Any], version: int | None) -> Snippet:
        del version
        sentence = {"text": obj.text, "circle": circle_key(obj), **values}
        return change_snippet(obj, Sentence(**sentence), actor=self.actor)

    def remove(self, obj: Snippet) -> None:
        drop_snippet(obj, actor=self.actor)
