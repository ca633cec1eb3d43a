"""Writes workers/kokoro/likenesses.safetensors: random mixes of Kokoro's voices with the embeddings of their sound, for `find_likeness`.

python -m tools.kokoro_likenesses --count 660     # some 1.2 CPU seconds a mix; needs the weights kokoro, speakers and d-vector

Mixes have numbers, and each number always gives the same mix: first the 54 stock voices, then mixes of two to four voices of one gender (a
quarter of them of both), of which 60% are pushed away from their gender's mean and half take half of their prosody from another voice. The
file is written every 20 mixes; a later run continues it. Only the encoders GE2E and d-vector take part: CAM++ judges likeness.
"""

import argparse
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from workers.kokoro.likeness import LIBRARY, Mix
from workers.kokoro.runtime import Frames, KokoroRuntime
from workers.kokoro.stock_voices import STOCK_VOICES, gender_of
from workers.kokoro.voices import PITCHED_HERTZ, SpeakableVoice
from workers.speakers import D_VECTOR, GE2E

PHONEMES = "ði ˈOld lˈIthˌWs kˈipəɹ wˈATᵻd fɔɹ ði ˈivnɪŋ bˈOt."
"""The old lighthouse keeper waited for the evening boat."""
MIX_FRAMES = 68
"""Frames of 25 ms of each mix that are decoded and embedded, 1.7 s: half the work, for twice as many mixes. Stock voices are heard in full."""
MOST_FRAMES = 400
SEED = 12
SAVED_EVERY = 20


def make_mix(number: int) -> Mix:
    """Weights of the mix of that number: timbre and prosody [54]."""
    count = len(STOCK_VOICES)
    if number < count:
        weights = np.eye(count, dtype=np.float32)[number]
        return Mix(weights, weights)
    rng = np.random.default_rng([SEED, number])
    wanted = ("female", "male")[number % 2]
    is_both = rng.random() < 0.25
    pool = [index for index, voice in enumerate(STOCK_VOICES) if is_both or gender_of(voice) == wanted]
    weights = np.zeros(count)
    members = int(rng.integers(2, 5))
    weights[rng.choice(pool, members, replace=False)] = rng.dirichlet(np.ones(members))
    if rng.random() < 0.6:
        mean = np.zeros(count)
        mean[pool] = 1 / len(pool)
        weights = mean + rng.uniform(1.0, 1.9) * (weights - mean)
    prosody = weights
    if rng.random() < 0.5:
        prosody = 0.5 * weights + 0.5 * np.eye(count)[rng.integers(count)]
    return Mix(weights.astype(np.float32), prosody.astype(np.float32))


def measure_mix(mix: Mix, runtime: KokoroRuntime, *, longest_frames: int) -> dict[str, np.ndarray]:
    """One row of the library: the mix, spoken once and embedded twice."""
    voice = SpeakableVoice(*({name: float(w) for name, w in zip(STOCK_VOICES, half, strict=True)} for half in (mix.timbre, mix.prosody)))
    style = voice.style(runtime, phoneme_count=len(PHONEMES))
    tokens = runtime.tokens(PHONEMES)
    encoding = runtime.encode(tokens, style=style)
    frames = runtime.align(encoding, track=np.repeat(np.arange(len(tokens)), encoding.durations), style=style)
    heard = Frames(frames.asr[:, :longest_frames], frames.f0[: 2 * longest_frames], frames.energy[: 2 * longest_frames])
    audio = runtime.decode(heard, affine=runtime.affine(style))
    voiced = frames.f0[frames.f0 > PITCHED_HERTZ]
    spoken_seconds = encoding.durations[1:-1].sum() * 0.025
    return {
        "timbre": mix.timbre,
        "prosody": mix.prosody,
        "ge2e": GE2E.embed(audio, sample_rate=24_000),
        "d_vector": D_VECTOR.embed(audio, sample_rate=24_000),
        "log_f0": np.array([np.log(voiced).mean() if voiced.size else 0.0], np.float32),
        "pace": np.array([len(PHONEMES) / max(float(spoken_seconds), 0.1)], np.float32),
    }


def main(path: Path, *, count: int) -> None:
    """Extend the library to `count` mixes."""
    rows = {name: list(array) for name, array in load_file(path).items()} if path.exists() else {}
    runtime = KokoroRuntime.load()
    for number in range(len(rows.get("timbre", [])), count):
        longest_frames = MIX_FRAMES if number >= len(STOCK_VOICES) else MOST_FRAMES
        for name, value in measure_mix(make_mix(number), runtime, longest_frames=longest_frames).items():
            rows.setdefault(name, []).append(value)
        if number % SAVED_EVERY == SAVED_EVERY - 1 or number == count - 1:
            written = path.with_suffix(".new")
            save_file({name: np.stack(values).astype(np.float16) for name, values in sorted(rows.items())}, written)
            written.replace(path)
            print(number + 1, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=660)
    parser.add_argument("--out", type=Path, default=LIBRARY)
    arguments = parser.parse_args()
    main(arguments.out, count=arguments.count)
