"""Reads a text file of a customer: text alone in this process, a book in a child process with limits."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Final

import workers
from workers.contract.files import TOO_COMPLEX, UNSUPPORTED_FORMAT
from workers.documents.decoding import decode_text
from workers.documents.errors import TEXT_TOO_LONG, DocumentError
from workers.documents.file import SUPPORTED_TEXTS, TEXT_FORMATS, TextFile, TextLimits
from workers.documents.srt import read_srt

logger = logging.getLogger(__name__)

USUAL: Final = TextLimits()
ZIP_SIGNATURE: Final = b"PK\x03\x04"
ANSWER_BYTES_PER_CHARACTER: Final = 8
"""Most bytes of a character in the child's JSON, and room for the chapters."""


def read_text_file(file: BinaryIO, *, text_format: str, limits: TextLimits = USUAL) -> TextFile:
    """Text of an open file on disk. Raises DocumentError."""
    if text_format not in TEXT_FORMATS:
        raise DocumentError(UNSUPPORTED_FORMAT, f"The file is no text that is read here. {SUPPORTED_TEXTS} are, by the file's name.")
    limits.check_bytes(os.fstat(file.fileno()).st_size, text_format=text_format)
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    read = _read_book(file, limits=limits) if text_format == "epub" else _read_plain(file, text_format=text_format, limits=limits)
    if len(read.text) > limits.max_characters:
        message = f"The file has {len(read.text):,} characters of text; {limits.max_characters:,} are read. Split it and send its parts."
        raise DocumentError(TEXT_TOO_LONG, message)
    return read


def _read_plain(file: BinaryIO, *, text_format: str, limits: TextLimits) -> TextFile:
    with os.fdopen(os.dup(file.fileno()), "rb") as own:
        data = own.read(limits.max_plain_bytes)
    if data.startswith(ZIP_SIGNATURE):
        raise DocumentError(UNSUPPORTED_FORMAT, f"The file is an archive. {SUPPORTED_TEXTS} are read; name a book .epub.")
    text, warning = decode_text(data)
    if text_format == "srt":
        read = read_srt(text)
        return TextFile("srt", read.text, cues=read.cues, warnings=(*filter(None, [warning]), *read.warnings))
    return TextFile(text_format, text, warnings=(warning,) if warning else ())


def _read_book(file: BinaryIO, *, limits: TextLimits) -> TextFile:
    """Let a child process read the archive: its memory, time and privileges are limited."""
    with _start(limits, file) as process:
        timer = threading.Timer(limits.wall_seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            output = process.stdout.read(ANSWER_BYTES_PER_CHARACTER * limits.max_characters)
        finally:
            timer.cancel()
            process.kill()  # either it has answered or it hangs
    answer = json.loads(output) if process.returncode == 0 and output else {}
    if "code" in answer:
        raise DocumentError(answer["code"], answer["message"])
    if "file" in answer:
        return TextFile.from_dict(answer["file"])
    if "out_of_memory" in answer or -process.returncode in {signal.SIGKILL, signal.SIGXCPU}:
        raise DocumentError(
            TOO_COMPLEX, "Reading the book takes more time or memory than is allowed. Export it anew, or send its text as .txt."
        )
    raise RuntimeError(f"the child process that reads books failed: code {process.returncode}, {answer.get('bug', 'no answer')}")


def _start(limits: TextLimits, file: BinaryIO) -> "subprocess.Popen[bytes]":
    # No preexec_fn: it is unsafe among threads, and without it the child starts by vfork. The child limits itself.
    return subprocess.Popen(
        [sys.executable, "-S", "-P", "-m", "workers.documents.child", json.dumps(limits.to_dict())],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": _search_path(), "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"},  # no inherited keys
        cwd="/",
    )


@cache
def _search_path() -> str:
    """Folders of this package and of NumPy, which the package of the sandbox imports."""
    spec = find_spec("numpy")
    if spec is None or spec.origin is None:
        raise RuntimeError("NumPy is not installed: requirements/*.txt have it as numpy")
    return os.pathsep.join([str(Path(workers.__file__).parent.parent), str(Path(spec.origin).parent.parent)])
