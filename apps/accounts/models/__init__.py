"""People, organisations, rights, signed links, notices, history, jobs."""

from apps.accounts.models.companies import Agreement, CompanyCapacity, CompanyMerger
from apps.accounts.models.grants import CohortGrant, CompanyGrant, DepartmentGrant
from apps.accounts.models.history import HistoryBlock, HistoryEntry, HistoryHead
from apps.accounts.models.imports import ImportBatch, ImportMapping, ImportRow, ImportSchedule
from apps.accounts.models.jobs import Job, OutboxTask
from apps.accounts.models.links import AccessLink, LinkCode
from apps.accounts.models.list_views import SavedView
from apps.accounts.models.mass_mail import MassMail, MassMailRecipient
from apps.accounts.models.notes import Note
from apps.accounts.models.notices import MailTrouble, Notice, NoticeChoice
from apps.accounts.models.organisations import (
    Cohort,
    Company,
    CompanyMember,
    Department,
    Enrolment,
    Holiday,
    Programme,
)
from apps.accounts.models.outside import CalendarFeed, Webhook
from apps.accounts.models.people import StaffProfile, StudentProfile, User
from apps.accounts.models.privacy import Erasure
from apps.accounts.models.provisioning import ProvisionedGroup, ProvisionedPerson, ServiceToken
from apps.accounts.models.signon import IdentityProvider, SignOnEvent, SignOnRule, SignOnSession, SpentMessage
from apps.accounts.models.site import LimitCount, SiteSettings
from apps.accounts.models.tokens import KeptAnswer, TokenFamily

__all__ = [
    "AccessLink",
    "Agreement",
    "CalendarFeed",
    "Cohort",
    "CohortGrant",
    "Company",
    "CompanyCapacity",
    "CompanyGrant",
    "CompanyMember",
    "CompanyMerger",
    "Department",
    "DepartmentGrant",
    "Enrolment",
    "Erasure",
    "HistoryBlock",
    "HistoryEntry",
    "HistoryHead",
    "Holiday",
    "IdentityProvider",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "ImportSchedule",
    "Job",
    "KeptAnswer",
    "LimitCount",
    "LinkCode",
    "MailTrouble",
    "MassMail",
    "MassMailRecipient",
    "Note",
    "Notice",
    "NoticeChoice",
    "OutboxTask",
    "Programme",
    "ProvisionedGroup",
    "ProvisionedPerson",
    "SavedView",
    "ServiceToken",
    "SignOnEvent",
    "SignOnRule",
    "SignOnSession",
    "SiteSettings",
    "SpentMessage",
    "StaffProfile",
    "StudentProfile",
    "TokenFamily",
    "User",
    "Webhook",
]
