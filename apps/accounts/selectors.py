"""Which people, organisations, notices and jobs a user may have: one query each."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from django.core.cache import cache
from django.db.models import CharField, Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from apps.accounts.models import (
    AccessLink,
    Agreement,
    Cohort,
    CohortGrant,
    Company,
    CompanyCapacity,
    CompanyGrant,
    CompanyMember,
    CompanyMerger,
    Department,
    DepartmentGrant,
    Enrolment,
    Erasure,
    HistoryEntry,
    ImportBatch,
    Job,
    Notice,
    OutboxTask,
    Programme,
    ProvisionedGroup,
    ServiceToken,
    SiteSettings,
    StaffProfile,
    StudentProfile,
    User,
)
from apps.accounts.permissions import coordinates_something, has_role, is_superuser
from apps.accounts.states import CompanyState, MemberKind, NoticeState, Role
from portal.kernel.access import Scope, scope_of
from portal.kernel.addresses import email_key

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


def read_scope(user: User) -> Scope:
    """Read a user's roles and anchors in one query: a UNION over the small tables that give them."""
    found: dict[str, set[str]] = {}
    for what, key in _anchor_rows(user):
        found.setdefault(what, set()).add(key)

    def keys(*names: str) -> frozenset[int]:
        return frozenset(int(key) for name in names for key in found.get(name, ()))

    return Scope(
        roles=frozenset(found.get("role", ())),
        departments=keys("department"),
        cohorts=keys("cohort"),
        companies=keys(MemberKind.REPRESENTATIVE),
        memberships=keys(MemberKind.REPRESENTATIVE, MemberKind.SUPERVISOR),
        coordinated_companies=keys("company"),
        has_studies="studies" in found,
    )


def _anchor_rows(user: User) -> QuerySet[Any, tuple[str, str]]:
    def rows(queryset: QuerySet[Any], what: Value | F, key: str) -> QuerySet[Any, Any]:
        plain = queryset.order_by().annotate(
            what=Cast(what, CharField(max_length=40)), key=Cast(F(key), CharField(max_length=160))
        )
        pairs: QuerySet[Any, Any] = plain.values_list("what", "key")
        return pairs

    tables = [
        rows(DepartmentGrant.objects.filter(user=user), Value("department"), "content_object_id"),
        rows(CohortGrant.objects.filter(user=user), Value("cohort"), "content_object_id"),
        rows(CompanyGrant.objects.filter(user=user), Value("company"), "content_object_id"),
        rows(CompanyMember.objects.filter(user=user, is_active=True), F("kind"), "company_id"),
        rows(StudentProfile.objects.filter(user=user), Value("studies"), "pk"),
    ]
    found: QuerySet[Any, tuple[str, str]] = rows(user.groups.all(), Value("role"), "name").union(*tables, all=True)
    return found


# -- scope as a condition -----------------------------------------------------------------------------------------


def in_scope(user: "Viewer", cohort: str = "cohort") -> Q:
    """Return the condition "the cohort at this path is coordinated by the user"; false for everybody else.

    ``cohort`` is the lookup path from the filtered model, such as ``"enrolment__cohort"``.
    """
    scope = scope_of(user)
    if Role.COORDINATOR not in scope.roles:
        return Q(pk__in=[])
    return Q(**{f"{cohort}__department__in": scope.departments}) | Q(**{f"{cohort}__in": scope.cohorts})


def everything_for(user: "Viewer", others: Q) -> Q:
    """Return ``others``, or no condition at all for a superuser."""
    return Q() if is_superuser(user) else others


# -- the installation ---------------------------------------------------------------------------------------------

SETTINGS_KEY: Final = "accounts.site_settings"
# Without Redis each process keeps its own copy, so a switch counts everywhere after this many seconds.
SETTINGS_KEPT_S: Final = 10


def site_settings() -> SiteSettings:
    """Return the switches of the installation, from the cache where it has them."""
    found: SiteSettings | None = cache.get(SETTINGS_KEY)
    if found is None:
        found = SiteSettings.objects.get(pk=SiteSettings.ONLY)
        cache.set(SETTINGS_KEY, found, SETTINGS_KEPT_S)
    return found


def site_settings_visible_to(user: "Viewer") -> QuerySet[SiteSettings]:
    """The one row, for the superuser; others have none."""
    return SiteSettings.objects.filter(_superuser(user))


def open_phases() -> QuerySet[Cohort, str]:
    """Return the phases of the cohorts that are open for registration."""
    return Cohort.objects.filter(is_open=True).order_by("phase").values_list("phase", flat=True).distinct()


# -- organisations ------------------------------------------------------------------------------------------------


def departments_visible_to(user: "Viewer") -> QuerySet[Department]:
    """Departments that the user coordinates wholly or through one of their cohorts; a superuser has all."""
    scope = scope_of(user)
    granted = Q(pk__in=scope.departments) | Q(cohorts__in=scope.cohorts)
    mine = granted if has_role(user, Role.COORDINATOR) else Q(pk__in=[])
    return Department.objects.filter(everything_for(user, mine)).distinct()


