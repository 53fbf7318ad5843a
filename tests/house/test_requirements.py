"""What is installed is what was tested: pinned, by hash, from nowhere in particular, and not below the floors."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
FILES = ["requirements.txt", "requirements-dev.txt"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# The newest release of the day on which we looked, or the first without a known flaw.
FLOORS = {
    "django": "5.2.19",
    "django-allauth": "65.21.1",
    "django-import-export": "4.4.3",
    "weasyprint": "70.0",
    "jinja2": "3.1.6",
    "pdfminer-six": "20251230",
    "djangorestframework": "3.18.3",
    "djangorestframework-simplejwt": "5.5.1",
    "oauthlib": "4.0.0",
    "django-guardian": "3.5.2",
    "django-storages": "1.14.6",
    "celery": "5.7.0",
    "pillow": "13.0.0",
    "lxml": "6.1.3",
    "openpyxl": "3.1.5",
    "defusedxml": "0.7.1",
}
# They write into the folder of django-fsm-2 (decision 0002), are no longer kept, or carry a licence that binds us.
REFUSED = {"django-fsm", "django-fsm-log", "pymupdf", "viewflow", "pypdf2"}


def entries(name: str) -> list[str]:
    """Return the entries of a requirements file, continuation lines joined."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def pins(name: str) -> dict[str, Version]:
    """Return package and version of every entry."""
    found: dict[str, Version] = {}
    for entry in entries(name):
        requirement = Requirement(entry.partition("--hash")[0].strip())
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        found[canonicalize_name(requirement.name)] = Version(specifier.version)
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_entry_is_pinned_and_has_hashes_only(name):
    form = re.compile(r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==\S+( ; [^:]+?)?(\s+--hash=sha256:[0-9a-f]{64})+", re.IGNORECASE)
    assert [entry[:60] for entry in entries(name) if not form.fullmatch(entry)] == []
    assert len(entries(name)) > 100


@pytest.mark.parametrize("name", FILES)
def test_no_address_stands_in_a_requirements_file(name):
    assert re.findall(r"\w+://|--(?:extra-)?index-url|--find-links|@ ", (ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", FILES)
def test_floors_are_kept(name):
    found = pins(name)
    below = {package: str(found[package]) for package, floor in FLOORS.items() if found[package] < Version(floor)}
    assert below == {}


@pytest.mark.parametrize("name", FILES)
def test_refused_packages_are_absent(name):
    assert sorted(REFUSED & set(pins(name))) == []


def test_state_machine_is_the_kept_one():
    assert "django-fsm-2==4.2.4" in PROJECT["dependencies"]


@pytest.mark.parametrize(
    ("name", "groups"), [("requirements.txt", []), ("requirements-dev.txt", ["dev"])], ids=["runtime", "dev"]
)
def test_what_the_project_asks_for_is_pinned_within_its_bounds(name, groups):
    asked = PROJECT["dependencies"] + [line for group in groups for line in PROJECT["optional-dependencies"][group]]
    found = pins(name)
    requirements = [Requirement(line) for line in asked]
    outside = [str(r) for r in requirements if not r.specifier.contains(found[canonicalize_name(r.name)])]
    assert outside == []


def test_development_has_the_same_versions_as_production():
    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: development[name] for name in runtime} == runtime


def test_no_lock_file_with_addresses_is_checked_in():
    assert [
        name for name in ("uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json") if (ROOT / name).exists()
    ] == []
