"""Settings of the platform, one environment variable each."""

from ttsai.settings import environment
from workers.audio.probe import MAX_AUDIO_SECONDS
from workers.contract.time_units import DAY_SECONDS, HOUR_SECONDS

TTSAI_HOME = environment.HOME
TTSAI_VERSION = "0.1.0"
TTSAI_PRODUCT_NAME = environment.text("TTSAI_PRODUCT_NAME", "Speech Platform")
"""Name of the product on its pages and in its emails."""

TTSAI_TRUSTED_PROXIES = environment.names("TTSAI_TRUSTED_PROXIES")
"""Addresses or networks whose X-Forwarded-For is trusted; none by default."""

TTSAI_PUBLIC_URL = environment.text("TTSAI_PUBLIC_URL")
"""Base of the URLs in results; by default the request's own host."""

TTSAI_LOCAL_URL = environment.text("TTSAI_LOCAL_URL", f"http://127.0.0.1:{environment.number('PORT', 8000)}")
"""Base URL for messages sent without a usable request host; set by `ttsai up`. Set TTSAI_PUBLIC_URL instead."""

TTSAI_JSON_BODY_BYTES = environment.number("TTSAI_JSON_BODY_BYTES", 2_000_000)
"""Default limit of a JSON body. Routes for long texts use TTSAI_TEXT_BODY_BYTES."""

TTSAI_TEXT_BODY_BYTES = environment.number("TTSAI_TEXT_BODY_BYTES", 14_000_000)
"""A million characters, in the worst case each escaped as a JSON surrogate pair, and the other fields."""

DATA_UPLOAD_MAX_MEMORY_SIZE = TTSAI_TEXT_BODY_BYTES
"""Limit of a form's fields without its files; the shell limits whole bodies by route before they are buffered."""

TTSAI_BODY_SECONDS = environment.number("TTSAI_BODY_SECONDS", 30)
TTSAI_BODY_BYTES_PER_SECOND = environment.number("TTSAI_BODY_BYTES_PER_SECOND", 8192)
"""Minimum rate of a request body: the time limit above grows by a second per this number of bytes, so slow clients are served and stalling
ones are not.
"""

TTSAI_SPEECH_WAIT_SECONDS = environment.number("TTSAI_SPEECH_WAIT_SECONDS", 170)
"""Longest wait of endpoints that answer with audio, then 504: the official SDK gives up at 180 s."""

TTSAI_UPLOAD_WAIT_SECONDS = environment.number("TTSAI_UPLOAD_WAIT_SECONDS", 290)
"""Longest wait of endpoints that receive a file: the SDK gives up at 300 s."""

TTSAI_BULK_SECONDS = environment.number("TTSAI_BULK_SECONDS", 600)
"""Longer recordings go to the lane `bulk`, unless a client waits."""

TTSAI_PIECE_SECONDS = environment.number("TTSAI_PIECE_SECONDS", 120)
"""Longer recordings are transcribed in pieces of about this length, each by any free worker."""

TTSAI_BULK_CHARACTERS = environment.number("TTSAI_BULK_CHARACTERS", 5000)
"""Longer texts go to the lane `bulk`, unless a client waits for the audio."""

TTSAI_BATCH_CHARACTERS = environment.number("TTSAI_BATCH_CHARACTERS", 2_500_000)
"""Most characters in all texts of a batch: fifty of the longest allowed by the plan `enterprise`. Reading and storing them takes about 2
seconds.
"""

TTSAI_WEB_THREADS = environment.number("TTSAI_WEB_THREADS", 8)
"""Requests that a web process handles at once."""
TTSAI_WEB_QUEUE = environment.number("TTSAI_WEB_QUEUE", 512)
"""Requests that may queue for a thread; further ones get 503 at once."""

TTSAI_POLLS_PER_MINUTE = environment.number("TTSAI_POLLS_PER_MINUTE", 1200)
"""Polls and downloads per minute and address, apart from the request limit."""

TTSAI_PART_ATTEMPTS = environment.number("TTSAI_PART_ATTEMPTS", 4)
"""Attempts of a part before its job fails."""
TTSAI_JOB_QUEUE_SECONDS = environment.number("TTSAI_JOB_QUEUE_SECONDS", 6 * HOUR_SECONDS)
"""Longest time in the queue; then the job ends as `expired` and its credits are released."""

TTSAI_FAILED_KEYS_PER_MINUTE = environment.number("TTSAI_FAILED_KEYS_PER_MINUTE", 300)
"""Invalid keys per minute from one address; beyond it 429 instead of 401."""

TTSAI_OUTBOUND_ALLOW = environment.names("TTSAI_OUTBOUND_ALLOW")
"""`host:port` pairs of private addresses that clients' URLs (webhooks, audio) may lead to."""

TTSAI_LOW_CREDITS = environment.number("TTSAI_LOW_CREDITS", 10)
"""Balance in whole credits below which an account receives the event credits.low. Accounts may have a threshold of their own."""

