"""Doors to forms of assessment, what they ask, the marks that come of them, and visits."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone

from apps.accounts.models import Cohort
from apps.accounts.services.links import Target
from apps.accounts.states import LinkPurpose
from apps.logbook.models import Assessment, Rubric
from apps.logbook.services.assessments import FIELD
from apps.logbook.states import AssessmentKind, MarkRuleKind
from tests.factories.logbook import AssessmentFactory, MarkRuleFactory, ReminderFactory, RubricFactory, VisitFactory
from tests.factories.world import World
from tests.matrix.endpoints import (
    HOSTS,
    LINKS,
    STAFF,
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    without_arguments,
    workspace,
)
from tests.matrix.words import state_of

NAMES: Final = ("assessment_industry", "assessment_academic", "assessment")
THINGS: Final = " ".join(NAMES)


def _assessment(kind: AssessmentKind) -> Any:
    def build(world: World, state: str) -> tuple[Assessment, dict[str, Any]]:
        thing = "assessment" if state == "final" else f"assessment_{kind.value}"
        rubric = RubricFactory.create(cohort=world.cohort, kind=kind)
        found = AssessmentFactory.create(placement=world.placement, rubric=rubric, state=state_of(thing, state))
        return found, {"purpose": LinkPurpose.ASSESS, "target": Target("logbook.Assessment", found.pk, {})}

    return build


def final_marks(world: World, _state: str) -> Any:
    """Those of the student's cohort, the first of all by name; the object is the student's enrolment."""
    Cohort.objects.filter(pk=world.cohort.pk).update(name="Aeronautics PT2")
    return world.enrolment


def rubric(world: World, _state: str) -> Rubric:
    return RubricFactory.create(cohort=world.cohort, kind=AssessmentKind.ACADEMIC)


def _link(scene: Scene) -> tuple[int]:
    return (scene.extra["link"].pk,)


def _address(scene: Scene) -> str:
    return f"/assessments/{scene.obj.pk}/"


def _answers(scene: Scene) -> dict[str, Any]:
    typed = {f"{FIELD}{one.pk}": "4" for one in scene.obj.rubric.criteria.all()}
    return {**typed, "comment": "Works well.", "version": scene.obj.version}


def _sent(scene: Scene) -> dict[str, Any]:
    return {**_answers(scene), "move": "submit"}


def new_rubric(scene: Scene) -> dict[str, Any]:
    return {"cohort": scene.world.cohort.pk, "kind": "industry", "title": "By the host", "weight": "40"}


def new_rule(scene: Scene) -> dict[str, Any]:
    others = [kind for kind in MarkRuleKind if kind != scene.obj.kind]
    kind = (others or list(MarkRuleKind))[0]
    return {"cohort": scene.world.cohort.pk, "kind": kind.value, "limit": "70"}


def _cohort(scene: Scene) -> tuple[int, str]:
    return (scene.world.cohort.pk, "csv")


def _planned(scene: Scene) -> dict[str, Any]:
    return {"planned_on": tomorrow(), "placement": [scene.world.placement.pk]}


def tomorrow() -> str:
    return (timezone.localdate() + dt.timedelta(days=1)).isoformat()


def _reported(_scene: Scene) -> dict[str, Any]:
    return {"done_on": timezone.localdate().isoformat(), "report": "All went well."}


def new_visit(scene: Scene) -> dict[str, Any]:
    world = scene.world
    return {
        "placement": world.placement.pk,
        "visitor": world.university_supervisor.pk,
        "planned_on": tomorrow(),
    }


FORMS: Final = [
    *workspace(
        "logbook_assessment",
        THINGS,
        moves={"submit": "submit", "release": "release", "reopen": "reopen_with_reason"},
        bulk=("release", "reopen"),
    ),
    Endpoint("assessment_edit", THINGS, "view"),
    Endpoint(
        "supervise",
        "assessment_industry",
        "list",
        serves=HOSTS,
        states="draft",
        args=without_arguments,
        shows=_address,
    ),
    Endpoint(
        "validate_weeks",
        "assessment_academic",
        "list",
        serves=STAFF,
        states="draft",
        args=without_arguments,
        shows=_address,
    ),
    *(
        Endpoint("assessment_edit", " ".join(NAMES[:2]), action, "post", states="draft,submitted", data=data)
        for action, data in (("change", _answers), ("submit", _sent))
    ),
    Endpoint("link_assessment", "assessment_industry", "list view", serves=LINKS, states="draft", args=_link),
    *(
        Endpoint("link_assessment", "assessment_industry", action, "post", LINKS, "draft", args=_link, data=data)
        for action, data in (("change", _answers), ("submit", _sent))
    ),
    Endpoint("student_marks", "assessment", "list", serves=STUDENTS, args=without_arguments, own=True, shows=_address),
]
MARKS: Final = [
    *workspace(
        "logbook_rubric", "rubric", change=lambda _s: {"title": "By the lecturer"}, add=new_rubric, deletes=True
    ),
    *workspace("logbook_markrule", "mark_rule", change=lambda _s: {"limit": "60"}, add=new_rule, deletes=True),
    Endpoint(
        "admin:logbook_assessment_marks",
        "final_marks",
        "list",
        serves=WORKSPACE,
        args=without_arguments,
        shows=lambda s: f'<th scope="row">{s.obj.student}</th>',
    ),
    Endpoint("admin:logbook_assessment_marks_export", "assessment", "export", "post", WORKSPACE, args=_cohort),
]
VISITS: Final = [
    *workspace("logbook_visit", "visit", change=lambda _s: {"planned_on": tomorrow()}, add=new_visit, deletes=True),
    Endpoint(
        "visit_list",
        "visit",
        "list",
        serves=STAFF,
        args=without_arguments,
        shows=lambda s: f"/visits/{s.obj.pk}/",
    ),
    Endpoint("visit_list", "visit", "plan", "post", STAFF, args=without_arguments, data=_planned, quiet=True),
    Endpoint("visit_report", "visit", "view", serves=STAFF),
    Endpoint("visit_report", "visit", "report", "post", STAFF, data=_reported),
    Endpoint("visit_cancel", "visit", "cancel", "post", STAFF),
]


OFFERS = Offers(
    endpoints=[*FORMS, *MARKS, *VISITS, *workspace("logbook_reminder", "reminder")],
    public={},
    scenes={
        "assessment_industry": _assessment(AssessmentKind.INDUSTRY),
        "assessment_academic": _assessment(AssessmentKind.ACADEMIC),
        "assessment": _assessment(AssessmentKind.INDUSTRY),
        "final_marks": final_marks,
        "rubric": rubric,
        "reminder": lambda world, _state: ReminderFactory.create(placement=world.placement),
        "mark_rule": lambda world, _state: MarkRuleFactory.create(cohort=world.cohort),
        "visit": lambda world, _state: VisitFactory.create(
            placement=world.placement, visitor=world.university_supervisor
        ),
    },
)
