"""Starts the child process that reads a file, and handles every way in which it may end."""

import compileall
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Final

import workers
from workers.audio.probe import errors
from workers.audio.probe.decode_options import DecodeOptions
from workers.audio.probe.errors import ProbeError
from workers.audio.probe.info import AudioInfo, DecodedFile, ProbeLimits
from workers.audio.probe.signature import find_signature
from workers.audio.probe.stream import STALL_SECONDS, DecodedStream
from workers.contract.files import TOO_COMPLEX

logger = logging.getLogger(__name__)

MOST_ANSWER_BYTES: Final = 1 << 16
USUAL: Final = ProbeLimits()


def probe_file(path: Path, *, limits: ProbeLimits = USUAL) -> AudioInfo:
    """Determine the properties of a file by decoding all of it. Raises ProbeError, and OSError for a path that cannot be read."""
    with path.open("rb") as file:
        return AudioInfo.from_dict(_ask(file, limits=limits)["info"])


def decode_file(
    path: Path,
    target: Path,
    *,
    limits: ProbeLimits = USUAL,
    sample_rate: int = 0,
    channels: int = 1,
    channel: int = -1,
    sample_format: str = "s16",
    has_header: bool = True,
) -> DecodedFile:
    """Decode the file to `target` as WAV, or as bare little-endian samples without has_header.

    sample_rate: Hz, 0 keeps the file's own; channels: 1 or 2, others are mixed (to mono without loss of opposite phases: mixing.py);
    channel: the one to keep instead of mixing, from 0; sample_format: s16 or f32 (full scale 1.0).

    Raises ProbeError, and OSError for a path that cannot be read or a full disk. After an error there is no target.
    """
    try:
        with target.open("wb") as output:
            return decode_into(
                path,
                output,
                limits=limits,
                sample_rate=sample_rate,
                channels=channels,
                channel=channel,
                sample_format=sample_format,
                has_header=has_header,
            )
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def decode_into(
    path: Path,
    output: BinaryIO,
    *,
    limits: ProbeLimits = USUAL,
    sample_rate: int = 0,
    channels: int = 1,
    channel: int = -1,
    sample_format: str = "s16",
    has_header: bool = True,
) -> DecodedFile:
    """Decode into an empty file that is open for writing, perhaps an unnamed one; its position is left at its end."""
    options = DecodeOptions(sample_rate=sample_rate, channels=channels, channel=channel, sample_format=sample_format, has_header=has_header)
    with path.open("rb") as file:
        return DecodedFile.from_dict(_ask(file, limits=limits, options=options, target=output)["decoded"])


@contextmanager
def stream_file(
    path: Path, *, limits: ProbeLimits = USUAL, sample_rate: int = 0, channels: int = 0, stall_seconds: float = STALL_SECONDS
) -> Iterator[DecodedStream]:
    """Decode the file to a pipe for the duration of the block: nothing is stored, and memory does not grow with the length.

    sample_rate: Hz, 0 keeps the file's own; channels: 1 or 2 mix, 0 keeps the file's own; stall_seconds: longest wait for the next samples.
    The reader may be slow: `limits.wall_seconds` does not count here.

    Raises ProbeError (of the whole file, at the end of the samples), and OSError for a path that cannot be read.
    """
    options = DecodeOptions(sample_rate=sample_rate, channels=channels, sample_format="f32", has_header=False, is_stream=True)
    with path.open("rb") as file:
        source, target = os.pipe()
        try:
            request = _request(file, limits=limits, options=options, target=target)
            process = _start(request, file, passed=(target,))
        except BaseException:
            os.close(source)
            raise
        finally:
            os.close(target)
        with process, os.fdopen(source, "rb", buffering=0) as pipe:
            try:
                yield DecodedStream(pipe, end=lambda: _end_of_stream(process), stall_seconds=stall_seconds)
            finally:
                process.kill()


def _end_of_stream(process: "subprocess.Popen[bytes]") -> DecodedFile:
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    output = process.stdout.read(MOST_ANSWER_BYTES)
    return DecodedFile.from_dict(_parse_answer(output, process.wait())["decoded"])


def _ask(file: BinaryIO, *, limits: ProbeLimits, options: DecodeOptions | None = None, target: BinaryIO | None = None) -> dict[str, Any]:
    request = _request(file, limits=limits, options=options, target=target.fileno() if target else None)
    output, code = _run(request, file, passed=(target.fileno(),) if target else (), limits=limits)
    return _parse_answer(output, code)


def _request(file: BinaryIO, *, limits: ProbeLimits, options: DecodeOptions | None, target: int | None) -> str:
    """Request to the child, as JSON. Raises ProbeError for a file that needs no child to be refused."""
    size = os.fstat(file.fileno()).st_size
    limits.check_bytes(size)
    signature = find_signature(file)
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    request = {
        "limits": limits.to_dict(),
        "signature": asdict(signature),
        "size": size,
        "options": options.to_dict() if options else None,
        "target": target,
    }
    return json.dumps(request)


def _start(request: str, file: BinaryIO, *, passed: tuple[int, ...]) -> "subprocess.Popen[bytes]":
    # No preexec_fn: it is unsafe among threads, and without it the child starts by vfork. The child limits itself.
    return subprocess.Popen(
        [sys.executable, "-S", "-P", "-m", "workers.audio.probe.child", request],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=passed,
        env={
            "PYTHONPATH": _search_path(),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENBLAS_NUM_THREADS": "1",
        },  # no inherited variables, which may hold keys
        cwd="/",
    )


def _run(request: str, file: BinaryIO, *, passed: tuple[int, ...], limits: ProbeLimits) -> tuple[bytes, int]:
    with _start(request, file, passed=passed) as process:
        timer = threading.Timer(limits.wall_seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            output = process.stdout.read(MOST_ANSWER_BYTES)
        finally:
            timer.cancel()
            process.kill()  # either it has answered or it hangs
    return output, process.returncode


@cache
def _search_path() -> str:
    """Folders of this package and of PyAV alone: `-S` saves a quarter of the startup time.

    The child writes no bytecode, and some of its modules are imported nowhere else: they are compiled here, where the folder may be written to.
    """
    compileall.compile_dir(Path(__file__).parent, quiet=2)
    spec = find_spec("av")
    if spec is None or spec.origin is None:
        raise RuntimeError("PyAV is not installed: requirements/*.txt have it as av")
    return os.pathsep.join([str(Path(workers.__file__).parent.parent), str(Path(spec.origin).parent.parent)])


def _parse_answer(output: bytes, code: int) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(output) if code == 0 else {}
    if answer.get("detail"):
        logger.warning("probe_refused detail=%s", answer["detail"])
    if "code" in answer:
        raise ProbeError(answer["code"], answer["message"])
    if "errno" in answer:
        raise OSError(answer["errno"], os.strerror(answer["errno"]))
    if "info" in answer or "decoded" in answer:
        return answer
    if "out_of_memory" in answer or -code in {signal.SIGKILL, signal.SIGXCPU}:
        raise ProbeError(TOO_COMPLEX, "Reading the file takes more time or memory than is allowed. Export it anew as MP3 or WAV.")
    if code >= 0:  # it failed before it read the file
        raise RuntimeError(f"the probe's child process failed: code {code}, {answer.get('bug', 'no answer')}")
    logger.error("probe_crashed signal=%s", signal.Signals(-code).name)
    raise ProbeError(errors.CORRUPT_AUDIO, errors.CORRUPT_MESSAGE)