TTSAI_ENGINE_TIERS = {
    **dict.fromkeys(("pico", "piper", "vits", "melotts"), "free"),
    **dict.fromkeys(("kokoro", "cosyvoice2"), "standard"),
    **dict.fromkeys(("tortoise", "chatterbox"), "premium"),
}
"""Tier of a model when it is first announced; other models take the suggestion of their announcement. Afterwards the row applies."""

TTSAI_PART_SECONDS = environment.number("TTSAI_PART_SECONDS", 600)
"""Time limit of a part on a worker: about 500 characters of text, or 30 s of audio."""

TTSAI_UPLOAD_BYTES = environment.number("TTSAI_UPLOAD_BYTES", 1_000_000_000)
"""Largest upload (POST /v1/uploads/); a plan may allow less."""

TTSAI_UPLOAD_AUDIO_SECONDS = environment.number("TTSAI_UPLOAD_AUDIO_SECONDS", MAX_AUDIO_SECONDS)
"""Longest recording of any request or upload; longer ones are refused before anything is charged. Workers have no limit of their own: the
message carries the measured length.
"""

TTSAI_UPLOAD_KEPT_SECONDS = environment.number("TTSAI_UPLOAD_KEPT_SECONDS", DAY_SECONDS)
"""Retention of an upload, and of a used upload after its last use."""

TTSAI_UPLOAD_QUOTA_BYTES = environment.number("TTSAI_UPLOAD_QUOTA_BYTES", 20_000_000_000)
"""Total size of an account's stored and announced files."""

TTSAI_DISK_RESERVE_BYTES = environment.number("TTSAI_DISK_RESERVE_BYTES", 500_000_000)
"""Free space on the disk of TTSAI_HOME or of the object folder below which files and jobs are refused with 503."""

TTSAI_INTAKE_THREADS = environment.number("TTSAI_INTAKE_THREADS", 16)
"""Files that a web process measures and stores concurrently, apart from TTSAI_WEB_THREADS; accounts without files in flight may exceed it.
"""

TTSAI_SOCKET_ROUTES = [
    "apps.compat.deepgram.routes.ROUTES",
    "apps.compat.elevenlabs.routes.ROUTES",
    "apps.compat.realtime.routes.ROUTES",
    "apps.compat.stream_clone.routes.ROUTES",
    "apps.compat.clonyvoice.jobs_socket.ROUTES",
]
"""Dotted names of sequences of SocketRoute (apps/core/sockets.py)."""

TTSAI_SOCKETS = environment.number("TTSAI_SOCKETS", 1000)
"""Open WebSocket connections of a web process; further ones are refused with 503."""

TTSAI_FETCHES = environment.number("TTSAI_FETCHES", 256)
"""Concurrent fetches (file_url) of a web process, without a thread for each; accounts without fetches in flight may exceed it."""

TTSAI_CLONE_FIT = environment.text("TTSAI_CLONE_FIT", "on").lower() not in {"off", "0", "false", "no"}
"""False (`off`): voices are not fitted to their recordings; the likeness, the nearest mix of built-in voices, is the voice."""

TTSAI_REQUIRE_CONSENT = environment.text("TTSAI_REQUIRE_CONSENT").lower() in {"on", "1", "true", "yes"}
"""True (`on`): a request that clones a voice from a recording must state the speaker's consent."""

TTSAI_CLONE_FOLDER = environment.text("TTSAI_CLONE_FOLDER")
"""Folder whose recordings `POST /clone` may read by their path; empty: none."""

TTSAI_OPENVOICE_ACCOUNT = environment.number("TTSAI_OPENVOICE_ACCOUNT", 0)
"""Id of the account that requests without a key to `POST /api/clone` are counted for; 0: a key is needed."""

TTSAI_BLOCK_SIMILARITY = float(environment.text("TTSAI_BLOCK_SIMILARITY", "0.75"))
"""Cosine of two GE2E speaker embeddings from which on a voice counts as one on the block list. Recordings of one person have .80 in the mean,
of two persons .55, and of the two most alike of twenty .69.
"""

TTSAI_KEPT_EMBEDS = environment.number("TTSAI_KEPT_EMBEDS", 100)
"""Embeds (voices without a name) that an account keeps; the least recently used ones beyond it are deleted."""

TTSAI_APPEAL_DAYS = environment.number("TTSAI_APPEAL_DAYS", 14)
"""Days in which the owner of a voice that was taken down may appeal; then the voice and its files are deleted."""

TTSAI_ABUSE_REPORTS_PER_DAY = environment.number("TTSAI_ABUSE_REPORTS_PER_DAY", 20)
"""Abuse reports of an address block in 24 hours; further ones are refused."""

TTSAI_STATUS_URL = environment.text("TTSAI_STATUS_URL")
"""Base URL at which the status page's probe calls the web process; by default TTSAI_PUBLIC_URL, otherwise TTSAI_LOCAL_URL."""

TTSAI_STATUS_JOB_SECONDS = environment.number("TTSAI_STATUS_JOB_SECONDS", 300)
"""Time between two probes of the status page that speak and transcribe three words; 0 for none, so that only workers and queues are looked at.
"""
