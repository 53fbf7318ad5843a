"""Writes the part of the client that the API's description decides: a type a body, a method an operation.

Own code and not a library: those on the index write packages of hundreds of files with a library of their own for each
transport, know neither ``Idempotency-Key`` nor our pages, and could not be handed out as one file.
"""

import json
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
LONGEST_LINE: Final = 120
METHODS: Final = ("get", "post", "put", "patch", "delete")
NAMED: Final = {"integer": "int", "number": "float", "boolean": "bool", "string": "str", "null": "None"}
FORM: Final = "multipart/form-data"
JSON: Final = "application/json"
CONDITIONS: Final = {"If-Match": "if_match: int | str | None", "Idempotency-Key": "idempotency_key: str | None"}
# Refusals are exceptions, and a page is one type for all.
NOT_WRITTEN: Final = "Problem"
PAGE: Final = ("next", "previous", "results")
REFERENCE: Final = re.compile(r"#/components/schemas/(\w+)")

type Schema = Mapping[str, Any]

HEAD: Final = '''"""Written by ``make golden`` from the API's description; whatever is changed is gone next time."""

from typing import Any, Literal, NotRequired, TypedDict

from portal.client.transport import Day, File, Moment, Page, Transport, Upload'''


def write_operations(description: Schema) -> str:
    """Return ``operations.py`` for an OpenAPI description."""
    types = _Types(description["components"]["schemas"])
    operations = [
        _Operation(path, method, found, types)
        for path, item in sorted(description["paths"].items())
        for method, found in item.items()
        if method in METHODS
    ]
    methods = "\n\n".join("\n".join(operation.lines()) for operation in operations)
    head = 'class Client(Transport):\n    """Every operation of the API, by the name that the description gives it."""'
    return "\n\n\n".join([HEAD, *types.written(), f"{head}\n\n{methods}\n"])


def whole_client() -> str:
    """Return the client as one file: how it sends and what there is to send."""
    transport, operations = ((HERE / name).read_text(encoding="utf-8") for name in ("transport.py", "operations.py"))
    head, _line, body = operations.partition("from portal.client.transport import ")
    imports = head[head.index("from typing") :].strip()
    return f"{transport}\n\n{imports}\n{body.partition('\n')[2]}"


