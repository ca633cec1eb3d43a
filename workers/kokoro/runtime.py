"""Kokoro's weights in memory, once per process: the parts of its graph as typed calls.

Axes: n tokens (with one padding token at each end), t frames of 25 ms, 2t half frames of 12.5 ms, 600t samples at 24 kHz.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.kokoro.decoders import Decoder, open_decoder, wanted_kind
from workers.kokoro.graph import PARTS, AffineWeights, GraphError, cut_part, read_affine_weights
from workers.kokoro.sessions import open_session
from workers.kokoro.stock_voices import STOCK_VOICES
from workers.weights.store import WeightsMissingError, WeightStore

WEIGHTS: Final = "kokoro"
SAMPLE_RATE: Final = 24_000
FRAME_SAMPLES: Final = 600
FRAME_SECONDS: Final = FRAME_SAMPLES / SAMPLE_RATE
"""Seconds per unit of the durations."""
MOST_PHONEMES: Final = 510
"""Most phonemes of one call: the context holds 512 tokens, two of them padding; a voice has a style for each number of phonemes up to here."""
STYLE_SIZE: Final = 256
ACOUSTIC_SIZE: Final = 128
"""Length of the acoustic half of a style, which comes first; the other half is prosodic."""
VOICED_HERTZ: Final = 10.0
"""F0 from which the decoder's harmonic source treats a half frame as voiced (StyleTTS2, SineGen)."""

Array = NDArray[np.float32]
Tracks = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pitch:
    """Change of F0 in voiced half frames: log F0 becomes `scale` * log F0 + `offset`; F0 in Hz."""

    scale: float = 1.0
    offset: float = 0.0

    def apply(self, f0: Array) -> Array:
        """F0 [2t] in Hz, moved; unvoiced half frames stay as they are."""
        if self.scale == 1.0 and self.offset == 0.0:
            return f0
        moved = np.exp(self.scale * np.log(np.maximum(f0, 1.0)) + self.offset)
        return np.where(f0 > VOICED_HERTZ, moved, f0).astype(np.float32)


UNCHANGED_PITCH: Final = Pitch()


@dataclass(frozen=True, slots=True)
class Encoding:
    """Tokens, read with a style."""

    text: Array
    """[512, n]: the decoder's phoneme features, which do not depend on the style."""
    features: Array
    """[n, 640]: features for pitch and energy."""
    durations: Tracks
    """[n]: frames of each token."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Inputs of the decoder but its voice."""

    asr: Array
    """[512, t]: phoneme features of each frame."""
    f0: Array
    """[2t]: F0 in Hz; below 10 Hz is unvoiced."""
    energy: Array
    """[2t]: logarithm of the norm of StyleTTS2's mel spectrum."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Synthesised tokens."""

    audio: Array
    """[600t] samples at 24 kHz."""
    durations: Tracks
    """[n]: frames of each token."""


