"""AI help with a resume, and with why a vacancy fits, in /api/v1/."""

from typing import TYPE_CHECKING, cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.ai.api.v1 import HelpDraftSerializer, asked_draft, help_action
from apps.ai.states import Purpose
from apps.applications.models import Resume
from apps.applications.permissions import owns_resume
from apps.applications.services.help import RESUME_HELP, resume_wish
from apps.applications.services.matching import match_wish
from apps.vacancies.selectors import vacancies_visible_to
from portal.kernel.api.views import PortalView
from portal.kernel.errors import NotAllowed
from portal.kernel.views import row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.ai.services.calls import Wish


def _resume(resume: Resume, _field: str, _purpose: Purpose, actor: "User") -> "Wish":
    if not owns_resume(resume, actor):
        raise NotAllowed
    return resume_wish(resume, actor=actor)


help_with_resume = help_action("resume", RESUME_HELP, _resume)


class WhyView(PortalView):
    """A sentence over what of one's resume fits a vacancy; it is read and stored nowhere."""

    @extend_schema(
        operation_id="vacancies_why",
        summary="Ask why a vacancy fits",
        request=None,
        responses={202: HelpDraftSerializer},
    )
    def post(self, request: Request, pk: str) -> Response:
        vacancy = row_or_404(vacancies_visible_to(request.user), pk=pk)
        if not has_role(request.user, Role.STUDENT):
            raise NotAllowed
        student = cast("User", request.user)
        return asked_draft(match_wish(vacancy, actor=student), actor=student)
