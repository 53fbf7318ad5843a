"""Word files that attack who opens them: what is in each, and the problems that are found in it."""

import io
import struct
import zipfile

from tests.kernel.word_files import RELS_HEAD, part_of, with_body, with_parts, with_relation, word

FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
    '<w:r><w:instrText>{}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def types(extra):
    return part_of(word("x"), "[Content_Types].xml").replace("</Types>", f"{extra}</Types>")


def override(part, kind):
    return f'<Override PartName="{part}" ContentType="{kind}"/>'


def macro_enabled():
    kinds = (
        types("")
        .replace("wordprocessingml.document.main+xml", "x")
        .replace(
            "application/vnd.openxmlformats-officedocument.x", "application/vnd.ms-word.document.macroEnabled.main+xml"
        )
    )
    return with_parts(word("x"), {"[Content_Types].xml": kinds})


def zipped(entries, compression=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return made.getvalue()


def encrypted():
    """Set the flag that says that the first entry is encrypted, in both places."""
    data = bytearray(word("x"))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", data, data.index(signature) + offset, 1)
    return bytes(data)


def lying_about_sizes():
    data = bytearray(zipped([("[Content_Types].xml", "x" * 100)]))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 7)
    return bytes(data)


MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PACKAGES = {
    "nothing": (b"", ["not_word"]),
    "no zip": (b"Dear student, this is text", ["not_word"]),
    "a pdf": (b"%PDF-1.7\n...", ["not_word"]),
    "cut short": (word("x")[:-200], ["not_word"]),
    "old word or password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ["old_word"]),
    "zip of something else": (zipped([("hello.txt", "hello")]), ["not_word"]),
    "odt renamed": (
        zipped([("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<x/>")]),
        ["open_document"],
    ),
    "template instead of document": (
        with_parts(word("x"), {"[Content_Types].xml": types("").replace("document.main", "template.main")}),
        ["not_word"],
    ),
    "macro document renamed": (macro_enabled(), ["macros"]),
    "macro part": (with_parts(word("x"), {"word/vbaProject.bin": b"\0" * 20}), ["macros"]),
    "macro relation": (with_relation(word("x"), "vbaProject", "code.bin", external=False), ["macros"]),
    "ole object": (
        with_parts(
            word("x"),
            {
                "[Content_Types].xml": types(
                    override("/word/x.bin", "application/vnd.openxmlformats-officedocument.oleObject")
                )
            },
        ),
        ["embedded"],
    ),
    "embedded sheet": (with_parts(word("x"), {"word/embeddings/sheet.xlsx": b"PK"}), ["embedded"]),
    "active x": (with_parts(word("x"), {"word/activeX/activeX1.bin": b"x"}), ["embedded"]),
    "ole relation": (with_relation(word("x"), "oleObject", "http://127.0.0.1:1/x.bin"), ["embedded"]),
    "object in the text": (with_body("<w:p><w:r><w:object/></w:r></w:p>"), ["embedded"]),
    "remote template": (with_relation(word("x"), "attachedTemplate", "http://127.0.0.1:1/x.dotm"), ["remote_template"]),
    "template on a share": (with_relation(word("x"), "attachedTemplate", r"\\host\x.dotm"), ["remote_template"]),
    "external picture": (with_relation(word("x"), "image", "http://127.0.0.1:1/x.png"), ["external"]),
    "external file": (with_relation(word("x"), "image", "file:///etc/shadow"), ["external"]),
    "external without mode": (with_relation(word("x"), "image", "http://127.0.0.1:1/x", external=False), ["external"]),
    "external settings": (with_relation(word("x"), "mailMergeSource", "file:///C:/x.xlsx"), ["external"]),
    "link that runs": (with_relation(word("x"), "hyperlink", "javascript:alert(1)"), ["external"]),
    "link to a file": (with_relation(word("x"), "hyperlink", "file:///etc/passwd"), ["external"]),
    "link that is none": (with_relation(word("x"), "hyperlink", "http://[::1"), ["external"]),
    "other chunk": (with_relation(word("x"), "aFChunk", "x.html", external=False), ["alt_chunk"]),
    "sub document": (with_relation(word("x"), "subDocument", "file:///C:/x.docx"), ["alt_chunk"]),
    "other chunk in the text": (with_body("<w:altChunk/>"), ["alt_chunk"]),
    "dde": (with_body(FIELD.format("DDEAUTO c:\\\\windows\\\\", "cmd.exe")), ["active_field"]),
    "dde in two runs": (with_body(FIELD.format(" DD", "E cmd x")), ["active_field"]),
    "include picture": (with_body(FIELD.format("INCLUDEPICTURE ", '"http://127.0.0.1:1/x"')), ["active_field"]),
    "include text": (
        with_body('<w:p><w:fldSimple w:instr=" INCLUDETEXT file:///etc/passwd "/></w:p>'),
        ["active_field"],
    ),
    "entities": (with_parts(word("x"), {"word/settings.xml": DTD}), ["dtd"]),
    "entity bomb": (with_parts(word("x"), {"word/settings.xml": f"{BOMB}]><x>&i;</x>"}), ["dtd"]),
    "entities in utf-16": (with_parts(word("x"), {"word/x.xml": "<!DOCTYPE x><x/>".encode("utf-16")}), ["dtd"]),
    "entities in relations": (
        with_parts(
            word("x"), {"word/_rels/a.rels": RELS_HEAD.replace("<Rel", "<!DOCTYPE x><Rel") + "</Relationships>"}
        ),
        ["dtd"],
    ),
    "broken xml": (with_parts(word("x"), {"word/document.xml": "<w:document>"}), ["broken_part"]),
    "part without bytes": (with_parts(word("x"), {"word/settings.xml": ""}), ["broken_part"]),
    "no document": (with_parts(word("x"), {}, without=["word/document.xml"]), ["unreadable"]),
    "no relations": (with_parts(word("x"), {}, without=["_rels/.rels"]), ["unreadable"]),
    "zip bomb": (zipped([("word/document.xml", b"\0" * (30 << 20))]), ["zip_bomb"]),
    "unpacked too large": (
        zipped([("a", bytes(range(256)) * 110_000), ("b", bytes(range(256)) * 110_000)], zipfile.ZIP_STORED),
        ["zip_bomb"],
    ),
    "too many entries": (zipped([(str(number), "") for number in range(1001)]), ["zip_bomb"]),
    "encrypted": (encrypted(), ["encrypted"]),
    "sizes that lie": (lying_about_sizes(), ["not_word"]),
    "path traversal": (with_parts(word("x"), {"../../evil.xml": "<x/>"}), ["odd_names"]),
    "absolute path": (with_parts(word("x"), {"/etc/evil.xml": "<x/>"}), ["odd_names"]),
    "windows path": (with_parts(word("x"), {"word\\evil.xml": "<x/>"}), ["odd_names"]),
    "same name twice": (with_parts(word("x"), {"WORD/document.xml": "<x/>"}), ["odd_names"]),
}

