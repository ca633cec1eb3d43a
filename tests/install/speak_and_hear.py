"""Uses every engine that a worker of this environment announces and prints the results as JSON. Needs only the worker's packages."""

import importlib
import json
import pkgutil
import sys

import numpy as np

import workers
from workers.audio.encoding import Resampler
from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.contract.engines import EngineSpec
from workers.contract.tags import is_same_language
from workers.protocols.engine import as_speaker
from workers.protocols.recogniser import RecognitionOptions, as_recogniser
from workers.registry import discover_engines
from workers.runtime import Runtime
from workers.settings import Settings

SENTENCES = {
    "en": "The first train leaves before sunrise.",
    "de": "Der erste Zug fährt vor Sonnenaufgang.",
    "es": "El panadero abre la tienda antes de que salga el sol.",
    "fr": "Le boulanger ouvre sa boutique avant le lever du soleil.",
    "hi": "आज मौसम बहुत अच्छा है।",
    "it": "Il fornaio apre il negozio prima dell'alba.",
    "ja": "こんにちは、元気ですか。",
    "pt": "O padeiro abre a loja antes do nascer do sol.",
    "zh": "今天天气很好，我们去公园吧。",
}
OTHER_LANGUAGE = "1, 2, 3."
"""Text for languages without a sentence above."""


def main() -> None:
    """Print the results of each engine and each of its languages."""
    for module in pkgutil.walk_packages(workers.__path__, "workers."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    candidates = discover_engines({})
    missing = {candidate.engine.spec.id: candidate.obstacle for candidate in candidates if candidate.obstacle}
    settings = Settings.from_environment({"TTSAI_MODEL_MEMORY_MB": "8192"})
    runtime = Runtime(settings, engines=[candidate.engine for candidate in candidates if not candidate.obstacle], missing=missing)
    announced = runtime.announcement()
    spoken = {spec.id: _speak(runtime, spec) for spec in announced.engines if spec.kind == "tts" and spec.voices}
    english = next(iter(said["en"] for said in spoken.values() if "en" in said))
    heard = {spec.id: _hear(runtime, spec.id, english) for spec in announced.engines if spec.kind == "stt"}
    seconds = {
        engine: {language: len(samples) / RECOGNITION_SAMPLE_RATE for language, samples in said.items()} for engine, said in spoken.items()
    }
    loudness = {engine: {language: float(np.abs(samples).max()) for language, samples in said.items()} for engine, said in spoken.items()}
    print(
        json.dumps(
            {
                "languages": {spec.id: spec.languages for spec in announced.engines if spec.kind == "tts" and spec.voices},
                "missing_languages": {spec.id: spec.missing_languages for spec in announced.engines},
                "missing_engines": dict(announced.missing),
                "seconds": seconds,
                "loudness": loudness,
                "heard": heard,
            }
        )
    )


def _speak(runtime: Runtime, spec: EngineSpec) -> dict[str, Samples]:
    """Speak one sentence in each language of the engine, at RECOGNITION_SAMPLE_RATE."""
    said = {}
    with runtime.models.use(spec.id) as model:
        engine = as_speaker(model)
        for language in spec.languages:
            voice = next(voice for voice in spec.voices if is_same_language(voice.language, language))
            sentences = engine.split(SENTENCES.get(language, OTHER_LANGUAGE), language=language)
            pieces = [
                engine.speak(sentence.text, voice=engine.spec.voice_ref(voice), language=language, speed=1.0) for sentence in sentences
            ]
            resampler = Resampler(input_rate=pieces[0].sample_rate, output_rate=RECOGNITION_SAMPLE_RATE)
            said[language] = np.concatenate([*(resampler.feed(piece.samples) for piece in pieces), resampler.finish()])
    return said


def _hear(runtime: Runtime, engine_id: str, samples: Samples) -> str:
    with runtime.models.use(engine_id) as model:
        heard = as_recogniser(model).transcribe([samples], options=RecognitionOptions(language="en"))
        return " ".join(segment.text.strip() for window in heard for segment in window.segments)


if __name__ == "__main__":
    sys.exit(main())
