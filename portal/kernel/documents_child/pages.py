"""Set HTML as PDF pages with WeasyPrint; nothing is fetched but the assets that came with it."""

from collections.abc import Mapping
from typing import Any, Final, NoReturn

# At the top, not in the function: its libraries are found by starting programs, which the sandbox's guard forbids.
import weasyprint
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from portal.kernel.documents_child.packing import unpack

MAX_TEXT: Final = 400_000
MAX_DEPTH: Final = 60
# WeasyPrint needs a millisecond and more for each line break.
MAX_BREAKS: Final = 8_000
_SIGNATURES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class PageRefused(Exception):
    """The page is too long or too deeply nested, or names an asset that is not there."""


class NamedAssets(URLFetcher):  # type: ignore[misc] # the package is not typed
    """Knows ``asset:<name>`` for pictures that were handed over, and nothing else."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.assets = assets

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002 - the package's signature
        """Return the picture of this name. Raises ``FatalURLFetchingError`` for an asset that was not handed over."""
        if not url.startswith("asset:"):
            message = "only assets can be shown"
            raise ValueError(message)
        data = self.assets.get(url.removeprefix("asset:"), b"")
        kinds = [kind for signature, kind in _SIGNATURES.items() if data.startswith(signature)]
        if not kinds:
            message = f"no such picture: {url[:80]}"
            raise FatalURLFetchingError(message)
        return URLFetcherResponse(url, data, {"Content-Type": kinds[0]})


def paint(payload: bytes, options: Mapping[str, Any]) -> bytes:
    """Return the PDF. The payload is HTML, style sheet and assets; ``options``: ``sizes`` and ``assets`` (names)."""
    html, css, *assets = unpack(payload, options["sizes"])
    fetcher = NamedAssets(dict(zip(options["assets"], assets, strict=True)))
    page = weasyprint.HTML(string=html.decode(), url_fetcher=fetcher)
    _refuse_heavy(page.etree_element)
    sheet = weasyprint.CSS(string=css.decode(), url_fetcher=fetcher)
    try:
        return bytes(page.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1", pdf_identifier=b"practicum"))
    except FatalURLFetchingError as error:
        _refuse(str(error))


def version(_payload: bytes, _options: Mapping[str, Any]) -> str:
    """Return WeasyPrint's version: the proof that it and its libraries can be loaded."""
    return str(weasyprint.__version__)


def _refuse(why: str) -> NoReturn:
    raise PageRefused(why)


def _refuse_heavy(root: Any) -> None:
    length = breaks = 0
    level = [root]
    for _ in range(MAX_DEPTH):
        for element in level:
            texts = (element.text or "", element.tail or "")
            length += sum(map(len, texts))
            breaks += sum(text.count("\n") for text in texts) + (element.tag == "br")
        level = [child for element in level for child in element]
        if length > MAX_TEXT or breaks > MAX_BREAKS:
            _refuse("long")
        if not level:
            return
    _refuse("deep")
