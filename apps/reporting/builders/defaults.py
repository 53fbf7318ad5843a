"""Make our own Word templates, with tags that universities can copy into theirs.

The files are committed; ``manage.py build_default_templates`` makes them anew, byte for byte the same.
"""

from collections.abc import Mapping
from typing import Final

from apps.reporting.builders.east_african import EastAfrican
from apps.reporting.builders.european import European
from apps.reporting.builders.malaysian_saudi import MalaysianSaudi
from apps.reporting.builders.page import Page
from apps.reporting.builders.single import Single

# By the name of the file without its ending; what has no layout in its name is used where nobody has published one.
LAYOUTS: Final[Mapping[str, type[Page]]] = {
    "week": EastAfrican,
    "logbook": EastAfrican,
    "week_european": European,
    "logbook_european": European,
    "week_malaysian_saudi": MalaysianSaudi,
    "logbook_malaysian_saudi": MalaysianSaudi,
    "paper": Single,
    "report": Single,
    "arrival": Single,
    "assessment": Single,
    "certificate": Single,
}


def default_templates() -> dict[str, bytes]:
    """Return our templates by file name, each for both directions of writing."""
    return {
        f"{name}{'_rtl' if rtl else ''}.docx": layout(rtl=rtl).make(name.partition("_")[0])
        for name, layout in LAYOUTS.items()
        for rtl in (False, True)
    }
