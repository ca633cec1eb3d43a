"""Imports of the encoder, which the web process uses too."""

import json
import subprocess
import sys

LIST_MODULES = """
import json, sys
import workers.audio.encoding
print(json.dumps(sorted(sys.modules)))
"""
OWN = {
    "workers",
    "workers.audio",
    "workers.audio.encoding",
    "workers.audio.encoding.encoder",
    "workers.audio.encoding.id3",
    "workers.audio.encoding.resampler",
    "workers.audio.encoding.wav",
    "workers.audio.encoding.writers",
    "workers.contract",
    "workers.contract.chapters",
    "workers.contract.codec",
    "workers.contract.formats",
}


def test_importing_the_encoder_loads_no_engine_and_no_settings() -> None:
    done = subprocess.run([sys.executable, "-c", LIST_MODULES], capture_output=True, text=True, check=True)
    modules = set(json.loads(done.stdout))
    assert {name for name in modules if name.partition(".")[0] in {"workers", "apps", "ttsai"}} == OWN
    assert not {name.partition(".")[0] for name in modules} & {"django", "celery", "redis", "onnxruntime", "ctranslate2", "torch"}
