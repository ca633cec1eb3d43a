"""Processes recordings of any length: a stretch through a stream to files, and stretches joined to one file at one loudness.

As in other work on whole recordings, the functions are generators: they yield the seconds of the recording done so far, so that their
caller may stop between two steps, and return their result. What they open is closed with them.
"""

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding import EncodedFile, EncodingOptions, FileEncoder
from workers.audio.limiter import PeakLimiter
from workers.audio.loudness import integrated_loudness, step_powers
from workers.audio.recordings import RecordingStream, decoding_limits, stream_recording
from workers.audio.streams import AudioStream, Frames
from workers.contract.audio_processing import FADE_SECONDS, STRETCH_FORMAT, Finish, Stretch
from workers.contract.errors import BAD_AUDIO, WorkError

T = TypeVar("T")
Steps = Generator[float, None, T]

LEAD_SECONDS: Final = 3.0
"""Audio before a stretch that is processed and left out, so that the models have heard something."""
TAIL_SECONDS: Final = 1.0
"""Audio after a stretch that is processed and left out: models look ahead."""
BLOCK_CHANNEL_SECONDS: Final = 4.0
"""Audio of all channels between two places to stop: about half a second of computing."""
LOUDEST: Final = 4.0
"""Limit of the samples' magnitude: files of floating point may hold anything, and what is no number counts as silence."""
HEADROOM: Final = 0.125
"""Factor of samples in the files of stretches (18 dB), which may exceed full scale until the limiter."""
STRETCH_BITS: Final = 24
LARGEST_GAIN_DECIBELS: Final = 30.0
STEP_SECONDS: Final = 20.0
"""Audio that is measured or encoded between two places to stop."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Rate and channels of samples."""

    sample_rate: int
    """Hz."""
    channels: int


OpenStream = Callable[[Shape], tuple[AudioStream, Shape]]
"""Opens the stream for samples of this shape, and says which shape its result has; targets take its channels in equal groups."""


def process_stretch(source: Path, targets: Sequence[Path], *, stretch: Stretch, open_stream: OpenStream) -> Steps[list[EncodedFile]]:
    """Process a stretch of a customer's file to files of STRETCH_FORMAT, FADE_SECONDS longer than the stretch unless it is the last.

    Raises WorkError (bad_audio, and what the stream raises).
    """
    with ExitStack() as stack:
        limits = decoding_limits(stretch.source_seconds)
        recording = stack.enter_context(stream_recording(source, channels=stretch.channels, limits=limits))
        stream, made = open_stream(Shape(recording.sample_rate, recording.channels))
        stack.enter_context(stream)
        channels = made.channels // len(targets)
        options = EncodingOptions(channels=channels, bits=STRETCH_BITS, tags=recording.tags)
        encoders = [
            stack.enter_context(FileEncoder(target, STRETCH_FORMAT, input_rate=made.sample_rate, options=options)) for target in targets
        ]
        for seconds, frames in _processed(recording, stretch=stretch, stream=stream, made=made):
            for index, encoder in enumerate(encoders):
                encoder.write(frames[:, index * channels : (index + 1) * channels] * np.float32(HEADROOM))
            yield seconds
        files = [encoder.finish() for encoder in encoders]
        if not files[0].seconds:
            raise WorkError(BAD_AUDIO, "The recording ends before the stretch that was to be processed: it is shorter than was measured.")
        return files


def _processed(recording: RecordingStream, *, stretch: Stretch, stream: AudioStream, made: Shape) -> Iterator[tuple[float, Frames]]:
    """Seconds of the stretch read so far, and the frames that are made of them, from its start to its end."""
    start = max(0.0, stretch.start_seconds - LEAD_SECONDS)
    skipped = round(stretch.start_seconds * made.sample_rate) - round(start * made.sample_rate)
    end = stretch.end_seconds + FADE_SECONDS if stretch.end_seconds else math.inf
    left = round(end * made.sample_rate) - round(stretch.start_seconds * made.sample_rate) if stretch.end_seconds else math.inf
    for seconds, fed in _fed(recording, stream, start=start, end=end + TAIL_SECONDS):
        frames = fed[skipped:]
        skipped -= len(fed) - len(frames)
        frames = frames if len(frames) <= left else frames[: int(left)]
        left -= len(frames)
        yield max(0.0, min(seconds, stretch.end_seconds or seconds) - stretch.start_seconds), frames


