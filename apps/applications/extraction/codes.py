"""Find the QR code on a scan or a photo of a paper that was signed by pen.

What strangers send is opened in a child process with limits (``portal.kernel.sandbox``); only the texts of codes come
back.
"""

import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pypdfium2
import zxingcpp
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from portal.kernel.errors import RuleViolation
from portal.kernel.picture_child import FORMATS, MOST_PIXELS
from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError, run_limited

MAX_BYTES: Final = 10 * 1024 * 1024
# An agreement has two or three pages; the code stands on each.
MOST_PAGES: Final = 4
# A code of 14 mm has 33 modules: at 200 dots an inch each is three dots wide.
DOTS: Final = 200
LONGEST_SIDE: Final = 3000
QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
LIMITS: Final = Limits(memory_mb=1024, cpu_s=15, wall_s=30, output_mb=1)


def codes_in(data: bytes) -> list[str]:
    """Return the texts of the QR codes on a PDF, PNG, JPEG or WebP, those of the first pages.

    Raises ``RuleViolation`` ``scan_too_large`` or ``scan_unreadable``.
    """
    if len(data) > MAX_BYTES:
        raise RuleViolation("scan_too_large", _("This file is larger than 10 MB. Scan it in grey."), field="file")
    try:
        found: list[str] = run_limited("apps.applications.extraction.codes:read", data, limits=LIMITS)
    except (SandboxError, ChildRefusedError) as error:
        raise RuleViolation(
            "scan_unreadable", _("This file cannot be read. Send a PDF, or a photo as JPEG or PNG."), field="file"
        ) from error
    return found


# -- in the child -------------------------------------------------------------------------------------------------


class TooManyPixelsError(Exception):
    """The file announces more than we unpack."""


def read(payload: bytes, _options: Mapping[str, Any]) -> list[str]:
    """Return the texts of all codes; only ``codes_in`` calls it, in the child."""
    pages = _pages(payload) if payload.lstrip()[:5] == b"%PDF-" else _picture(payload)
    texts = [code.text for page in pages for code in zxingcpp.read_barcodes(page, formats=QR)]
    return [text[:200] for text in texts]


def _pages(payload: bytes) -> Iterator[Image.Image]:
    document = pypdfium2.PdfDocument(payload)
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        scale = min(DOTS / 72, LONGEST_SIDE / max(*page.get_size(), 1))
        yield page.render(scale=scale, grayscale=True).to_pil()


def _picture(payload: bytes) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(payload), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise TooManyPixelsError
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        yield ImageOps.exif_transpose(opened).convert("L")
