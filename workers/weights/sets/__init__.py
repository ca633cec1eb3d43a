"""Weight sets that can be pulled: a new set is one module here and one line below."""

from typing import Final

from workers.weights.catalogue import index_sets
from workers.weights.sets.d_vector import D_VECTOR_WEIGHTS
from workers.weights.sets.diarization import DIARIZATION
from workers.weights.sets.kokoro import KOKORO
from workers.weights.sets.piper import PIPER
from workers.weights.sets.sensevoice import SENSEVOICE
from workers.weights.sets.smollm2 import SMOLLM2
from workers.weights.sets.speakers import SPEAKERS
from workers.weights.sets.spleeter import SPLEETER
from workers.weights.sets.watermark import WATERMARK
from workers.weights.sets.whisper import WHISPERS

SETS: Final = index_sets((KOKORO, PIPER, SPEAKERS, D_VECTOR_WEIGHTS, DIARIZATION, *WHISPERS, SENSEVOICE, SMOLLM2, SPLEETER, WATERMARK))

DEFAULT_SETS: Final = ("kokoro", "piper", "speakers", "d-vector", "diarization", "spleeter", "watermark", "whisper-base")
"""Weight sets that `make run` needs."""

TEST_SETS: Final = ("kokoro", "piper", "speakers", "d-vector", "diarization", "spleeter", "watermark", "whisper-base")
"""Weight sets that `make test` needs: audio is checked by transcribing it, recordings are diarized."""
