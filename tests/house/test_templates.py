import re
from pathlib import Path

import pytest
from django.template import Context, Engine, Template
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix()
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in {".html", ".txt"} and "reporting/docx" not in path.as_posix()
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_template_compiles(name):
    assert get_template(name) is not None


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.endswith(".html")])
def test_the_template_has_no_inline_style_or_script(name):
    text = (ROOT / "templates" / name).read_text()
    if name.startswith(("emails/", "reporting/pdf/")):
        return
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<style" not in text.replace("<style nonce", "")
    # What is typed as JSON is read, never run.
    opening = [part.split(">")[0] for part in text.split("<script")[1:]]
    assert [tag for tag in opening if "nonce" not in tag and 'type="application/json"' not in tag] == []


NAME_BESIDE_A_DOT = re.compile(
    r"(?<!<bdi>)(?<![=\"'])\{\{ (?:\w+\.)*(?:company(?:\.name)?|cohort(?:\.name)?|student(?:\.get_full_name)?|programme(?:\.name)?) \}\}"
)


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.endswith(".html")])
def test_names_beside_a_dot_are_kept_apart_from_what_is_read_the_other_way(name):
    """Without ``<bdi>`` the number behind a Latin name changes places with it on an Arabic page."""
    if name.startswith(("emails/", "reporting/pdf/", "reporting/typst/")):
        return
    lines = (ROOT / "templates" / name).read_text().splitlines()
    shown = [line for line in lines if "·" in line and "{% block title" not in line and "<option" not in line]
    assert [line for line in shown if NAME_BESIDE_A_DOT.search(line)] == []


WORDS_OF_PEOPLE = re.compile(
    r"\{\{ [\w.]*(?:\.reason|\.cover_letter|resume\.text|vacancy\.description)(?:\|[\w:]+)* \}\}"
)


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.endswith(".html")])
def test_what_people_wrote_is_read_in_its_own_direction(name):
    """English reasons and letters on an Arabic page would have their full stops on the wrong side."""
    if name.startswith(("emails/", "reporting/pdf/", "reporting/typst/")):
        return
    shown = [line for line in (ROOT / "templates" / name).read_text().splitlines() if WORDS_OF_PEOPLE.search(line)]
    assert [line for line in shown if 'dir="auto"' not in line and "<bdi" not in line and "value=" not in line] == []


def test_a_broken_template_would_be_noticed():
    with pytest.raises(Exception, match="Invalid block tag"):
        Template("{% nonsense %}", engine=Engine()).render(Context())
