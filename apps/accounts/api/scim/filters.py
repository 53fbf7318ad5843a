"""Filters of SCIM as conditions of the database."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q
from scim2_models import InvalidFilterException
from scim2_models.path import Comparison, FilterVisitor, LogicalExpr, Not, Present, ValuePath

USERS: Final[Mapping[str, str]] = {
    "id": "pk",
    "username": "username",
    "externalid": "provisioned__external_id",
    "active": "is_active",
    "name.givenname": "first_name",
    "name.familyname": "last_name",
    "emails": "email",
    "emails.value": "email",
    "groups": "provisioned_groups__pk",
    "groups.value": "provisioned_groups__pk",
    "meta.created": "date_joined",
}
GROUPS: Final[Mapping[str, str]] = {
    "id": "pk",
    "displayname": "name",
    "externalid": "external_id",
    "members": "members__pk",
    "members.value": "members__pk",
    "meta.created": "created_at",
    "meta.lastmodified": "updated_at",
}
# Kept exactly as written (RFC 7643, sections 3.1 and 7); the others compare without case.
EXACT: Final = frozenset({"pk", "provisioned__external_id", "external_id", "is_active"})
TEXT_LOOKUPS: Final[Mapping[str, str]] = {"eq": "iexact", "co": "icontains", "sw": "istartswith", "ew": "iendswith"}
EXACT_LOOKUPS: Final[Mapping[str, str]] = {"eq": "exact", "co": "contains", "sw": "startswith", "ew": "endswith"}
ORDER_LOOKUPS: Final[Mapping[str, str]] = {"eq": "exact", "gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}


class Conditions(FilterVisitor[Q]):
    """Turn a filter into a ``Q`` over the fields of ``known``; what is not among them is an invalid filter."""

    def __init__(self, known: Mapping[str, str], prefix: str = "") -> None:
        self.known = known
        self.prefix = prefix

    def _field(self, path: Any) -> str:
        name = str(path).rpartition(":")[2].casefold()
        field = self.known.get(f"{self.prefix}{name}")
        if field is None:
            raise InvalidFilterException(detail=f"This attribute cannot be filtered by: {path}")
        return field

    def visit_comparison(self, node: Comparison) -> Q:
        field, operator, value = self._field(node.attr_path), str(node.op).casefold(), node.value
        if operator == "ne":
            return ~self._compared(field, "eq", value)
        return self._compared(field, operator, value)

    def _compared(self, field: str, operator: str, value: Any) -> Q:
        if value is None:
            return Q(**{f"{field}__isnull": True})
        if isinstance(value, bool) != (field == "is_active"):
            raise InvalidFilterException(detail="true and false belong to the attribute active alone.")
        if field.endswith("pk"):
            return Q(**{field: value}) if operator == "eq" and _is_key(value) else Q(pk__in=[])
        lookups = EXACT_LOOKUPS if field in EXACT else TEXT_LOOKUPS
        if field in {"date_joined", "created_at", "updated_at"}:
            lookups = ORDER_LOOKUPS
        if operator not in lookups:
            raise InvalidFilterException(detail=f"This attribute cannot be compared by {operator}.")
        if not isinstance(value, bool | str | dt.datetime):
            raise InvalidFilterException(detail="Compare with a text.")
        if isinstance(value, str) and not _is_storable(value):
            return Q(pk__in=[])
        return Q(**{f"{field}__{lookups[operator]}": value})

    def visit_present(self, node: Present) -> Q:
        field = self._field(node.attr_path)
        present = Q(**{f"{field}__isnull": False})
        return present if field in {"pk", "is_active"} or field.endswith("_at") else present & ~Q(**{field: ""})

    def visit_not(self, node: Not) -> Q:
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        found = Q()
        for term in node.terms:
            found = found & self.visit(term) if str(node.op).casefold() == "and" else found | self.visit(term)
        return found

    def visit_value_path(self, node: ValuePath) -> Q:
        name = str(node.attr_path).rpartition(":")[2].casefold()
        return Conditions(self.known, prefix=f"{name}.").visit(node.val_filter)


def _is_storable(text: str) -> bool:
    """Say whether a database can hold the text at all: no NUL, no half of a character."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _is_key(value: Any) -> bool:
    text = str(value)
    return text.isascii() and text.isdecimal() and len(text) <= len(str(2**53))