def programmes_visible_to(user: "Viewer") -> QuerySet[Programme]:
    """Programmes of the departments that the user has."""
    return Programme.objects.filter(department__in=departments_visible_to(user))


def cohorts_visible_to(user: "Viewer") -> QuerySet[Cohort]:
    """Cohorts that the user coordinates or, as a student, is enrolled in."""
    scope = scope_of(user)
    own = Q(enrolments__student=user.pk) if Role.STUDENT in scope.roles else Q(pk__in=[])
    granted = Q(department__in=scope.departments) | Q(pk__in=scope.cohorts)
    coordinated = granted if Role.COORDINATOR in scope.roles else Q(pk__in=[])
    return Cohort.objects.filter(everything_for(user, own | coordinated)).distinct()


def cohorts_coordinated_by(user: "Viewer") -> QuerySet[Cohort]:
    """Cohorts that the user coordinates; a superuser has all."""
    scope = scope_of(user)
    granted = Q(department__in=scope.departments) | Q(pk__in=scope.cohorts)
    mine = granted if has_role(user, Role.COORDINATOR) else Q(pk__in=[])
    return Cohort.objects.filter(everything_for(user, mine))


def departments_coordinated_by(user: "Viewer") -> QuerySet[Department]:
    """Departments that the user coordinates as a whole; a superuser has all."""
    scope = scope_of(user)
    mine = Q(pk__in=scope.departments) if has_role(user, Role.COORDINATOR) else Q(pk__in=[])
    return Department.objects.filter(everything_for(user, mine))


def enrolments_visible_to(user: "Viewer") -> QuerySet[Enrolment]:
    """The student's own, and those of the cohorts that the user coordinates."""
    own = Q(student=user.pk) if has_role(user, Role.STUDENT) else Q(pk__in=[])
    return Enrolment.objects.filter(everything_for(user, own | in_scope(user)))


def companies_visible_to(user: "Viewer") -> QuerySet[Company]:
    """Approved ones for everybody; others for who proposed them, their members and their moderators."""
    if not (user.is_authenticated and user.is_active):
        return Company.objects.none()
    seen = Q(state=CompanyState.APPROVED) | Q(proposed_by=user.pk) | Q(pk__in=scope_of(user).memberships)
    return Company.objects.filter(everything_for(user, seen | moderated(user)))


def companies_represented_by(user: "Viewer") -> QuerySet[Company]:
    """Companies for which the user acts."""
    return Company.objects.filter(represented(user, "pk"))


def companies_moderated_by(user: "Viewer") -> QuerySet[Company]:
    """Companies that the user may decide about as a coordinator; a superuser has all."""
    return Company.objects.filter(everything_for(user, moderated(user)))


def represented(user: "Viewer", company: str) -> Q:
    """Return ``represents_company`` as a condition; ``company`` is the lookup path from the filtered model to it."""
    if not has_role(user, Role.COMPANY_REPRESENTATIVE):
        return Q(pk__in=[])
    return Q(**{f"{company}__in": scope_of(user).companies})


def moderated(user: "Viewer", company: str = "") -> Q:
    """Return ``moderates_company`` as a condition; ``company`` is the lookup path from the filtered model to it."""
    scope = scope_of(user)
    if Role.COORDINATOR not in scope.roles:
        return Q(pk__in=[])
    path = f"{company}__" if company else ""
    mine = Q(**{f"{path}pk__in": scope.coordinated_companies}) | Q(**{f"{path}proposed_for__in": scope.departments})
    if scope.departments or scope.cohorts:
        mine |= Q(**{f"{path}proposed_for__isnull": True})
    return mine


def grants_reaching(anchor: Department | Cohort | Company) -> list[DepartmentGrant | CohortGrant | CompanyGrant]:
    """Return every grant through which somebody sees the anchor or a part of it, the widest first."""
    if isinstance(anchor, Department):
        whole, cohorts = Q(content_object=anchor), Q(content_object__department=anchor)
        companies = Q(content_object__proposed_for=anchor)
    elif isinstance(anchor, Cohort):
        whole, cohorts, companies = Q(content_object=anchor.department_id), Q(content_object=anchor), Q(pk__in=[])
    else:
        whole, cohorts, companies = Q(content_object=anchor.proposed_for_id), Q(pk__in=[]), Q(content_object=anchor)

    def rows(model: Any, condition: Q) -> list[Any]:
        found = model.objects.filter(condition).select_related("user", "content_object")
        return list(found.prefetch_related("user__groups").order_by("content_object", "user__last_name", "pk"))

    return [*rows(DepartmentGrant, whole), *rows(CohortGrant, cohorts), *rows(CompanyGrant, companies)]


def active_superusers() -> QuerySet[User]:
    """Everybody who sees all to configure it."""
    return User.objects.filter(is_superuser=True, is_active=True).order_by("pk")


# -- who is to be told --------------------------------------------------------------------------------------------


def representatives_of(company_id: int) -> QuerySet[User]:
    """The active representatives of a company."""
    theirs = CompanyMember.objects.filter(company=company_id, kind=MemberKind.REPRESENTATIVE, is_active=True)
    return User.objects.filter(is_active=True, pk__in=theirs.values("user"))


