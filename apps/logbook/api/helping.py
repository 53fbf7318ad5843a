"""AI help with days, weeks and the company's comment in /api/v1/."""

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.ai.api.v1 import HelpDraftSerializer, asked_draft, help_action, help_body
from apps.ai.states import Purpose
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.permissions import can_change_entry
from apps.logbook.services.entries import MOST_TEXT
from apps.logbook.services.help import COMMENT_HELP, DAY_HELP, WEEK_HELP, comment_wish, day_wish, week_wish
from portal.kernel.api.views import PortalView
from portal.kernel.dates import monday_of
from portal.kernel.errors import NotAllowed, WrongState
from portal.kernel.views import row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.ai.services.calls import Wish
    from apps.logbook.models import DailyLog, WeeklyReport

PEOPLE = ("enrolment__student", "enrolment__cohort", "company")


def check_own(entry: Any, user: Any) -> None:
    """Let only the writer ask, and only while the text can change. Raises ``NotAllowed``, ``WrongState``."""
    if can_change_entry(entry, user):
        return
    if entry.enrolment.student_id != user.pk:
        raise NotAllowed
    raise WrongState("not_with_you", _("You have sent this. Take it back if you want to change it."))


def _day(log: "DailyLog", _field: str, purpose: Purpose, actor: "User") -> "Wish":
    check_own(log, actor)
    return day_wish(log, purpose)


def _week(report: "WeeklyReport", field: str, purpose: Purpose, actor: "User") -> "Wish":
    check_own(report, actor)
    return week_wish(report, field, purpose)


help_with_day = help_action("log", DAY_HELP, _day)
help_with_week = help_action("week", WEEK_HELP, _week)


class CommentHelpSerializer(help_body("CommentHelpPurpose", COMMENT_HELP)):  # type: ignore[misc] # made above
    """``comment`` is what was typed so far; it is stored nowhere."""

    comment = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True, default="")


class CommentHelpView(PortalView):
    """A draft of the company's comment on a week; who takes it sends it with the decision."""

    @extend_schema(
        operation_id="placements_help_comment",
        summary="Ask for a draft of the comment on a week",
        request=CommentHelpSerializer,
        responses={202: HelpDraftSerializer},
    )
    def post(self, request: Request, pk: str, monday: str) -> Response:
        mine = placements_supervised_by(request.user, SupervisorKind.INDUSTRIAL).select_related(*PEOPLE)
        placement, day = row_or_404(mine, pk=pk), _monday(monday)
        body = CommentHelpSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        wish = comment_wish(placement, day, given["comment"], Purpose(given["purpose"]))
        return asked_draft(wish, actor=cast("User", request.user))


def _monday(text: str) -> dt.date:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if found != monday_of(found):
        raise Http404
    return found
