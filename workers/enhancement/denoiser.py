"""Stream through DeepFilterNet3 in a child process (program.py), with its delay compensated."""

import contextlib
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import numpy as np

from workers.audio.streams import AudioStream, Frames
from workers.contract.errors import INTERNAL_ERROR, WorkError
from workers.enhancement.program import read_block, write_block

PROGRAM: Final = Path(__file__).with_name("program.py")
SAMPLE_RATE: Final = 48_000
FRAME: Final = 480
"""Samples that the model takes at once; it buffers the rest."""
DELAY: Final = 1440
"""Samples that the library leaves out at the start, so that its output is aligned; it lacks as many at the end."""
CHUNK: Final = SAMPLE_RATE
"""Most samples sent at once, which bounds the time that a chunk may take."""
ANSWER_SECONDS: Final = 60.0
"""Time limit of a chunk: it takes 0.2 s for each channel on a busy core, and the first one starts the program."""


class Denoiser(AudioStream):
    """Suppresses noise in speech at 48 kHz, each channel by itself."""

    def __init__(self, *, channels: int, attenuation_decibels: float) -> None:
        """attenuation_decibels: most that noise is attenuated; 100 sets no limit."""
        self._channels = channels
        self._attenuation_decibels = attenuation_decibels
        self._process: subprocess.Popen[bytes] | None = None
        self._fed = self._made = 0

    def feed(self, frames: Frames) -> Frames:
        """Process a block. Raises WorkError (internal_error) if the child process hangs or dies."""
        self._fed += len(frames)
        made = [self._exchange(frames[start : start + CHUNK]) for start in range(0, len(frames), CHUNK)]
        done = np.concatenate(made) if made else np.zeros((0, self._channels), np.float32)
        self._made += len(done)
        return done

    def finish(self) -> Frames:
        """Process silence after the end, so that the delayed rest comes out."""
        left = self._fed - self._made
        if not left:
            return np.zeros((0, self._channels), np.float32)
        made = [self._exchange(np.zeros((DELAY + FRAME, self._channels), np.float32))]
        self.close()
        self._made = self._fed
        return np.concatenate(made)[:left]

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with contextlib.suppress(BrokenPipeError):
                process.communicate()

    def _exchange(self, frames: Frames) -> Frames:
        # Started by the compute thread that feeds it, whose lower priority it inherits.
        process = self._process = self._process or self._start()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a child process without pipes")
        watchdog = threading.Timer(ANSWER_SECONDS, process.kill)  # a read from a pipe has no time limit of its own
        watchdog.daemon = True
        watchdog.start()
        try:
            write_block(process.stdin, frames.T)
            made = read_block(process.stdout, self._channels)
        except (BrokenPipeError, ValueError):
            made = None
        finally:
            watchdog.cancel()
        if made is None:
            self.close()
            raise WorkError(INTERNAL_ERROR, "The process that suppresses noise ended unexpectedly.")
        return made.T

    def _start(self) -> "subprocess.Popen[bytes]":
        arguments = [sys.executable, str(PROGRAM), str(self._channels), str(self._attenuation_decibels)]
        return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
