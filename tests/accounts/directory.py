"""A directory that provisions people by SCIM."""

import json
from typing import Any

from django.test import Client

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ASHA = {
    "schemas": [USER],
    "userName": "asha",
    "externalId": "d-1",
    "name": {"givenName": "Asha", "familyName": "Juma"},
    "emails": [{"value": "Asha@Uni.example", "type": "work", "primary": True}],
    "phoneNumbers": [{"value": "+255 712 345 678"}],
    "preferredLanguage": "sw_TZ",
    "active": True,
}


class Directory:
    """A program with a token."""

    def __init__(self, secret: str) -> None:
        self.browser = Client(headers={"Authorization": f"Bearer {secret}"})

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        more: dict[str, Any] = {"query_params": query}
        if body is not None:
            more |= {"data": data, "content_type": "application/scim+json"}
        answer = getattr(self.browser, method)(f"/scim/v2/{path}", **more)
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def patch(self, path: str, *operations: dict[str, Any]) -> tuple[int, Any]:
        return self.ask("patch", path, {"schemas": [PATCH], "Operations": list(operations)})
