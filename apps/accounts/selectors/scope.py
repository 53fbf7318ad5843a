"""A user's roles and anchors, and what lies in their scope, as conditions of a query."""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from apps.accounts.models import (
    CohortGrant,
    CompanyGrant,
    CompanyMember,
    DepartmentGrant,
    StudentProfile,
    User,
)
from apps.accounts.permissions import is_superuser
from apps.accounts.states import MemberKind, Role
from portal.kernel.access import Scope, scope_of

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

# Stands for the user in the statement that is kept; no key is negative.
_SOMEBODY: Final = -1


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
        cohort_departments=keys("department of cohort"),
        companies=keys(MemberKind.REPRESENTATIVE),
        memberships=keys(MemberKind.REPRESENTATIVE, MemberKind.SUPERVISOR),
        coordinated_companies=keys("company"),
        has_studies="studies" in found,
    )


def _anchor_rows(user: User) -> list[tuple[str, str]]:
    sql, parameters = _statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, [user.pk if value == _SOMEBODY else value for value in parameters])
        rows: list[tuple[str, str]] = cursor.fetchall()
    return rows


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """Return the query as text: every request needs it, and to build it costs ten times what the database does."""
    sql, parameters = _anchors_of(User(pk=_SOMEBODY)).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, tuple(parameters)


def _anchors_of(user: User) -> QuerySet[Any, tuple[str, str]]:
    def rows(queryset: QuerySet[Any], what: Value | F, key: str) -> QuerySet[Any, Any]:
        plain = queryset.order_by().annotate(
            what=Cast(what, CharField(max_length=40)), key=Cast(F(key), CharField(max_length=160))
        )
        pairs: QuerySet[Any, Any] = plain.values_list("what", "key")
        return pairs

    tables = [
        rows(DepartmentGrant.objects.filter(user=user), Value("department"), "content_object_id"),
        rows(CohortGrant.objects.filter(user=user), Value("cohort"), "content_object_id"),
        rows(CohortGrant.objects.filter(user=user), Value("department of cohort"), "content_object__department_id"),
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


def superuser_only(user: "Viewer") -> Q:
    """Return the condition that holds for every row if the user is the superuser, else for none."""
    return everything_for(user, Q(pk__in=[]))
