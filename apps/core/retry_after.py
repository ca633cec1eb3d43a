"""Values of Retry-After: seconds after which a refused request may succeed."""

from typing import Final

JOB_RUNNING: Final = "1"
"""The job is not over yet."""
BUSY: Final = "2"
"""A limit on what runs at once is reached, or a server is restarting."""
FILE_PENDING: Final = "5"
"""A file is still being made, or the account's own files are waiting."""
DISK_FULL: Final = "60"
"""The disk is full."""
MODEL_UNAVAILABLE: Final = "60"
"""No worker serves the model, or an attempt failed a moment ago."""
