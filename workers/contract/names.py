"""Names that both sides spell the same way: tasks, queues, lanes, streams, channels."""

from typing import Final, Literal

Lane = Literal["live", "normal", "bulk"]
LANES: Final[tuple[Lane, ...]] = ("live", "normal", "bulk")
"""Most urgent first: somebody listens; a usual request; batches and long texts."""

PLATFORM_QUEUE: Final = "platform"
"""The queue that the platform's own Celery worker reads."""

CONTROL_QUEUE: Final = "platform.control"
"""The queue for dispatching and reaping, read by a process of its own: no slow task of the platform delays them."""

CODEC_QUEUE: Final = "codec"
"""The queue group for parts that need no engine: joining, converting. Every worker serves it."""

RUN_PART: Final = "workers.run_part"
"""Platform to worker: do one part. One argument: PartMessage.to_dict()."""

ANNOUNCE: Final = "platform.announce_worker"
"""Worker to platform, at start and every minute: Announcement.to_dict()."""

HEARTBEAT: Final = "platform.worker_heartbeat"
"""Worker to platform, every HEARTBEAT_SECONDS: Heartbeat.to_dict()."""

PART_STARTED: Final = "platform.part_started"
"""Worker to platform: PartStarted.to_dict()."""

PART_FINISHED: Final = "platform.part_finished"
"""Worker to platform: PartOutcome.to_dict(). May be repeated; repeats change nothing."""

HEARTBEAT_SECONDS: Final = 3.0
LEASE_SECONDS: Final = 15.0
"""A part whose worker has been silent for this long is given to another worker."""

STOP_SECONDS: Final = 8.0
"""Seconds that a web process or worker which was told to stop continues what it has in flight; a worker's default."""

CANCEL_CHANNEL: Final = "workers:cancel"
"""Pub/sub channel; the payload is an attempt token. A lost message is repaired by cancel_key at the next heartbeat."""


def queue_name(group: str, lane: str) -> str:
    """The Celery queue of one lane of an engine's queue group, `engine.kokoro.live`."""
    return f"engine.{group}.{lane}"


def cancel_key(token: str) -> str:
    """Set (with an expiry) while the attempt with this token is to stop."""
    return f"workers:cancelled:{token}"


def claim_key(token: str) -> str:
    """Set (with an expiry) by the worker that began the attempt with this token."""
    return f"workers:claimed:{token}"


def job_stream(job: str) -> str:
    """The Redis stream of one job's live events (job: 32 hex digits)."""
    return f"job:{job}:events"
