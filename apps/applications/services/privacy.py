"""What applications holds about people, and what an erasure leaves of it."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.applications.states import AllocationState
from portal.kernel.privacy import Holding, declare, declare_nothing

_OF_SUPERVISOR = ("supervisor_name", "supervisor_email", "supervisor_phone")

declare_nothing(["applications.Criterion"], _("What a company looks at."))
declare_nothing(["applications.AllocationOffer"], _("How many places a company offers to a cohort."))
declare(
    Holding(
        "applications.Resume",
        _("A resume as a file and as text."),
        ("owner",),
        blank={
            "original_name": "",
            "sha256": "",
            "text": "",
            "facts": {},
            "own_facts": {},
            "page_starts": [],
            "problem": "",
        },
        files=("file",),
        plain=("method", "quality"),
        leaves=_("That there was a resume, without the file."),
        hidden=("sha256", "page_starts"),
    ),
    Holding(
        "applications.Application",
        _("To which vacancies a student applied, and what became of it."),
        ("student",),
        blank={"cover_letter": "", "interview_place": "", "company_notes": "", "reason": ""},
        mentions=("cover_letter", "interview_place", "company_notes", "reason"),
        leaves=_("That somebody applied, when, and the result; for statistics."),
        hidden=("company_notes",),
    ),
    Holding(
        "applications.Placement",
        _("Where a student trains, what the work is, who supervises."),
        ("enrolment__student",),
        blank={"site_address": "", "task": "", "reason": "", **dict.fromkeys(_OF_SUPERVISOR, "")},
        mentions=(*_OF_SUPERVISOR, "task", "reason"),
        leaves=_("Company, days and state; for statistics."),
    ),
    Holding(
        "applications.PlacementSupervisor",
        _("Who supervises whom."),
        ("user", "placement__enrolment__student"),
        leaves=_("That somebody supervised."),
    ),
    Holding(
        "applications.Review",
        _("What people of a company say about an applicant, among themselves."),
        ("application__student",),
        delete=True,
        mentions=("comment",),
        shown=Q(pk__isnull=True),
    ),
    Holding(
        "applications.ReviewScore",
        _("The points of a review."),
        ("review__application__student",),
        delete=True,
        shown=Q(pk__isnull=True),
    ),
    Holding(
        "applications.PlacementAmendment",
        _("How a placement was changed, and why."),
        ("placement__enrolment__student",),
        blank={"before": {}, "after": {}, "reason": ""},
        mentions=("before", "after", "reason"),
        leaves=_("That it was changed and when."),
    ),
    Holding(
        "applications.Disclosure",
        _("Which company looked at a resume, and when."),
        ("application__student",),
        leaves=_("The record, which the law asks for."),
    ),
    Holding(
        "applications.HostFeedback",
        _("What a host says after a training."),
        ("placement__enrolment__student",),
        blank={"comment": ""},
        mentions=("comment",),
        leaves=_("Whether the host takes students again."),
        hidden=("comment",),
    ),
    Holding(
        "applications.HostRating",
        _("What a student thinks of a host."),
        ("placement__enrolment__student",),
        blank={"comment": ""},
        mentions=("comment",),
        leaves=_("The stars."),
    ),
    Holding(
        "applications.Agreement",
        _("Letters and agreements of a placement, signed or to be signed."),
        ("placement__enrolment__student",),
        blank={"problem": "", "reason": ""},
        files=("file", "scan"),
        mentions=("problem", "reason"),
        plain=("code", "sha256", "language"),
        leaves=_("That there was one, and its state; not the paper."),
        hidden=("sha256", "code"),
    ),
    Holding(
        "applications.IntroductionLetter",
        _("A letter that introduces a student to companies."),
        ("enrolment__student",),
        blank={"company_name": "", "address": "", "problem": "", "reason": ""},
        files=("file",),
        mentions=("problem", "reason"),
        plain=("code", "sha256", "language"),
        leaves=_("That there was one, and its state; not the letter."),
        hidden=("sha256", "code"),
    ),
    Holding(
        "applications.AgreementSignature",
        _("Who signed, when, and from which address."),
        ("user", "agreement__placement__enrolment__student"),
        blank={"name": "", "address": None},
        plain=("sha256",),
        leaves=_("That somebody signed."),
        hidden=("sha256", "address"),
    ),
    Holding(
        "applications.AllocationRun",
        _("A proposal of places for a cohort, with the figures of it."),
        mentions=("title",),
        plain=("rules", "digest", "result"),
    ),
    Holding("applications.AllocationRound", _("When and by which rules a cohort is allocated."), mentions=("title",)),
    Holding(
        "applications.Ranking",
        _("Which places a student wishes for, in order."),
        ("enrolment__student",),
        delete=True,
    ),
    Holding(
        "applications.PriorityCase",
        _("Why a student asks to come before others: illness, family, hardship."),
        ("enrolment__student",),
        delete=True,
        keep=dt.timedelta(days=400),
        since="created_at",
    ),
    Holding(
        "applications.Allotment",
        _("What an allocation gives a student, and why."),
        ("enrolment__student",),
        blank={"reasons": [], "problem": ""},
        mentions=("problem",),
        leaves=_("Which place it was, or the turn in waiting; for statistics."),
        shown=Q(run__state=AllocationState.PUBLISHED),
    ),
)
