"""Pictures that strangers send: read in a child process, made smaller, and drawn anew without anything else in them.

What comes out holds pixels only: no place and no camera (EXIF), no text chunks, no second format behind the first, no
further frames. PNG, JPEG and WebP come in; PNG stays PNG, everything else becomes JPEG, which Word and PDF both read.
"""

import io
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from portal.kernel.errors import RuleViolation
from portal.kernel.sandbox import ChildRefusedError, SandboxError, run_limited

# Named, so that the child has loaded all its code before its limits begin.
FORMATS: Final = tuple(
    plugin.format
    for plugin in (PngImagePlugin.PngImageFile, JpegImagePlugin.JpegImageFile, WebPImagePlugin.WebPImageFile)
)
MOST_PIXELS: Final = 25_000_000
LONGEST_SIDE: Final = 2560
PORTRAIT_SIDE: Final = 512
QUALITY: Final = 85
_PLAIN_MODES: Final = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})


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
        drawn = run_limited("portal.kernel.pictures:redraw", data, options=options)
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


# -- in the child -------------------------------------------------------------------------------------------------


class TooManyPixelsError(Exception):
    """The header announces more pixels than we unpack."""


def redraw(payload: bytes, options: Mapping[str, Any]) -> bytes:
    """Read and write one picture; only ``clean_picture`` calls it, in the child."""
    with Image.open(io.BytesIO(payload), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise TooManyPixelsError
        as_png = bool(options["as_png"]) or (opened.format == "PNG" and not options.get("portrait"))
        # Before anything else: a JPEG is then unpacked in a smaller size at once.
        longest = options.get("longest", LONGEST_SIDE)
        opened.thumbnail((longest, longest))
        picture: Image.Image = ImageOps.exif_transpose(opened)
    if options.get("portrait"):
        side = min(PORTRAIT_SIDE, *picture.size)
        picture = ImageOps.fit(_on_white(picture), (side, side))
    picture.info.clear()
    out = io.BytesIO()
    if as_png:
        plain = picture if picture.mode in _PLAIN_MODES else picture.convert("RGB")
        plain.save(out, "PNG", optimize=True)
    else:
        _on_white(picture).save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("L", "RGB"):
        return picture
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(ground, layered).convert("RGB")
