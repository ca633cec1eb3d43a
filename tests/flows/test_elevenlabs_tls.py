"""ElevenLabs' Python package behind TLS: `convert_realtime` connects with wss only."""

import io
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from elevenlabs.client import ElevenLabs

from tests.certificates import make_certificate
from tests.flows.listening import Listener, plain_words
from tests.flows.running import RunningPlatform
from tests.flows.tls_proxy import tls_proxy

pytestmark = [
    pytest.mark.prove,
    pytest.mark.filterwarnings("ignore:ConnectionClosed.code is deprecated:DeprecationWarning"),  # the package's own use of websockets
]

RACHEL = "21m00Tcm4TlvDq8ikWAM"
RATE = 24_000
TEXT = "The library is on the second floor. It closes at seven in the evening."


def words() -> Iterator[str]:
    for word in TEXT.split():
        yield f"{word} "


def test_convert_realtime_behind_tls_speaks_every_word(
    hearing: RunningPlatform, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # of the package's WebSocket, which takes no context
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    key = hearing.key("tls@example.com", plan="enterprise")
    with tls_proxy(port=hearing.port, certificate=certificate) as url, httpx.Client(timeout=120, verify=trusting) as http:
        client = ElevenLabs(api_key=key, base_url=url, httpx_client=http)
        assert client.voices.get(RACHEL).voice_id == RACHEL
        spoken = client.text_to_speech.convert_realtime(RACHEL, text=words(), model_id="eleven_flash_v2_5", output_format="pcm_24000")
        pcm = b"".join(spoken)
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(pcm, "<i2"), RATE, format="WAV", subtype="PCM_16")
    heard = set(plain_words(listener.hear(file.getvalue())).split())
    assert {"library", "floor", "closes", "evening"} <= heard
    assert heard & {"second", "2nd"}
    assert heard & {"seven", "7"}
