"""Doors of /api/v1/ to forms of assessment, marks, visits, feedback sentences and what one keeps to find again."""

from typing import Any, Final

from apps.vacancies.models import Bookmark
from tests.factories.world import World
from tests.matrix.assessments import THINGS, new_rubric, new_rule, new_visit, tomorrow
from tests.matrix.endpoints import Endpoint, Offers, api, without_arguments


def bookmark(world: World, _state: str) -> Bookmark:
    return Bookmark.objects.create(user=world.student, vacancy=world.vacancy)


def _entered(base: str, thing: str, add: Any, change: dict[str, Any], **fields: Any) -> list[Endpoint]:
    return [
        *api(base, thing, {}),
        Endpoint(f"api-{base}-list", thing, "add", "post", args=without_arguments, data=add, **fields),
        Endpoint(f"api-{base}-detail", thing, "change", "patch", data=lambda _s: change),
        Endpoint(f"api-{base}-detail", thing, "delete", "delete"),
    ]


MARKS: Final = [
    *_entered("rubric", "rubric", new_rubric, {"title": "By the lecturer"}),
    Endpoint(
        "api-rubric-questions",
        "rubric",
        "change",
        "put",
        data=lambda _s: {"questions": [{"label": "Comes on time"}, {"label": "Draws", "kind": "text"}]},
    ),
    *_entered("markrule", "mark_rule", new_rule, {"limit": "60"}),
    *api("marks", "final_marks", {}),
    Endpoint(
        "api-marks-export",
        "assessment",
        "export",
        "post",
        states="final",
        args=without_arguments,
        quiet=True,
        data=lambda s: {"cohort": s.world.cohort.pk, "format": "csv"},
    ),
    Endpoint("api-assessment-questions", THINGS, "view"),
    Endpoint("api-visit-list", "visit", "add", "post", args=without_arguments, data=new_visit),
    Endpoint("api-visit-detail", "visit", "change", "patch", data=lambda _s: {"planned_on": tomorrow()}),
    Endpoint("api-visit-detail", "visit", "delete", "delete"),
]
KEPT: Final = [
    *_entered("snippet", "snippet", lambda _s: {"text": "Name the machine."}, {"text": "Name the tool."}, own=True),
    *api("bookmark", "bookmark", {}),
    Endpoint("api-bookmark-detail", "bookmark", "delete", "delete"),
    *api("savedsearch", "saved_search", {}),
    Endpoint(
        "api-savedsearch-list",
        "saved_search",
        "add",
        "post",
        args=without_arguments,
        own=True,
        data=lambda _s: {"words": "lathe"},
    ),
    Endpoint("api-savedsearch-detail", "saved_search", "delete", "delete"),
]
OFFERS = Offers(endpoints=[*MARKS, *KEPT], public={}, scenes={"bookmark": bookmark})
