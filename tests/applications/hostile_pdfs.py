"""PDFs that no honest program writes, made when a test asks for them; each is small, its reader's work is not."""

import zlib
from collections.abc import Callable

_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_MIB = 1 << 20


def document(
    content: bytes = b"BT /F1 12 Tf 72 720 Td (Hello, world!) Tj ET",
    *,
    catalog: bytes = _CATALOG,
    pages: bytes = _PAGES,
    page: bytes = _PAGE,
    filters: bytes = b"",
    more: tuple[bytes, ...] = (),
) -> bytes:
    """A whole PDF of one page; every part can be replaced by a bad one."""
    stream = b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), filters, content)
    return assembled((catalog, pages, page, stream, _FONT, *more))


def assembled(objects: tuple[bytes, ...], *, trailer: bytes = b"") -> bytes:
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, rows)
    end = b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, len(out))
    return out + table + end


def deflated(content: bytes) -> bytes:
    return document(zlib.compress(content, 9), filters=b"/Filter/FlateDecode")


def flate_bomb(mebibytes: int = 1024) -> bytes:
    """Spaces, deflated twice: less than 6 KiB for one GiB. The inner stream is one block again and again."""
    block = b" " * _MIB
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(mebibytes):
        check = zlib.adler32(block, check)
    inner = b"\x78\xda" + packed * mebibytes + b"\x03\x00" + check.to_bytes(4, "big")
    return document(zlib.compress(inner, 9), filters=b"/Filter[/FlateDecode/FlateDecode]")


def run_length_bomb() -> bytes:
    inner = b"\x81 " * (4 * _MIB) + b"\x80"
    return document(zlib.compress(inner, 9), filters=b"/Filter[/FlateDecode/RunLengthDecode]")


def many_glyphs(count: int = 300_000) -> bytes:
    return deflated(b"BT /F1 1 Tf 72 720 Td (" + b"ab c" * (count // 4) + b") Tj ET")


def many_glyphs_alone(count: int = 300_000) -> bytes:
    return deflated(b"BT /F1 1 Tf 72 720 Td " + b"(a) Tj 1 1 Td " * count + b"ET")


def many_states() -> bytes:
    return deflated(b"q " * 1_000_000)


def deep_arrays_in_catalog() -> bytes:
    return document(catalog=b"<</Type/Catalog/Pages 2 0 R/Names " + b"[" * 500_000 + b"]" * 500_000 + b">>")


def cyclic_pages() -> bytes:
    return document(pages=b"<</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Count 3>>")


def cyclic_parents() -> bytes:
    pages = b"<</Type/Pages/Parent 2 0 R/Kids[3 0 R]/Count 1>>"
    return document(pages=pages, page=b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>")


def cyclic_forms() -> bytes:
    return _drawing_forms(_form_that_draws(6))


def doubling_forms(levels: int = 30) -> bytes:
    """Each form draws the next one twice: 2 to the power of ``levels`` drawings."""
    return _drawing_forms(*(_form_that_draws(level + 7) for level in range(levels)))


def _form_that_draws(number: int) -> bytes:
    """A form that draws object ``number`` twice."""
    head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>/Length 11>>" % number
    return head + b"stream\n/X Do /X Do\nendstream"


def _drawing_forms(*forms: bytes) -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 6 0 R>>>>>>"
    return document(b"/X Do", page=page, more=forms)


def no_pages() -> bytes:
    return document(pages=b"<</Type/Pages/Kids[]/Count 0>>")


def no_catalog() -> bytes:
    return document(catalog=b"null")


def pages_that_are_not_there() -> bytes:
    return document(pages=b"<</Type/Pages/Kids[3 0 R]/Count 2147483647>>")


def many_pages(count: int = 20_000) -> bytes:
    return document(pages=b"<</Type/Pages/Kids[" + b"3 0 R " * count + b"]/Count %d>>" % count)


def huge_page() -> bytes:
    page = _PAGE.replace(b"[0 0 595 842]", b"[-1e30 -1e30 1e30 1e30]")
    return document(page=page)


def page_without_size() -> bytes:
    return document(page=_PAGE.replace(b"[0 0 595 842]", b"[0 0 0 0]"))


def xref_loop() -> bytes:
    whole = document()
    start = int(whole.split(b"startxref\n")[1].split(b"\n")[0])
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


def wrong_length() -> bytes:
    return document().replace(b"/Length 44", b"/Length 999999999")


def wide_predictor() -> bytes:
    parameters = b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2147483647/Colors 255/BitsPerComponent 16>>"
    return document(zlib.compress(b"\x02" * 1000), filters=parameters)


def script_and_launch() -> bytes:
    action = b"<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1/'\\);)/Next<</S/Launch/F(/bin/sh)>>>>"
    return document(catalog=b"<</Type/Catalog/Pages 2 0 R/OpenAction " + action + b">>")


BOMBS: dict[str, Callable[[], bytes]] = {
    "flate_bomb": flate_bomb,
    "run_length_bomb": run_length_bomb,
    "many_glyphs": many_glyphs,
    "many_glyphs_alone": many_glyphs_alone,
    "many_states": many_states,
    "deep_arrays_in_catalog": deep_arrays_in_catalog,
    "cyclic_pages": cyclic_pages,
    "cyclic_parents": cyclic_parents,
    "cyclic_forms": cyclic_forms,
    "doubling_forms": doubling_forms,
    "no_pages": no_pages,
    "no_catalog": no_catalog,
    "pages_that_are_not_there": pages_that_are_not_there,
    "many_pages": many_pages,
    "huge_page": huge_page,
    "page_without_size": page_without_size,
    "xref_loop": xref_loop,
    "wrong_length": wrong_length,
    "wide_predictor": wide_predictor,
    "script_and_launch": script_and_launch,
}
