"""The colours hold what the design promises: AA contrast for every pair, in both modes."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "portal/static/portal/tokens.css"
LOOKS = ("draft", "submitted", "returned", "verified", "validated", "flagged")
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "quiet", "accent", "accent-strong", "danger") for ground in ("paper", "ground")],
    ("ink", "accent-tint"),
    ("accent-strong", "accent-tint"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-caution", "caution"),
    ("on-danger", "danger"),
    *[(look, f"{look}-tint") for look in LOOKS],
    *[(look, ground) for look in LOOKS for ground in ("paper", "ground")],
]
# WCAG 1.4.11: borders of inputs and the focus ring (its inner line on light, its outer on dark) need 3:1.
SHAPE_PAIRS = [("edge", "paper"), ("edge", "ground"), ("focus", "focus-inner")]


def read_tokens(mode: str) -> dict[str, str]:
    light, _, dark = TOKENS.read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
    find = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});").findall
    return dict(find(light)) | (dict(find(dark)) if mode == "dark" else {})


def luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_contrast_at_least_aa(mode: str, ink: str, ground: str) -> None:
    tokens = read_tokens(mode)
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("one", "other"), SHAPE_PAIRS)
def test_shape_contrast_at_least_three(mode: str, one: str, other: str) -> None:
    tokens = read_tokens(mode)
    assert contrast(tokens[one], tokens[other]) >= 3


def test_what_cannot_be_typed_into_is_grey() -> None:
    sheet = TOKENS.with_name("portal.css").read_text(encoding="utf-8")
    [rule] = re.findall(r"^:is\(input, select, textarea\):disabled \{(.*?)\}", sheet, re.DOTALL | re.MULTILINE)
    # A pair of TEXT_PAIRS.
    assert re.findall(r"(?<![\w-])(color|background): var\(--([\w-]+)\)", rule) == [
        ("color", "draft"),
        ("background", "draft-tint"),
    ]


def test_dark_mode_names_every_colour() -> None:
    _light, _, dark = TOKENS.read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
    redefined = set(re.findall(r"--([\w-]+):\s*#", dark))
    assert redefined == set(read_tokens("light"))


@pytest.mark.parametrize(
    ("name", "mode", "token"),
    [
        ("color-primary-600", "light", "accent"),
        ("color-primary-700", "light", "accent-strong"),
        ("color-primary-50", "light", "accent-tint"),
        ("color-primary-500", "dark", "accent"),
        ("color-primary-300", "dark", "accent-strong"),
        ("color-primary-800", "dark", "accent-tint"),
        ("color-primary-950", "dark", "on-accent"),
        ("color-base-50", "light", "ground"),
        ("color-base-200", "light", "line"),
        ("color-base-500", "light", "quiet"),
        ("color-base-700", "dark", "line"),
        ("color-base-900", "dark", "paper"),
        ("color-base-950", "dark", "ground"),
        ("color-font-default-light", "light", "ink"),
        ("color-font-default-dark", "dark", "ink"),
        ("color-font-subtle-light", "light", "quiet"),
        ("color-font-subtle-dark", "dark", "quiet"),
    ],
)
def test_workspace_has_the_colours_of_the_portal(name: str, mode: str, token: str) -> None:
    workspace = TOKENS.with_name("admin.css").read_text(encoding="utf-8")
    assert re.findall(rf"--{name}: (#[0-9a-f]{{6}});", workspace) == [read_tokens(mode)[token]]


@pytest.mark.parametrize("sheet", ["portal.css", "admin.css"])
def test_sheets_use_logical_properties_only(sheet: str) -> None:
    text = TOKENS.with_name(sheet).read_text(encoding="utf-8")
    physical = re.compile(
        r"(?<![\w-])(?:margin|padding|border|inset)?-?(?:left|right)(?:-\w+)*\s*:|text-align: (?:left|right)"
    )
    assert physical.findall(text) == []
