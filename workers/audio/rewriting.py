"""Rewrites a customer's recording in another form, stretch by stretch, in bounded memory.

Work on a recording of any length is a generator: it yields the seconds done after each stretch, so that its caller may stop between two,
and returns its result. Its files are closed with it.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding import EncodedFile, EncodingOptions, FileEncoder
from workers.audio.probe import ProbeLimits
from workers.audio.recordings import RecordingStream, stream_recording
from workers.contract.audio_tools import AudioForm
from workers.contract.errors import BAD_AUDIO, WorkError
from workers.contract.formats import FORMATS, STEREO

T = TypeVar("T")
Samples = NDArray[np.float32]
Steps = Generator[float, None, T]
"""Work that yields the seconds of the recording done so far, and returns its result."""
Process = Callable[[Iterable[Samples]], Iterable[Samples]]
"""Turns the blocks [frames, channels] of a recording into those of the result."""

STEP_SECONDS: Final = 30.0
"""Audio between two places to stop: less than half a second of computing."""


def rewrite(source: Path, target: Path, *, form: AudioForm, limits: ProbeLimits, process: Process | None = None) -> Steps[EncodedFile]:
    """Decode, process and encode with the recording's tags. Raises WorkError (bad_audio), OSError for a full disk; then leaves no target."""
    channels = form.channels if form.channels <= STEREO else 0
    with stream_recording(source, sample_rate=form.sample_rate, channels=channels, limits=limits) as recording:
        check_channels(recording, form=form)
        options = encoding_options(form, recording=recording, tags=recording.tags)
        with FileEncoder(target, form.format, input_rate=recording.sample_rate, options=options) as encoder:
            yield from pass_over(recording, encoder.write, process=process)
            return encoder.finish()


def pass_over(recording: RecordingStream, consume: Callable[[Samples], object], *, process: Process | None = None) -> Steps[None]:
    """Give every block of the recording, processed, to `consume`."""
    blocks = recording.blocks()
    step = STEP_SECONDS
    for block in process(blocks) if process else blocks:
        consume(block)
        if recording.seconds >= step:
            yield recording.seconds
            step = recording.seconds + STEP_SECONDS


def check_channels(recording: RecordingStream, *, form: AudioForm) -> None:
    """Raise WorkError for a recording with other channels than were measured: it changes them on its way."""
    if form.channels and recording.channels != form.channels:
        raise WorkError(BAD_AUDIO, "The number of channels changes within the recording. Ask for mono or stereo.")


def encoding_options(form: AudioForm, *, recording: RecordingStream, tags: Mapping[str, str]) -> EncodingOptions:
    """Options of an encoder for samples of the recording's rate and channels."""
    return EncodingOptions(
        sample_rate=form.sample_rate,
        bitrate=form.bitrate,
        channels=recording.channels,
        bits=form.bit_depth or FORMATS[form.format].choose_bit_depth(recording.bits),
        tags=tags,
    )
