"""Writes the sample recordings of the playground's tools: apps/playground/static/playground/samples/*.mp3.

python -m tools.playground_samples     # some ten CPU seconds; needs the weights kokoro

Kokoro speaks them; noise and a room's echo are computed, and the music is one of tests/data/music. Nobody was recorded but by the music's program.
"""

import io
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from workers.audio.encoding.resampler import resample
from workers.contract.voices import VoiceRef
from workers.engines.kokoro import KokoroEngine

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "apps/playground/static/playground/samples"
SONG: Final = ROOT / "tests/data/music/C_major_120_4.mp3"
RATE: Final = 24_000
SONG_RATE: Final = 44_100
SONG_SECONDS: Final = 9
PAUSE: Final = np.zeros(int(0.35 * RATE), dtype=np.float32)
DIALOGUE: Final = (
    ("bf_emma", "Good morning. Has the parcel from Lisbon arrived yet?"),
    ("am_michael", "It came an hour ago. I put it on the table by the window."),
    ("bf_emma", "Wonderful. Let us open it together."),
)
READING: Final = (
    "The lighthouse stood at the end of a long stone pier. Every evening its keeper climbed ninety steps, trimmed the lamp, and wrote the "
    "weather into a small green book."
)
NOISY: Final = "If you can hear every word of this sentence, the noise behind it is gone."
HALL: Final = "This sentence was spoken in a large empty hall. Listen to how it ends."
SPANISH: Final = "Buenos días. Mañana por la tarde visitamos el museo de la ciudad."
QUESTION: Final = "Hello! What can you do for me today?"
SUNG: Final = "Follow the river down, follow the light. Carry the melody into the night."

Samples = NDArray[np.float32]


class Speaker:
    """Kokoro, loaded once."""

    def __init__(self) -> None:
        self._engine = KokoroEngine()
        self._engine.load()
        self._tags = {voice.id: voice.language for voice in self._engine.spec.voices}

    def speak(self, text: str, *, voice: str, speed: float = 1.0) -> Samples:
        """Mono samples at 24 kHz, each sentence by itself."""
        language = self._tags[voice]
        ref = VoiceRef(voice, language, engine="kokoro")
        sentences = self._engine.split(text, language=language)
        spoken = [self._engine.speak(one.text, voice=ref, language=language, speed=speed).samples for one in sentences]
        return np.concatenate([piece for samples in spoken for piece in (samples, PAUSE)])


def with_noise(speech: Samples, *, decibels: float) -> Samples:
    """Speech under a fan's brown noise and a hum of 100 Hz, this far below it."""
    random = np.random.default_rng(7)
    spectrum = np.fft.rfft(random.standard_normal(len(speech)))
    hertz = np.fft.rfftfreq(len(speech), 1 / RATE)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, 80.0)), n=len(speech))
    noise /= noise.std()
    noise += 0.6 * np.sin(2 * np.pi * 100 * np.arange(len(speech)) / RATE)
    return (speech + noise * speech.std() * 10 ** (-decibels / 20)).astype(np.float32)


def add_reverberation(speech: Samples, *, seconds: float) -> Samples:
    """Speech in a room whose sound decays by 60 dB in this time: exponentially decaying noise after the direct sound."""
    random = np.random.default_rng(11)
    length = int(seconds * RATE)
    tail = random.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[: int(0.012 * RATE)] = 0.0
    response = tail / np.sqrt((tail**2).sum()) * 0.9
    response[0] = 1.0
    size = len(speech) + length
    return np.fft.irfft(np.fft.rfft(speech, size) * np.fft.rfft(response, size), size)[: len(speech) + length // 2].astype(np.float32)


def over_music(voice: Samples) -> Samples:
    """Stereo samples [n, 2] at 44.1 kHz: the voice over the beginning of the song."""
    resampler = AudioResampler("fltp", "stereo", SONG_RATE)
    with av.open(str(SONG)) as container:
        frames = [frame for whole in container.decode(audio=0) for frame in resampler.resample(whole)]
    music = np.concatenate([frame.to_ndarray() for frame in frames], axis=1).T[: SONG_SECONDS * SONG_RATE]
    sung = resample(voice, input_rate=RATE, output_rate=SONG_RATE)[: len(music) - SONG_RATE]
    mixed = 0.55 * music
    mixed[SONG_RATE : SONG_RATE + len(sung)] += 0.9 * sung[:, np.newaxis]
    return mixed.astype(np.float32)


def write(name: str, samples: Samples, *, rate: int = RATE, bitrate: int = 32_000) -> None:
    """Write an MP3 with its peak at -3 dB."""
    level = samples / np.abs(samples).max() * 0.7
    layout = "stereo" if level.ndim > 1 else "mono"
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=rate, layout=layout)
        stream.bit_rate = bitrate
        planes = np.ascontiguousarray(np.atleast_2d(level.T), dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
        frame.sample_rate = rate
        resampler = AudioResampler(stream.format, layout, rate, frame_size=stream.frame_size)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    (FOLDER / f"{name}.mp3").write_bytes(file.getvalue())
    print(f"{name}.mp3: {len(level) / rate:.1f} s, {len(file.getvalue()):,} bytes")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    speaker = Speaker()
    write("dialogue", np.concatenate([speaker.speak(text, voice=voice) for voice, text in DIALOGUE]))
    write("reading", speaker.speak(READING, voice="bm_george"))
    write("noisy", with_noise(speaker.speak(NOISY, voice="af_heart"), decibels=9.0))
    write("hall", add_reverberation(speaker.speak(HALL, voice="am_fenrir"), seconds=1.1))
    write("spanish", speaker.speak(SPANISH, voice="ef_dora"))
    write("question", speaker.speak(QUESTION, voice="am_michael"))
    write("song", over_music(speaker.speak(SUNG, voice="af_bella")), rate=SONG_RATE, bitrate=48_000)


if __name__ == "__main__":
    main()
