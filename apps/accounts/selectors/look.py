"""How the installation looks: the university's logo and colours, read once for all pages."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from apps.accounts.models import SiteSettings
from portal.kernel.colours import mix, readable, shades_of

LOOK_KEY: Final = "accounts.site_look"
# As the switches: without Redis each process keeps its own copy for so long.
LOOK_KEPT_S: Final = 10
# The accent of tokens.css: mails load no style sheet.
OUR_ACCENT: Final = "#0f6b6b"
_DARK_ONLY: Final = "@media (prefers-color-scheme: dark)"


@dataclass(frozen=True)
class SiteLook:
    """What the superuser has chosen; all empty where nothing was, and then everything is the portal's own.

    ``logo`` is the name in the storage. Addresses hold a version, so that browsers may keep what they have got.
    """

    logo: str = ""
    accent: str = ""
    accent_dark: str = ""

    @cached_property
    def logo_url(self) -> str:
        """The address of the logo, empty without one."""
        return reverse("look_logo", args=[self.logo_version]) if self.logo else ""

    @property
    def logo_version(self) -> str:
        """What the logo's address holds."""
        return PurePosixPath(self.logo).stem

    @cached_property
    def colours_url(self) -> str:
        """The address of the style sheet with the colours, empty where they are the portal's own."""
        return reverse("look_colours", args=[self.colours_version]) if self.accent else ""

    @cached_property
    def colours_version(self) -> str:
        """What the style sheet's address holds: a hash of its text."""
        return hashlib.sha256(self.style_sheet().encode()).hexdigest()[:12]

    def style_sheet(self) -> str:
        """Return the colours for the portal and the workspace, over those of ``tokens.css`` and ``admin.css``."""
        if not self.accent:
            return ""
        dark = shades_of(self.accent_dark or readable(self.accent, dark=True), dark=True)
        light = shades_of(self.accent, dark=False)
        workspace = _rule(_steps_of_the_workspace(light, dark))
        return f"{_rule(light)}\n{_DARK_ONLY} {{ {_rule(dark)} }}\n{workspace}\n"

    def print_sheet(self) -> str:
        """Return the colours for paper."""
        return _rule(shades_of(self.accent, dark=False)) if self.accent else ""


def site_look() -> SiteLook:
    """Return how the installation looks, from the cache where it is there."""
    found: SiteLook | None = cache.get(LOOK_KEY)
    if found is None:
        row = SiteSettings.objects.values_list("logo", "accent", "accent_dark").filter(pk=SiteSettings.ONLY).first()
        found = SiteLook(*row) if row else SiteLook()
        cache.set(LOOK_KEY, found, LOOK_KEPT_S)
    return found


def frame_of_mails() -> dict[str, str]:
    """Return what stands around the words of every mail: who writes, and in which colours."""
    look = site_look()
    return {
        "university_name": settings.UNIVERSITY_NAME,
        "accent": look.accent or OUR_ACCENT,
        "logo_address": settings.SITE_URL + look.logo_url if look.logo else "",
    }


def _steps_of_the_workspace(light: Mapping[str, str], dark: Mapping[str, str]) -> dict[str, str]:
    """Return the steps of the admin's own scale: light pages take 50 to 200, 600 and 700, dark ones the rest."""
    steps = {
        50: light["accent-tint"],
        100: mix("#ffffff", light["accent"], 0.2),
        200: mix("#ffffff", light["accent"], 0.36),
        300: dark["accent-strong"],
        400: mix(dark["accent"], dark["accent-strong"], 0.5),
        500: dark["accent"],
        600: light["accent"],
        700: light["accent-strong"],
        800: dark["accent-tint"],
        900: mix(dark["accent-tint"], "#000000", 0.2),
        950: dark["on-accent"],
    }
    return {f"color-primary-{step}": colour for step, colour in steps.items()}


def _rule(colours: Mapping[str, str]) -> str:
    return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in colours.items()) + " }"
