"""What is asked when a placement is over: the student of the host, and the host of the next time."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import representatives_of
from apps.accounts.services.links import Target
from apps.accounts.services.notice_kinds import STUDENT
from apps.accounts.services.notices import LinkWish, NoticeKind, declare_notice, tell
from apps.accounts.states import LinkPurpose, Role
from apps.applications.models import Placement
from apps.applications.notifications.facts import WHY_STUDENT
from apps.applications.states import SupervisorKind

HOST_TO_RATE = declare_notice(
    NoticeKind(
        "applications.host_to_rate",
        subject=_("How was it at %(company)s?"),
        sentence=_("Your place at %(company)s is over. Say in a minute how it was; the company does not read it."),
        button=_("Rate the company"),
        why=WHY_STUDENT,
        label=_("How it was at the company"),
        to=STUDENT,
    )
)
HOST_ASKED = declare_notice(
    NoticeKind(
        "applications.host_asked_again",
        subject=_("Would you host a student again?"),
        sentence=_("The training of %(student)s at %(company)s is over. Would you host again, and how many?"),
        button=_("Answer"),
        why=_("You get this because %(student)s was with you."),
        label=_("Whether you would host a student again"),
        to=(Role.COMPANY_REPRESENTATIVE, Role.INDUSTRIAL_SUPERVISOR),
    )
)


def ask_how_it_was(placement: Placement) -> None:
    """Ask the student how the host was, and the host whether it would do it again; each once a placement."""
    facts = {"company": placement.company.name, "student": str(placement.enrolment.student)}
    tell(
        placement.enrolment.student,
        HOST_TO_RATE,
        facts=facts,
        url=reverse("host_rate", args=[placement.pk]),
        dedupe_key=f"host_to_rate:{placement.pk}",
    )
    link = LinkWish(LinkPurpose.HOST_FEEDBACK, Target("applications.Placement", placement.pk, {}))
    for person in _hosts(placement):
        tell(
            person,
            HOST_ASKED,
            facts=facts,
            url=reverse("host_feedback", args=[placement.pk]),
            dedupe_key=f"host_asked:{placement.pk}:{person.pk}",
            link=link,
        )


def _hosts(placement: Placement) -> list[User]:
    rows = placement.supervisors.filter(kind=SupervisorKind.INDUSTRIAL, is_active=True).select_related("user")
    people = [row.user for row in rows if row.user.is_active]
    # Who looked after the student knows best; where nobody was named the company's representatives are asked.
    return people or list(representatives_of(placement.company_id))
