"""What may stand in a portfolio, and what does: nothing but what was validated or released, as it is now."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet, Sum

from apps.accounts.models import AccessLink, Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.states import LinkPurpose, Role
from apps.applications.models import Placement
from apps.logbook.models import Assessment, DailyLog, LogAttachment, WeeklyReport
from apps.logbook.states import AssessmentKind, AssessmentState, ChainState
from apps.reporting.models import Portfolio
from apps.reporting.portfolio import Mark, PortfolioPage

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

LABEL = "reporting.Portfolio"
VALIDATED: dict[str, Any] = {"is_current": True, "state": ChainState.VERIFIED_ACADEMIC}


def portfolios_visible_to(user: "Viewer") -> QuerySet[Portfolio]:
    """The student's own; nobody else has a portfolio but by its link."""
    if not has_role(user, Role.STUDENT):
        return Portfolio.objects.none()
    return Portfolio.objects.filter(enrolment__student=user.pk)


def portfolio_of(enrolment: Enrolment) -> Portfolio | None:
    """Return the portfolio of an enrolment, None while there is none."""
    return Portfolio.objects.filter(enrolment=enrolment).select_related("enrolment__student").first()


# -- what may be chosen -------------------------------------------------------------------------------------------


def weeks_to_show(enrolment: Enrolment) -> QuerySet[WeeklyReport]:
    """The student's validated weeks, in their order."""
    rows = WeeklyReport.objects.filter(enrolment=enrolment, **VALIDATED)
    return rows.select_related("placement__company").order_by("week_start", "pk")


def assessments_to_show(enrolment: Enrolment) -> QuerySet[Assessment]:
    """The student's released assessments."""
    rows = Assessment.objects.filter(placement__enrolment=enrolment, state=AssessmentState.RELEASED)
    return rows.select_related("rubric", "placement__company").order_by("pk")


def files_to_show(enrolment: Enrolment) -> QuerySet[LogAttachment]:
    """Files of the student's validated days."""
    days = DailyLog.objects.filter(enrolment=enrolment, **VALIDATED)
    return LogAttachment.objects.filter(log__in=days).select_related("log").order_by("log__day", "pk")


def skills_to_show(enrolment: Enrolment) -> list[tuple[str, int]]:
    """Return the skills of validated days with the number of days, the most used first."""
    days = DailyLog.objects.filter(enrolment=enrolment, **VALIDATED).order_by("day")
    counted = Counter(skill for skills in days.values_list("skills", flat=True) for skill in skills)
    return counted.most_common()


# -- what stands in it --------------------------------------------------------------------------------------------


def page_of_portfolio(portfolio: Portfolio) -> PortfolioPage:
    """Return what a portfolio shows now: chosen, and still validated or released."""
    enrolment = portfolio.enrolment
    weeks = list(weeks_to_show(enrolment).filter(pk__in=portfolio.weeks.values("pk")))
    profile = enrolment.student.student_profile
    days = DailyLog.objects.filter(enrolment=enrolment, **VALIDATED)
    marks = assessments_to_show(enrolment).filter(pk__in=portfolio.assessments.values("pk"))
    places = Placement.objects.filter(pk__in=days.values("placement")).select_related("company").order_by("start")
    return PortfolioPage(
        title=portfolio.title,
        about=portfolio.about,
        student=enrolment.student.get_full_name(),
        programme=profile.programme.name,
        university=settings.UNIVERSITY_NAME,
        places=list(places),
        hours=days.aggregate(all=Sum("hours"))["all"] if portfolio.shows_hours else None,
        days=days.count() if portfolio.shows_hours else 0,
        skills=[(name, count) for name, count in skills_to_show(enrolment) if name in portfolio.skills],
        weeks=weeks,
        marks=[_mark(row) for row in marks],
        files=list(files_to_show(enrolment).filter(pk__in=portfolio.files.values("pk"))),
    )


def _mark(row: Assessment) -> Mark:
    by_host = row.rubric.kind == AssessmentKind.INDUSTRY
    side = Role.INDUSTRIAL_SUPERVISOR if by_host else Role.UNIVERSITY_SUPERVISOR
    mark = "" if row.mark is None else f"{row.mark.normalize():f}"
    return Mark(row.rubric.title, mark, side, row.submitted_at)


# -- its links ----------------------------------------------------------------------------------------------------


def links_of_portfolio(portfolio: Portfolio) -> QuerySet[AccessLink]:
    """All links to a portfolio, the newest first; those that expired or were withdrawn too."""
    rows = AccessLink.objects.filter(purpose=LinkPurpose.SHOW_PORTFOLIO, target_label=LABEL, target_id=portfolio.pk)
    return rows.order_by("-pk")


def portfolio_behind(link: AccessLink | None) -> Portfolio | None:
    """Return the portfolio that a usable link shows, None for any other."""
    if link is None or link.purpose != LinkPurpose.SHOW_PORTFOLIO or link.target_label != LABEL:
        return None
    rows = Portfolio.objects.select_related("enrolment__student__student_profile__programme")
    return rows.filter(pk=link.target_id, enrolment__student=link.user_id).first()
