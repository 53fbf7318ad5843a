"""What the logbook holds about people, and what an erasure leaves of it."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.logbook.services.receipts import KEEP_RECEIPTS
from apps.logbook.states import AssessmentState
from portal.kernel.privacy import Holding, declare, declare_nothing

_OF_SUPERVISOR = ("supervisor_name", "supervisor_email", "supervisor_phone")
_WORDS_OF_LOG = ("text", "host_comment", "reason", "location_hint")
_WORDS_OF_WEEK = ("summary", "main_job_title", "main_job_detail", "host_comment", "reason")

declare_nothing(["logbook.Rubric", "logbook.Criterion", "logbook.MarkRule"], _("How the university marks."))
declare_nothing(["logbook.ReminderRule"], _("When a cohort reminds."))
declare_nothing(["logbook.WeekCount", "logbook.PlacementCount"], _("How many days are in which state."))
declare(
    Holding(
        "logbook.ArrivalNote",
        _("That a student has arrived, and who supervises."),
        ("placement__enrolment__student",),
        blank={"reason": "", **dict.fromkeys(_OF_SUPERVISOR, "")},
        mentions=(*_OF_SUPERVISOR, "reason"),
        leaves=_("The day."),
    ),
    Holding(
        "logbook.Assessment",
        _("What supervisors think of a student's work."),
        ("placement__enrolment__student",),
        blank={"answers": {}, "comment": "", "reason": ""},
        mentions=("answers", "comment", "reason"),
        leaves=_("The mark, which examination rules keep."),
        shown=Q(state=AssessmentState.RELEASED),
    ),
    Holding(
        "logbook.DailyLog",
        _("What a student did on a day, and what was said to it."),
        ("enrolment__student",),
        blank={**dict.fromkeys(_WORDS_OF_LOG, ""), "skills": []},
        mentions=_WORDS_OF_LOG,
        leaves=_("Day, hours and state; for statistics."),
    ),
    Holding(
        "logbook.DayReceipt",
        _("That a day which a phone sent was taken; 60 days."),
        ("student",),
        delete=True,
        keep=KEEP_RECEIPTS,
        since="created_at",
        hidden=("digest",),
    ),
    Holding(
        "logbook.PlaceConsent",
        _("That a student lets the place of the phone be compared; near or far is erased after 90 days."),
        ("enrolment__student",),
        delete=True,
    ),
    Holding(
        "logbook.LogAttachment",
        _("Files to a day."),
        ("log__enrolment__student",),
        delete=True,
        files=("file",),
        hidden=("sha256",),
    ),
    Holding(
        "logbook.Absence",
        _("Why a student was away."),
        ("enrolment__student",),
        blank={"note": ""},
        mentions=("note",),
        leaves=_("Day and kind; for statistics."),
    ),
    Holding("logbook.Snippet", _("Sentences that a supervisor writes again and again."), ("owner",), delete=True),
    Holding(
        "logbook.Visit",
        _("What a visitor saw at a placement."),
        ("placement__enrolment__student",),
        blank={"report": ""},
        mentions=("report",),
        leaves=_("That there was a visit."),
        hidden=("report",),
    ),
    Holding(
        "logbook.WeeklyReport",
        _("What a student reports of a week, and what was said to it."),
        ("enrolment__student",),
        blank=dict.fromkeys(_WORDS_OF_WEEK, ""),
        files=("sketch",),
        mentions=_WORDS_OF_WEEK,
        leaves=_("Week and state; for statistics."),
    ),
    Holding(
        "logbook.Operation",
        _("Steps of a week's main job."),
        ("report__enrolment__student",),
        blank={"description": "", "tools": ""},
        mentions=("description", "tools"),
        leaves=_("How many steps there were."),
    ),
    Holding(
        "logbook.Reminder",
        _("Of what a person was reminded, and when."),
        ("person", "placement__enrolment__student"),
        delete=True,
        keep=dt.timedelta(days=365),
        since="created_at",
    ),
)
