"""Words of the admin's package, which brings no translation of its own."""

from pathlib import Path

import pytest
import unfold
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from portal.unfold_words import WORDS
from tests.clients import signed_in
from tests.factories.world import build_world

PACKAGE = Path(unfold.__file__).parent


def test_every_word_is_still_the_packages():
    text = "\n".join(path.read_text() for ending in ("*.html", "*.py") for path in PACKAGE.rglob(ending))
    assert [word for word in WORDS if f'"{word}"' not in text and f"'{word}'" not in text] == []


@pytest.mark.parametrize("language", ["ar", "sw"])
def test_every_word_is_translated(language):
    with translation.override(language):
        assert [word for word in WORDS if gettext(word) == word] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ar", "sw"])
def test_a_list_shows_none_of_them_in_english(language):
    client = signed_in(build_world().coordinator)
    page = client.get(reverse("admin:applications_placement_changelist"), headers={"accept-language": language}).text
    assert f'lang="{language}"' in page
    assert [word for word in WORDS if " " in word and word in page] == []
