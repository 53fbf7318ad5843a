"""Pictures for uploads, made here."""

import io

from PIL import Image

ORIENTATION, GPS = 0x0112, 0x8825


def jpeg_with_place() -> bytes:
    """Return a small JPEG that says in its EXIF where it was taken."""
    picture = Image.new("RGB", (64, 48), (120, 130, 140))
    exif = Image.Exif()
    exif[ORIENTATION] = 1
    exif.get_ifd(GPS)[1] = "S"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()
