"""Doors to work that runs, notices, links and history."""

from typing import Any, Final

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.models import Enrolment, HistoryEntry, Job, MailTrouble, MassMail, Notice, OutboxTask, SavedView
from apps.accounts.services.bulk_moves import MOVE_MANY
from apps.accounts.services.mass_mail import begin_mass_mail, write_mass_mail
from apps.accounts.states import JobState, NoticeState, OutboxState, Role
from tests.factories.accounts import JobFactory, MailTroubleFactory, SavedViewFactory, UserFactory
from tests.factories.world import World
from tests.matrix.endpoints import WORKSPACE, Endpoint, Offers, Scene, api, list_action, without_arguments, workspace

KIND: Final = "accounts.company_approved"
FACTS: Final = {"company": "Njia Works"}


OF_PLACEMENTS: Final = "?list=applications.placement"


def str_of(scene: Scene) -> str:
    return str(scene.obj)


def bulk_move(world: World, _state: str) -> Job:
    """Approved companies that the coordinator has archived."""
    return JobFactory.create(
        owner=world.coordinator,
        kind=MOVE_MANY,
        state=JobState.DONE,
        payload={"label": "accounts.company", "move": "archive"},
        outcome={"moved": [world.company.pk], "refused": {}, "back": "approve"},
    )


def saved_view(world: World, _state: str) -> SavedView:
    """Of the coordinator, for all who coordinate in the department."""
    return SavedViewFactory.create(owner=world.coordinator, department=world.department, name="Late starters")


def _placements(_scene: Scene) -> tuple[str, str]:
    return ("applications", "placement")


def _columns(_scene: Scene) -> dict[str, Any]:
    return {"columns": ["student"], "form": "csv"}


def export_file(world: World, _state: str) -> tuple[Job, dict[str, Job]]:
    """Made by the coordinator; ``other`` by the foreign one."""
    mine, other = (
        JobFactory.create(
            owner=owner,
            state=JobState.DONE,
            title="Students of Mechanical PT2",
            result=ContentFile(b"reg_no\n", name="students.csv"),
            result_name="students.csv",
        )
        for owner in (world.coordinator, UserFactory.create(roles=[Role.COORDINATOR]))
    )
    return mine, {"other": other}


def audit(world: World, _state: str) -> HistoryEntry:
    return HistoryEntry.objects.create(
        target_label="accounts.Cohort",
        target_id=world.cohort.pk,
        action="change",
        department_id=world.department.pk,
        at=timezone.now(),
    )


def notification(world: World, _state: str) -> Notice:
    return Notice.objects.create(recipient=world.student, kind=KIND, facts=FACTS, url="/profile/")


def job(world: World, _state: str) -> Job:
    return JobFactory.create(owner=world.coordinator, title="An export that runs")


def refused_notice(world: World, _state: str) -> Notice:
    return Notice.objects.create(recipient=world.student, kind=KIND, facts=FACTS, state=NoticeState.FAILED)


def bouncing_address(world: World, _state: str) -> MailTrouble:
    return MailTroubleFactory.create(user=world.student, paused_at=timezone.now())


def mass_mail(world: World, _state: str) -> MassMail:
    mail = begin_mass_mail("accounts.students", Enrolment.objects.all(), actor=world.coordinator)
    return write_mass_mail(mail, subject="Meeting", text="Dear {first_name}", actor=world.coordinator)


def _words(_scene: Scene) -> dict[str, str]:
    return {"subject": "Meeting", "text": "Come to room 4."}


