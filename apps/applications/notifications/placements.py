"""What is told about placements: to students, representatives, hosts, supervisors and coordinators."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import coordinators_of, representatives_of
from apps.accounts.services.links import Target
from apps.accounts.services.notice_kinds import COORDINATOR, STUDENT
from apps.accounts.services.notices import LinkWish, NoticeKind, declare_notice, tell
from apps.accounts.states import LinkPurpose, Role
from apps.applications.models import Placement, PlacementAmendment, PlacementSupervisor
from apps.applications.notifications.facts import (
    WHY_COMPANY,
    WHY_COORDINATOR,
    WHY_HOST,
    WHY_STUDENT,
    WHY_SUPERVISOR,
    facts_about,
)

PLACEMENT_OFFERED = declare_notice(
    NoticeKind(
        "applications.placement_offered",
        subject=_("%(company)s has a place for you"),
        sentence=_("%(company)s has a place for you, %(start)s to %(end)s. Confirm it."),
        button=_("See the place"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("A place is offered to you"),
        to=STUDENT,
    )
)
PLACEMENT_PROPOSED = declare_notice(
    NoticeKind(
        "applications.placement_proposed",
        subject=_("%(student)s has found a place at %(company)s"),
        sentence=_("%(student)s (%(cohort)s) has found a place at %(company)s and waits for your confirmation."),
        button=_("Look at the place"),
        why=WHY_COORDINATOR,
        label=_("A student proposes a place"),
        to=COORDINATOR,
    )
)
HOST_ASKED = declare_notice(
    NoticeKind(
        "applications.host_asked",
        subject=_("%(student)s wants to train at %(company)s"),
        sentence=_(
            "%(student)s has named you for a practical training at %(company)s, %(start)s to %(end)s."
            " Please say whether it is right; it takes two minutes and needs no account."
        ),
        button=_("Look at it and answer"),
        why=WHY_HOST,
        urgent=True,
        label=_("A student names you as host"),
        to=(Role.COMPANY_REPRESENTATIVE, Role.INDUSTRIAL_SUPERVISOR),
    )
)
HOST_ANSWERED = declare_notice(
    NoticeKind(
        "applications.host_answered",
        subject=_("%(company)s says yes to %(student)s"),
        sentence=_("%(company)s has completed the place of %(student)s (%(cohort)s). It waits for your confirmation."),
        button=_("Look at the place"),
        why=WHY_COORDINATOR,
        label=_("A host has answered about a place"),
        to=COORDINATOR,
    )
)
PLACEMENT_CONFIRMED = declare_notice(
    NoticeKind(
        "applications.placement_confirmed",
        subject=_("Your place at %(company)s is confirmed"),
        sentence=_("Your place at %(company)s is confirmed: %(start)s to %(end)s."),
        button=_("See your place"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("Your placement is confirmed"),
        to=STUDENT,
    )
)
TRAINEE_CONFIRMED = declare_notice(
    NoticeKind(
        "applications.trainee_confirmed",
        subject=_("%(student)s comes to %(company)s"),
        sentence=_(
            "%(student)s comes to %(company)s from %(start)s to %(end)s. Name the supervisor, if it is not done."
        ),
        button=_("See your trainees"),
        why=WHY_COMPANY,
        label=_("A trainee is confirmed"),
        to=(Role.COMPANY_REPRESENTATIVE, Role.INDUSTRIAL_SUPERVISOR, Role.UNIVERSITY_SUPERVISOR),
    )
)
PLACEMENT_ENDED = declare_notice(
    NoticeKind(
        "applications.placement_ended",
        subject=_("Your place at %(company)s: a change"),
        sentence=_("Your place at %(company)s does not take place, or ends now. Reason: %(reason)s"),
        button=_("See your place"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("Your placement was called off or ended"),
        to=STUDENT,
    )
)
PLACEMENT_AMENDED = declare_notice(
    NoticeKind(
        "applications.placement_amended",
        subject=_("Your place at %(company)s has changed"),
        sentence=_("Your place at %(company)s has changed: %(change)s. Reason: %(reason)s"),
        button=_("See your place"),
        why=WHY_STUDENT,
        urgent=True,
        label=_("Your placement was changed"),
        to=STUDENT,
    )
)
TRAINEE_AMENDED = declare_notice(
    NoticeKind(
        "applications.trainee_amended",
        subject=_("The training of %(student)s has changed"),
        sentence=_("The training of %(student)s at %(company)s has changed: %(change)s. Reason: %(reason)s"),
        button=_("See your trainees"),
        why=WHY_COMPANY,
        label=_("The placement of a trainee was changed"),
        to=(Role.COMPANY_REPRESENTATIVE, Role.INDUSTRIAL_SUPERVISOR, Role.UNIVERSITY_SUPERVISOR),
    )
)
SUPERVISOR_NAMED = declare_notice(
    NoticeKind(
        "applications.supervisor_named",
        subject=_("You supervise %(student)s"),
        sentence=_("You supervise %(student)s at %(company)s from %(start)s to %(end)s."),
        button=_("See your students"),
        why=WHY_SUPERVISOR,
        label=_("You are named as supervisor"),
        to=(Role.INDUSTRIAL_SUPERVISOR, Role.UNIVERSITY_SUPERVISOR),
    )
)


def tell_placement_offered(placement: Placement) -> None:
    """Tell the student of a place that waits for the own confirmation."""
    student = placement.enrolment.student
    tell(
        student,
        PLACEMENT_OFFERED,
        facts=facts_about(placement, student),
        url=reverse("my_placement"),
        dedupe_key=f"placement_offered:{placement.pk}",
    )


def tell_placement_proposed(placement: Placement) -> None:
    """Tell the coordinators of a self-found place that waits for their confirmation."""
    for person in coordinators_of(placement.enrolment.cohort):
        tell(
            person,
            PLACEMENT_PROPOSED,
            facts=facts_about(placement, person),
            url=reverse("admin:applications_placement_change", args=[placement.pk]),
            dedupe_key=f"placement_proposed:{placement.pk}:{person.pk}",
        )


def tell_host_asked(placement: Placement, person: User, *, moment: str) -> None:
    """Ask the host, with a link that needs no account; once a minute at most."""
    link = LinkWish(LinkPurpose.COMPLETE_PLACE, Target("applications.Placement", placement.pk, {}))
    tell(
        person,
        HOST_ASKED,
        facts=facts_about(placement, person),
        url=reverse("home"),
        link=link,
        dedupe_key=f"host_asked:{placement.pk}:{person.pk}:{moment}",
    )


def tell_host_answered(placement: Placement) -> None:
    """Tell the coordinators that the host has said yes, once."""
    for person in coordinators_of(placement.enrolment.cohort):
        tell(
            person,
            HOST_ANSWERED,
            facts=facts_about(placement, person),
            url=reverse("admin:applications_placement_change", args=[placement.pk]),
            dedupe_key=f"host_answered:{placement.pk}:{person.pk}",
        )


def tell_placement_confirmed(placement: Placement, *, by: int | None) -> None:
    """Tell the student, unless it was the own act (``by`` is the key of who confirmed), and the company."""
    student = placement.enrolment.student
    if by != student.pk:
        tell(
            student,
            PLACEMENT_CONFIRMED,
            facts=facts_about(placement, student),
            url=reverse("my_placement"),
            dedupe_key=f"placement_confirmed:{placement.pk}",
        )
    for person in representatives_of(placement.company_id):
        tell(
            person,
            TRAINEE_CONFIRMED,
            facts=facts_about(placement, person),
            url=reverse("company_trainees"),
            dedupe_key=f"trainee_confirmed:{placement.pk}:{person.pk}",
        )


def tell_placement_ended(placement: Placement, *, by: int | None) -> None:
    """Tell the student that the place is cancelled or ends early, unless it was the own act."""
    student = placement.enrolment.student
    if by == student.pk:
        return
    tell(
        student,
        PLACEMENT_ENDED,
        facts={**facts_about(placement, student), "reason": placement.reason},
        url=reverse("my_placement"),
        dedupe_key=f"placement_ended:{placement.pk}",
    )


def tell_placement_amended(amendment: PlacementAmendment) -> None:
    """Tell the student at once, and the company in the digest, what was changed and why."""
    placement = amendment.placement

    def say(person: User, kind: NoticeKind, url: str) -> None:
        with translation.override(person.language or None):
            change = ", ".join(f"{line.label}: {line.after}" for line in amendment.lines)
        facts = {**facts_about(placement, person), "change": change, "reason": amendment.reason}
        tell(person, kind, facts=facts, url=url, dedupe_key=f"amended:{amendment.pk}:{person.pk}")

    say(placement.enrolment.student, PLACEMENT_AMENDED, reverse("my_placement"))
    for person in representatives_of(placement.company_id):
        say(person, TRAINEE_AMENDED, reverse("company_trainees"))


def tell_supervisor_named(supervision_id: int, moment: str) -> None:
    """Tell a person that the person supervises a student; a supervision that is over by now is no error."""
    rows = PlacementSupervisor.objects.filter(pk=supervision_id, is_active=True)
    row = rows.select_related("user", "placement__enrolment__student", "placement__enrolment__cohort").first()
    if row is None:
        return
    tell(
        row.user,
        SUPERVISOR_NAMED,
        facts=facts_about(row.placement, row.user),
        url=reverse("home"),
        dedupe_key=f"supervisor_named:{row.pk}:{moment}",
    )
