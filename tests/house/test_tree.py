"""Where files stand, what they are called, how long they are, and which words none of them holds."""

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP = {
    ".ci",
    ".env.example",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".python-version",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "apps",
    "docker",
    "locale",
    "manage.py",
    "portal",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "templates",
    "tests",
}
DRAWERS = {"utils", "helpers", "common", "misc", "constants", "signals", "managers", "handlers"}
HARD_LIMITS = {".py": 400, ".html": 150}
# Written by programs, or samples of what others write.
NOT_OURS = re.compile(r"(^|/)(migrations|data)/|^portal/client/operations.py$|^tests/golden/|^locale/|^requirements")
# Where packages come from is a matter of whoever builds. The dots are classes, so that this file passes itself.
REGISTRIES = re.compile(r"pypi[.]org|pythonhosted[.]org|npmjs[.](?:org|com)|deb[.]debian[.]org")


@cache
def files() -> list[str]:
    """Return every file that is or would be checked in."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    return sorted(name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file())


def text_of(name: str) -> str:
    """Return a file as text; what is no text (pictures, samples) is empty."""
    data = (ROOT / name).read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", errors="replace")


def test_top_level_holds_only_what_the_plan_names():
    assert sorted({name.split("/")[0] for name in files()} - TOP) == []


def test_no_file_is_a_drawer():
    # What stands in the place of a package's template has the package's address.
    ours = [name for name in files() if not name.startswith("templates/unfold/")]
    assert [name for name in ours if DRAWERS & {Path(name).stem, Path(name).parent.name}] == []


@pytest.mark.parametrize("suffix", HARD_LIMITS)
def test_no_file_is_longer_than_the_hard_limit(suffix):
    limit = HARD_LIMITS[suffix]
    lengths = {
        name: text_of(name).count("\n") for name in files() if name.endswith(suffix) and not NOT_OURS.search(name)
    }
    assert {name: length for name, length in lengths.items() if length > limit} == {}
    assert len(lengths) > 30


def test_each_decision_has_a_number_of_its_own_and_says_it():
    pages = [Path(name) for name in files() if name.startswith("portal/decisions/")]
    numbers = [page.name[:4] for page in pages]
    assert numbers == [f"{number:04}" for number in range(1, len(pages) + 1)]
    assert [text_of(str(page)).splitlines()[0][:7] for page in pages] == [f"# {number} " for number in numbers]


def test_nothing_that_is_made_is_checked_in():
    made = re.compile(r"\.(mo|pyc|sqlite3|log)$|(^|/)(__pycache__|var|\.venv|node_modules)/|(^|/)\.env$|\.coverage")
    assert [name for name in files() if made.search(name)] == []


def test_no_registry_is_named():
    assert [name for name in files() if not name.startswith("tests/data/") and REGISTRIES.search(text_of(name))] == []


def test_every_noqa_and_ignore_says_why():
    silent = re.compile(
        r"# noqa(?!: [A-Z0-9, ]+ - \S)|# type: ignore(?!\[[a-z, -]+\]  ?# \S)|# pragma: no cover(?! - \S)"
    )
    found = [
        f"{name}:{number}"
        for name in files()
        if name.endswith(".py") and name != "tests/house/test_tree.py"
        for number, line in enumerate(text_of(name).splitlines(), start=1)
        if silent.search(line)
    ]
    assert found == []


def test_every_rule_that_is_off_says_why():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("[tool.ruff.lint]")
    rules = [
        line for line in lines[start : lines.index("[tool.ruff.lint.mccabe]")] if re.match(r'    "[A-Z]+[0-9]*",', line)
    ]
    codes = tomllib.loads("\n".join(lines))["tool"]["ruff"]["lint"]["ignore"]
    assert [line for line in rules if "#" not in line and line.strip(' ",') in codes] == []
    assert len(codes) < 15


def test_coverage_and_types_have_no_baseline():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert tools["mypy"]["strict"] is True
    assert [o["module"] for o in tools["mypy"]["overrides"] if o.get("ignore_errors")] == []
    assert tools["coverage"]["run"]["omit"] == ["*/migrations/*", "portal/settings/production.py"]
