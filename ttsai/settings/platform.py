"""The platform's own settings; each is one environment variable."""

from ttsai.settings import environment
from workers.audio.probe import MAX_AUDIO_SECONDS

TTSAI_HOME = environment.HOME
TTSAI_VERSION = "0.1.0"

TTSAI_TRUSTED_PROXIES = environment.names("TTSAI_TRUSTED_PROXIES")
"""Addresses or networks whose X-Forwarded-For is believed; none unless set."""

TTSAI_PUBLIC_URL = environment.text("TTSAI_PUBLIC_URL")
"""The address in result URLs; the request's own host unless set."""

TTSAI_LOCAL_URL = environment.text("TTSAI_LOCAL_URL", f"http://127.0.0.1:{environment.number('PORT', 8000)}")
"""The address in what is sent without a request whose host could stand there; `ttsai up` sets it. Set TTSAI_PUBLIC_URL instead."""

TTSAI_JSON_BODY_BYTES = environment.number("TTSAI_JSON_BODY_BYTES", 2_000_000)
"""The default limit of a JSON body. Routes that take long texts have their own (TTSAI_TEXT_BODY_BYTES)."""

TTSAI_TEXT_BODY_BYTES = environment.number("TTSAI_TEXT_BODY_BYTES", 14_000_000)
"""A million characters, each escaped as a JSON surrogate pair at worst, and the fields beside them."""

DATA_UPLOAD_MAX_MEMORY_SIZE = TTSAI_TEXT_BODY_BYTES
"""The fields of a form beside its files; the shell limits whole bodies by route before they are buffered."""

TTSAI_BODY_SECONDS = environment.number("TTSAI_BODY_SECONDS", 30)
TTSAI_BODY_BYTES_PER_SECOND = environment.number("TTSAI_BODY_BYTES_PER_SECOND", 8192)
"""A body has the seconds above plus one for so many bytes that came: a slow line is served, a dripping one is not."""

TTSAI_SPEECH_WAIT_SECONDS = environment.number("TTSAI_SPEECH_WAIT_SECONDS", 170)
"""Endpoints that answer with audio wait this long, then 504: the official SDK gives up at 180 s."""

TTSAI_UPLOAD_WAIT_SECONDS = environment.number("TTSAI_UPLOAD_WAIT_SECONDS", 290)
"""The same for those that bring a file: the SDK gives up at 300 s."""

TTSAI_BULK_SECONDS = environment.number("TTSAI_BULK_SECONDS", 600)
"""A longer recording goes to the lane `bulk`, unless somebody waits."""

TTSAI_PIECE_SECONDS = environment.number("TTSAI_PIECE_SECONDS", 120)
"""A longer recording is heard in pieces of about this length, each by whichever worker is free."""

TTSAI_BULK_CHARACTERS = environment.number("TTSAI_BULK_CHARACTERS", 5000)
"""A longer text goes to the lane `bulk`, unless somebody waits for its audio."""

TTSAI_BATCH_CHARACTERS = environment.number("TTSAI_BATCH_CHARACTERS", 2_500_000)
"""All texts of one batch together: fifty of the longest that the plan `enterprise` allows. Reading and storing them takes some 2 seconds."""

TTSAI_WEB_THREADS = environment.number("TTSAI_WEB_THREADS", 8)
TTSAI_WEB_QUEUE = environment.number("TTSAI_WEB_QUEUE", 512)
"""Requests that may wait for a thread; further ones are answered 503 at once."""

TTSAI_POLLS_PER_MINUTE = environment.number("TTSAI_POLLS_PER_MINUTE", 1200)
"""Polling and downloading, by address: generous, and apart from the requests a minute."""

TTSAI_PART_ATTEMPTS = environment.number("TTSAI_PART_ATTEMPTS", 4)
TTSAI_JOB_QUEUE_SECONDS = environment.number("TTSAI_JOB_QUEUE_SECONDS", 6 * 3600)
"""A job that no worker took up for this long ends as `expired`, its credits back."""

TTSAI_FAILED_KEYS_PER_MINUTE = environment.number("TTSAI_FAILED_KEYS_PER_MINUTE", 300)
"""Wrong keys from one address; beyond it 429 instead of 401."""

TTSAI_OUTBOUND_ALLOW = environment.names("TTSAI_OUTBOUND_ALLOW")
"""`host:port` pairs that clients' addresses (webhooks, audio URLs) may lead to although they are private."""

TTSAI_LOW_CREDITS = environment.number("TTSAI_LOW_CREDITS", 10)
"""Whole credits: an account whose balance falls below them is sent the event credits.low. Accounts may have a threshold of their own."""

TTSAI_ENGINE_TIERS = {
    **dict.fromkeys(("pico", "piper", "vits", "melotts"), "free"),
    **dict.fromkeys(("kokoro", "cosyvoice2"), "standard"),
    **dict.fromkeys(("tortoise", "chatterbox"), "premium"),
}
"""The tier of a model at its first sight; what is not here takes its announcement's suggestion. Afterwards the row counts."""

TTSAI_PART_SECONDS = environment.number("TTSAI_PART_SECONDS", 600)
"""A worker gives a part up after so long: some 500 characters of text, or 30 s of audio."""

TTSAI_UPLOAD_BYTES = environment.number("TTSAI_UPLOAD_BYTES", 1_000_000_000)
"""The largest file that may be sent in advance (POST /v1/uploads/); a plan may allow less."""

TTSAI_UPLOAD_AUDIO_SECONDS = environment.number("TTSAI_UPLOAD_AUDIO_SECONDS", MAX_AUDIO_SECONDS)
"""The longest recording of any request or upload; longer ones are refused before anything is charged. Workers have no limit of
their own: they are told the length that was measured."""

TTSAI_UPLOAD_KEPT_SECONDS = environment.number("TTSAI_UPLOAD_KEPT_SECONDS", 24 * 3600)
"""So long a file that was sent can be used, and so long after its last use it is kept for the job."""

TTSAI_UPLOAD_QUOTA_BYTES = environment.number("TTSAI_UPLOAD_QUOTA_BYTES", 20_000_000_000)
"""All files of one account that are kept or announced at a time."""

TTSAI_DISK_RESERVE_BYTES = environment.number("TTSAI_DISK_RESERVE_BYTES", 500_000_000)
"""Neither a file nor a job is accepted (503) once less than this is free on the disk of TTSAI_HOME or of the object folder."""

TTSAI_INTAKE_THREADS = environment.number("TTSAI_INTAKE_THREADS", 16)
"""Files that a web process measures and stores at once, apart from TTSAI_WEB_THREADS; accounts with nothing under way come on top."""

TTSAI_FETCH_THREADS = environment.number("TTSAI_FETCH_THREADS", 16)
"""The same for addresses (file_url) that are fetched: their servers may be slow."""
