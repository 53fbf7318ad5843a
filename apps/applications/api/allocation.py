"""Allocation of a cohort in /api/v1/: rounds, offers, wishes, reasons to come first, runs and what they give."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.selectors import cohorts_coordinated_by, companies_visible_to, enrolments_visible_to
from apps.applications.api.runs import RunSerializer
from apps.applications.models import AllocationOffer, AllocationRound, PriorityCase, Ranking
from apps.applications.permissions import takes_part
from apps.applications.selectors import (
    offers_visible_to,
    priority_cases_visible_to,
    rankings_visible_to,
    rounds_coordinated_by,
    rounds_visible_to,
)
from apps.applications.services import rankings, rounds
from apps.applications.services.allocation_runs import start_run
from apps.applications.states import AllocationWay, PriorityKind, PriorityState
from apps.vacancies.selectors import vacancies_visible_to
from portal.kernel.api.lists import LARGEST
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet
from portal.kernel.errors import WrongState

SMALL: Final[dict[str, Any]] = {"min_value": 0, "max_value": 32_767}
MOST_WISHES: Final = 30


class RoundSerializer(serializers.ModelSerializer[AllocationRound]):
    is_open = serializers.BooleanField(read_only=True)

    class Meta:
        model = AllocationRound
        fields = (
            *("id", "cohort", "title", "opens_on", "closes_on", "publish_on", "most_wishes", "host_cap"),
            *("department_cap", "fills_up", "uses_meaning", "students_confirm", "allows_pairs", "is_open"),
        )
        read_only_fields = fields


class RoundBodySerializer(StrictSerializer):
    title = serializers.CharField(max_length=120)
    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    publish_on = serializers.DateField(required=False, allow_null=True)
    most_wishes = serializers.IntegerField(min_value=1, max_value=MOST_WISHES, required=False)
    host_cap = serializers.IntegerField(required=False, allow_null=True, **SMALL)
    department_cap = serializers.IntegerField(required=False, allow_null=True, **SMALL)
    fills_up = serializers.BooleanField(required=False)
    uses_meaning = serializers.BooleanField(required=False)
    students_confirm = serializers.BooleanField(required=False)
    allows_pairs = serializers.BooleanField(required=False)


class NewRoundSerializer(RoundBodySerializer):
    cohort = OwnKeyField(cohorts_coordinated_by)


class RankingSerializer(serializers.ModelSerializer[Ranking]):
    """``wishes`` are keys of offers as they are confirmed, best first; ``draft``, of one's own, what comes next."""

    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)
    wishes = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    draft = serializers.SerializerMethodField()

    class Meta:
        model = Ranking
        fields = ("id", "round", "enrolment", "student_name", "wishes", "draft", "region", "confirmed_at")
        read_only_fields = fields

    def get_draft(self, ranking: Ranking) -> list[int]:
        return ranking.draft if ranking.enrolment.student_id == self.context["request"].user.pk else []


class WishesSerializer(StrictSerializer):
    """Keys of offers, best first; they take the place of those that were chosen. ``confirm`` lets them count."""

    wishes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), max_length=MOST_WISHES
    )
    region = serializers.CharField(max_length=80, required=False, allow_blank=True)
    companion = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="The registration number of whom one wants near."
    )
    confirm = serializers.BooleanField(default=False)


class AskSerializer(StrictSerializer):
    kind = serializers.ChoiceField(PriorityKind.choices)
    reason = serializers.CharField(max_length=1000)


class PriorityCaseSerializer(serializers.ModelSerializer[PriorityCase]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)

    class Meta:
        model = PriorityCase
        fields = ("id", "round", "enrolment", "student_name", "kind", "reason", "state", "answered_at")
        read_only_fields = fields


