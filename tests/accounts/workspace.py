"""The addresses of the workspace's pages, and what they show."""

from typing import Any

from django.db.models import Model
from django.urls import reverse


def page_of(model: type[Model], what: str, *args: object) -> str:
    return reverse(f"admin:accounts_{model._meta.model_name}_{what}", args=args)


def listed(client, model: type[Model], **query: object) -> list[Any]:
    return list(client.get(page_of(model, "changelist"), query).context["cl"].result_list)


def messages(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]
