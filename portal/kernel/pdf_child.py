"""Opening a PDF; runs in the limited child, and is loaded nowhere else: the parser is written in C."""

from contextlib import suppress
from typing import Any, Final

import pypdfium2
from pypdfium2 import raw

_LOCKED: Final = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)


def look(payload: bytes, _options: dict[str, Any]) -> dict[str, Any]:
    """Open only: ``{"page_count": n, "problem": "" | "encrypted" | "unreadable"}``."""
    document = open_pdf(payload)
    if isinstance(document, str):
        return {"page_count": 0, "problem": document}
    return {"page_count": len(document), "problem": "" if len(document) else "unreadable"}


def open_pdf(payload: bytes) -> Any:
    """Return the document, or the name of the problem."""
    # The library leaves the code of the last failure where a file fails without one: an empty file sets it back.
    with suppress(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(b"")
    try:
        return pypdfium2.PdfDocument(payload)
    except pypdfium2.PdfiumError as error:
        return "encrypted" if error.err_code in _LOCKED else "unreadable"
