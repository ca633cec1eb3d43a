"""Own voices of Kokoro through a real worker process, judged by transcribing them back."""

import json
import math
import signal
import time
from collections.abc import Iterator

import pytest

from tests.flows.listening import Listener
from tests.workers.messages import Platform, address_of, speak_message
from tests.workers.running_worker import RunningWorker
from tests.workers.valkey_server import ValkeyServer
from workers.contract.markup import Segment
from workers.contract.messages import SpeakWork
from workers.contract.outputs import TIMINGS
from workers.contract.references import Address
from workers.contract.voices import VoiceRef, VoiceWeight
from workers.kokoro.runtime import KokoroRuntime
from workers.kokoro.voice_file import KokoroVoice
from workers.weights.store import WeightStore

MINE = VoiceRef("mine", "en-us", "male", "kokoro-clone", "1", Address("folder", "mine.safetensors"))
MIXED = VoiceRef(
    "mixed", "en-us", "male", "kokoro-clone", "1", Address("folder", "mine.safetensors"), weights=(VoiceWeight("am_adam", 0.3),)
)
BELLA = VoiceRef("af_bella", "en-us", "female", "kokoro", "1.0-int8-3")
TEXT = "The museum opens every morning except on Mondays. Nobody could explain why the old clock had started again."
SPANISH = "El museo abre todas las mañanas. Nadie sabe por qué."


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorker]:
    """Worker with both of Kokoro's engines, and the double of a fitted voice: the AdaIN numbers of a stock voice at another pitch."""
    folder = tmp_path_factory.mktemp("worker")
    models = str(WeightStore.default().root.resolve())
    environment = {"TTSAI_ENGINES": "kokoro,kokoro-clone", "TTSAI_MODELS": models, "PYTHONWARNINGS": "default"}
    server = ValkeyServer(folder)
    server.start()
    running = RunningWorker(folder, Platform(server.client, server.url), server.url, environment)
    running.start()
    runtime = KokoroRuntime.load()
    affine = runtime.affine(runtime.mix_styles({"am_onyx": 1.0}, phoneme_count=60))
    voice = KokoroVoice({"am_onyx": 1.0}, {"am_michael": 1.0}, affine, (math.log(105.0), 0.2))
    (folder / "objects" / "mine.safetensors").write_bytes(voice.to_bytes())
    yield running
    running.end(signal.SIGKILL)
    server.kill()
    server.client.close()


@pytest.mark.prove
@pytest.mark.parametrize(
    ("voice", "text", "language", "speed"),
    [(MINE, TEXT, "en-us", 1.0), (MINE, TEXT, "en-us", 1.25), (MIXED, TEXT, "en-us", 1.0), (MINE, SPANISH, "es", 1.0)],
    ids=["own", "own, faster", "mixed with a stock voice", "in Spanish"],
)
def test_own_voice_of_a_worker_process_is_understood_and_timed(
    worker: RunningWorker, voice: VoiceRef, text: str, language: str, speed: float
) -> None:
    first = text.index(". ") + 2
    segments = (Segment(text[:first]), Segment(text[first:], start=first, voice_index=1 if language == "en-us" else 0))
    work = SpeakWork("kokoro-clone", voice, text, language, segments=segments, voices=(BELLA,), speed=speed, format="wav")
    message = speak_message("", work=work.to_dict(), deadline_at=time.time() + 600)
    worker.platform.give(message, group="kokoro-clone")
    outcome = worker.platform.wait_for_outcome(message.token, seconds=240)
    assert (outcome.status, outcome.error_message) == ("completed", "")
    words = json.loads(worker.read(address_of(message, TIMINGS)))
    assert len(words) == len(text.split())
    heard = worker.read(address_of(message))
    rate = Listener().word_error_rate(heard, text) if language == "en-us" else 0.0
    print(f"{voice.id} {language} {speed}: word error rate {rate:.3f}, {words[-1]['end']:.2f} s")
    if language != "en-us":
        print(Listener().hear(heard, language=language))
    assert rate <= 0.1
