"""Names shared by both sides: tasks, queues, lanes, streams, channels."""

from typing import Final, Literal

Lane = Literal["live", "normal", "bulk"]
LANES: Final[tuple[Lane, ...]] = ("live", "normal", "bulk")
"""Lanes, most urgent first: live requests, ordinary requests, batches and long texts."""

PLATFORM_QUEUE: Final = "platform"
"""Queue of the platform's Celery worker."""

CONTROL_QUEUE: Final = "platform.control"
"""Queue for dispatching and reaping, consumed by a separate process: no slow task of the platform delays them."""

CODEC_QUEUE: Final = "codec"
"""Queue group for parts without an engine (joining, converting), which every worker serves."""

EXAMINATION_QUEUE: Final = "examination"
"""Queue group for examining the recordings of a voice, apart from the fits: requests wait for an examination, and a fit takes minutes."""

RUN_PART: Final = "workers.run_part"
"""Platform to worker: do one part. Argument: PartMessage.to_dict()."""

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
"""Silence of a worker after which its parts are given to another."""

STOP_SECONDS: Final = 8.0
"""Seconds that a stopping web process or worker continues its work in flight; a worker's default."""

CANCEL_CHANNEL: Final = "workers:cancel"
"""Pub/sub channel; the payload is an attempt token. A lost message is repaired by cancel_key at the next heartbeat."""

SENTENCE_PURGES: Final = "workers:sentence_purges"
"""Redis stream of SentencePurgeMessage: which cached sentences workers delete."""


def queue_name(group: str, lane: str) -> str:
    """The Celery queue of one lane of an engine's queue group, `engine.kokoro.live`."""
    return f"engine.{group}.{lane}"


def cancel_key(token: str) -> str:
    """Key set (with an expiry) while the attempt with this token is to stop."""
    return f"workers:cancelled:{token}"


def claim_key(token: str) -> str:
    """Key set (with an expiry) by the worker that started the attempt with this token."""
    return f"workers:claimed:{token}"


def job_stream(job: str) -> str:
    """The Redis stream of one job's live events (job: 32 hex digits)."""
    return f"job:{job}:events"


def audio_stream(job: str, part: int) -> str:
    """The Redis stream of one part's live audio (workers/contract/live_audio.py), which only listeners read."""
    return f"job:{job}:audio:{part}"


def audio_bytes_key(job: str) -> str:
    """Counter of the bytes of live audio of a job that nobody has read yet; workers publish none beyond LIVE_AUDIO_BYTES."""
    return f"job:{job}:audio_bytes"


LIVE_AUDIO_BYTES: Final = 32 << 20
"""Most bytes of unread live audio of a job, eleven minutes at 24 kHz; what lies beyond is read from the stored files."""
LIVE_AUDIO_SECONDS: Final = 600
"""Seconds for which live audio is kept after its last chunk."""
