"""What accounts, Django and the packages hold about people; and everybody's own data as a file."""

import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Job, User
from apps.accounts.services.jobs import Progress, job, start_job
from apps.accounts.states import JobState, NoticeState, OutboxState
from portal.kernel.errors import RuleViolation
from portal.kernel.exports import ZipSink, clean_filename
from portal.kernel.privacy import Holding, declare, declare_nothing, holdings

OWN_DATA: Final = "accounts.export_own_data"
EXPORTS_A_DAY: Final = 10
DAY: Final = dt.timedelta(days=1)
YEAR: Final = dt.timedelta(days=365)


def _erased(prefix: str) -> Any:
    return lambda row: f"erased-{prefix}{row.pk}"


declare_nothing(
    ["auth.Permission", "auth.Group_permissions", "auth.Group", "contenttypes.ContentType"],
    gettext_lazy("Words of the program."),
)
declare_nothing(
    ["guardian.GroupObjectPermission", "socialaccount.SocialApp"],
    gettext_lazy("Settings of the installation."),
)
declare_nothing(
    [
        "accounts.Department",
        "accounts.Programme",
        "accounts.Cohort",
        "accounts.Holiday",
        "accounts.HistoryBlock",
        "accounts.HistoryHead",
        "accounts.ServiceToken",
        "accounts.SiteSettings",
        "accounts.CompanyCapacity",
        "accounts.IdentityProvider",
        "accounts.SignOnRule",
        "accounts.SpentMessage",
        "accounts.Webhook",
    ],
    gettext_lazy("What the university sets up; nothing about a person."),
)
declare(
    Holding("admin.LogEntry", gettext_lazy("Not written here."), ("user",), delete=True),
    Holding(
        "sessions.Session",
        gettext_lazy("The key of who is signed in; it ends with the session."),
        plain=("session_key", "session_data"),
    ),
    Holding("guardian.UserObjectPermission", gettext_lazy("Rights; not used here."), ("user",), delete=True),
    Holding("account.EmailAddress", gettext_lazy("Addresses for signing in."), ("user",), delete=True),
    Holding(
        "account.EmailConfirmation",
        gettext_lazy("That an address was asked about."),
        ("email_address__user",),
        delete=True,
        hidden=("key",),
    ),
    Holding("mfa.Authenticator", gettext_lazy("Second factors."), ("user",), delete=True, hidden=("data",)),
    Holding(
        "socialaccount.SocialAccount", gettext_lazy("Who the person is for single sign-on."), ("user",), delete=True
    ),
    Holding(
        "socialaccount.SocialToken",
        gettext_lazy("Tokens of single sign-on."),
        ("account__user",),
        delete=True,
        hidden=("token", "token_secret"),
    ),
    Holding(
        "accounts.TokenFamily",
        gettext_lazy("That a program of the person has signed in."),
        ("user",),
        delete=True,
        hidden=("jti",),
        keep=DAY,
        since="expires_at",
    ),
    Holding(
        "accounts.CalendarFeed",
        gettext_lazy("That a person has subscribed to the own calendar."),
        ("user",),
        delete=True,
        hidden=("secret_hash",),
    ),
    Holding(
        "accounts.KeptAnswer",
        gettext_lazy("What a program was answered, in case that it asks again."),
        ("user",),
        delete=True,
        hidden=("key", "digest", "body", "headers"),
        keep=DAY,
        since="created_at",
    ),
    Holding(
        "accounts.User",
        gettext_lazy("Name, address, telephone, language."),
        ("pk",),
        files=("picture",),
        plain=(
            *("username", "first_name", "last_name", "email", "email_key", "phone", "language", "password"),
            "list_columns",
        ),
        leaves=gettext_lazy("A row without a name, on which others' rows hang."),
        hidden=("password", "session_version", "is_superuser", "is_staff", "email_key"),
    ),
    Holding(
        "usersessions.UserSession",
        gettext_lazy("From where and with which browser a person is signed in."),
        ("user",),
        delete=True,
        hidden=("session_key", "data"),
        keep=YEAR,
        since="last_seen_at",
    ),
    Holding(
        "accounts.LimitCount",
        gettext_lazy("How often something was tried, under a key that may be made of an address; hours old at most."),
        plain=("key",),
        keep=DAY,
        since="until",
    ),
    Holding("accounts.User_groups", gettext_lazy("Roles."), ("user",), delete=True),
    Holding("accounts.User_user_permissions", gettext_lazy("Not used here."), ("user",), delete=True),
    Holding(
        "accounts.StudentProfile",
        gettext_lazy("Registration number, gender, programme, year, wishes, special need."),
        ("user",),
        blank={
            "reg_no": _erased(""),
            "middle_name": "",
            "gender": "",
            "region_preference": "",
            "special_need": "",
            "supervisor_name": "",
            "supervisor_email": "",
            "company_name": "",
            "company_region": "",
        },
        mentions=("supervisor_name", "supervisor_email"),
        leaves=gettext_lazy("Programme and year, for statistics."),
    ),
    Holding(
        "accounts.StaffProfile",
        gettext_lazy("Staff number and department."),
        ("user",),
        blank={"staff_no": _erased("")},
        leaves=gettext_lazy("The department."),
    ),
    Holding(
        "accounts.Enrolment",
        gettext_lazy("That a student is in a cohort."),
        ("student",),
        leaves=gettext_lazy("The row, for statistics."),
    ),
    Holding(
        "accounts.Company",
        gettext_lazy("Contacts at a host, who may be people."),
        mentions=("contact_person", "phone", "email", "hr_email", "description", "address", "reason"),
        plain=(
            *("name", "normal_name", "registration_no", "normal_registration_no", "region", "country", "website"),
            *("web_domain", "mail_domain"),
        ),
    ),
    Holding(
        "accounts.Agreement",
        gettext_lazy("A contract with a host; its note may name somebody, its file is the university's."),
        mentions=("note",),
        plain=("number", "file"),
    ),
    Holding(
        "accounts.CompanyMerger",
        gettext_lazy("Which company became one with which."),
        mentions=("moved",),
        plain=("source",),
    ),
    Holding(
        "accounts.SignOnEvent",
        gettext_lazy("What became of a try to sign in by an identity provider."),
        ("person",),
        delete=True,
        mentions=("detail",),
        keep=dt.timedelta(days=90),
        since="at",
    ),
    Holding(
        "accounts.SignOnSession",
        gettext_lazy("That a person is signed in by an identity provider."),
        ("user",),
        delete=True,
        hidden=("session_key", "sid"),
    ),
    Holding("accounts.CompanyMember", gettext_lazy("That a person works at a host."), ("user",), delete=True),
    Holding("accounts.DepartmentGrant", gettext_lazy("What a person coordinates."), ("user",), delete=True),
    Holding("accounts.CohortGrant", gettext_lazy("What a person coordinates."), ("user",), delete=True),
    Holding("accounts.CompanyGrant", gettext_lazy("What a person coordinates."), ("user",), delete=True),
    Holding(
        "accounts.HistoryEntry",
        gettext_lazy("Who did what, when and why."),
        ("actor",),
        plain=(
            *("target_label", "action", "source", "target", "via", "reason", "reason_digest", "batch", "digest"),
            "content_digest",
        ),
        leaves=gettext_lazy("That somebody did it and when, without the reason; the seals stay whole."),
        hidden=("digest", "reason_digest", "content_digest", "batch"),
    ),
    Holding(
        "accounts.OutboxTask",
        gettext_lazy("Keys of what is to be done; an error may hold an address."),
        mentions=("payload", "last_error"),
        plain=("kind", "dedupe_key", "state"),
        keep=dt.timedelta(days=30),
        since="done_at",
        ended=Q(state=OutboxState.DONE),
    ),
    Holding(
        "accounts.Job",
        gettext_lazy("Work that a person started, and its file."),
        ("owner",),
        delete=True,
        files=("result",),
        mentions=("title", "message", "error", "payload", "result_name", "outcome"),
        keep=dt.timedelta(days=14),
        since="finished_at",
        ended=~Q(state__in=JobState.unfinished()),
        hidden=("payload", "result"),
    ),
    Holding(
        "accounts.ImportBatch",
        gettext_lazy("Tables that a person uploaded."),
        ("owner",),
        delete=True,
        files=("file",),
        mentions=("file_name", "message", "details"),
        keep=dt.timedelta(days=90),
        since="created_at",
        hidden=("file", "details"),
    ),
    Holding(
        "accounts.ImportRow",
        gettext_lazy("What a line of a table said of a person."),
        mentions=("values", "problems", "changes"),
    ),
    Holding("accounts.ImportMapping", gettext_lazy("What a person calls our columns."), ("owner",), delete=True),
    Holding(
        "accounts.AccessLink",
        gettext_lazy("That a link was sent and used, and from which address."),
        ("user",),
        delete=True,
        hidden=("secret_hash",),
        keep=YEAR,
        since="expires_at",
    ),
    Holding(
        "accounts.LinkCode",
        gettext_lazy("That a code was mailed for a link, and how often it was tried."),
        ("link__user",),
        delete=True,
        hidden=("code_hash",),
        keep=DAY,
        since="expires_at",
    ),
    Holding(
        "accounts.Notice",
        gettext_lazy("What a person was told."),
        ("recipient",),
        delete=True,
        mentions=("facts", "reason"),
        keep=YEAR,
        since="created_at",
        ended=~Q(state=NoticeState.QUEUED),
        hidden=("link", "dedupe_key", "message_id"),
    ),
    Holding(
        "accounts.MassMail",
        gettext_lazy("What a coordinator wrote to many."),
        ("author",),
        blank={"subject": "", "text": ""},
        mentions=("subject", "text"),
        plain=("audience",),
        leaves=gettext_lazy("That a mail was sent."),
    ),
    Holding(
        "accounts.MassMailRecipient",
        gettext_lazy("That a mail to many went to a person."),
        ("person",),
        delete=True,
    ),
    Holding("accounts.NoticeChoice", gettext_lazy("What a person wants by mail."), ("user",), delete=True),
    Holding(
        "accounts.MailTrouble",
        gettext_lazy("That mails to a person's address came back."),
        ("user",),
        delete=True,
        keep=YEAR,
        since="last_at",
    ),
    Holding("accounts.ProvisionedPerson", gettext_lazy("What the directory said of a person."), ("user",), delete=True),
    Holding("accounts.ProvisionedGroup_members", gettext_lazy("Groups of the directory."), ("user",), delete=True),
    Holding(
        "accounts.ProvisionedGroup", gettext_lazy("Groups of the directory."), plain=("name", "external_id", "role")
    ),
    Holding(
        "accounts.Erasure",
        gettext_lazy("That a person was to be forgotten."),
        ("person",),
        blank={"hold_reason": ""},
        plain=("counts",),
        leaves=gettext_lazy("That an erasure was done and when."),
        hidden=("hold_reason",),
    ),
)


