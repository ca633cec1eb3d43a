"""Recordings on the server's disk, below the folder that the operator allows."""

import os
import re
import stat
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from apps.core.errors import InvalidRequestError, NotFoundError
from apps.voices.recordings import LIMITS

_FILE_URL: Final = re.compile(r"\Afile://", re.IGNORECASE)


def open_local_file(given: str, *, param: str) -> "UploadedFile[Any]":
    """Open a file below TTSAI_CLONE_FOLDER; a relative path begins there. No symbolic link leads out of it.

    400 local_path_refused, 404 local_file_not_found.
    """
    if not settings.TTSAI_CLONE_FOLDER:
        message = "This server reads no local paths. Send the recording as base64 or as a URL; an operator may set TTSAI_CLONE_FOLDER."
        raise InvalidRequestError(message, code="local_path_refused", param=param)
    folder = Path(settings.TTSAI_CLONE_FOLDER).resolve()
    wanted = os.path.realpath(folder / _FILE_URL.sub("", given.replace("\x00", "")))
    if not Path(wanted).is_relative_to(folder):
        raise InvalidRequestError("The path leads out of the folder that the operator allows.", code="local_path_refused", param=param)
    try:
        number = os.open(wanted, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise _missing(given, param=param) from None
    file = os.fdopen(number, "rb")
    # Looked at again once it is open: a folder on the way may have become a link meanwhile.
    is_inside = Path(os.path.realpath(f"/proc/self/fd/{number}")).is_relative_to(folder)
    found = os.fstat(number)
    if not is_inside or not stat.S_ISREG(found.st_mode):
        file.close()
        raise _missing(given, param=param)
    with file:
        return SimpleUploadedFile(Path(wanted).name, file.read(LIMITS.max_bytes + 1))  # one byte too many is refused later


def _missing(given: str, *, param: str) -> NotFoundError:
    return NotFoundError(f"There is no recording {given[:100]!r} in the operator's folder.", code="local_file_not_found", param=param)
