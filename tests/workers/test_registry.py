"""Engines that a worker finds."""

import subprocess
import sys
from pathlib import Path

import pytest

from workers import engines
from workers.contract.errors import WorkError
from workers.registry import available_engines, discover_engines

NEW_ENGINE = """
from workers.engines.silence import SilenceEngine

class NewEngine(SilenceEngine):
    is_for_tests = False

    def find_obstacle(self):
        return "It needs a flux capacitor."

def build_engines():
    return [NewEngine()]
"""


def ids_of(wanted: str) -> list[str]:
    return [engine.spec.id for engine in available_engines({"TTSAI_ENGINES": wanted})]


def test_the_engine_for_tests_is_offered_only_by_name() -> None:
    assert "silence" not in ids_of("")
    assert {"hibari", "kokoro"} <= {candidate.engine.spec.id for candidate in discover_engines({})}
    assert ids_of("silence") == ["silence"]
    assert ids_of(" silence , hibari,") == ["hibari", "silence"]


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(WorkError, match=r"names nonesuch, but the engines are: .*hibari.*kokoro.*silence") as refusal:
        available_engines({"TTSAI_ENGINES": "hibari,nonesuch"})
    assert refusal.value.code == "unknown_engine"


def test_an_engine_without_its_weights_is_listed_with_the_reason_and_not_available(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    (candidate,) = discover_engines({"TTSAI_ENGINES": "kokoro"})
    assert "ttsai models pull kokoro" in candidate.obstacle
    assert ids_of("kokoro,hibari") == ["hibari"]


def test_a_new_engine_is_one_new_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "brand_new.py").write_text(
        NEW_ENGINE.replace(
            "is_for_tests = False", "is_for_tests = False\n    spec = __import__('dataclasses').replace(SilenceEngine.spec, id='new')"
        )
    )
    monkeypatch.setattr(engines, "__path__", [*engines.__path__, str(tmp_path)])
    (candidate,) = discover_engines({"TTSAI_ENGINES": "new"})
    assert (candidate.engine.spec.id, candidate.obstacle) == ("new", "It needs a flux capacitor.")


def test_language_whose_package_fails_to_import_is_not_offered_with_the_reason() -> None:
    program = """
import sys
sys.modules["pydantic"] = None  # what pyopenjtalk imports in turn
from workers.registry import discover_engines
(offer,) = discover_engines({"TTSAI_ENGINES": "kokoro"})
spec = offer.engine.spec
print(offer.obstacle, sorted(spec.languages), spec.missing_languages, {voice.id for voice in spec.voices if voice.language == "ja"})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    obstacle = "Japanese needs the package pydantic: install requirements/languages.txt."
    assert done.stdout == f" ['en', 'es', 'fr', 'hi', 'it', 'pt', 'zh'] {{'ja': '{obstacle}'}} set()\n"


def test_discovering_engines_loads_no_heavy_library_but_for_the_languages_of_kokoro() -> None:
    program = "import sys; from workers.registry import discover_engines; discover_engines({'TTSAI_ENGINES': 'hibari,piper,vits,whisper,sensevoice'}); print(sorted({'torch', 'onnxruntime', 'onnx', 'ctranslate2'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
