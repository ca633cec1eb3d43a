"""Free space on the platform's disks, and the reserve that admission leaves untouched."""

import shutil
from pathlib import Path

from django.conf import settings

from apps.core import retry_after
from apps.core.errors import StorageFullError


def free_bytes() -> int:
    """Free bytes of the fullest disk: that of TTSAI_HOME, or that of the object folder if there is one. Raises OSError."""
    folders = [Path(settings.TTSAI_HOME)]
    if not settings.S3_BUCKET:
        folders.append(Path(settings.OBJECTS_FOLDER))
    return min(shutil.disk_usage(_existing(folder)).free for folder in folders)


def is_reserve_reached(wanted_bytes: int = 0) -> bool:
    """True if writing `wanted_bytes` would leave less than TTSAI_DISK_RESERVE_BYTES free. Raises OSError."""
    return free_bytes() - wanted_bytes < settings.TTSAI_DISK_RESERVE_BYTES


def require_room() -> None:
    """Raise StorageFullError (503) if the reserve is reached: it is kept for work that was accepted before."""
    if is_reserve_reached():
        message = "The server's disk is nearly full, and nothing new is accepted at the moment. Try again later."
        raise StorageFullError(message, headers={"Retry-After": retry_after.DISK_FULL})


def _existing(folder: Path) -> Path:
    """The folder, or its closest existing parent."""
    return next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
