"""Runs texts through the programs of a mode: no shell; limited time, memory and output."""

import logging
import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from typing import IO, Final

from workers.apertium.modes import Mode
from workers.contract.errors import ENGINE_UNAVAILABLE, TIMED_OUT, WorkError

logger = logging.getLogger(__name__)

SECONDS: Final = 60.0
"""Time limit of one call; 2,000 characters take about a second."""
MEMORY_BYTES: Final = 1 << 30
"""Address space of each program; the largest dictionaries take a tenth of it."""
OUTPUT_BYTES: Final = 4 << 20
LONGEST_CHARACTERS: Final = 20_000
"""Most characters sent through the programs in one call."""

RESERVED: Final = re.compile(r"[\\^$/\[\]{}<>@]")
"""Characters with a meaning in Apertium's stream (https://wiki.apertium.org/wiki/Apertium_stream_format)."""
ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
TEXT_END: Final = re.compile(r"\.\[\]\[\n(\d+)\n\]")
"""Artificial full stop that ends a sentence, as apertium-destxt writes it, and a blank with the text's number."""


def run_mode(mode: Mode, texts: Sequence[str]) -> list[str]:
    """Translate each text, in order. Raises WorkError (timed_out, engine_unavailable)."""
    translated: list[str] = []
    for batch in _batches(texts):
        pieces = _read_stream(_run(mode, _write_stream(batch)), count=len(batch))
        if pieces is None and len(batch) > 1:
            pieces = [piece for text in batch for piece in run_mode(mode, [text])]
        if pieces is None:
            logger.error("apertium_stream_broken mode=%s-%s", mode.source, mode.target)
            raise WorkError(ENGINE_UNAVAILABLE, "Apertium did not translate the text.")
        translated += pieces
    return translated


def _batches(texts: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = [[]]
    size = 0
    for text in texts:
        if batches[-1] and size + len(text) > LONGEST_CHARACTERS:
            batches.append([])
            size = 0
        batches[-1].append(text)
        size += len(text)
    return [batch for batch in batches if batch]


def _write_stream(texts: Sequence[str]) -> str:
    plain = (RESERVED.sub(r"\\\g<0>", " ".join(text.replace("\0", " ").split())) for text in texts)
    return "".join(f"{text}.[][\n{number}\n]" for number, text in enumerate(plain))


def _read_stream(stream: str, *, count: int) -> list[str] | None:
    """Texts between the marks; None if a mark was lost or moved."""
    parts = TEXT_END.split(stream)
    if parts[1::2] != [str(number) for number in range(count)]:
        return None
    # One space between words: where a pair leaves a pronoun out, its spaces stay behind.
    return [" ".join(ESCAPED.sub(r"\1", part).split()) for part in parts[0 : 2 * count : 2]]


def _run(mode: Mode, stream: str) -> str:
    """Run all stages at once on the stream. Input and output are files: a program that hangs then blocks only itself."""
    deadline = time.monotonic() + SECONDS
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(stream.encode(errors="replace"))
        source.seek(0)
        processes = _start(mode, source=source, target=target)
        try:
            statuses = [process.wait(max(0.0, deadline - time.monotonic())) for process in processes]
        except subprocess.TimeoutExpired:
            raise WorkError(TIMED_OUT, f"Apertium did not translate the text within {SECONDS:g} seconds.") from None
        finally:
            for process in processes:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        if any(statuses):
            logger.error("apertium_failed mode=%s-%s statuses=%s", mode.source, mode.target, statuses)
            raise WorkError(ENGINE_UNAVAILABLE, "Apertium did not translate the text.")
        target.seek(0)
        return target.read(OUTPUT_BYTES).decode(errors="replace")


def _start(mode: Mode, *, source: IO[bytes], target: IO[bytes]) -> list["subprocess.Popen[bytes]"]:
    processes: list[subprocess.Popen[bytes]] = []
    environment = mode.installation.environment()
    given: IO[bytes] | None = source
    for number, stage in enumerate(mode.stages, start=1):
        is_last = number == len(mode.stages)
        try:
            process = subprocess.Popen(
                stage, stdin=given, stdout=target if is_last else subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )
        except OSError as error:
            for started in processes:
                started.kill()
                started.wait()
            raise WorkError(ENGINE_UNAVAILABLE, f"Apertium's program cannot be started: {error.strerror}.") from None
        finally:
            if given is not None and given is not source:
                given.close()  # the next program holds it now; without this an end would not reach the one before
        _limit(process.pid)
        processes.append(process)
        given = process.stdout
    return processes


def _limit(process_id: int) -> None:
    seconds = round(SECONDS)
    limits = {resource.RLIMIT_CPU: seconds, resource.RLIMIT_AS: MEMORY_BYTES, resource.RLIMIT_FSIZE: OUTPUT_BYTES, resource.RLIMIT_CORE: 0}
    for kind, value in limits.items():
        try:
            resource.prlimit(process_id, kind, (value, value))
        except (ProcessLookupError, PermissionError):
            return  # it has ended already, or limits of its own are lower
