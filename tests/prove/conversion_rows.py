"""Conversions of recordings of people, as the workers make them, and their judgement. Rows are kept below var/, so that a run that was stopped continues.

CAM++ is a judge only: nothing in conversion is chosen by it.
"""

import base64
import hashlib
import json
import time
from dataclasses import asdict, dataclass
from functools import cache
from typing import Final

import jiwer
import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.environment import ROOT
from tests.prove.speaking import engine as kokoro
from tests.prove.synthetic_conversations import clip_folder
from tests.workers.recognition.clips import TRANSCRIPTS, clip, spoken_words
from workers.audio.encoding.resampler import resample
from workers.audio.samples import Samples
from workers.cloning.child import run_fit
from workers.cloning.features import log_pitch_statistics, pitch
from workers.cloning.job import VOICE_FILE, FitJob, FitPassage, open_folder
from workers.cloning.likeness import choose_likeness
from workers.contract.conversion import CONVERSION_RATE, SpeakerProfile
from workers.contract.transcription import TranscriptWord
from workers.contract.voices import VoiceRef
from workers.conversion.analysis import loud_level
from workers.conversion.stretches import LevelTrack, plan_stretches
from workers.conversion.targets import reference_sentence
from workers.conversion.timeline import Timeline
from workers.conversion.world import convert_by_world, measure_profile
from workers.engines.kokoro_convert import KokoroConvertEngine
from workers.engines.whisper import build_engines as build_recognisers
from workers.kokoro.accents import accent_of
from workers.kokoro.synthesis import speak_text
from workers.kokoro.voice_file import KokoroVoice
from workers.kokoro.voices import SpeakableVoice, speakable_voice, stock_voice
from workers.protocols.converter import ConversionOptions
from workers.protocols.recogniser import Recogniser, RecognitionOptions, as_recogniser
from workers.speakers import ENCODERS
from workers.speakers.ge2e import Ge2eEncoder

RATE: Final = 16_000
RECORDINGS: Final = ("librivox-0870", "cards-001", "en_brandon", "en_elizabeth", "en_james", "en_karen", "en_ryan", "en_susan")
STOCK_TARGETS: Final = ("af_heart", "bm_george")
FITTED_TARGETS: Final = ("own:en_linda_johnson", "own:en_michael")
"""Voices fitted to people who are no source."""
TARGETS: Final = (*STOCK_TARGETS, *FITTED_TARGETS)
FIT_STEPS: Final = 30
"""Half the steps of an enrolment: what is judged is the conversion to a voice, not its likeness to the person."""
JUDGES: Final = tuple(ENCODERS)
FOLDER: Final = ROOT / "var" / "prove"
CODE: Final = (
    "workers/conversion",
    "workers/cloning/analysis.py",
    "workers/cloning/features.py",
    "workers/cloning/warping.py",
    "workers/kokoro",
)
"""Code that a conversion depends on: rows of another state of it are made anew."""


@dataclass(frozen=True)
class Row:
    recording: str
    target: str
    seconds: float
    correlation: float
    """Correlation of log F0 with the source's, over frames that are voiced in both."""
    words: int
    errors: int
    """Words that whisper-base hears otherwise in the conversion than the reference has them."""
    source_errors: int
    """The same of the recording itself; 0 by definition where its reference is whisper's own transcript."""
    reference: str
    heard: str
    before: list[float]
    """Similarity of the recording to the target's own speech, by judge."""
    to_target: list[float]
    to_source: list[float]
    cpu_seconds: float

    def line(self) -> str:
        judged = " | ".join(f"{b:.2f} {t:.2f} {s:.2f}" for b, t, s in zip(self.before, self.to_target, self.to_source, strict=True))
        cost = self.cpu_seconds / self.seconds
        wrong = f"{self.errors} of {self.words} ({self.source_errors})"
        return f"| {self.recording} | {self.seconds:.1f} | {self.target} | {self.correlation:.2f} | {wrong} | {judged} | {cost:.1f} |"


@dataclass(frozen=True, eq=False)
class Target:
    voice: VoiceRef
    own: SpeakableVoice | None
    samples: Samples
    """The target's own speech."""
    profile: SpeakerProfile


def row_of(recording: str, target: str, *, language: str = "en") -> Row:
    """The row, from its file or made now."""
    path = FOLDER / f"conversion-{code_digest()}" / f"{recording}--{target.replace(':', '-')}.json"
    if path.is_file():
        return Row(**json.loads(path.read_text()))
    row = _make_row(recording, target, language=language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(row), ensure_ascii=False))
    return row


@cache
def code_digest() -> str:
    digest = hashlib.sha256()
    for name in CODE:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _make_row(name: str, target_name: str, *, language: str) -> Row:
    source = resample(recording(name), input_rate=RATE, output_rate=CONVERSION_RATE)
    target = target_of(target_name)
    started = time.process_time()
    converted = convert(name, target, language=language)
    spent = time.process_time() - started
    own = text_of(heard_words(recording(name), language=language))
    reference = spoken_words(TRANSCRIPTS[name]) if name in TRANSCRIPTS else own
    heard = text_of(heard_words(resample(converted, input_rate=CONVERSION_RATE, output_rate=RATE), language=language))
    to_target, to_source = similarities(converted, [target.samples, source]).T
    return Row(
        recording=name,
        target=target_name,
        seconds=len(source) / CONVERSION_RATE,
        correlation=pitch_correlation(source, converted),
        words=len(reference.split()),
        errors=errors_of(reference, heard),
        source_errors=errors_of(reference, own),
        reference=reference,
        heard=heard,
        before=similarities(source, [target.samples])[:, 0].tolist(),
        to_target=to_target.tolist(),
        to_source=to_source.tolist(),
        cpu_seconds=spent,
    )


