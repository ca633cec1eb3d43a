"""Kaldi's log-mel filter banks, by the library that computes them like Kaldi."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples

STEP_SAMPLES: Final = 160
"""Samples between the starts of two frames; a frame has 400."""
FRAME_SAMPLES: Final = 400
BANDS: Final = 80


def filter_banks(samples: Samples, *, window_type: str) -> NDArray[np.float32]:
    """Log-mel energies [frames, 80] of mono samples at 16 kHz, without dither.

    A frame of 25 ms every 10 ms, none beyond the end. window_type: hamming, povey, … The scale of the samples is kept: Kaldi's own is that
    of 16-bit integers.
    """
    import kaldi_native_fbank

    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.samp_freq = RECOGNITION_SAMPLE_RATE
    options.frame_opts.dither = 0
    options.frame_opts.window_type = window_type
    options.mel_opts.num_bins = BANDS
    fbank = kaldi_native_fbank.OnlineFbank(options)
    fbank.accept_waveform(RECOGNITION_SAMPLE_RATE, samples)
    fbank.input_finished()
    frames = [fbank.get_frame(frame) for frame in range(fbank.num_frames_ready)]
    return np.stack(frames) if frames else np.zeros((0, BANDS), np.float32)