class _Types:
    """The named types, each written after those that it names."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self.schemas = schemas

    def written(self) -> Iterator[str]:
        plain = {name: schema for name, schema in self.schemas.items() if "properties" not in schema}
        yield "\n".join(_fitting(f"type {name} = ", self.of(schema, sent=False)) for name, schema in plain.items())
        done = {NOT_WRITTEN, *plain}
        for name in self.schemas:
            yield from self._after_its_parts(name, done)

    def _after_its_parts(self, name: str, done: set[str]) -> Iterator[str]:
        if name in done:
            return
        done.add(name)
        schema = self.schemas[name]
        for reference in REFERENCE.findall(json.dumps(schema, default=str)):
            yield from self._after_its_parts(reference, done)
        if not _is_page(schema):
            yield "\n".join(self._record(name, schema))

    def _record(self, name: str, schema: Schema) -> Iterator[str]:
        sent = name.endswith("Request")
        required = set(schema.get("required", ()))
        fields = [(key, self.of(found, sent=sent)) for key, found in schema["properties"].items()]
        fields = [(key, kind if key in required else f"NotRequired[{kind}]") for key, kind in fields]
        if any(_name(key) != key for key, _kind in fields):
            pairs = ", ".join(f'"{key}": "{kind}"' for key, kind in fields)
            yield f'{name} = TypedDict("{name}", {{{pairs}}})'
            return
        yield f"class {name}(TypedDict):"
        yield from (f"    {key}: {kind}" for key, kind in fields)

    def of(self, schema: Schema, *, sent: bool) -> str:
        """Return the type of a value; ``sent`` may also be given as a date or a file."""
        if reference := schema.get("$ref"):
            name = reference.rpartition("/")[2]
            page = self.schemas[name]
            return f"Page[{self.of(page['properties']['results']['items'], sent=sent)}]" if _is_page(page) else name
        if "enum" in schema:
            return f"Literal[{', '.join(_literal(value) for value in schema['enum'])}]"
        for several in ("allOf", "oneOf", "anyOf"):
            if several in schema:
                return _union(self.of(one, sent=sent) for one in schema[several])
        kinds = schema.get("type")
        if isinstance(kinds, list):
            return _union(self.of({**schema, "type": kind}, sent=sent) for kind in kinds)
        return self._plain(str(kinds), schema, sent=sent)

    def _plain(self, kind: str, schema: Schema, *, sent: bool) -> str:
        if kind == "array":
            return f"list[{self.of(schema['items'], sent=sent)}]"
        if kind == "object":
            values = schema.get("additionalProperties")
            return f"dict[str, {self.of(values, sent=sent) if isinstance(values, dict) else 'Any'}]"
        if kind == "string" and sent:
            formats = {"date": "Day", "date-time": "Moment", "binary": "Upload"}
            return formats.get(str(schema.get("format")), "str")
        return NAMED.get(kind, "Any")


@dataclass(frozen=True)
class _Operation:
    path: str
    method: str
    found: Schema
    types: _Types

    def lines(self) -> Iterator[str]:
        """Return the method, without a line behind it."""
        kind = self._answer()
        given = ["self", *self._keys(), *self._body()]
        named = [*self._queries(), *self._conditions()]
        if named:
            given += ["*", *(f"{one} = None" for one in named)]
        yield from _signature(f"    def {self.found['operationId']}(", given, f") -> {kind}:")
        yield f'        """{_sentence(self.found, self.method, self.path)}"""'
        call = self._call(fetch=kind == "File")
        if kind == "None":
            yield from _call("        ", call)
        elif kind == "File":
            yield from _call("        return ", call)
        else:
            yield from _call(f"        found: {kind} = ", call)
            yield "        return found"

    def _parameters(self, where: str) -> list[Schema]:
        return [one for one in self.found.get("parameters", ()) if one["in"] == where]

    def _keys(self) -> list[str]:
        kinds = ((one, self.types.of(one["schema"], sent=True)) for one in self._parameters("path"))
        # A key is described by its digits.
        return [f"{_name(one['name'])}: {'int' if one['name'] == 'id' else kind}" for one, kind in kinds]

    def _queries(self) -> list[str]:
        kinds = ((one, self.types.of(one["schema"], sent=True)) for one in self._parameters("query"))
        return [f"{_name(one['name'])}: {_union([kind, 'None'])}" for one, kind in kinds]

    def _conditions(self) -> list[str]:
        return [CONDITIONS[one["name"]] for one in self._parameters("header")]

    def _body(self) -> list[str]:
        if not (content := self._content()):
            return []
        kind = self.types.of(next(iter(content.values()))["schema"], sent=True)
        schema = self.types.schemas.get(kind, {})
        return [f"body: {kind}"] if schema.get("required") else [f"body: {kind} | None = None"]

    def _content(self) -> Schema:
        found: Schema = self.found.get("requestBody", {}).get("content", {})
        return found

    def _answer(self) -> str:
        answers = [answer for code, answer in self.found["responses"].items() if code.startswith("2")]
        content = answers[0].get("content", {})
        if not content:
            return "None"
        return self.types.of(content[JSON]["schema"], sent=False) if JSON in content else "File"

    def _call(self, *, fetch: bool) -> list[str]:
        path = self.path
        for one in self._parameters("path"):
            path = path.replace(f"{{{one['name']}}}", f"{{{_name(one['name'])}}}")
        quoted = f'f"{path}"' if "{" in path else f'"{path}"'
        given = ["self.fetch(", quoted] if fetch else ["self.ask(", f'"{self.method.upper()}"', quoted]
        if fetch and self.method != "get":
            given.append(f'method="{self.method.upper()}"')
        if queries := self._parameters("query"):
            pairs = [f'"{one["name"]}": {_name(one["name"])}' for one in queries]
            given.append(_dictionary("query=", pairs))
        if content := self._content():
            given.append("body=body or {}" if "= None" in self._body()[0] else "body=body")
            given += ["form=True"] if FORM in content and JSON not in content else []
        given += [f"{name}={name}" for name in (one.partition(":")[0] for one in self._conditions())]
        return given


def _is_page(schema: Schema) -> bool:
    return tuple(schema.get("properties", ())) == PAGE


def _name(text: str) -> str:
    """Return a name for Python: ``from`` becomes ``from_``."""
    name = "".join(sign if sign.isalnum() else "_" for sign in text)
    return f"{name}_" if keyword.iskeyword(name) else name


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _union(kinds: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(part for kind in kinds for part in kind.split(" | ")))


def _dictionary(head: str, pairs: list[str]) -> str:
    line = f"{head}{{{', '.join(pairs)}}}"
    if len(line) + 13 <= LONGEST_LINE:
        return line
    return f"{head}{{\n{''.join(f'                {pair},\n' for pair in pairs)}            }}"


def _sentence(found: Schema, method: str, path: str) -> str:
    said = str(found.get("summary") or f"{method.upper()} {path}").strip()
    return said if said.endswith((".", "?")) else f"{said}."


def _fitting(head: str, kind: str) -> str:
    """Return a definition on one line, or its members one below the other."""
    if len(head + kind) <= LONGEST_LINE:
        return head + kind
    before, _bracket, members = kind.partition("[")
    lines = "".join(f"    {member},\n" for member in members.removesuffix("]").split(", "))
    return f"{head}{before}[\n{lines}]"


def _signature(head: str, given: list[str], tail: str) -> Iterator[str]:
    line = head + ", ".join(given) + tail
    if len(line) <= LONGEST_LINE:
        yield line
        return
    yield head
    yield from (f"        {one}," for one in given)
    yield f"    {tail}"


def _call(head: str, given: list[str]) -> Iterator[str]:
    function, *arguments = given
    line = f"{head}{function}{', '.join(arguments)})"
    if len(line) <= LONGEST_LINE and "\n" not in line:
        yield line
        return
    yield head + function
    yield from (f"            {one}," for one in arguments)
    yield "        )"
