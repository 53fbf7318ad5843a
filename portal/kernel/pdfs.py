"""Whether bytes are a PDF that opens: asked in the limited child, because strangers sent them."""

from typing import Final

from django.utils.translation import gettext as _

from portal.kernel.errors import RuleViolation
from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError, run_limited

LOOK_LIMITS: Final = Limits(cpu_s=2, wall_s=10, output_mb=1)


def pdf_problem(data: bytes) -> str:
    """Return why a PDF is none to keep: ``"encrypted"`` or ``"unreadable"``; empty for one that opens."""
    try:
        seen = run_limited("portal.kernel.pdf_child:look", data, limits=LOOK_LIMITS)
    except (ChildRefusedError, SandboxError):
        return "unreadable"
    return str(seen["problem"])


def check_pdf(data: bytes, *, field: str) -> None:
    """Raise ``RuleViolation`` ``pdf_damaged`` or ``pdf_locked`` for a PDF that not everybody can open."""
    problem = pdf_problem(data)
    if problem == "encrypted":
        text = _("This PDF asks for a password. Save it without one and send it again.")
        raise RuleViolation("pdf_locked", text, field=field)
    if problem:
        text = _("This PDF cannot be opened: it is damaged or incomplete. Save it once more.")
        raise RuleViolation("pdf_damaged", text, field=field)
