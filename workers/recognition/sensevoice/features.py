"""Input features of SenseVoice: Kaldi's log-mel filter banks, several frames stacked as one."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples

STEP_SAMPLES: Final = 160
"""Samples between the starts of two frames; a frame has 400."""
BANDS: Final = 80
INTEGER_SCALE: Final = np.float32(32768.0)
"""Kaldi counts samples as 16-bit integers."""


def filter_banks(samples: Samples) -> NDArray[np.float32]:
    """Log-mel energies [frames, 80] of mono samples at 16 kHz: Kaldi's fbank with a Hamming window and without dither.

    A frame of 25 ms every 10 ms, none beyond the end.
    """
    import kaldi_native_fbank

    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.samp_freq = RECOGNITION_SAMPLE_RATE
    options.frame_opts.dither = 0
    options.frame_opts.window_type = "hamming"
    options.mel_opts.num_bins = BANDS
    fbank = kaldi_native_fbank.OnlineFbank(options)
    fbank.accept_waveform(RECOGNITION_SAMPLE_RATE, samples * INTEGER_SCALE)
    fbank.input_finished()
    frames = [fbank.get_frame(frame) for frame in range(fbank.num_frames_ready)]
    return np.stack(frames) if frames else np.zeros((0, BANDS), np.float32)


def stack_frames(features: NDArray[np.float32], *, size: int, step: int) -> NDArray[np.float32]:
    """Every `step` frames, `size` of them as one: [frames, bands] to [fewer, size * bands]. What does not fill the last one is left out."""
    if len(features) < size:
        return np.zeros((0, size * features.shape[1]), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(features, size, axis=0)[::step]
    return np.ascontiguousarray(windows.transpose(0, 2, 1)).reshape(len(windows), -1)