# -- one's own data -----------------------------------------------------------------------------------------------


def export_own_data(*, actor: User) -> Job:
    """Start writing all that is held about the actor into one zip. Raises ``RuleViolation`` ``too_often``."""
    today = Job.objects.filter(owner=actor, kind=OWN_DATA, created_at__gt=timezone.now() - DAY)
    if today.count() >= EXPORTS_A_DAY:
        raise RuleViolation("too_often", _("You have had this made often today. Try again tomorrow."))
    with transaction.atomic():
        return start_job(OWN_DATA, title=_("All my data"), payload={}, actor=actor)


@job(OWN_DATA)
def write_own_data(progress: Progress) -> None:
    """Write ``data.json`` with every row that is the owner's, by kind, and the files beside it."""
    person = progress.job.owner
    found = [holding for holding in holdings() if holding.person]
    progress.start(len(found))
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.zip"
        with ZipSink(path) as archive:
            for holding in found:
                rows = holding.rows_of(person).filter(holding.shown).order_by("pk")
                told[holding.label] = {"holds": str(holding.holds), "rows": [_row(holding, row) for row in rows]}
                _add_files(archive, holding, rows)
                progress.step()
            archive.add("data.json", json.dumps(told, ensure_ascii=False, indent=1).encode())
        with path.open("rb") as written:
            progress.attach(File(written), f"{progress.job.title} {timezone.localdate()}.zip")


def _row(holding: Holding, row: Model) -> dict[str, Any]:
    columns = [column for column in row._meta.concrete_fields if column.name not in holding.hidden]
    return {column.name: _shown(column, row) for column in columns}


def _shown(column: Any, row: Model) -> Any:
    value = column.value_from_object(row)
    return value if isinstance(value, bool | int | str | list | dict | None) else str(value)


def _add_files(archive: ZipSink, holding: Holding, rows: Any) -> None:
    for name in holding.files:
        if name in holding.hidden:
            continue
        for row in rows:
            stored = getattr(row, name)
            if stored and stored.storage.exists(stored.name):
                label = getattr(row, "original_name", "") or stored.name.rpartition("/")[2]
                with stored.open("rb") as opened:
                    archive.add(f"files/{holding.label}/{row.pk}-{clean_filename(label)}", opened.read())
