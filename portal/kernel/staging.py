"""Rows from a file into a table and from there into others, without an object for any of them.

Two dialects behind the same few functions: PostgreSQL takes rows by COPY and hands out keys by sequences, SQLite takes
them by ``executemany`` and, as it has one writer at a time, counts keys on from the last one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any

from django.db import connection
from django.db.models import Field, Model

# What COPY takes for something else in a cell.
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def json_objects(columns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield an object of texts in JSON for each row of these columns; all are equally long."""
    names = (json.dumps(name, ensure_ascii=False).replace("%", "%%") for name in columns)
    template = "{" + ", ".join(f'{name}: "%s"' for name in names) + "}"
    return map(template.__mod__, zip(*(_json_cells(cells) for cells in columns.values()), strict=True))


def _json_cells(cells: Sequence[str]) -> Sequence[str]:
    text = "\t".join(cells)
    if text.replace("\t", "").isprintable() and '"' not in text and "\\" not in text:
        return cells
    return [json.dumps(cell, ensure_ascii=False)[1:-1] for cell in cells]


def copy_many(model: type[Model], shared: Mapping[str, str], columns: Mapping[str, Sequence[str] | None]) -> None:
    """Insert rows whose cells are texts as the database reads them; ``shared`` are those that all have in common.

    The names are attributes of the model (``batch_id``); a column that is None is NULL in every row. Nothing is filled
    in. Four times faster than ``insert_many``, which converts every cell and hands over arrays.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    given = {name: cells for name, cells in columns.items() if cells is not None}
    names = ", ".join(quote(str(fields[name].column)) for name in [*shared, *given])
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            same = "".join(f"{value.translate(_ESCAPES)}\t" for value in shared.values())
            lines = map("\t".join, zip(*(_copy_cells(cells) for cells in given.values()), strict=True))
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write(same + f"\n{same}".join(lines) + "\n")
        else:
            marks = ", ".join(["%s"] * (len(shared) + len(given)))
            rows = zip(*(repeat(value) for value in shared.values()), *given.values(), strict=False)
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608 - names are ours


def _copy_cells(cells: Sequence[str]) -> Sequence[str]:
    text = "\0".join(cells)
    if "\\" not in text and "\n" not in text and "\t" not in text and "\r" not in text:
        return cells
    return [cell.translate(_ESCAPES) for cell in cells]


def insert_from(model: type[Model], cells: Mapping[str, str], shared: Mapping[str, Any], source: "Source") -> int:
    """Insert a row for each row of ``source``; return how many.

    ``cells`` are expressions in SQL, ``shared`` values of all rows, both by attributes of the model. Every other field
    gets its default, as an object would. Raises ``ValueError`` for a field that has none.
    """
    names, taken, parameters = [], [], []
    for field in model._meta.concrete_fields:
        if field.attname in cells:
            taken.append(cells[field.attname])
        elif field.primary_key:
            continue
        else:
            taken.append("%s")
            parameters.append(_shared_value(field, shared))
        names.append(connection.ops.quote_name(str(field.column)))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(taken)} FROM {source.sql}"  # noqa: S608 - names are ours
        cursor.execute(statement, [*parameters, *source.parameters])
        return int(cursor.rowcount)


def _shared_value(field: "Field[Any, Any]", shared: Mapping[str, Any]) -> Any:
    value = shared[field.attname] if field.attname in shared else field.get_default()
    if value is None and not field.null:
        message = f"{field} has no default"
        raise ValueError(message)
    return field.get_db_prep_save(value, connection)


class Source:
    """Where ``insert_from`` reads: what stands behind FROM, with its parameters."""

    def __init__(self, sql: str, parameters: Sequence[Any]) -> None:
        """Keep both; the parameters come in their order in the text."""
        self.sql, self.parameters = sql, list(parameters)


def reserve_keys(model: type[Model], count: int) -> list[int]:
    """Return that many keys that no other row gets; inside a transaction on SQLite, where they are the next ones."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The sequence is looked up once, not for each key, and the keys come as one text: nine times faster.
            named = "(SELECT pg_get_serial_sequence(%s, %s)::regclass AS name OFFSET 0) AS sequence"
            keys = f"SELECT string_agg(nextval(sequence.name)::text, ' ') FROM {named}, generate_series(1, %s)"  # noqa: S608 - names are ours
            cursor.execute(keys, [table, column, count])
            return [int(key) for key in (cursor.fetchone()[0] or "").split()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return list(range(last + 1, last + count + 1))


def hands_out_keys() -> bool:
    """Say whether keys can be reserved before the transaction that uses them."""
    return connection.vendor == "postgresql"


def texts_as_rows(texts: Sequence[str], name: str) -> Source:
    """Return a source of the texts, none of which has a line feed in it: one column, ``<name>.value``."""
    if connection.vendor == "postgresql":
        return Source(f"unnest(string_to_array(%s, E'\\n')) AS {name} (value)", ["\n".join(texts)])
    return Source(f"json_each(%s) AS {name}", [json.dumps(list(texts))])


def objects_as_rows(texts: Sequence[str], name: str) -> Source:
    """Return a source of objects in JSON: one column, ``<name>.value``, of which ``->>`` takes the members."""
    kind = "jsonb_array_elements(%s::jsonb)" if connection.vendor == "postgresql" else "json_each(%s)"
    return Source(f"{kind} AS {name}", [f"[{', '.join(texts)}]"])


def random_text() -> str:
    """Return the expression of a text that nobody can guess, another one in every row: 122 bits and more."""
    if connection.vendor == "postgresql":
        return "replace(gen_random_uuid()::text, '-', '')"
    return "lower(hex(randomblob(20)))"


@contextmanager
def joins_by_hash() -> Iterator[None]:
    """Keep PostgreSQL from looking up row by row in a table of which it has no statistics yet."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")
