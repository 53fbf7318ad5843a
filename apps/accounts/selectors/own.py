"""People, jobs, notices, links, tokens and history: which a user may have."""

import datetime as dt
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from allauth.account.models import EmailAddress
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import (
    AccessLink,
    Enrolment,
    Erasure,
    HistoryEntry,
    ImportBatch,
    ImportSchedule,
    Job,
    KeptAnswer,
    MailTrouble,
    MassMail,
    Notice,
    OutboxTask,
    ProvisionedGroup,
    SavedView,
    ServiceToken,
    StaffProfile,
    StudentProfile,
    TokenFamily,
    User,
    Webhook,
)
from apps.accounts.permissions import coordinates_something, has_role
from apps.accounts.states import NoticeState, Role
from portal.kernel.access import scope_of
from portal.kernel.addresses import email_key

if TYPE_CHECKING:
    from portal.kernel.access import Viewer
from apps.accounts.selectors.organisations import departments_coordinated_by
from apps.accounts.selectors.scope import everything_for, in_scope, superuser_only

# -- what is the user's own ---------------------------------------------------------------------------------------


def people_visible_to(user: "Viewer") -> QuerySet[User]:
    """Oneself; students and staff of what the user coordinates; a superuser has all."""
    staff = StaffProfile.objects.filter(department__in=departments_coordinated_by(user))
    looked_after = Q(pk__in=students_managed_by(user).values("user")) | Q(pk__in=staff.values("user"))
    return User.objects.filter(everything_for(user, _own(user, "pk") | looked_after))


def is_unwelcomed(student: "Viewer") -> bool:
    """Say whether a student whom the university entered signs in for the first time."""
    return StudentProfile.objects.filter(user=student.pk, welcomed_at=None).exists()


def look_alikes_of(email: str) -> QuerySet[User]:
    """Return who has this address or one that looks the same; ``email`` is in its stored form."""
    return User.objects.filter(email_key=email_key(email))


def is_address_of_student(email: str) -> bool:
    """Say whether a student has this address, one that looks the same, or confirmed it as a second one.

    ``email`` is in its stored form.
    """
    if look_alikes_of(email).filter(groups__name=Role.STUDENT).exists():
        return True
    # The package has no types for its models.
    return bool(EmailAddress.objects.filter(email__iexact=email, user__groups__name=Role.STUDENT).exists())


def saved_views_visible_to(user: "Viewer") -> QuerySet[SavedView]:
    """One's own views, and those shared with a department in which the user coordinates something."""
    mine = Q(owner=user.pk) if user.is_authenticated and user.is_active else Q(pk__in=[])
    scope = scope_of(user)
    theirs = scope.departments | scope.cohort_departments if has_role(user, Role.COORDINATOR) else frozenset()
    shared = everything_for(user, Q(department__in=theirs))
    return SavedView.objects.filter(mine | (Q(department__isnull=False) & shared))


def jobs_visible_to(user: "Viewer") -> QuerySet[Job]:
    """One's own; a superuser has all."""
    return Job.objects.filter(everything_for(user, _own(user, "owner")))


def imports_visible_to(user: "Viewer") -> QuerySet[ImportBatch]:
    """One's own uploads, those into cohorts only while they are in one's scope; a superuser has all."""
    return ImportBatch.objects.filter(everything_for(user, _own(user, "owner") & _imports_of_scope(user)))


def _imports_of_scope(user: "Viewer") -> Q:
    """Those into cohorts of one's scope and, for who coordinates something, those into none."""
    mine = in_scope(user)
    if coordinates_something(user):
        mine |= Q(cohort__isnull=True)
    return mine


def import_schedules_visible_to(user: "Viewer") -> QuerySet[ImportSchedule]:
    """One's own, those into cohorts only while they are in one's scope; a superuser has all."""
    return ImportSchedule.objects.filter(everything_for(user, _own(user, "owner") & _imports_of_scope(user)))


def notices_visible_to(user: "Viewer") -> QuerySet[Notice]:
    """Those that tell the user something; nobody reads another person's."""
    return Notice.objects.filter(_own(user, "recipient"))


def token_families_visible_to(user: "Viewer") -> QuerySet[TokenFamily]:
    """Sign-ins of one's own programs; nobody sees those of another person."""
    return TokenFamily.objects.filter(_own(user, "user"))


def rights_number(person: User) -> int:
    """Return a number that changes with the person's roles: enough to see a change, and it names none."""
    return zlib.crc32(" ".join([*sorted(scope_of(person).roles), *["*"] * person.is_superuser]).encode())


def running_token_families_of(user: User) -> QuerySet[TokenFamily]:
    """Those of one's own that may still get new tokens, the one used last first.

    Those from before a new password or other roles get none.
    """
    rows = token_families_visible_to(user).filter(ended_at=None, expires_at__gt=timezone.now())
    rows = rows.filter(Q(session_version=None) | Q(session_version=user.session_version))
    rows = rows.filter(Q(rights=None) | Q(rights=rights_number(user)))
    return rows.order_by("-rotated_at", "-pk")


def kept_answers_visible_to(user: "Viewer") -> QuerySet[KeptAnswer]:
    """What one's own programs were answered; nobody sees those of another person."""
    return KeptAnswer.objects.filter(_own(user, "user"))


MOST_COUNTED: Final = 100


def unread_notice_count(user: "Viewer") -> int:
    """Return how many notices the user has not read, 100 for more: the bell of every page asks, and shows "99+"."""
    return notices_visible_to(user).filter(read_at__isnull=True).order_by()[:MOST_COUNTED].count()


