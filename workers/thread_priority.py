"""Operating-system priority of threads."""

import logging
import os
import sys
import threading

logger = logging.getLogger(__name__)


def lower_priority(niceness: int) -> None:
    """Lower the calling thread's priority; on Linux niceness belongs to a thread, elsewhere it would slow the whole process."""
    if sys.platform != "linux":
        return
    try:
        thread_id = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread_id, min(19, os.getpriority(os.PRIO_PROCESS, thread_id) + niceness))
    except OSError as error:
        logger.warning("niceness_refused errno=%s", error.errno)
