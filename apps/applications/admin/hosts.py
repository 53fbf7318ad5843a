"""What students and hosts said when placements were over, on the page of the company."""

from typing import Any, Final

from django.db.models import Avg, Count, Q, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Company
from apps.applications.selectors import host_feedback_visible_to, host_ratings_visible_to
from portal.kernel.admin import Panel, extend_admin

SHOWN: Final = 5


def said_of_host(company: Company, request: HttpRequest) -> dict[str, Any] | None:
    """Sum up the ratings and answers that the user may read, the newest comments in full."""
    ratings = host_ratings_visible_to(request.user).filter(placement__company=company)
    answers = host_feedback_visible_to(request.user).filter(placement__company=company)
    summed = ratings.aggregate(n=Count("pk"), stars=Avg("stars"), recommend=Count("pk", filter=Q(would_recommend=True)))
    again = answers.aggregate(n=Count("pk"), yes=Count("pk", filter=Q(again=True)), places=Sum("places"))
    if not summed["n"] and not again["n"]:
        return None
    newest = ("placement__enrolment__student",)
    return {
        "ratings": summed,
        "answers": again,
        "rated": list(ratings.select_related(*newest).order_by("-updated_at", "-pk")[:SHOWN]),
        "answered": list(answers.select_related(*newest, "answered_by").order_by("-updated_at", "-pk")[:SHOWN]),
    }


extend_admin(
    Company,
    panels=[Panel("said_of_host", _("After the placements"), "applications/admin/said_of_host.html", said_of_host)],
)
