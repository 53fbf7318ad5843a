"""Many rows in one statement, with one parameter a column and not one a cell.

Thousands of placeholders are what is slow in "these 5,000 rows": the statement is built, split and planned cell by
cell. PostgreSQL takes an array in their place, SQLite a list in JSON.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.db import connection
from django.db.models import Expression, F, Field, Lookup, Model

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

type Sql = tuple[str, tuple[Any, ...]]


class AnyOf(Lookup[Any]):
    """The condition that the primary key is one of the list: ``filter(among(pks))``."""

    prepare_rhs = False

    def as_sql(self, compiler: "SQLCompiler", connection: "BaseDatabaseWrapper") -> Sql:
        """Write it for SQLite, which has no arrays and reads JSON."""
        column, parameters = self.process_lhs(compiler, connection)
        values = json.dumps(self._values(connection))
        condition = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - the column's name is ours
        return condition, (*parameters, values)

    def as_postgresql(self, compiler: "SQLCompiler", connection: "BaseDatabaseWrapper") -> Sql:
        """Write it for PostgreSQL."""
        column, parameters = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{column} = ANY(%s::{kind}[])", (*parameters, self._values(connection))

    def _values(self, connection: "BaseDatabaseWrapper") -> list[Any]:
        field = self.lhs.output_field
        return [field.get_db_prep_value(value, connection) for value in cast("list[Any]", self.rhs)]


def among(pks: Sequence[Any]) -> AnyOf:
    """Return the condition that a row's primary key is one of these."""
    return AnyOf(cast("Expression", F("pk")), list(pks))


def insert_many(model: type[Model], shared: Mapping[str, Any], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows that differ in ``columns`` only and have ``shared`` in common; every column is equally long.

    The names are attributes of the model (``actor_id``). Nothing is filled in: fields that are not named must have a
    default in the database or allow NULL. Slower way that was tried: ``bulk_create`` (3x), which makes an object and
    prepares every cell.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    same = [fields[name].get_db_prep_save(value, connection) for name, value in shared.items()]
    differing: list[Any] = [
        [fields[name].get_db_prep_save(value, connection) for value in values] for name, values in columns.items()
    ]
    names = ", ".join(quote(str(fields[name].column)) for name in [*shared, *columns])
    if connection.vendor == "postgresql":
        kinds = ", ".join(f"%s::{fields[name].rel_db_type(connection)}[]" for name in columns)
        source, parameters = f"rows.* FROM unnest({kinds}) AS rows", differing
    else:
        cells = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(columns)))
        source, parameters = f"{cells} FROM json_each(%s)", [json.dumps(list(zip(*differing, strict=True)))]
    marks = "".join("%s, " for _value in same)
    with connection.cursor() as cursor:
        table = quote(model._meta.db_table)
        statement = f"INSERT INTO {table} ({names}) SELECT {marks}{source}"
        cursor.execute(statement, [*same, *parameters])


def update_each(model: type[Model], name: str, values: Mapping[Any, Any]) -> None:
    """Set one column to its own value in each row, ``values`` by primary key; nothing is converted or filled in.

    Slower way that was tried: ``bulk_update``, which writes a CASE with four placeholders for each row.
    """
    quote = connection.ops.quote_name
    field, key = cast("Field[Any, Any]", model._meta.get_field(name)), model._meta.pk
    pairs = [
        (key.get_db_prep_save(pk, connection), field.get_db_prep_save(value, connection))
        for pk, value in values.items()
    ]
    parameters: list[Any]
    if connection.vendor == "postgresql":
        source = (
            f"unnest(%s::{key.rel_db_type(connection)}[], %s::{field.rel_db_type(connection)}[]) AS rows (pk, value)"
        )
        taken, parameters = ("rows.pk", "rows.value"), [[pk for pk, _v in pairs], [value for _pk, value in pairs]]
    else:
        source, parameters = "json_each(%s) AS rows", [json.dumps(pairs)]
        taken = ("json_extract(rows.value, '$[0]')", "json_extract(rows.value, '$[1]')")
    table, column = quote(model._meta.db_table), quote(str(field.column))
    with connection.cursor() as cursor:
        statement = f"UPDATE {table} SET {column} = {taken[1]} FROM {source}"  # noqa: S608 - names are ours
        cursor.execute(f"{statement} WHERE {table}.{quote(str(key.column))} = {taken[0]}", parameters)
