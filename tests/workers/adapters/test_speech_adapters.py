"""Adapters of speech libraries: the calls they make, bound to the libraries' real signatures. The libraries themselves do not run here."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.workers.adapters.stand_ins import FakeTensor, StandIn, fake_torch
from workers.adapters import library as adapter_library
from workers.adapters.speech import ReferenceSpeechEngine
from workers.contract.errors import WorkError
from workers.contract.references import Address
from workers.contract.voices import VoiceRef

SECOND = np.linspace(-0.5, 0.5, 16_000, dtype=np.float32)
WAVE = FakeTensor(SECOND[None])
LOADED: list[ReferenceSpeechEngine] = []
"""Engines of the test that runs."""

CASES: dict[str, tuple[str, str, dict[str, Any], str]] = {
    # module of the adapter: library, results, function that gets the text
    "chatterbox": (
        "chatterbox-tts",
        "ChatterboxMultilingualTTS.generate",
        {"ChatterboxMultilingualTTS.generate": WAVE, "ChatterboxMultilingualTTS.sr": 24_000},
        "text",
    ),
    "cosyvoice2": (
        "cosyvoice",
        "CosyVoice2.inference_cross_lingual",
        {"CosyVoice2.inference_cross_lingual": lambda _: iter([{"tts_speech": WAVE}] * 2), "CosyVoice2.sample_rate": 24_000},
        "tts_text",
    ),
    "gpt_sovits": ("gpt-sovits", "TTS.run", {"TTS.run": lambda _: iter([(32_000, (SECOND * 32767).astype(np.int16))])}, "inputs"),
    "openvoice": (
        "openvoice",
        "BaseSpeakerTTS.tts",
        {
            "ToneColorConverter.extract_se": "colour",
            "ToneColorConverter.convert": SECOND,
            "ToneColorConverter.hps": SimpleNamespace(data=SimpleNamespace(sampling_rate=22_050)),
        },
        "text",
    ),
    "spark": ("spark-tts", "SparkTTS.inference", {"SparkTTS.inference": SECOND, "SparkTTS.sample_rate": 16_000}, "text"),
    "indextts2": ("index-tts", "IndexTTS2.infer", {"IndexTTS2.infer": (22_050, (SECOND[:, None] * 32767).astype(np.int16))}, "text"),
    "qwen3_tts": ("qwen-tts", "Qwen3TTSModel.generate_voice_clone", {"Qwen3TTSModel.generate_voice_clone": ([SECOND], 24_000)}, "text"),
    "tortoise": (
        "tortoise-tts",
        "TextToSpeech.tts_with_preset",
        {"TextToSpeech.tts_with_preset": FakeTensor(SECOND[None, None]), "load_audio": WAVE},
        "text",
    ),
    "f5": ("f5-tts", "F5TTS.infer", {"F5TTS.infer": (SECOND, 24_000, None)}, "gen_text"),
    "pocket_tts": (
        "pocket-tts",
        "TTSModel.generate_audio",
        {"TTSModel.generate_audio": FakeTensor(SECOND), "TTSModel.get_state_for_audio_prompt": "state", "TTSModel.sample_rate": 24_000},
        "text_to_generate",
    ),
    "glm_tts": ("glm-tts", "generate_long", {}, "text_info"),
}


@pytest.fixture(autouse=True)
def _no_real_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("TTSAI_OBJECTS", str(tmp_path))
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setitem(sys.modules, "torch", fake_torch())
    yield
    while LOADED:
        LOADED.pop().unload()


@pytest.mark.parametrize("name", CASES)
def test_adapter_calls_its_library_by_the_real_signatures(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    library, speaking, results, text_argument = CASES[name]
    stand_in = StandIn(library, results=results)
    if name == "glm_tts":
        stand_in = glm_library(library, tmp_path)
    stand_in.install(monkeypatch)
    engine = loaded(name, monkeypatch)
    spoken = engine.speak("A sentence.", voice=own_voice(tmp_path), language="en", speed=1.0)
    assert "A sentence." in str(stand_in.arguments_of(speaking)[text_argument])
    assert spoken.samples.shape in {(16_000,), (32_000,)}
    assert spoken.sample_rate == engine.spec.sample_rate
    assert ".wav" in str(stand_in.calls)


@pytest.mark.parametrize("name", CASES)
def test_adapter_without_its_library_names_the_command(name: str, tmp_path: Path) -> None:
    engine = adapter(name)
    if not (obstacle := engine.library.find_obstacle()):
        pytest.skip("the library is installed, as make prove does for tortoise")
    assert engine.find_obstacle() == obstacle
    assert "pip install " in obstacle or "git clone " in obstacle
    assert str(tmp_path) not in obstacle  # customers see the message too
    with pytest.raises(WorkError) as caught:
        engine.load()
    assert (caught.value.code, caught.value.message) == ("engine_unavailable", obstacle)


@pytest.mark.parametrize("name", CASES)
def test_adapter_without_its_weights_names_the_download(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = adapter(name)
    monkeypatch.setattr(type(engine.library), "find_obstacle", lambda _: "")
    assert "are missing: hf download " in engine.find_obstacle()


@pytest.mark.parametrize("name", CASES)
def test_spec_of_an_adapter_states_what_it_takes(name: str) -> None:
    spec = adapter(name).spec
    assert (spec.has_cloning, spec.takes_recordings, spec.voices, spec.kind) == (True, True, (), "tts")
    assert spec.licence
    assert spec.languages == tuple(sorted(spec.languages))


def test_transcript_of_the_recording_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    library, speaking, results, _ = CASES["qwen3_tts"]
    stand_in = StandIn(library, results=results)
    stand_in.install(monkeypatch)
    voice = own_voice(tmp_path, transcript="Words of the recording.")
    loaded("qwen3_tts", monkeypatch).speak("A sentence.", voice=voice, language="de", speed=1.0)
    arguments = stand_in.arguments_of(speaking)
    assert (arguments["ref_text"], arguments["x_vector_only_mode"], arguments["language"]) == ("Words of the recording.", False, "German")


def test_speed_is_a_change_of_tempo_where_the_library_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    library, _, results, _ = CASES["spark"]
    StandIn(library, results=results).install(monkeypatch)
    spoken = loaded("spark", monkeypatch).speak("A sentence.", voice=own_voice(tmp_path), language="en", speed=2.0)
    assert abs(len(spoken.samples) - 8_000) < 100


@pytest.mark.parametrize(
    ("text", "voice", "language", "code"),
    [
        ("A sentence.", VoiceRef("af_bella"), "en", "unknown_voice"),
        ("A sentence.", VoiceRef("mine", conditioning=Address("folder", "speaker.wav")), "xx", "unsupported_language"),
        ("***", VoiceRef("mine", conditioning=Address("folder", "speaker.wav")), "en", "nothing_to_say"),
        ("A sentence.", VoiceRef("mine", conditioning=Address("folder", "../outside.wav")), "en", "storage_unavailable"),
        ("A sentence.", VoiceRef("mine", conditioning=Address("folder", "text.wav")), "en", "bad_audio"),
    ],
)
def test_request_that_an_adapter_cannot_serve_has_a_public_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, text: str, voice: VoiceRef, language: str, code: str
) -> None:
    library, _, results, _ = CASES["spark"]
    StandIn(library, results=results).install(monkeypatch)
    own_voice(tmp_path)
    (tmp_path / "text.wav").write_text("no audio")
    (tmp_path.parent / "outside.wav").write_bytes((tmp_path / "speaker.wav").read_bytes())
    with pytest.raises(WorkError) as caught:
        loaded("spark", monkeypatch).speak(text, voice=voice, language=language, speed=1.0)
    assert caught.value.code == code


def test_wrong_name_of_an_argument_is_refused_by_a_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    StandIn("spark-tts", results={}).install(monkeypatch)
    with pytest.raises(TypeError, match="audio_prompt"):
        sys.modules["cli.SparkTTS"].SparkTTS("folder").inference("text", audio_prompt="x")  # type: ignore[attr-defined]


def adapter(name: str) -> ReferenceSpeechEngine:
    (engine,) = importlib.import_module(f"workers.engines.{name}").build_engines()
    assert isinstance(engine, ReferenceSpeechEngine)
    return engine


def loaded(name: str, monkeypatch: pytest.MonkeyPatch) -> ReferenceSpeechEngine:
    """The adapter with library and weights in place, as far as it can see."""
    engine = adapter(name)
    for kind in (adapter_library.Package, adapter_library.Checkout, adapter_library.HubWeights, adapter_library.CachedHubFiles):
        monkeypatch.setattr(kind, "find_obstacle", lambda _: "")
    engine.weights[0].path.parent.mkdir(parents=True, exist_ok=True)
    engine.load()
    LOADED.append(engine)
    return engine


def own_voice(folder: Path, *, transcript: str = "") -> VoiceRef:
    soundfile.write(folder / "speaker.wav", SECOND, 16_000)
    return VoiceRef("mine", "en", conditioning=Address("folder", "speaker.wav"), transcript=transcript)


def glm_library(library: str, folder: Path) -> StandIn:
    """GLM-TTS: its program's functions, and the objects that `load_models` gives them."""
    results: dict[str, Any] = {
        "generate_long": (WAVE, None, [], {}),
        "glmtts_inference.DEVICE": "cpu",
        "TextFrontEnd.text_normalize": lambda arguments: arguments["text"],
        **{f"TTSFrontEnd._extract_{name}": FakeTensor([1, 2]) for name in ("text_token", "speech_token", "spk_embedding", "speech_feat")},
    }
    stand_in = StandIn(library, results=results)
    frontends = (stand_in.instance("cosyvoice.cli.frontend", name) for name in ("TTSFrontEnd", "TextFrontEnd"))
    results["load_models"] = (*frontends, "tokenizer", "llm", "flow")
    return stand_in
