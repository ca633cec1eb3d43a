"""Recordings for end-to-end tests: spoken by the platform itself, in customers' formats."""

import io

import av
import httpx
import numpy as np
import soundfile
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

RATE = 16_000
OPUS_RATE = 48_000


_spoken: dict[tuple[str, str, str, str, str], bytes] = {}


def speak(client: httpx.Client, text: str, *, voice: str, model: str = "kokoro", audio_format: str = "wav") -> bytes:
    """Audio of the text, spoken by the platform."""
    body = {"model": model, "input": text, "voice": voice, "response_format": audio_format}
    wanted = (str(client.base_url), text, voice, model, audio_format)
    if wanted not in _spoken:
        answer = client.post("/v1/audio/speech", json=body)
        assert answer.status_code == 200, answer.text
        _spoken[wanted] = answer.content
    return _spoken[wanted]


def samples_of(audio: bytes) -> NDArray[np.float32]:
    """Mono samples at 16 kHz of any file."""
    resampler = AudioResampler("flt", "mono", RATE)
    with av.open(io.BytesIO(audio)) as container:
        frames = [*(frame for whole in container.decode(audio=0) for frame in resampler.resample(whole)), *resampler.resample(None)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def as_flac(samples: NDArray[np.float32]) -> bytes:
    """Encode mono samples at 16 kHz as FLAC."""
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="FLAC")
    return file.getvalue()


def as_webm(samples: NDArray[np.float32]) -> bytes:
    """Encode mono samples at 16 kHz as a browser's recorder does: Opus in WebM."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=OPUS_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
        frame.sample_rate = RATE
        resampler = AudioResampler(stream.format, "mono", OPUS_RATE, frame_size=stream.frame_size or OPUS_RATE // 50)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return file.getvalue()
