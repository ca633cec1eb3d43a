"""Values of Retry-After: seconds after which a refused request may succeed."""

from typing import Final

AT_NEXT_POLL: Final = "1"
"""The job is not over yet."""
SOON: Final = "2"
"""A limit on what runs at once is reached, or a server is restarting."""
WHEN_MADE: Final = "5"
"""A file is still being made, or the account's own files are waiting."""
WHEN_ROOM: Final = "60"
"""The disk is full."""
WHEN_SERVED: Final = "60"
"""No worker serves the model, or an attempt failed a moment ago."""
