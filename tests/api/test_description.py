"""The description as programs fetch it: made once, in English, as YAML or JSON."""

import json

import pytest
import yaml
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator

from portal import describing


@pytest.fixture
def made(monkeypatch):
    """Count how often it is made; what it says is short here."""
    languages = []

    def get_schema(_self, request, public):
        languages.append(get_language())
        return {"openapi": "3.1.1", "public": public, "asked_by": request}

    monkeypatch.setattr(SchemaGenerator, "get_schema", get_schema)
    describing._description.cache_clear()
    describing._written.cache_clear()
    yield languages
    describing._description.cache_clear()
    describing._written.cache_clear()


@pytest.mark.django_db
def test_the_description_is_made_once_for_both_forms_and_all_languages(client, made):
    said = {"openapi": "3.1.1", "public": True, "asked_by": None}
    address = reverse("api-schema")
    as_json = client.get(address, headers={"accept": "application/vnd.oai.openapi+json", "accept-language": "sw"})
    assert (json.loads(as_json.content), as_json["Content-Type"]) == (said, "application/vnd.oai.openapi+json")
    for _again in range(2):
        as_yaml = client.get(address)
        assert yaml.safe_load(as_yaml.content) == said
        assert as_yaml["Content-Disposition"] == 'inline; filename="Practicum.yaml"'
    assert made == ["en"]
