"""One real server for the examples of the documentation, with announced models of every kind and a worker in a thread."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from apps.jobs.models import Part
from tests.compat.realtime.talking import CHAT
from tests.factories_jobs import AUDIO, announce, engine_spec, outcome_of, started, store_output
from tests.fresh_state import fresh_state
from tests.speech.people import Person, person
from tests.transcription.conftest import HEARD, WHISPER
from tests.voices.conftest import CLONING, ENROLLING, Enroller, attempt_part
from tests.web.shell import RunningShell, running_shell
from tests.workers.audio.probe.recordings import wav_bytes
from tests.workers.chat_http import chat_http, says
from workers.contract.codec import Message
from workers.contract.engines import Directions
from workers.contract.messages import PartOutcome
from workers.contract.transcription import ReplyWork, ScriptDocument, Turn
from workers.engines.openai_chat import OpenAIChat
from workers.kokoro.accents import LANGUAGES, VOICES

NO_VOICES: dict[str, Any] = {"voices": (), "default_voice": ""}
ENGINES = (
    engine_spec(voices=VOICES, languages=LANGUAGES, has_mixing=True),
    replace(CLONING, languages=LANGUAGES, has_mixing=True),
    ENROLLING,
    engine_spec("whisper", **WHISPER),
    engine_spec("openai-chat", **CHAT),
    engine_spec("world", kind="voice-convert", **NO_VOICES),
    engine_spec("apertium", kind="translate", directions=(Directions("es", ("en",)), Directions("en", ("es",))), **NO_VOICES),
    engine_spec("deepfilternet", kind="enhance", **NO_VOICES),
    engine_spec("wpe", kind="dereverb", **NO_VOICES),
    engine_spec("spleeter", kind="separate", stems=(2,), **NO_VOICES),
)
SCRIPT = ScriptDocument("Hello there.", "Hola.", "en", "es", ("Hola.",), gender="female")
FOUND: dict[str, dict[str, Any]] = {
    "analyze": {
        "key": "A", "scale": "minor", "bpm": 118.0, "time_signature": "4/4", "camelot": "8A", "compatible_keys": ["7A", "9A"],
        "key_confidence": 0.82, "bpm_confidence": 0.91, "duration": 184.3,
    },
    "waveform": {
        "version": 2, "channels": 1, "sample_rate": 48_000, "samples_per_pixel": 2400, "bits": 8, "length": 2, "duration": 0.1, "data": [-9, 11],
    },
    "diarize": {
        "duration": 61.2, "num_speakers": 2,
        "speakers": [{"speaker": "SPEAKER_00", "seconds": 31.4}, {"speaker": "SPEAKER_01", "seconds": 28.7}],
        "segments": [{"start": 0.3, "end": 4.1, "speaker": "SPEAKER_00", "has_overlap": True}],
        "overlaps": [{"start": 3.8, "end": 4.1, "speakers": ["SPEAKER_00", "SPEAKER_01"]}],
    },
    "verify": {
        "watermark": {"checked": True, "detected": True, "confidence": 1.0, "marked_seconds": 4.2},
        "content_credentials": {"found": False, "valid": False, "trusted": False, "actions": [], "problems": []},
    },
}  # fmt: skip
"""Findings of the tools that answer with JSON."""
DOCUMENTS: dict[str, Message] = {"listen": HEARD, "transcript": HEARD, "translate": SCRIPT}
SAID = "Hello! I am fine, thank you. What shall we talk about?"
"""Words of the stand-in, which the voice chat of the reference shows."""
SOUND = wav_bytes(bytes(2 * 16_000))


def answer_message(work: ReplyWork) -> ScriptDocument:
    """Answer to a message as the real responder gives it, by a tiny stand-in of a language model: a server that always says the same."""
    said = work.text or HEARD.text
    with chat_http() as server:
        server.otherwise = says(SAID)
        responder = OpenAIChat({"TTSAI_CHAT_URL": server.url, "TTSAI_CHAT_MODEL": "stand-in"})
        text = responder.reply((*work.history, Turn("user", said)), system_prompt=work.system_prompt, language="en")
    return ScriptDocument(said, text, "en", "en", (text,))


class Maker:
    """Answers of the worker: documents by the kind of part, voices, and a tenth of a second of sound for everything else."""

    def __init__(self) -> None:
        self.enroller = Enroller()
        self.documents = {name: document.to_dict() for name, document in DOCUMENTS.items()}
        self.documents |= {name: {"fields": fields} for name, fields in FOUND.items()}

    def do(self, part: Part) -> PartOutcome | None:
        if part.kind in {"examine_voice", "fit_voice"}:
            return attempt_part(part, self.enroller)
        if part.kind == "reply":
            document = answer_message(ReplyWork.from_dict(started(part).work)).to_dict()
            return outcome_of(part, manifest=store_output(started(part), audio=json.dumps(document).encode()))
        is_document = part.output_specs[0].media_type == "application/json"
        found = self.documents.get(part.kind, {"fields": {}} if is_document else None)
        return outcome_of(part, manifest=store_output(started(part), audio=json.dumps(found).encode() if found is not None else AUDIO))


@pytest.fixture
def server(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[RunningShell]:
    settings.TTSAI_WEB_THREADS = 4
    with fresh_state(settings, tmp_path):
        announce(*ENGINES)
        with running_shell() as shell:
            yield shell


@pytest.fixture
def owner(server: RunningShell) -> Person:
    return person(credits=1000, requests_per_minute=100_000, concurrent_jobs=1000)
