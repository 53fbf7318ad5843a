"""Files that come and go: sizes are looked at before anything is read."""

from typing import Any, Final, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

MEBIBYTE: Final = 1024 * 1024
# A file in an answer, for the schema.
PDF: Final[dict[Any, Any]] = {(200, "application/pdf"): OpenApiTypes.BINARY}
ANY_FILE: Final[dict[Any, Any]] = {(200, "application/octet-stream"): OpenApiTypes.BINARY}
FORMS: Final = (MultiPartParser,)


class UploadField(serializers.FileField):
    """A file of at most ``most`` bytes; what it is, is judged by the service from its content."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(allow_empty_file=True, **kwargs)

    def to_internal_value(self, data: Any) -> UploadedFile[Any]:
        """Return the file; refuses one that is too large without reading it."""
        found = cast("UploadedFile[Any]", super().to_internal_value(data))
        if (found.size or 0) > self.most:
            text = _("This file is larger than %(most)d MB.") % {"most": self.most // MEBIBYTE}
            raise serializers.ValidationError(text, code="too_large")
        return found
