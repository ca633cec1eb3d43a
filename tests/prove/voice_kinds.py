"""The kinds of voices that are judged beside people: the nearest stock voice, the instant likeness, the fitted voice.

Every kind is one entry of KINDS: a function from a person to the held-out sentences in a voice, and its cost.
"""

import base64
import json
import resource
import shutil
import time
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tests.prove.judging import SENTENCES, Person, Recording, Speaker, embedding, people, people_heard_twice, speak_sentences, transcribe
from tests.prove.voice_results import FOLDER, Cost, Maker
from workers.audio.encoding.resampler import resample
from workers.cloning.child import run_fit
from workers.cloning.features import log_pitch_statistics, pitch
from workers.cloning.job import USAGE_FILE, VOICE_FILE, FitJob, FitPassage, open_folder
from workers.cloning.likeness import SpeakerLikeness, choose_likeness
from workers.contract.tags import is_same_language
from workers.kokoro.accents import accent_of
from workers.kokoro.runtime import SAMPLE_RATE, SHARED_RUNTIME, KokoroRuntime
from workers.kokoro.stock_voices import STOCK_VOICES, VOICES_BY_ID, gender_of
from workers.kokoro.synthesis import speak_text
from workers.kokoro.voice_file import KokoroVoice
from workers.kokoro.voices import SpeakableVoice, speakable_voice, stock_voice

ENGLISH_VOICES = tuple(voice for voice in STOCK_VOICES if is_same_language(VOICES_BY_ID[voice].language, "en"))
CHOICE_TEXT = "Nobody could explain why the old clock had started ticking again."
"""Text by which the nearest stock voice is chosen; the judges hear others."""
STOCK, LIKENESS, FITTED = "nearest stock voice", "instant likeness", "fitted voice"
DEVELOPMENT = ("en_linda_johnson", "en_robert", "en_karen", "en_james")
"""People on whom the settings of the fit were chosen, by GE2E and d-vector."""


def everybody() -> tuple[Person, ...]:
    """All people of both tables, those of the development set first, then one of the second table after every two of the first."""
    first, second = people(), people_heard_twice()
    places = {
        person: (person.name not in DEVELOPMENT, index / len(group)) for group in (first, second) for index, person in enumerate(group)
    }
    return tuple(sorted(places, key=places.__getitem__))


@cache
def runtime() -> KokoroRuntime:
    return SHARED_RUNTIME.acquire()


def nearest_stock_voice(person: Person) -> tuple[Recording, Cost]:
    """The English stock voice of the person's gender that is most like the enrolment by GE2E and d-vector together."""
    scores = np.zeros(len(ENGLISH_VOICES))
    for name in ("ge2e", "d-vector"):
        found = _stock_embeddings(name) @ embedding(person.enrolment, encoder=name)
        scores += (found - found.mean()) / found.std()
    scores[[gender_of(voice) != person.gender for voice in ENGLISH_VOICES]] = -np.inf
    voice = ENGLISH_VOICES[int(scores.argmax())]
    return _measured(lambda: _stock_sentences(voice))


def instant_likeness(person: Person) -> tuple[Recording, Cost]:
    return _measured(lambda: _speak_voice(likeness_of(person).voice))


def fitted_voice(person: Person) -> tuple[Recording, Cost]:
    """The fit's child process, as the part fit_voice runs it; the likeness and the transcript are part of the cost."""
    started, cpu = time.perf_counter(), _cpu_seconds()
    likeness = likeness_of(person)
    language = person.language
    job = FitJob(
        passages=tuple(FitPassage(f"passage-{index}.npy", transcribe(clip, language=language)) for index, clip in enumerate(person.clips)),
        language=language,
        likeness=base64.b64encode(likeness.voice.to_bytes()).decode(),
        embedding=tuple(embedding(person.enrolment, encoder="ge2e").tolist()),
        log_f0=likeness.log_f0,
        demo_text=SENTENCES[0],
    )
    files = {f"passage-{index}.npy": _at_voice_rate(clip) for index, clip in enumerate(person.clips)}
    folder = open_folder(f"prove-{person.name}", job, files)
    run_fit(folder, check=lambda: None)
    usage = json.loads((folder / USAGE_FILE).read_text())
    cost = Cost(_cpu_seconds() - cpu, time.perf_counter() - started, usage["peak_bytes"])
    content = (folder / VOICE_FILE).read_bytes()
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{person.name}.safetensors").write_bytes(content)
    shutil.rmtree(folder)
    return _speak_voice(KokoroVoice.from_bytes(content)), cost


KINDS: dict[str, Maker] = {STOCK: nearest_stock_voice, LIKENESS: instant_likeness, FITTED: fitted_voice}


@cache
def likeness_of(person: Person) -> SpeakerLikeness:
    """Likeness as enrolment finds it."""
    samples = [_at_voice_rate(clip) for clip in person.clips]
    return choose_likeness(samples, log_f0=log_pitch_statistics(np.concatenate([pitch(one) for one in samples])))


def _measured(speak: Callable[[], Recording]) -> tuple[Recording, Cost]:
    started, cpu = time.perf_counter(), _cpu_seconds()
    spoken = speak()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    return spoken, Cost(_cpu_seconds() - cpu, time.perf_counter() - started, peak)


def _speak_voice(voice: KokoroVoice) -> Recording:
    return speak_sentences(_speaker_of(speakable_voice(voice, runtime())))


def _speaker_of(voice: SpeakableVoice) -> Speaker:
    """Speaker of American English sentences in the voice."""
    return lambda text: speak_text(runtime(), text, accent=accent_of("en-US"), voice=voice, speed=1.0)


def _at_voice_rate(clip: Recording) -> NDArray[np.float32]:
    return resample(clip.samples, input_rate=clip.sample_rate, output_rate=SAMPLE_RATE)


@cache
def _stock_sentences(voice: str) -> Recording:
    return speak_sentences(_speaker_of(stock_voice(voice)))


@cache
def _stock_embeddings(encoder: str) -> NDArray[np.float32]:
    """Embeddings [28, size] of the English stock voices, each saying CHOICE_TEXT; kept in a file, since they cost a minute."""
    path = FOLDER / "stock-voices.npz"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        spoken = [Recording.of_speech([_speaker_of(stock_voice(voice))(CHOICE_TEXT)]) for voice in ENGLISH_VOICES]
        found = {name: np.stack([embedding(one, encoder=name) for one in spoken]) for name in ("ge2e", "d-vector")}
        temporary = path.with_suffix(".part.npz")
        np.savez(temporary, **found)
        temporary.replace(path)
    with np.load(path) as kept:
        return np.asarray(kept[encoder])


def _cpu_seconds() -> float:
    """CPU seconds of this process and of its children that ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
