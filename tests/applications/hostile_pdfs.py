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


def lzw_bomb() -> bytes:
    """One LZW stream in deflate: the code for a block that grows by one byte with each code, again and again."""
    codes = [256, 32, *range(258, 4095)]
    bits = "".join(format(code, "09b") for code in codes[:256])
    inner = int(bits, 2).to_bytes(len(bits) // 8, "big") * 20_000
    return document(zlib.compress(inner, 9), filters=b"/Filter[/FlateDecode/LZWDecode]")


def many_operators() -> bytes:
    return deflated(b"0 0 m 9 9 l S " * 4_000_000 + b"BT /F1 12 Tf 72 720 Td (Hello, world!) Tj ET")


def nested_arrays_in_content() -> bytes:
    return deflated(b"[" * 2_000_000 + b"]" * 2_000_000 + b" TJ")


def nested_dictionaries() -> bytes:
    return document(catalog=b"<</Type/Catalog/Pages 2 0 R/Names " + b"<</A " * 50_000 + b">>" * 50_000 + b">>")


def no_xref() -> bytes:
    whole = document()
    return whole[: whole.index(b"xref\n")] + b"trailer<</Size 6/Root 1 0 R>>\n%%EOF"


def font_without_map() -> bytes:
    """Letters by glyph numbers of a font that is not in the file and says nothing of their meaning."""
    font = b"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+No/Encoding/Identity-H/DescendantFonts[6 0 R]>>"
    inner = (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+No/CIDSystemInfo<</Registry(A)/Ordering(I)/Supplement 0>>>>"
    )
    stream = b"BT /F1 12 Tf 72 720 Td <00480065006C006C006F> Tj ET"
    body = b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream)
    return assembled((_CATALOG, _PAGES, _PAGE, body, font, inner))


def embedded_program() -> bytes:
    names = b"/Names<</EmbeddedFiles<</Names[(setup.exe)<</Type/Filespec/F(setup.exe)/EF<</F 6 0 R>>>>]>>>>"
    program = b"<</Type/EmbeddedFile/Length 4>>stream\nMZ\x90\x00\nendstream"
    return document(catalog=b"<</Type/Catalog/Pages 2 0 R" + names + b">>", more=(program,))


def xfa_form() -> bytes:
    packet = b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><script>app.alert(1)</script></xdp:xdp>'
    stream = b"<</Length %d>>stream\n%b\nendstream" % (len(packet), packet)
    return document(catalog=b"<</Type/Catalog/Pages 2 0 R/AcroForm<</XFA 6 0 R/Fields[]>>>>", more=(stream,))


def form_that_submits() -> bytes:
    field = b"<</FT/Tx/T(a)/V(b)/Rect[0 0 9 9]/Subtype/Widget/AA<</K<</S/SubmitForm/F(http://127.0.0.1/)>>>>>>"
    return document(catalog=b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>", more=(field,))


def picture_of_a_million_pixels_a_side() -> bytes:
    picture = (
        b"<</Type/XObject/Subtype/Image/Width 1000000/Height 1000000/ColorSpace/DeviceRGB/BitsPerComponent 8/Length 3>>"
    )
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 6 0 R>>>>>>"
    return document(b"9 0 0 9 0 0 cm /X Do", page=page, more=(picture + b"stream\nabc\nendstream",))


def remote_stream() -> bytes:
    """A stream whose bytes are said to lie in another file."""
    return document(filters=b"/F(/etc/passwd)/FFilter/ASCIIHexDecode")


def negative_numbers() -> bytes:
    return document(pages=b"<</Type/Pages/Kids[3 0 R]/Count -1>>").replace(b"/Size 6", b"/Size -2147483648")


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
    "lzw_bomb": lzw_bomb,
    "many_operators": many_operators,
    "nested_arrays_in_content": nested_arrays_in_content,
    "nested_dictionaries": nested_dictionaries,
    "no_xref": no_xref,
    "font_without_map": font_without_map,
    "embedded_program": embedded_program,
    "xfa_form": xfa_form,
    "form_that_submits": form_that_submits,
    "picture_of_a_million_pixels_a_side": picture_of_a_million_pixels_a_side,
    "remote_stream": remote_stream,
    "negative_numbers": negative_numbers,
}
