"""The university's logo on documents."""

import logging

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.accounts.selectors import LOOK_KEY, SiteLook
from apps.reporting.context import LOGO
from apps.reporting.selectors.letterhead import _content, letterhead

NAME = "site/" + "0" * 32 + ".png"


@pytest.fixture(autouse=True)
def empty_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    # Read once in each process: not what another test has read.
    _content.cache_clear()
    yield
    _content.cache_clear()


def test_without_a_logo_documents_show_none():
    assert letterhead() == {}


def test_a_logo_is_read_once():
    cache.set(LOOK_KEY, SiteLook(logo=NAME))
    default_storage.save(NAME, ContentFile(b"a picture"))
    assert letterhead() == {LOGO: b"a picture"}
    default_storage.delete(NAME)
    assert letterhead() == {LOGO: b"a picture"}


def test_a_logo_that_the_storage_has_lost_is_told_and_comes_back(caplog):
    cache.set(LOOK_KEY, SiteLook(logo=NAME))
    with caplog.at_level(logging.ERROR, logger="apps.reporting"):
        assert letterhead() == {}
    assert [record.getMessage() for record in caplog.records] == [f"The storage does not give back the logo {NAME}"]
    default_storage.save(NAME, ContentFile(b"a picture"))
    assert letterhead() == {LOGO: b"a picture"}
