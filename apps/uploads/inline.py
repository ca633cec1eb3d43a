"""Files inside JSON: base64, or a data URL."""

import base64
import binascii
import re
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from apps.core.errors import InvalidRequestError

_DATA_URL: Final = re.compile(r"data:[\w.+/-]{0,100}(?:;[\w.+=/\"-]{1,100}){0,5},", re.ASCII)
_SPACE: Final = re.compile(r"\s+")


def read_inline_file(text: str, *, param: str) -> "UploadedFile[Any]":
    """The file of a base64 text or a data URL; line breaks and missing padding are forgiven. 400 invalid_base64."""
    encoded = text
    if text.startswith("data:"):
        match = _DATA_URL.match(text)
        if match is None or ";base64" not in match[0]:
            raise _invalid(param, "a data URL must have the form data:<type>;base64,<data>")
        encoded = text[match.end() :]
    encoded = _SPACE.sub("", encoded).rstrip("=")
    try:
        content = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _invalid(param, str(error)[:100]) from None
    if not content:
        raise _invalid(param, "it is empty")
    return SimpleUploadedFile(param, content)  # Django refuses a file without a name


def _invalid(param: str, reason: str) -> InvalidRequestError:
    return InvalidRequestError(f"{param} is not valid base64: {reason}.", code="invalid_base64", param=param)
