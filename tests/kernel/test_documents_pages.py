import io

import pypdfium2
import pytest
import weasyprint
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from PIL import Image

from portal.kernel import documents
from portal.kernel.documents import render_pdf
from portal.kernel.documents_child import pages
from portal.kernel.documents_child.packing import pack
from portal.kernel.errors import RuleViolation
from portal.kernel.sandbox import Limits
from tests.kernel.canary import listening


def page(body, *, lang="en", head=""):
    return f"<!DOCTYPE html><html lang={lang}><head><title>Week 3</title>{head}</head><body>{body}</body></html>"


def picture(kind="PNG"):
    made = io.BytesIO()
    Image.new("RGB", (30, 20), "#0f6b6b").save(made, kind)
    return made.getvalue()


def paint(html, css="", assets=None):
    """Set a page in this process."""
    payload, sizes = pack([html.encode(), css.encode(), *(assets or {}).values()])
    return pages.paint(payload, {"sizes": sizes, "assets": list(assets or {})})


def images_in(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return sum(1 for sheet in document for _ in sheet.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
    finally:
        document.close()


@pytest.fixture
def canary(tmp_path):
    """A secret file, and a server that leads to it; the list of what was asked for must stay empty."""
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY-IN-A-FILE", encoding="utf-8")
    with listening(redirect_to=secret.as_uri()) as (address, hits):
        yield secret.as_uri(), address, hits


# {url} is once the file, once the server, and once each in ways to write them differently.
FETCHERS = [
    '<img src="{url}">',
    '<img srcset="{url} 2x" src="{url}">',
    '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="{url}">',
    '<a rel="attachment" href="{url}">x</a>',
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<iframe src="{url}"></iframe>',
    '<base href="{url}"><img src="x.png">',
    "<style>@import '{url}';</style>",
    "<style>p {{ background: url({url}) }}</style><p>x",
    "<style>li {{ list-style-image: url({url}) }}</style><li>x",
    "<style>p::before {{ content: url({url}) }}</style><p>x",
    "<style>@page {{ background: url({url}) }}</style><p>x",
    '<p style="border-image: url({url}) 1">x',
    '<p style="cursor: url({url}); mask: url({url})">x',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}" width="9" height="9"/></svg>',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="{url}#a"/></svg>',
    "<svg><style>@import url({url});</style><text>x</text></svg>",
    '<svg><filter id="f"><feImage href="{url}"/></filter><rect filter="url(#f)" width="9" height="9"/></svg>',
    '<svg><rect fill="url({url}#a)" width="9" height="9"/></svg>',
    "<img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cimage href='{url}'/%3E%3C/svg%3E\">",
    '<body background="{url}"><table background="{url}"><td>x</table>',
    '<meta http-equiv="refresh" content="0; url={url}">',
    '<script src="{url}"></script><script>fetch("{url}")</script>',
    '<video poster="{url}" src="{url}"></video><audio src="{url}"></audio>',
    '<form action="{url}"><input type="image" src="{url}"></form>',
]
# These end the whole page instead: a font would be stored in a file, a colour profile must be there.
ENDING = [
    "<style>@font-face {{ font-family: x; src: url({url}) }} p {{ font-family: x }}</style><p>x",
    "<style>@color-profile --x {{ src: url({url}) }}</style><p>x",
]


def test_render_pdf_fetches_nothing(canary):
    file, server, hits = canary
    path = file.removeprefix("file://")
    ways = [file, f"file://localhost{path}", f"FILE:{path}", f"file:{path}", f" {file} ", path]
    ways += [server, server.replace("127.0.0.1", "localhost"), server.removeprefix("http:")]
    payloads = [fetcher.format(url=url) for fetcher in FETCHERS for url in ways]
    assert len(payloads) >= 200
    pdf = render_pdf(page("".join(f"<div>{payload}</div>" for payload in payloads[::2])), base_css="")
    more = render_pdf(page("".join(f"<div>{payload}</div>" for payload in payloads[1::2])), base_css="")
    assert hits == []
    for made in (pdf, more):
        assert b"CANARY" not in made
        assert b"EmbeddedFile" not in made
        assert images_in(made) == 0


def test_canaries_would_be_found_without_our_fetcher(canary):
    file, server, hits = canary
    pdf = weasyprint.HTML(string=page(f'<img src="{server}"><link rel="attachment" href="{file}">')).write_pdf()
    assert hits == ["/x"]
    assert b"EmbeddedFile" in pdf


@pytest.mark.parametrize("payload", ENDING)
@pytest.mark.parametrize("url", ["file", "server"])
def test_render_pdf_that_must_store_what_it_fetches_is_refused(canary, payload, url):
    file, server, hits = canary
    with pytest.raises(RuleViolation) as caught:
        render_pdf(page(payload.format(url={"file": file, "server": server}[url])), base_css="")
    assert caught.value.code == "pdf_failed"
    assert hits == []


@pytest.mark.parametrize("url", ["file", "server"])
def test_render_pdf_style_sheet_fetches_nothing(canary, url):
    file, server, hits = canary
    address = {"file": file, "server": server}[url]
    css = (
        f"@import '{address}'; p {{ background: url({address}) }} @font-face {{ font-family: x; src: url({address}) }}"
    )
    assert images_in(render_pdf(page("<p>x"), base_css=css)) == 0
    assert hits == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_render_pdf_shows_named_assets(kind):
    html = page('<img src="asset:logo" alt="x">')
    pdf = render_pdf(html, base_css="img { width: 2cm }", assets={"logo": picture(kind)})
    assert images_in(pdf) == 1
    assert images_in(paint(html, "", {"logo": picture(kind)})) == 1


@pytest.mark.parametrize(
    "assets",
    [{}, {"other": picture()}, {"logo": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, {"logo": b""}],
    ids=["none", "another", "svg", "empty"],
)
def test_render_pdf_asset_that_is_not_there_is_an_error(assets):
    with pytest.raises(RuleViolation) as caught:
        render_pdf(page('<img src="asset:logo" alt="x">'), base_css="", assets=assets)
    assert caught.value.code == "pdf_failed"
    with pytest.raises(pages.PageRefused, match="no such picture: asset:logo"):
        paint(page('<img src="asset:logo" alt="x">'), "", assets)


def test_render_pdf_has_title_language_tags_and_no_times():
    html = page("<h1>Kazi</h1><p>Habari\x00 <b>yako</b>", lang="sw")
    pdf = render_pdf(html, base_css="p { color: #16202a }")
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == "Week 3"
    assert document[0].get_textpage().get_text_range() == "Kazi\r\nHabari yako"
    document.close()
    catalog = PDFDocument(PDFParser(io.BytesIO(pdf))).catalog
    assert catalog["Lang"] == b"sw"
    assert {"StructTreeRoot", "MarkInfo"} <= catalog.keys()
    assert render_pdf(html, base_css="p { color: #16202a }") == pdf


@pytest.mark.parametrize(
    ("html", "why"),
    [
        (page("x" * (pages.MAX_TEXT + 1)), "long"),
        (page("x\n" * (pages.MAX_BREAKS + 1)), "long"),
        (page("x<br>" * (pages.MAX_BREAKS + 1)), "long"),
        (page("<div>" * 200 + "x"), "deep"),
    ],
    ids=["text", "lines", "breaks", "deep"],
)
def test_paint_refuses_what_would_take_too_long(html, why):
    with pytest.raises(pages.PageRefused, match=why):
        paint(html)


@pytest.mark.parametrize(
    ("html", "code"), [("x" * (pages.MAX_TEXT + 1), "document_too_long"), ("<div>" * 200, "pdf_failed")]
)
def test_render_pdf_refuses_what_would_take_too_long(html, code):
    with pytest.raises(RuleViolation) as caught:
        render_pdf(page(html), base_css="")
    assert caught.value.code == code


def test_render_pdf_ends_when_time_is_up(monkeypatch):
    documents.why_no_pdf()
    monkeypatch.setattr(documents, "PAGE_LIMITS", Limits(memory_mb=1024, cpu_s=2, wall_s=4, output_mb=8))
    with pytest.raises(RuleViolation) as caught:
        render_pdf(page("<p>word <b>word</b></p>" * 15_000), base_css="")
    assert caught.value.code == "document_too_long"


def test_version_says_that_the_libraries_are_there():
    assert pages.version(b"", {}).split(".")[0].isdigit()