# The same attacks where another reader would look: each kind of relation with each address, each field that reads.
ADDRESSES = ("http://127.0.0.1:1/x", "https://127.0.0.1:1/x", "ftp://127.0.0.1/x", "file:///etc/passwd", r"\\\\host\x")
RELATIONS = {
    **dict.fromkeys(("image", "header", "footer", "comments", "theme", "font", "video", "audio", "slide"), "external"),
    **dict.fromkeys(("attachedTemplate",), "remote_template"),
    **dict.fromkeys(("oleObject", "package", "control"), "embedded"),
    **dict.fromkeys(("aFChunk", "subDocument"), "alt_chunk"),
}
FIELDS = (
    "DDE",
    "DDEAUTO",
    "INCLUDEPICTURE",
    "INCLUDETEXT",
    "INCLUDE",
    "IMPORT",
    "LINK",
    "DATABASE",
    "RD",
    "MACROBUTTON",
    "EMBED",
    "CONTROL",
)
GENERATED = {
    **{
        f"{kind} at {address}": (with_relation(word("x"), kind, address), [code])
        for kind, code in RELATIONS.items()
        for address in ADDRESSES
    },
    **{
        f"field {name} in {place}": (with_body(body.format(name, name.lower())), ["active_field"])
        for name in FIELDS
        for place, body in (
            ("runs", FIELD.format("{0} ", "x")),
            ("one element", '<w:p><w:fldSimple w:instr=" {0} x "/></w:p>'),
            ("small letters", '<w:p><w:fldSimple w:instr=" {1} x "/></w:p>'),
        )
    },
}
FILES = PACKAGES | GENERATED
