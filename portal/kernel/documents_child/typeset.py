"""Set documents as PDF with Typst, many in one start; its texts are data, never markup.

Nothing is read but what came with the call: the sources are ours and name no file of the machine and no package.
"""

import base64
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import typst
from PIL import Image

from portal.kernel.documents_child.packing import pack_answers, unpack

# Where the compiler would look for a file that did not come with the call: nothing is here that one may not read.
_ROOT: Final = Path(__file__).parent
# Read once for all documents, before the limits begin.
_FONTS: Final = typst.Fonts()
_TYPES: Final = {"PNG": "image/png", "JPEG": "image/jpeg"}
# Typst breaks no word, and one without an end would leave the page: here it may be broken.
_LONG_WORD: Final = re.compile(r"\S{30}(?=\S)")
_BREAK_HERE: Final = "\u200b"


class PictureRefused(Exception):
    """A picture that is neither PNG nor JPEG."""


def set_many(payload: bytes, options: Mapping[str, Any]) -> bytes:
    """Return the PDFs in order, packed as answers.

    The payload holds the sources, then the pictures. ``options``: ``sizes``; ``sources``, the names of the sources;
    ``documents`` with ``main`` (the name of a source), ``context`` and ``pictures`` (numbers of pictures by name).
    """
    parts = unpack(payload, options["sizes"])
    names = options["sources"]
    sources = dict(zip(names, parts, strict=False))
    pictures = parts[len(names) :]
    compiler = typst.Compiler(font_paths=_FONTS, root=_ROOT)
    return pack_answers([*_each(compiler, sources, pictures, options["documents"])])


def _each(
    compiler: typst.Compiler, sources: Mapping[str, bytes], pictures: list[bytes], documents: list[Any]
) -> Iterator[bytes | Exception]:
    for document in documents:
        try:
            yield _set(compiler, sources, {name: pictures[at] for name, at in document["pictures"].items()}, document)
        except (PictureRefused, typst.TypstError) as error:
            yield error


def _set(
    compiler: typst.Compiler, sources: Mapping[str, bytes], pictures: Mapping[str, bytes], document: Mapping[str, Any]
) -> bytes:
    files = {name: source for name, source in sources.items() if name != document["main"]}
    named = {name: f"picture-{number}.svg" for number, (name, data) in enumerate(pictures.items())}
    files |= {named[name]: _as_svg(data) for name, data in pictures.items()}
    data = breakable(document["context"]) | {"pictures": named}
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    source: Any = {"main.typ": sources[document["main"]], **files}
    # The package's types do not know that it takes several files.
    made: Any
    try:
        made = compiler.compile(input=source, format="pdf", sys_inputs=inputs, pdf_standards="ua-1")
    except typst.TypstError:
        # The standard refuses a page with a sign for which no font here has a letter. Tags stay; if something else
        # was wrong, it is so again.
        made = compiler.compile(input=source, format="pdf", sys_inputs=inputs)
    return bytes(made)


def breakable(value: Any) -> Any:
    """Return plain data whose longest words may be broken."""
    match value:
        case str():
            return _LONG_WORD.sub(lambda found: found[0] + _BREAK_HERE, value)
        case list():
            return [breakable(one) for one in value]
        case dict():
            return {key: breakable(one) for key, one in value.items()}
    return value


def _as_svg(data: bytes) -> bytes:
    """Return the picture inside a text: the compiler takes files as texts only. The PDF has the picture as it was."""
    try:
        with Image.open(io.BytesIO(data), formats=tuple(_TYPES)) as picture:
            (width, height), kind = picture.size, _TYPES[str(picture.format)]
    except OSError as error:
        message = "neither PNG nor JPEG"
        raise PictureRefused(message) from error
    size = f'width="{width}" height="{height}"'
    address = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image href="{address}" {size}/></svg>'.encode()
