"""Pictures that strangers send: read in a child process, made smaller, and drawn anew without anything else in them.

What comes out holds pixels only: no place and no camera (EXIF), no text chunks, no second format behind the first, no
further frames. PNG, JPEG and WebP come in; PNG stays PNG, everything else becomes JPEG, which Word and PDF both read.
"""

from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import RuleViolation
from portal.kernel.picture_child import LONGEST_SIDE
from portal.kernel.sandbox import ChildRefusedError, SandboxError, run_limited


def picture_type(data: bytes) -> str:
    """Return the media type that the first bytes show, or the empty text for what is no PNG, JPEG or WebP."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return ""


def clean_picture(data: bytes, *, as_png: bool = False, portrait: bool = False, longest: int = LONGEST_SIDE) -> bytes:
    """Return the picture drawn anew, at most ``longest`` pixels long, upright, as PNG or JPEG; always PNG if asked.

    A portrait is its middle: a square of at most 512 pixels, always JPEG.

    Raises ``RuleViolation`` ``not_a_picture`` or ``picture_too_large`` (more than 25 megapixels, or more work than
    the child may do).
    """
    if not picture_type(data):
        raise RuleViolation("not_a_picture", _("This is not a PNG, JPEG or WebP picture."), field="file")
    options = {"as_png": as_png, "portrait": portrait, "longest": longest}
    try:
        drawn = run_limited("portal.kernel.picture_child:redraw", data, options=options)
    except ChildRefusedError as error:
        if error.kind == "TooManyPixelsError":
            raise _too_large() from error
        raise RuleViolation("not_a_picture", _("This picture is damaged and cannot be read."), field="file") from error
    except SandboxError as error:
        raise _too_large() from error
    return bytes(drawn)


def _too_large() -> RuleViolation:
    return RuleViolation(
        "picture_too_large", _("This picture is too large. Send one of at most 25 megapixels."), "file"
    )