WORK: Final = [
    *workspace("accounts_job", "job", moves={"cancel": "cancel"}),
    *api("job", "job", {}),
    Endpoint("job_detail", "job", "view", serves="KO KX"),
    Endpoint("job_progress", "job", "view", serves="KO KX"),
    Endpoint("job_cancel", "job", "cancel", "post", "KO KX"),
    Endpoint("job_pause", "job", "cancel", "post", "KO KX"),
    # This job runs: there is nothing to go on with.
    Endpoint("job_resume", "job", "cancel", "post", "KO KX", reads=True),
    Endpoint("job_result", "export_file", "download"),
    Endpoint("job_result", "export_file", "download_as_other", args=lambda s: (s.extra["other"].pk,), hidden=True),
    Endpoint("list_table", "table", "make", args=_placements, own=True),
    Endpoint("list_table", "table", "make", "post", args=_placements, own=True, data=_columns),
    Endpoint(
        "saved_views", "saved_view", "list", args=without_arguments, query=OF_PLACEMENTS, serves=WORKSPACE, shows=str_of
    ),
    Endpoint(
        *("saved_views", "table", "name_view", "post"),
        args=without_arguments,
        serves=WORKSPACE,
        own=True,
        data=lambda _s: {"list": "applications.placement", "name": "Mine"},
    ),
    Endpoint("bulk_result", "bulk_move", "view", serves=WORKSPACE),
    Endpoint("bulk_result_file", "bulk_move", "view", serves=WORKSPACE),
    Endpoint("bulk_undo", "bulk_move", "undo", "post", WORKSPACE),
    Endpoint("saved_view", "saved_view", "open_with", "post", WORKSPACE, data=lambda _s: {"do": "usual"}),
    Endpoint("saved_view", "saved_view", "change", "post", WORKSPACE, data=lambda _s: {"do": "rename", "name": "N"}),
    Endpoint("saved_view", "saved_view", "delete", "post", WORKSPACE, data=lambda _s: {"do": "delete"}),
    *workspace("accounts_outboxtask", "outbox", serves="RO"),
    list_action("accounts_outboxtask", "try_again", "outbox", "try_again", serves="RO"),
    *workspace("accounts_historyentry", "audit"),
]
NOTICES: Final = [
    *api("notice", "notification", {}),
    Endpoint("notices", "notification", "list", args=without_arguments, shows=lambda s: f"/notices/{s.obj.pk}/open/"),
    Endpoint("notice_open", "notification", "mark_read", "post"),
    Endpoint("notices_read", "notification", "mark_read", "post", args=without_arguments, own=True),
    Endpoint(
        "mail_choices",
        "notification",
        "change_preferences",
        "post",
        args=without_arguments,
        own=True,
        form=True,
        data=lambda _s: {"usual": "weekly"},
    ),
    *workspace("accounts_notice", "refused_notice", serves="RO"),
    list_action("accounts_notice", "try_again", "refused_notice", "try_again", serves="RO"),
    *workspace("accounts_massmail", "mass_mail", moves={"stop": "stop"}),
    Endpoint("admin:accounts_massmail_write", "mass_mail", "write", "post", WORKSPACE, data=_words),
    Endpoint("admin:accounts_massmail_send", "mass_mail", "send", "post", WORKSPACE),
    list_action("accounts_enrolment", "write_mail", "profile", "write_to"),
    list_action("accounts_company", "write_mail", "company", "write_to", states="approved"),
    list_action("accounts_staffprofile", "write_mail", "staff", "write_to"),
    *workspace("accounts_mailtrouble", "bouncing_address"),
    list_action("accounts_mailtrouble", "mail_again", "bouncing_address", "mail_again"),
    Endpoint(
        "admin:accounts_notice_move",
        "refused_notice",
        "mark_sent",
        "post",
        "RO",
        args=lambda s: (s.obj.pk, "mark_sent"),
    ),
    *workspace("accounts_accesslink", "signed_link"),
    list_action("accounts_accesslink", "revoke", "signed_link", "revoke"),
    Endpoint("admin:accounts_accesslink_chat", "signed_link", "view", serves=WORKSPACE),
    Endpoint("admin:accounts_accesslink_chat", "signed_link", "issue_again", "post", WORKSPACE, status=200),
    Endpoint("admin:accounts_accesslink_again", "signed_link", "issue_again", "post", WORKSPACE),
]


OFFERS = Offers(
    endpoints=[*WORK, *NOTICES],
    public={},
    scenes={
        "export_file": export_file,
        "table": lambda world, _state: world.placement,
        "job": job,
        "bulk_move": bulk_move,
        "saved_view": saved_view,
        "outbox": lambda _world, _state: OutboxTask.objects.create(kind="tests.nothing", state=OutboxState.DEAD),
        "refused_notice": refused_notice,
        "audit": audit,
        "bouncing_address": bouncing_address,
        "mass_mail": mass_mail,
        "notification": notification,
    },
)