def coordinators_of(cohort: Cohort) -> QuerySet[User]:
    """The active coordinators with a grant on the cohort or on its department."""
    granted = Q(pk__in=CohortGrant.objects.filter(content_object=cohort).values("user"))
    granted |= Q(pk__in=DepartmentGrant.objects.filter(content_object=cohort.department_id).values("user"))
    return User.objects.filter(granted, is_active=True, groups__name=Role.COORDINATOR)


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


def jobs_visible_to(user: "Viewer") -> QuerySet[Job]:
    """One's own; a superuser has all."""
    return Job.objects.filter(everything_for(user, _own(user, "owner")))


def imports_visible_to(user: "Viewer") -> QuerySet[ImportBatch]:
    """One's own uploads, those into cohorts only while they are in one's scope; a superuser has all."""
    mine = in_scope(user)
    if coordinates_something(user):
        mine |= Q(cohort__isnull=True)
    return ImportBatch.objects.filter(everything_for(user, _own(user, "owner") & mine))


def notices_visible_to(user: "Viewer") -> QuerySet[Notice]:
    """Those that tell the user something; nobody reads another person's."""
    return Notice.objects.filter(_own(user, "recipient"))


def unread_notice_count(user: "Viewer") -> int:
    """Return how many notices the user has not read."""
    return notices_visible_to(user).filter(read_at__isnull=True).count()


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
    return Notice.objects.filter(_superuser(user), state=NoticeState.FAILED)


def outbox_tasks_visible_to(user: "Viewer") -> QuerySet[OutboxTask]:
    """The installation's background work, for the superuser; others have none."""
    return OutboxTask.objects.filter(_superuser(user))


def _superuser(user: "Viewer") -> Q:
    return everything_for(user, Q(pk__in=[]))


def links_visible_to(user: "Viewer") -> QuerySet[AccessLink]:
    """Links that open an object which the user coordinates; a superuser has all.

    What a link opens belongs to an upper app, which says by ``scope_links_with`` which of its rows a user has.
    """
    return AccessLink.objects.filter(everything_for(user, _opens_coordinated(user)))


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
    return ServiceToken.objects.filter(_superuser(user))


def groups_of_the_directory_visible_to(user: "Viewer") -> QuerySet[ProvisionedGroup]:
    """For the superuser; others have none."""
    return ProvisionedGroup.objects.filter(_superuser(user))


def erasures_visible_to(user: "Viewer") -> QuerySet[Erasure]:
    """For the superuser; others have none."""
    return Erasure.objects.filter(_superuser(user))


def _own(user: "Viewer", path: str) -> Q:
    return Q(**{path: user.pk}) if user.is_authenticated and user.is_active else Q(pk__in=[])


def look_alike_companies(
    normal_name: str,
    *,
    registration_no: str = "",
    domains: Iterable[str] = (),
    except_pk: int | None = None,
) -> QuerySet[Company]:
    """Return the companies that are perhaps the same, for the warning before one is entered twice.

    They share the normal name, the registration number (normal form) or a domain of web or mail. One that was merged
    is answered by the company that stands for it.
    """
    same = Q(normal_name=normal_name) if normal_name else Q(pk__in=[])
    if registration_no:
        same |= Q(normal_registration_no=registration_no)
    known = [domain for domain in domains if domain]
    if known:
        same |= Q(web_domain__in=known) | Q(mail_domain__in=known)
    alike = Company.objects.filter(same).order_by().values("pk")
    # A company may have been merged into one that was merged later.
    stands = Q(pk__in=alike) | Q(merged__in=alike) | Q(merged__merged__in=alike)
    found = Company.objects.filter(stands, merged_into__isnull=True).distinct()
    return found if except_pk is None else found.exclude(pk=except_pk)


def agreements_visible_to(user: "Viewer") -> QuerySet[Agreement]:
    """The set for which ``can_view_agreement`` holds."""
    return Agreement.objects.filter(everything_for(user, _overseen(user)))


def agreements_to_renew(user: "Viewer", *, before: dt.date) -> QuerySet[Agreement]:
    """The newest agreements of approved companies of the user's that end before a day, the first to end first."""
    later = Agreement.objects.filter(company=OuterRef("company"), expires_on__gt=OuterRef("expires_on"))
    mine = Agreement.objects.filter(everything_for(user, moderated(user, "company")), ~Exists(later))
    return mine.filter(company__state=CompanyState.APPROVED, expires_on__lt=before).order_by("expires_on", "pk")


def capacities_visible_to(user: "Viewer") -> QuerySet[CompanyCapacity]:
    """The set for which ``can_view_capacity`` holds."""
    return CompanyCapacity.objects.filter(everything_for(user, _overseen(user)))


def mergers_visible_to(user: "Viewer") -> QuerySet[CompanyMerger]:
    """The set for which ``can_view_merger`` holds."""
    return CompanyMerger.objects.filter(everything_for(user, moderated(user, "kept")))


def _overseen(user: "Viewer") -> Q:
    return represented(user, "company") | moderated(user, "company")