def convert(name: str, target: Target, *, language: str = "en", options: ConversionOptions | None = None) -> Samples:
    """Convert a recording as the workers do; samples at CONVERSION_RATE."""
    source = resample(recording(name), input_rate=RATE, output_rate=CONVERSION_RATE)
    profile = measure_profile(source)
    assert profile is not None
    options = options or ConversionOptions(target.voice, profile, target.profile, own=target.own)
    seconds = len(source) / CONVERSION_RATE
    timeline = Timeline(tempo=1.0, start=0.0, end=seconds, seconds=seconds)
    track, blocks = LevelTrack(source, start=0.0), []
    words = heard_words(recording(name), language=language)
    for stretch in plan_stretches(words, start=0.0, end=seconds, levels=track, level=loud_level(source)):
        first, last = timeline.source_span(stretch.start, stretch.end)
        part = source[first:last]
        if stretch.kind == "words":
            part = converter().convert(part, text=stretch.text, language=language, options=options)
        elif stretch.kind == "sound":
            part = convert_by_world(part, source=profile, target=target.profile, delivery=options.delivery)
        else:
            part = part[:0]
        blocks.append(timeline.add(part, start=stretch.start, end=stretch.end))
    return np.concatenate(blocks)


@cache
def recogniser() -> Recogniser:
    model = next(engine for engine in build_recognisers() if engine.spec.id == "whisper")
    model.load()
    return as_recogniser(model)


@cache
def converter() -> KokoroConvertEngine:
    engine = KokoroConvertEngine()
    engine.load()
    return engine


@cache
def recording(name: str) -> Samples:
    """Samples at 16 kHz."""
    if name in TRANSCRIPTS:
        return clip(name)
    samples, rate = soundfile.read(clip_folder() / f"{name}.wav", dtype="float32")
    return resample(samples if samples.ndim == 1 else samples.mean(axis=1), input_rate=rate, output_rate=RATE)


@cache
def target_of(name: str) -> Target:
    """A stock voice by its id, or `own:<clip>`, a voice fitted to a person."""
    if name.startswith("own:"):
        own = speakable_voice(_fitted(name.removeprefix("own:")), converter().runtime)
        voice = VoiceRef(name, "en-us", engine="kokoro-clone")
        spoken = speak_text(converter().runtime, reference_sentence(voice), accent=accent_of("en-us"), voice=own, speed=1.0)
        return _target(voice, own, spoken.samples)
    spec = next(voice for voice in kokoro().spec.voices if voice.id == name)
    voice = kokoro().spec.voice_ref(spec)
    accent = accent_of(voice.language)
    spoken = speak_text(converter().runtime, reference_sentence(voice), accent=accent, voice=stock_voice(name), speed=1.0)
    return _target(voice, None, spoken.samples)


def _target(voice: VoiceRef, own: SpeakableVoice | None, samples: Samples) -> Target:
    profile = measure_profile(samples)
    assert profile is not None
    return Target(voice, own, samples, profile)


def _fitted(clip_name: str) -> KokoroVoice:
    """Voice fitted to a clip, kept below var/."""
    path = FOLDER / "voices" / f"{clip_name}-{FIT_STEPS}.safetensors"
    if not path.is_file():
        samples = resample(recording(clip_name), input_rate=RATE, output_rate=CONVERSION_RATE)
        likeness = choose_likeness([samples], log_f0=log_pitch_statistics(pitch(samples)))
        job = FitJob(
            passages=(FitPassage("clip.npy", text_of(heard_words(recording(clip_name)))),),
            language="en",
            likeness=base64.b64encode(likeness.voice.to_bytes()).decode(),
            embedding=tuple(Ge2eEncoder().embed(samples, sample_rate=CONVERSION_RATE).tolist()),
            log_f0=likeness.log_f0,
            steps=FIT_STEPS,
        )
        folder = open_folder(f"prove-conversion-{clip_name}", job, {"clip.npy": samples})
        run_fit(folder, check=lambda: None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((folder / VOICE_FILE).read_bytes())
    return KokoroVoice.from_bytes(path.read_bytes())


def heard_words(samples: Samples, *, language: str = "en") -> list[TranscriptWord]:
    (heard,) = recogniser().transcribe([samples], options=RecognitionOptions(language=language))
    return [word for segment in heard.segments for word in segment.words]


def text_of(words: list[TranscriptWord]) -> str:
    return spoken_words(" ".join(word.word.strip() for word in words))


def errors_of(reference: str, heard: str) -> int:
    found = jiwer.process_words(reference, heard)
    return int(found.substitutions + found.deletions + found.insertions)


def pitch_correlation(first: Samples, second: Samples) -> float:
    """Correlation of log F0 over frames that are voiced in both."""
    one, other = pitch(first), pitch(second)
    count = min(len(one), len(other))
    voiced = (one[:count] > 0) & (other[:count] > 0)
    return float(np.corrcoef(np.log(one[:count][voiced]), np.log(other[:count][voiced]))[0, 1])


def similarities(samples: Samples, others: list[Samples]) -> NDArray[np.float64]:
    """Cosine similarity of each other recording, [judges, others]; all at CONVERSION_RATE."""
    rows = []
    for judge in ENCODERS.values():
        own = judge.embed(samples, sample_rate=CONVERSION_RATE)
        rows.append([float(own @ judge.embed(other, sample_rate=CONVERSION_RATE)) for other in others])
    return np.array(rows)