class KokoroRuntime:
    """Loaded weights. Thread-safe: each call computes in its caller's thread, several at once."""

    def __init__(
        self,
        *,
        sessions: Mapping[str, Any],
        decoder: Decoder,
        affine_weights: AffineWeights,
        vocabulary: Mapping[str, int],
        styles: Array,
    ) -> None:
        self._sessions = sessions
        self._decoder = decoder
        self.affine_weights = affine_weights
        self.vocabulary = vocabulary
        """Token by phoneme symbol."""
        self.styles = styles
        """[54, 510, 256]: voices in the order of STOCK_VOICES, one style per number of phonemes."""

    @classmethod
    def load(cls, store: WeightStore | None = None, *, kind: str = "") -> "KokoroRuntime":
        """Load all parts and voices in about two seconds. Raises WorkError (engine_unavailable).

        kind: of the decoder (workers/kokoro/decoders.py), by default the fastest that runs here.
        """
        import onnx

        store = store or WeightStore.default()
        path = store.path(WEIGHTS, "model.onnx")
        vocabulary = json.loads(store.path(WEIGHTS, "vocab.json").read_text("utf-8"))["vocab"]
        styles = np.stack(
            [np.fromfile(store.path(WEIGHTS, style_file(voice)), "<f4").reshape(MOST_PHONEMES, STYLE_SIZE) for voice in STOCK_VOICES]
        )
        try:
            model = onnx.load(path)
            affine_weights = read_affine_weights(model)
            layout = affine_weights.layout
            sessions = {name: open_session(cut_part(model, name, layout=layout)) for name in PARTS if name != "decode"}
            decoder = open_decoder(model, layout=layout, kind=kind or wanted_kind())
        except GraphError as error:
            raise WorkError(ENGINE_UNAVAILABLE, f"{path.name} of Kokoro cannot be used: {error}") from error
        return cls(sessions=sessions, decoder=decoder, affine_weights=affine_weights, vocabulary=vocabulary, styles=styles)

    def tokens(self, phonemes: str) -> Tracks:
        """Tokens [n] of phonemes of the vocabulary, with padding. Raises ValueError for more than MOST_PHONEMES."""
        if len(phonemes) > MOST_PHONEMES:
            raise ValueError(f"{len(phonemes)} phonemes are more than {MOST_PHONEMES}")
        return np.array([0, *(self.vocabulary[phoneme] for phoneme in phonemes), 0], np.int64)

    def mix_styles(self, weights: Mapping[str, float], *, phoneme_count: int) -> Array:
        """The style [256] of a mix of stock voices for a text of that many phonemes. Raises KeyError for an unknown voice."""
        rows = np.stack([self.styles[_INDEX[voice], min(phoneme_count, MOST_PHONEMES - 1)] for voice in weights])
        if len(rows) == 1:
            row: Array = rows[0]
            return row
        return np.asarray(np.array([*weights.values()], np.float32) @ rows, np.float32)

    def affine(self, style: Array) -> Array:
        """AdaIN numbers [37396] of a style [256] or of its acoustic half [128]."""
        return self.affine_weights(style[:ACOUSTIC_SIZE])

    def synthesise(
        self, tokens: Tracks, *, style: Array, affine: Array | None = None, speed: float = 1.0, pitch: Pitch = UNCHANGED_PITCH
    ) -> Speech:
        """Speak tokens [n] with the prosody of a style [256] and the sound of `affine` [37396], by default the style's own."""
        encoding = self.encode(tokens, style=style, speed=speed)
        frames = self.align(encoding, track=np.repeat(np.arange(len(tokens)), encoding.durations), style=style)
        return Speech(self.decode(frames, affine=self.affine(style) if affine is None else affine, pitch=pitch), encoding.durations)

    def encode(self, tokens: Tracks, *, style: Array, speed: float = 1.0) -> Encoding:
        """Read tokens [n] with a style [256]."""
        text, features, durations = self._sessions["encode"].run(
            ["text", "features", "durations"],
            {"tokens": tokens[np.newaxis], "style": style[np.newaxis], "speed": np.array([speed], np.float32)},
        )
        return Encoding(text[0], features[0], durations.ravel().astype(np.int64))

    def align(self, encoding: Encoding, *, track: Tracks, style: Array) -> Frames:
        """The decoder's inputs for a given timing, with the pitch and energy of a style [256].

        track: [t], the index of the token that each frame speaks.
        """
        f0, energy = self._sessions["contour"].run(
            ["f0", "energy"], {"features": encoding.features[track].T[np.newaxis], "style": style[np.newaxis]}
        )
        return Frames(encoding.text[:, track], f0[0], energy[0])

    @property
    def decoder_kind(self) -> str:
        """One of workers/kokoro/decoders.py: KINDS."""
        return self._decoder.kind

    def harmonics(self, f0: Array) -> Array:
        """The harmonic source's spectrum [22, 120t + 1] for F0 [2t] in Hz."""
        har: Array = self._sessions["harmonics"].run(["har"], {"f0": f0[np.newaxis]})[0][0]
        return har

    def decode(self, frames: Frames, *, affine: Array, pitch: Pitch = UNCHANGED_PITCH) -> Array:
        """Audio [600t] of frames in the voice of `affine` [37396]."""
        f0 = pitch.apply(frames.f0)
        feeds = {"asr": frames.asr, "f0": f0, "energy": frames.energy, "har": self.harmonics(f0), "affine": affine}
        return self._decoder({name: array[np.newaxis] for name, array in feeds.items()})


class SharedRuntime:
    """The process's runtime, loaded for its first user and freed after its last. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._runtime: KokoroRuntime | None = None

    def acquire(self) -> KokoroRuntime:
        """The runtime, loaded if it is not; `release` must follow. Raises WorkError (engine_unavailable)."""
        with self._lock:
            if self._runtime is None:
                self._runtime = KokoroRuntime.load()
            self._users += 1
            return self._runtime

    def release(self) -> None:
        """Give up one `acquire`."""
        with self._lock:
            self._users -= 1
            if self._users <= 0:
                self._users, self._runtime = 0, None


SHARED_RUNTIME: Final = SharedRuntime()
"""Runtime of all of Kokoro's engines in this process."""


def find_weights_obstacle() -> str:
    """The first missing file of the weights and the command that gets it; empty if all are here. Loads nothing."""
    store = WeightStore.default()
    try:
        for name in ("model.onnx", "vocab.json", *map(style_file, STOCK_VOICES)):
            store.path(WEIGHTS, name)
    except WeightsMissingError as missing:
        return missing.message
    return ""


def style_file(voice: str) -> str:
    """Name of a stock voice's file in the weight set."""
    return f"voices/{voice}.bin"


_INDEX: Final = {voice: index for index, voice in enumerate(STOCK_VOICES)}
