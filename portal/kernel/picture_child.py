"""Drawing a picture anew; runs in the limited child.

Nothing of Django is imported here: it would double what a child costs before it has seen a byte.
"""

import io
from collections.abc import Mapping
from typing import Any, Final

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

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


class TooManyPixelsError(Exception):
    """The header announces more pixels than we unpack."""


def redraw(payload: bytes, options: Mapping[str, Any]) -> bytes:
    """Read and write one picture; only ``pictures.clean_picture`` calls it."""
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