def mail_troubles_visible_to(user: "Viewer") -> QuerySet[MailTrouble]:
    """Addresses that bounce: of students and staff whom the user coordinates, and of who got a link about them."""
    looked_after = Q(user__in=students_managed_by(user).values("user")) | Q(
        user__in=staff_managed_by(user).values("user")
    )
    asked_by_link = Q(user__in=links_revocable_by(user).order_by().values("user"))
    return MailTrouble.objects.filter(everything_for(user, looked_after | asked_by_link))


def mass_mails_visible_to(user: "Viewer") -> QuerySet[MassMail]:
    """Those that the user wrote, as long as the user coordinates something; a superuser has all."""
    mine = Q(author=user.pk) if coordinates_something(user) else Q(pk__in=[])
    return MassMail.objects.filter(everything_for(user, mine))


def history_visible_to(user: "Viewer") -> QuerySet[HistoryEntry]:
    """Entries about objects of the departments that the user coordinates wholly; a superuser has all."""
    scope = scope_of(user)
    mine = Q(department__in=scope.departments) if Role.COORDINATOR in scope.roles else Q(pk__in=[])
    return HistoryEntry.objects.filter(everything_for(user, mine))


def history_of(obj: Model) -> QuerySet[HistoryEntry]:
    """Return the entries of one object, newest first; whoever may see the object may see how it came about."""
    label = obj._meta.label
    return HistoryEntry.objects.filter(target_label=label, target_id=obj.pk).select_related("actor")


def undelivered_notices_visible_to(user: "Viewer") -> QuerySet[Notice]:
    """Notices that the mail server refused for good, for the superuser; others have none."""
    return Notice.objects.filter(superuser_only(user), state=NoticeState.FAILED)


def outbox_tasks_visible_to(user: "Viewer") -> QuerySet[OutboxTask]:
    """The installation's background work, for the superuser; others have none."""
    return OutboxTask.objects.filter(superuser_only(user))


def links_visible_to(user: "Viewer") -> QuerySet[AccessLink]:
    """Links that open an object which the user coordinates; a superuser has all.

    What a link opens belongs to an upper app, which says by ``scope_links_with`` which of its rows a user has.
    """
    return AccessLink.objects.filter(everything_for(user, _opens_coordinated(user)))


# Who means to open a link does so within the first days.
UNOPENED_DAYS: Final = 3


def never_opened(links: QuerySet[AccessLink]) -> QuerySet[AccessLink]:
    """Keep the links that still open something and that nobody has opened for ``UNOPENED_DAYS`` days."""
    now = timezone.now()
    waiting = links.filter(opened_at__isnull=True, used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    return waiting.filter(created_at__lt=now - dt.timedelta(days=UNOPENED_DAYS))


def links_revocable_by(user: "Viewer") -> QuerySet[AccessLink]:
    """Links that open an object which the user coordinates: a superuser looks on, and acts for nobody."""
    return AccessLink.objects.filter(_opens_coordinated(user))


def _opens_coordinated(user: "Viewer") -> Q:
    mine = Q(pk__in=[])
    if has_role(user, Role.COORDINATOR):
        for label, selector in _link_targets.items():
            mine |= Q(target_label=label, target_id__in=selector(user).order_by().values("pk"))
    return mine


_link_targets: dict[str, Callable[[Any], QuerySet[Any]]] = {}


def scope_links_with(label: str, selector: Callable[[Any], QuerySet[Any]]) -> None:
    """Tell which rows of a model of an upper app a user has, so that coordinators see the links to them."""
    _link_targets[label] = selector


def labels_of_scoped_links() -> list[str]:
    """Return the models whose links coordinators see, sorted."""
    return sorted(_link_targets)


def students_managed_by(user: "Viewer") -> QuerySet[StudentProfile]:
    """Students of a programme of the user's departments, and those enrolled in a cohort that the user coordinates."""
    scope = scope_of(user)
    coordinated = Enrolment.objects.filter(in_scope(user)).values("student")
    mine = Q(programme__department__in=scope.departments) | Q(user__in=coordinated)
    mine = mine if has_role(user, Role.COORDINATOR) else Q(pk__in=[])
    return StudentProfile.objects.filter(everything_for(user, mine))


def staff_managed_by(user: "Viewer") -> QuerySet[StaffProfile]:
    """Members of staff of the departments that the user coordinates as a whole; a superuser has all."""
    mine = Q(department__in=scope_of(user).departments) if has_role(user, Role.COORDINATOR) else Q(pk__in=[])
    return StaffProfile.objects.filter(everything_for(user, mine))


def people_of_the_directory() -> QuerySet[User]:
    """People whom the university's directory keeps: students, staff and whom it entered; never a superuser."""
    known = Q(student_profile__isnull=False) | Q(staff_profile__isnull=False) | Q(provisioned__isnull=False)
    return User.objects.filter(known, is_superuser=False).exclude(provisioned__removed_at__isnull=False)


def service_tokens_visible_to(user: "Viewer") -> QuerySet[ServiceToken]:
    """For the superuser; others have none."""
    return ServiceToken.objects.filter(superuser_only(user))


def webhooks_visible_to(user: "Viewer") -> QuerySet[Webhook]:
    """For the superuser; others have none."""
    return Webhook.objects.filter(superuser_only(user))


def groups_of_the_directory_visible_to(user: "Viewer") -> QuerySet[ProvisionedGroup]:
    """For the superuser; others have none."""
    return ProvisionedGroup.objects.filter(superuser_only(user))


def erasures_visible_to(user: "Viewer") -> QuerySet[Erasure]:
    """For the superuser; others have none."""
    return Erasure.objects.filter(superuser_only(user))


def _own(user: "Viewer", path: str) -> Q:
    return Q(**{path: user.pk}) if user.is_authenticated and user.is_active else Q(pk__in=[])
