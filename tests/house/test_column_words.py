"""Every column that a list of the workspace has or offers is called by a word of the reader's language."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.utils import translation

from portal.kernel.admin.remembering import facts_of, name_of

PAGES = list(admin.site._registry.items())


@pytest.mark.parametrize(("model", "page"), PAGES, ids=[model._meta.label for model, _page in PAGES])
def test_columns_are_called_in_the_readers_language(model, page):
    entries = [*page.list_display, *facts_of(page)]
    with translation.override("ar"):
        labels = {name_of(entry): str(label_for_field(entry, model, page)) for entry in entries}
    assert {name: label for name, label in labels.items() if not re.search("[\u0600-\u06ff]", label)} == {}