def _fed(recording: RecordingStream, stream: AudioStream, *, start: float, end: float) -> Iterator[tuple[float, Frames]]:
    """Seconds read so far and the result of feeding the stream with the recording between two times."""
    first, last = round(start * recording.sample_rate), end * recording.sample_rate
    for block in recording.blocks(block_seconds=BLOCK_CHANNEL_SECONDS / recording.channels):
        begun = recording.frames - len(block)
        if begun >= last:
            break
        used = block[max(0, first - begun) : max(0, int(min(len(block), last - begun)))]
        yield recording.seconds, stream.feed(_limited(used)) if len(used) else np.zeros((0, recording.channels), np.float32)
    yield recording.seconds, stream.finish()


def _limited(frames: Frames) -> Frames:
    return np.nan_to_num(frames, nan=0.0, posinf=LOUDEST, neginf=-LOUDEST).clip(-LOUDEST, LOUDEST)


def finish_recording(sources: Sequence[Path], target: Path, *, finish: Finish, done_seconds: float = 0.0) -> Steps[EncodedFile]:
    """Join files of `process_stretch`, bring them to the wanted loudness below the limiter, and encode them with the recording's tags.

    done_seconds: what each step yields, since the recording is processed already.
    """
    gain = 1.0
    if finish.loudness_lufs is not None:
        loudness = yield from _measure(sources, done_seconds=done_seconds)
        gain = _gain(loudness, target=finish.loudness_lufs)
    with ExitStack() as stack:
        encoder: FileEncoder | None = None
        limiter: PeakLimiter | None = None
        for recording, frames in _joined(sources):
            if encoder is None or limiter is None:
                rate, channels = recording.sample_rate, recording.channels
                limiter = PeakLimiter(sample_rate=rate, channels=channels, gain=gain)
                options = EncodingOptions(channels=channels, bitrate=finish.bitrate, tags=recording.tags)
                encoder = stack.enter_context(FileEncoder(target, finish.format, input_rate=rate, options=options))
            encoder.write(limiter.feed(frames))
            yield done_seconds
        if encoder is None or limiter is None:
            raise WorkError(BAD_AUDIO, "The processed recording is empty.")
        encoder.write(limiter.finish())
        return encoder.finish()


def _measure(sources: Sequence[Path], *, done_seconds: float) -> Steps[float]:
    """Integrated loudness in LUFS: the powers of all channels are added (ITU-R BS.1770-4, with equal weights)."""
    powers: list[NDArray[np.float64]] = []
    waiting: Frames | None = None
    for recording, frames in _joined(sources):
        waiting = frames if waiting is None else np.concatenate([waiting, frames])
        whole = len(waiting) - len(waiting) % recording.sample_rate  # whole seconds are whole steps of the measurement
        powers.append(_powers(waiting[:whole], sample_rate=recording.sample_rate))
        waiting = waiting[whole:]
        yield done_seconds
    if waiting is not None and len(waiting):
        powers.append(_powers(waiting, sample_rate=recording.sample_rate))
    return integrated_loudness(np.concatenate(powers)) if powers else -math.inf


def _powers(frames: Frames, *, sample_rate: int) -> NDArray[np.float64]:
    return np.asarray(np.sum([step_powers(channel, sample_rate) for channel in frames.T], axis=0), np.float64)


def _gain(loudness: float, *, target: float) -> float:
    if math.isinf(loudness):
        return 1.0
    return float(10 ** (np.clip(target - loudness, -LARGEST_GAIN_DECIBELS, LARGEST_GAIN_DECIBELS) / 20))


def _joined(sources: Sequence[Path]) -> Iterator[tuple[RecordingStream, Frames]]:
    """Frames of all stretches in blocks of STEP_SECONDS, cross-faded where two meet."""
    tail: Frames | None = None
    for index, source in enumerate(sources):
        with stream_recording(source) as stretch:
            shared = round(FADE_SECONDS * stretch.sample_rate) if index < len(sources) - 1 else 0
            held = np.zeros((0, stretch.channels), np.float32)
            for block in stretch.blocks(block_seconds=STEP_SECONDS):
                frames = block / np.float32(HEADROOM)
                if tail is not None:
                    frames, tail = _cross_fade(tail, frames), None
                frames = np.concatenate([held, frames])
                kept = max(0, len(frames) - shared)
                held = frames[kept:]
                if kept:
                    yield stretch, frames[:kept]
            tail = held


def _cross_fade(ending: Frames, beginning: Frames) -> Frames:
    length = min(len(ending), len(beginning))
    rise = np.linspace(0.0, 1.0, length + 2, dtype=np.float32)[1:-1, None]
    start = len(ending) - length
    return np.concatenate([ending[:start], ending[start:] * (1 - rise) + beginning[:length] * rise, beginning[length:]])
