import io
import subprocess
import sys

import pytest
from PIL import Image

from portal.kernel import picture_child, pictures
from portal.kernel.errors import RuleViolation
from portal.kernel.picture_child import redraw
from portal.kernel.pictures import clean_picture, picture_type
from portal.kernel.sandbox import SandboxError

ORIENTATION, MAKE = 0x0112, 0x010F


def drawn(kind: str, mode: str = "RGB", size: tuple[int, int] = (12, 8), **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "SECRETCAM"
    return drawn("JPEG", exif=exif)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("PNG", "image/png", "image/png"),
        ("JPEG", "image/jpeg", "image/jpeg"),
        ("WEBP", "image/webp", "image/jpeg"),
    ],
)
def test_a_picture_is_drawn_anew(kind, before, after):
    data = drawn(kind)
    assert (picture_type(data), picture_type(clean_picture(data))) == (before, after)


def test_a_picture_is_upright_and_tells_nothing_else():
    data = with_exif() + b"<script>alert(1)</script>"
    clean = redraw(data, {"as_png": False})
    with Image.open(io.BytesIO(clean)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((8, 12), {})
    assert [text in clean for text in (b"SECRETCAM", b"script")] == [False, False]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_can_be_drawn(mode):
    assert picture_type(redraw(drawn("PNG", mode), {"as_png": True})) == "image/png"


@pytest.mark.parametrize("data", [drawn("JPEG", "CMYK"), drawn("JPEG", "L"), drawn("WEBP", "RGBA")])
def test_every_kind_of_photo_becomes_a_plain_jpeg(data):
    with Image.open(io.BytesIO(redraw(data, {"as_png": False}))) as picture:
        assert (picture.format, picture.mode in ("L", "RGB")) == ("JPEG", True)


def test_what_is_transparent_becomes_white():
    with Image.open(io.BytesIO(redraw(drawn("WEBP", "RGBA"), {"as_png": False}))) as picture:
        assert picture.getpixel((0, 0)) == (255, 255, 255)


def test_a_large_picture_is_made_smaller():
    with Image.open(io.BytesIO(redraw(drawn("JPEG", "L", (4000, 1000)), {"as_png": False}))) as picture:
        assert picture.size == (2560, 640)


def test_too_many_pixels_are_refused_before_they_are_unpacked():
    with pytest.raises(RuleViolation) as refused:
        clean_picture(drawn("PNG", "1", (5001, 5000)))
    assert refused.value.code == "picture_too_large"


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"<svg/>", b"%PDF-1.7", b"RIFF1234WAVE", drawn("PNG")[:40], b"\xff\xd8\xff" + b"x" * 99],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(RuleViolation) as refused:
        clean_picture(data)
    assert refused.value.code == "not_a_picture"


def test_a_child_that_gives_up_means_too_large(monkeypatch):
    def give_up(*_args, **_kwargs):
        reason = "memory"
        raise SandboxError(reason)

    monkeypatch.setattr(pictures, "run_limited", give_up)
    with pytest.raises(RuleViolation) as refused:
        clean_picture(drawn("PNG"))
    assert refused.value.code == "picture_too_large"


def test_more_pixels_than_we_unpack_are_refused_before_they_are(monkeypatch):
    monkeypatch.setattr(picture_child, "MOST_PIXELS", 12 * 8 - 1)
    with pytest.raises(picture_child.TooManyPixelsError):
        redraw(drawn("PNG"), {"as_png": True})


@pytest.mark.parametrize(
    ("size", "side"), [((600, 300), 300), ((2000, 1800), picture_child.PORTRAIT_SIDE)], ids=["small", "large"]
)
def test_a_portrait_is_a_square_cut_out_of_the_middle_and_always_a_photo(size, side):
    with Image.open(io.BytesIO(redraw(drawn("PNG", "RGBA", size), {"as_png": False, "portrait": True}))) as picture:
        assert (picture.size, picture.format, picture.getpixel((0, 0))) == ((side, side), "JPEG", (255, 255, 255))


def test_the_child_that_draws_loads_no_django():
    seen = "import sys, portal.kernel.picture_child; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
