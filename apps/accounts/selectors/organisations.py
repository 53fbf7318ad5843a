"""The installation, departments, cohorts and companies: which a user may have, and who is to be told of them."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import (
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
    Programme,
    SiteSettings,
    User,
)
from apps.accounts.permissions import has_role
from apps.accounts.states import CompanyState, MemberKind, Role
from portal.kernel.access import scope_of

if TYPE_CHECKING:
    from portal.kernel.access import Viewer
from apps.accounts.selectors.scope import everything_for, in_scope, superuser_only

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
    return SiteSettings.objects.filter(superuser_only(user))


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


def contacts_visible_to(user: "Viewer") -> QuerySet[Company]:
    """The set for which ``can_view_company_contact`` holds. Reads the relation of an upper app by its name only."""
    if not (user.is_authenticated and user.is_active):
        return Company.objects.none()
    seen = Q(pk__in=scope_of(user).memberships) | Q(proposed_by=user.pk) | moderated(user)
    placed = Company.objects.order_by().filter(placements__enrolment__student=user.pk)
    if has_role(user, Role.STUDENT):
        seen |= Q(pk__in=placed.values("pk"))
    supervised = Company.objects.order_by().filter(
        placements__supervisors__user=user.pk, placements__supervisors__is_active=True
    )
    return Company.objects.filter(everything_for(user, seen | Q(pk__in=supervised.values("pk"))))


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
    mine |= Q(**{f"{path}proposed_in__in": scope.cohorts})
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
        whole, companies = Q(content_object=anchor.proposed_for_id), Q(content_object=anchor)
        cohorts = Q(content_object=anchor.proposed_in_id)

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


def coordinators_by_cohort(cohorts: Iterable[int]) -> dict[int, list[User]]:
    """Return the active coordinators of each cohort by its key, with three queries for any number of cohorts."""
    departments = dict(Cohort.objects.filter(pk__in=set(cohorts)).order_by().values_list("pk", "department"))
    active = {"user__is_active": True, "user__groups__name": Role.COORDINATOR}
    of_cohort = CohortGrant.objects.filter(content_object__in=departments, **active).select_related("user")
    of_department = DepartmentGrant.objects.filter(content_object__in=set(departments.values()), **active)
    found: dict[int, dict[int, User]] = {pk: {} for pk in departments}
    for grant in of_cohort.order_by("pk"):
        found[grant.content_object_id][grant.user_id] = grant.user
    for grant in of_department.select_related("user").order_by("pk"):
        for pk, department in departments.items():
            if department == grant.content_object_id:
                found[pk][grant.user_id] = grant.user
    return {pk: list(people.values()) for pk, people in found.items()}


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
