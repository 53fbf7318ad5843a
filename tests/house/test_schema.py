"""The API's description: new things may come, nothing that clients rely on may go."""

from pathlib import Path
from typing import Any

import pytest

from tests.house.descriptions import breaks, operations, read
from tests.house.test_golden import GOLDEN, schema


@pytest.mark.django_db
@pytest.mark.one_database
def test_nothing_that_clients_rely_on_is_gone():
    old = read((GOLDEN / "schema.yml").read_text())
    assert breaks(old, read(schema())) == [], "a client would break: offer the old beside the new"


def described(**operation: Any) -> dict[str, Any]:
    whole = {"operationId": "logs_list", "responses": {"200": {}}, **operation}
    return {"paths": {"/logs/": {"get": whole}}, "components": {"schemas": {}}}


def _with(kind: str, properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": {"properties": properties, "required": required or []}}}}
    return {"requestBody": content} if kind == "body" else {"responses": {"200": content}}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (described(), {"paths": {}, "components": {}}, ["get /logs/ is gone"]),
        (described(), described(operationId="x"), ["get /logs/ is called x, was logs_list"]),
        (described(parameters=[{"name": "state"}]), described(), ["get /logs/ takes no state"]),
        (described(), described(**_with("body", {"day": {}}, ["day"])), ["get /logs/ asks for day"]),
        (described(**_with("body", {"day": {}})), described(**_with("body", {})), ["get /logs/ takes no day"]),
        (described(**_with("answer", {"id": {}})), described(**_with("answer", {})), ["get /logs/ answers no id"]),
        (described(), described(responses={"204": {}}), ["get /logs/ answers no 200"]),
        (described(), described(**_with("answer", {"id": {}})), []),
    ],
)
def test_what_breaks_a_client_is_named(old, new, said):
    assert breaks(old, new) == said


def test_the_description_is_of_openapi_3_1_with_stable_names_and_examples():
    found = read((GOLDEN / "schema.yml").read_text())
    names = [operation["operationId"] for operation in operations(found).values()]
    assert found["openapi"].startswith("3.1")
    assert len(names) == len(set(names))
    assert Path(GOLDEN / "schema.yml").read_text().count("examples:") > 50
