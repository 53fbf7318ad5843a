"""Doors to applications, resumes and placements."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone

from apps.applications.models import Application, Placement, PlacementSupervisor, Resume
from apps.applications.states import PlacementState, SupervisorKind
from tests.clients import resume_file
from tests.factories.accounts import EnrolmentFactory
from tests.factories.applications import (
    ApplicationFactory,
    CriterionFactory,
    PlacementFactory,
    PlacementSupervisorFactory,
    ResumeFactory,
)
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World
from tests.matrix.endpoints import (
    COMPANY,
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    api,
    list_action,
    without_arguments,
    workspace,
)
from tests.matrix.words import state_of

DECISIONS: Final = {name: name for name in ("start_review", "shortlist", "accept", "reject")}
GATE: Final = "Gate 3, Plot 77"


def application(world: World, state: str) -> tuple[Application, dict[str, Any]]:
    """Sent to a vacancy of the company for the student's programme; the company has written a note.

    The student has no place yet, and has not applied for the vacancy ``open``.
    """
    Placement.objects.filter(enrolment=world.enrolment).update(state=PlacementState.CANCELLED)
    vacancy, other = VacancyFactory.create_batch(2, company=world.company)
    vacancy.programmes.set([world.enrolment.student.student_profile.programme])
    sent = ApplicationFactory.create(
        vacancy=vacancy,
        enrolment=world.enrolment,
        state=state_of("application", state),
        company_notes="Punctual, asks well.",
    )
    return sent, {"open": other, "criterion": CriterionFactory.create(company=world.company)}


def resume(world: World, _state: str) -> tuple[Resume, dict[str, Any]]:
    """Carried by a pending application; ``withdrawn`` by one that was withdrawn, ``unused`` by none."""
    sent, _extra = application(world, "pending")
    withdrawn, _extra = application(world, "withdrawn")
    extra = {
        "application": sent,
        "withdrawn": withdrawn.resume,
        "unused": ResumeFactory.create(owner=world.student),
    }
    return sent.resume, extra


def placement(world: World, state: str) -> tuple[Placement, dict[str, Any]]:
    """Another one of the student at the company with the same supervisors, over since yesterday.

    ``free`` is the enrolment of somebody who has no place yet.
    """
    Placement.objects.filter(enrolment=world.enrolment).update(state=PlacementState.CANCELLED)
    found = PlacementFactory.create(
        enrolment=world.enrolment,
        company=world.company,
        state=state_of("placement", state),
        start=world.cohort.start,
        end=timezone.localdate() - dt.timedelta(days=1),
        site_address=GATE,
    )
    PlacementSupervisorFactory.create(placement=found, user=world.industrial_supervisor)
    PlacementSupervisorFactory.create(placement=found, user=world.university_supervisor, kind=SupervisorKind.UNIVERSITY)
    return found, {"free": EnrolmentFactory.create(cohort=world.cohort)}


def _applied(scene: Scene) -> tuple[int]:
    return (scene.extra["application"].pk,)


def _vacancy(scene: Scene) -> tuple[int]:
    return (scene.obj.vacancy_id,)


def _received(scene: Scene) -> str:
    return f"/company/applications/{scene.obj.pk}/"


def _move(name: str) -> Any:
    return lambda _scene: {"move": name, "reason": "The matrix asks."}


def _file_link(scene: Scene) -> str:
    return f"/resumes/{scene.obj.pk}/"


def _new_letter(scene: Scene) -> dict[str, Any]:
    return {"resume": scene.obj.resume_id, "cover_letter": "I turn and mill."}


def _new_placement(scene: Scene) -> dict[str, Any]:
    return {"enrolment": scene.extra["free"].pk, "company": scene.world.company.pk, "share": "100"}


def _supervision(scene: Scene) -> int:
    rows = PlacementSupervisor.objects.filter(placement=scene.obj, user=scene.world.industrial_supervisor)
    return rows.values_list("pk", flat=True).first() or 0


def _deputy(_scene: Scene) -> dict[str, Any]:
    return {"kind": "industrial", "name": "Rehema Juma", "email": "rehema@njia.example", "is_deputy": "on"}


APPLICATIONS: Final = [
    *api("application", "application", DECISIONS),
    *api("application", "application", {"withdraw": "withdraw"}, states="pending,rejected,withdrawn")[2:],
    *api("application", "application", {"decline": "withdraw"}, states="accepted")[2:],
    *workspace(
        "applications_application",
        "application",
        moves={**DECISIONS, "withdraw": "withdraw_for", "schedule_interview": "schedule_interview"},
        bulk=("start_review", "shortlist", "accept", "reject"),
        looks=True,
    ),
    Endpoint(
        "vacancy_apply",
        "application",
        "change",
        "post",
        STUDENTS,
        args=_vacancy,
        data=_new_letter,
        own=True,
        states="pending,withdrawn",
    ),
    Endpoint(
        "vacancy_apply",
        "application",
        "add",
        "post",
        STUDENTS,
        states="pending",
        args=lambda s: (s.extra["open"].pk,),
        data=lambda _s: {"file": resume_file(), "cover_letter": "I turn."},
        own=True,
    ),
    Endpoint(
        "application_list",
        "application",
        "list",
        serves=STUDENTS,
        args=without_arguments,
        shows=lambda s: f"/applications/{s.obj.pk}/",
    ),
    Endpoint("application_detail", "application", "view", serves=STUDENTS),
    Endpoint(
        "application_detail",
        "application",
        "withdraw",
        "post",
        STUDENTS,
        states="pending,rejected,withdrawn",
        data=_move("withdraw"),
    ),
    Endpoint(
        "application_detail", "application", "withdraw", "post", STUDENTS, states="accepted", data=_move("decline")
    ),
    Endpoint(
        "company_home", "application", "list", serves=COMPANY, states="pending", args=without_arguments, shows=_received
    ),
    Endpoint(
        "company_applicants", "application", "list", serves=COMPANY, states="pending", args=_vacancy, shows=_received
    ),
    Endpoint("company_application", "application", "view", serves=COMPANY),
    Endpoint(
        "company_application",
        "application",
        "view_company_notes",
        serves=COMPANY,
        states="any",
        shows=lambda s: s.obj.company_notes,
    ),
    *(
        Endpoint("company_application_move", "application", name, "post", COMPANY, data=_move(name))
        for name in DECISIONS
    ),
    Endpoint(
        "company_interview",
        "application",
        "schedule_interview",
        "post",
        COMPANY,
        data=lambda _s: {"at": (timezone.now() + dt.timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"), "place": "Gate 3"},
    ),
    Endpoint("company_notes", "application", "note", "post", COMPANY, data=lambda _s: {"notes": "Comes early."}),
]
RESUMES: Final = [
    Endpoint(
        "resume_list",
        "resume",
        "add",
        "post",
        STUDENTS,
        args=without_arguments,
        data=lambda _s: {"file": resume_file()},
        own=True,
    ),
    Endpoint(
        "vacancy_apply",
        "resume",
        "replace",
        "post",
        STUDENTS,
        args=lambda s: (s.extra["application"].vacancy_id,),
        data=lambda _s: {"file": resume_file()},
        own=True,
    ),
    Endpoint(
        "resume_list",
        "resume",
        "view extracted_text",
        serves=STUDENTS,
        args=without_arguments,
        own=True,
        shows=_file_link,
    ),
    Endpoint("resume_download", "resume", "view download"),
    Endpoint(
        "resume_download",
        "resume",
        "download_after_withdrawal",
        args=lambda s: (s.extra["withdrawn"].pk,),
        hidden=True,
    ),
    Endpoint(
        "company_application",
        "resume",
        "extracted_text",
        serves=COMPANY,
        args=_applied,
        query="?resume=text",
        shows=lambda s: s.obj.text,
    ),
    Endpoint(
        "admin:applications_application_change", "resume", "view", serves=WORKSPACE, args=_applied, shows=_file_link
    ),
    Endpoint(
        "resume_delete", "resume", "delete_when_unused", "post", args=lambda s: (s.extra["unused"].pk,), hidden=True
    ),
]
PLACEMENTS: Final = [
    *api("placement", "placement", {"activate": "activate", "confirm": "confirm", "complete": "complete"}, reads="TO"),
    *api("placement", "placement", {"cancel": "cancel"}, states="proposed,planned,completed")[2:],
    *api("placement", "placement", {"end_early": "cancel"}, states="active")[2:],
    *workspace(
        "applications_placement",
        "placement",
        moves={"activate": "activate", "confirm": "confirm", "complete": "complete"},
        bulk=("activate", "confirm", "complete"),
        change=lambda _s: {"task": "Turning and milling.", "why": "The host asks."},
        add=_new_placement,
        deletes=True,
        looks=True,
    ),
    *workspace(
        "applications_placement", "placement", moves={"cancel": "cancel"}, bulk=("cancel",), states="proposed,planned"
    )[6:],
    *workspace(
        "applications_placement", "placement", moves={"end_early": "cancel"}, bulk=("end_early",), states="active"
    )[6:],
    Endpoint(
        "admin:applications_placement_place",
        "placement",
        "place_many",
        "post",
        WORKSPACE,
        states="planned",
        args=without_arguments,
        quiet=True,
        data=lambda s: {"company": s.world.company.pk, "enrolment": [s.extra["free"].pk]},
    ),
    Endpoint(
        "admin:applications_placement_supervisor", "placement", "assign_supervisors", "post", WORKSPACE, data=_deputy
    ),
    Endpoint(
        "admin:applications_placement_release",
        "placement",
        "assign_supervisors",
        "post",
        WORKSPACE,
        args=lambda s: (s.obj.pk, _supervision(s)),
    ),
    *(
        list_action("applications_placement", name, "placement", "write_to", states="active")
        for name in ("write_trainees", "write_hosts", "write_university", "remind_of_logbook")
    ),
    list_action(
        "applications_placement",
        "assign",
        "placement",
        "assign_supervisors",
        data=lambda s: {**_deputy(s), "confirmed": "1"},
    ),
    list_action(
        *("applications_placement", "plan_supervisors", "placement", "assign_supervisors"),
        data=lambda s: {"confirmed": "1", "plan": f"{s.obj.pk}:{s.world.university_supervisor.pk}"},
    ),
    Endpoint(
        "admin:applications_placement_hand_over",
        "placement",
        "hand_over",
        "post",
        WORKSPACE,
        states="active",
        args=lambda s: (s.obj.pk, _supervision(s)),
        data=lambda s: {**_deputy(s), "reason": "Left the company."},
    ),
    Endpoint(
        "admin:applications_placement_host",
        "placement",
        "change_host",
        "post",
        WORKSPACE,
        states="active",
        data=lambda s: {"company": s.world.rival.pk, "first_day": s.obj.end.isoformat(), "reason": "Closed."},
    ),
    Endpoint("my_placement", "placement", "list view", serves=STUDENTS, args=without_arguments, shows=lambda _s: GATE),
    Endpoint("placement_move", "placement", "confirm", "post", STUDENTS, data=_move("confirm")),
    Endpoint(
        "company_trainees",
        "placement",
        "list",
        serves=COMPANY,
        states="proposed,planned,active",
        args=without_arguments,
        shows=lambda s: f"placement-{s.obj.pk}",
    ),
    Endpoint("company_supervisor", "placement", "name_own_supervisor", "post", COMPANY, data=_deputy),
    Endpoint(
        "company_supervisor_release",
        "placement",
        "name_own_supervisor",
        "post",
        COMPANY,
        args=lambda s: (_supervision(s),),
    ),
    Endpoint(
        "place_found",
        "found_place",
        "propose",
        "post",
        STUDENTS,
        args=without_arguments,
        own=True,
        data=lambda s: {
            "company_name": "Njia Works",
            "address": "Dodoma",
            "supervisor_name": "Juma Mushi",
            "supervisor_email": "juma@njia.example",
            "start": s.world.cohort.start.isoformat(),
            "end": s.world.cohort.end.isoformat(),
            "task": "Turning.",
        },
    ),
]


def found_place(world: World, _state: str) -> Any:
    """The student has no place yet, and the cohort lets students find one."""
    Placement.objects.filter(enrolment=world.enrolment).update(state=PlacementState.CANCELLED)
    type(world.cohort).objects.filter(pk=world.cohort.pk).update(self_found_allowed=True)
    return world.enrolment


OFFERS = Offers(
    endpoints=[*APPLICATIONS, *RESUMES, *PLACEMENTS],
    public={},
    scenes={"application": application, "resume": resume, "placement": placement, "found_place": found_place},
)
