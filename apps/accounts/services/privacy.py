"""What accounts, Django and the packages hold about people."""

import datetime as dt
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy

from apps.accounts.states import JobState, NoticeState, OutboxState
from portal.kernel.privacy import Holding, declare, declare_nothing

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
        hidden=("jti", "session_version", "rights"),
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
            *("list_columns", "usual_views"),
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
        mentions=("values", "ready", "problems", "changes"),
    ),
    Holding(
        "accounts.SavedView",
        gettext_lazy("Lists that a person has named; a search in one may hold somebody's name."),
        ("owner",),
        delete=True,
        mentions=("name", "query"),
        plain=("label", "order", "columns"),
    ),
    Holding(
        "accounts.Note",
        gettext_lazy("What coordinators noted about a student or a company; the university gives its text if asked."),
        ("enrolment__student",),
        delete=True,
        mentions=("text",),
        plain=("label",),
        hidden=("text", "author"),
    ),
    Holding(
        "accounts.ImportSchedule",
        gettext_lazy("Folders from which a person lets tables be taken."),
        ("owner",),
        delete=True,
        mentions=("message", "seen"),
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
        blank={"subject": "", "text": "", "translations": {}},
        mentions=("subject", "text"),
        plain=("audience", "left_out"),
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
