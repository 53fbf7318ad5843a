"""The accent of a university: how far it can be read, and the shades that the pages need of it.

Colours are written as ``#rrggbb``. The grounds are those of ``tokens.css``.
"""

import re
from collections.abc import Mapping
from typing import Final

WHITE: Final = "#ffffff"
BLACK: Final = "#000000"
LIGHT_GROUNDS: Final = (WHITE, "#f5f7f9")
DARK_GROUNDS: Final = ("#1a232c", "#10171e")
# WCAG 1.4.3 for text of any size, level AA.
READABLE: Final = 4.5
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_STEPS: Final = 50
# Below, sRGB is a straight line.
_STRAIGHT: Final = 0.04045


def is_colour(text: str) -> bool:
    """Say whether the text is a colour as we write it: a hash and six small hexadecimal digits."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG counts it: from 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def least_contrast(colour: str, *, dark: bool) -> float:
    """Return the contrast with the less favourable of the grounds of a mode."""
    return min(contrast(colour, ground) for ground in (DARK_GROUNDS if dark else LIGHT_GROUNDS))


def mix(colour: str, other: str, share: float) -> str:
    """Return the colour with a share of the other one in it, from 0 to 1."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def readable(colour: str, *, dark: bool) -> str:
    """Return the nearest shade that can be read in a mode: darker for light grounds, lighter for dark ones."""
    towards = WHITE if dark else BLACK
    shades = (mix(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next(shade for shade in shades if least_contrast(shade, dark=dark) >= READABLE)


def shades_of(accent: str, *, dark: bool) -> Mapping[str, str]:
    """Return the tokens of ``tokens.css`` that hang on the accent, for one mode."""
    if dark:
        return {
            "accent": accent,
            "accent-strong": mix(accent, WHITE, 0.35),
            "on-accent": mix(accent, BLACK, 0.85),
            "accent-tint": mix(DARK_GROUNDS[1], accent, 0.2),
        }
    return {
        "accent": accent,
        "accent-strong": mix(accent, BLACK, 0.25),
        "on-accent": WHITE,
        "accent-tint": mix(WHITE, accent, 0.12),
    }


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= _STRAIGHT else float(((value + 0.055) / 1.055) ** 2.4)
