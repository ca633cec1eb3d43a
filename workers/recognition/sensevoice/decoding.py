"""Decodes SenseVoice's output to words: the most probable token of each frame, without repetitions and blanks (CTC)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.recognition.segmentation import TimedWord

BLANK: Final = 0
HEAD_FRAMES: Final = 4
"""Frames before the text, in which the model outputs language, emotion, event, and whether numbers are written as figures."""
MARK: Final = re.compile(r"<\|([^|]*)\|>")
SPACE: Final = "▁"
NO_SPEECH: Final = "nospeech"


@dataclass(frozen=True, slots=True)
class DecodedWindow:
    """Decoding result of one window."""

    language: str
    """Language; empty if the model hears no speech."""
    words: tuple[TimedWord, ...]
    average_log_probability: float


def read_tokens(path: Path) -> dict[int, str]:
    """Read sherpa-onnx's tokens.txt: a token, a space and its number in each line. Raises ValueError."""
    lines = path.read_text("utf-8").splitlines()
    return {int(number): token for token, _, number in (line.rpartition(" ") for line in lines if line)}


def decode_frames(logits: NDArray[np.float32], *, tokens: Mapping[int, str], frame_seconds: float) -> DecodedWindow:
    """logits: [HEAD_FRAMES + frames, vocabulary]; frame_seconds: duration of one frame."""
    best = logits.argmax(axis=1)
    top = logits[np.arange(len(best)), best]
    likelihoods = top - np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)) - logits.max(axis=1)
    mark = MARK.fullmatch(tokens.get(int(best[0]), ""))
    language = "" if mark is None or mark[1] == NO_SPEECH else mark[1]
    pieces = _pieces(best[HEAD_FRAMES:], likelihoods[HEAD_FRAMES:], tokens=tokens, frame_seconds=frame_seconds)
    average = float(np.mean([np.log(max(piece.probability, 1e-10)) for piece in pieces])) if pieces else 0.0
    return DecodedWindow(language, tuple(_words(pieces)), average)


def _pieces(
    best: NDArray[np.intp], likelihoods: NDArray[np.float32], *, tokens: Mapping[int, str], frame_seconds: float
) -> list[TimedWord]:
    """Tokens of the text, each with the frames in which it is the most probable."""
    pieces: list[TimedWord] = []
    for frame, number in enumerate(best.tolist()):
        if number == BLANK or MARK.fullmatch(tokens.get(number, "")):
            continue
        start, end = frame * frame_seconds, (frame + 1) * frame_seconds
        if pieces and frame and best[frame - 1] == number:
            pieces[-1] = TimedWord(pieces[-1].text, pieces[-1].start, end, pieces[-1].probability, (number,))
        else:
            pieces.append(TimedWord(tokens.get(number, ""), start, end, float(np.exp(likelihoods[frame])), (number,)))
    return pieces


def _words(pieces: Sequence[TimedWord]) -> list[TimedWord]:
    """Group tokens to words: a word begins with a space or with a character of a script without spaces."""
    words: list[TimedWord] = []
    for piece in pieces:
        text = piece.text.replace(SPACE, " ")
        if words and not text.startswith(" ") and not _stands_alone(text):
            last = words[-1]
            probability = min(last.probability, piece.probability)
            words[-1] = TimedWord(last.text + text, last.start, piece.end, probability, (*last.tokens, *piece.tokens))
        else:
            words.append(TimedWord(text, piece.start, piece.end, piece.probability, piece.tokens))
    return [word for word in words if word.text.strip()]


def _stands_alone(text: str) -> bool:
    """Chinese characters and Japanese kana."""
    return bool(text) and ("\u3040" <= text[0] <= "\u30ff" or "\u3400" <= text[0] <= "\u9fff")