class OfferSerializer(serializers.ModelSerializer[AllocationOffer]):
    company_name = serializers.CharField(source="company.name", read_only=True)
    vacancy_title = serializers.SerializerMethodField()

    class Meta:
        model = AllocationOffer
        fields = ("id", "round", "company", "company_name", "vacancy", "vacancy_title", "places")
        read_only_fields = fields

    def get_vacancy_title(self, offer: AllocationOffer) -> str:
        return offer.vacancy.title if offer.vacancy else ""


class NewRunSerializer(StrictSerializer):
    way = serializers.ChoiceField(AllocationWay.choices, default=AllocationWay.STABLE)
    seed = serializers.IntegerField(min_value=1, max_value=2**31 - 1, default=1)


class CountSerializer(serializers.Serializer[Any]):
    offers = serializers.IntegerField(help_text="How many have come.")


class RoundViewSet(Adds, Changes, Removes, ScopedViewSet[AllocationRound]):
    model = AllocationRound
    selector = staticmethod(rounds_visible_to)
    related = ("cohort",)
    serializer_class = RoundSerializer
    add_serializer = NewRoundSerializer
    change_serializer = RoundBodySerializer
    filters = {"cohort": "cohort", "open_from": "closes_on__gte", "open_until": "opens_on__lte"}

    def add(self, values: dict[str, Any]) -> AllocationRound:
        return rounds.enter_round(values, actor=self.actor)

    def change(self, obj: AllocationRound, values: dict[str, Any], version: int | None) -> AllocationRound:
        del version
        return rounds.change_round(obj, values, actor=self.actor)

    def remove(self, obj: AllocationRound) -> None:
        rounds.delete_round(obj, actor=self.actor)

    def check_open(self, found: AllocationRound) -> None:
        """Say to who takes part that it is too late; to others the service says that it is not theirs."""
        if takes_part(found, self.actor) and not found.is_open:
            raise WrongState("wrong_state", _("This is not possible any more: the state has changed meanwhile."))

    @extend_schema(
        operation_id="rounds_wish",
        summary="Say where one wants to go",
        request=WishesSerializer,
        responses={200: RankingSerializer},
        examples=[OpenApiExample("Two", {"wishes": [4, 9], "confirm": True}, request_only=True)],
    )
    @action(detail=True, methods=["put"], url_path="wishes", url_name="wishes")
    def wishes(self, request: Request, pk: str) -> Response:
        del request, pk
        found, given = self.get_object(), self.given(WishesSerializer)
        self.check_open(found)
        ranking = rankings.put_wishes(found, given["wishes"], actor=self.actor)
        if given["confirm"]:
            near = given.get("companion", ranking.companion)
            ranking = rankings.confirm_wishes(found, given.get("region", ranking.region), near, actor=self.actor)
        return Response(RankingSerializer(ranking, context=self.get_serializer_context()).data)

    @extend_schema(
        operation_id="rounds_ask_to_come_first",
        summary="Ask to come before others",
        request=AskSerializer,
        responses={201: PriorityCaseSerializer},
        examples=[OpenApiExample("Family", {"kind": "care", "reason": "Two children."}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_path="ask-to-come-first", url_name="ask-to-come-first")
    def ask_to_come_first(self, request: Request, pk: str) -> Response:
        del request, pk
        found, given = self.get_object(), self.given(AskSerializer)
        self.check_open(found)
        case = rankings.ask_priority(found, given["kind"], given["reason"], actor=self.actor)
        return Response(PriorityCaseSerializer(case).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="rounds_take_capacities",
        summary="Offer what companies have told",
        request=None,
        responses={200: CountSerializer},
    )
    @action(detail=True, methods=["post"], url_path="take-capacities", url_name="take-capacities")
    def take_capacities(self, request: Request, pk: str) -> Response:
        del request, pk
        return Response({"offers": rounds.take_capacities(self.get_object(), actor=self.actor)})

    @extend_schema(
        operation_id="rounds_take_vacancies",
        summary="Offer what is left of active vacancies",
        request=None,
        responses={200: CountSerializer},
    )
    @action(detail=True, methods=["post"], url_path="take-vacancies", url_name="take-vacancies")
    def take_vacancies(self, request: Request, pk: str) -> Response:
        del request, pk
        return Response({"offers": rounds.take_vacancies(self.get_object(), actor=self.actor)})

    @extend_schema(
        operation_id="rounds_run",
        summary="Start a run",
        request=NewRunSerializer,
        responses={202: RunSerializer},
        examples=[OpenApiExample("Stable", {"way": "stable", "seed": 7}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_path="run", url_name="run")
    def run(self, request: Request, pk: str) -> Response:
        del request, pk
        found, given = self.get_object(), self.given(NewRunSerializer)
        made = start_run(found, AllocationWay(given["way"]), given["seed"], actor=self.actor)
        return Response(RunSerializer(made).data, status=status.HTTP_202_ACCEPTED)


class NewOfferSerializer(StrictSerializer):
    round = OwnKeyField(rounds_coordinated_by)
    company = OwnKeyField(companies_visible_to)
    vacancy = OwnKeyField(vacancies_visible_to, required=False, allow_null=True)
    places = serializers.IntegerField(**SMALL)


class ChangedOfferSerializer(StrictSerializer):
    places = serializers.IntegerField(**SMALL)


class OfferViewSet(Adds, Changes, Removes, ScopedViewSet[AllocationOffer]):
    model = AllocationOffer
    selector = staticmethod(offers_visible_to)
    related = ("company", "vacancy", "round__cohort")
    serializer_class = OfferSerializer
    add_serializer = NewOfferSerializer
    change_serializer = ChangedOfferSerializer
    filters = {"round": "round", "company": "company", "vacancy": "vacancy", "region": "company__region"}

    def add(self, values: dict[str, Any]) -> AllocationOffer:
        return rounds.enter_offer(values, actor=self.actor)

    def change(self, obj: AllocationOffer, values: dict[str, Any], version: int | None) -> AllocationOffer:
        del version
        return rounds.change_offer(obj, values, actor=self.actor)

    def remove(self, obj: AllocationOffer) -> None:
        rounds.delete_offer(obj, actor=self.actor)


class RankingViewSet(ScopedViewSet[Ranking]):
    """What students wish; a student's own is written under its round."""

    model = Ranking
    selector = staticmethod(rankings_visible_to)
    related = ("enrolment__student",)
    serializer_class = RankingSerializer
    filters = {"round": "round", "enrolment": "enrolment", "confirmed_since": "confirmed_at__gte"}


class NewCaseSerializer(AskSerializer):
    round = OwnKeyField(rounds_coordinated_by)
    enrolment = OwnKeyField(enrolments_visible_to)


class PriorityCaseViewSet(Adds, ScopedViewSet[PriorityCase]):
    """Asked for by the student under the round; entered here by a coordinator, who grants it with that."""

    model = PriorityCase
    selector = staticmethod(priority_cases_visible_to)
    related = ("enrolment__student", "round__cohort")
    serializer_class = PriorityCaseSerializer
    add_serializer = NewCaseSerializer
    filters = {"round": "round", "state": "state", "kind": "kind"}

    def add(self, values: dict[str, Any]) -> PriorityCase:
        return rankings.enter_priority(values, actor=self.actor)

    @extend_schema(
        operation_id="priority_cases_grant", summary="Grant", request=None, responses={200: PriorityCaseSerializer}
    )
    @action(detail=True, methods=["post"], url_name="grant")
    def grant(self, request: Request, pk: str) -> Response:
        del request, pk
        return self.answer(rankings.answer_priority(self.get_object(), PriorityState.GRANTED, actor=self.actor))

    @extend_schema(
        operation_id="priority_cases_refuse", summary="Refuse", request=None, responses={200: PriorityCaseSerializer}
    )
    @action(detail=True, methods=["post"], url_name="refuse")
    def refuse(self, request: Request, pk: str) -> Response:
        del request, pk
        return self.answer(rankings.answer_priority(self.get_object(), PriorityState.REFUSED, actor=self.actor))
