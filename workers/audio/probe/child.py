"""`python -m workers.audio.probe.child REQUEST`: reads one file from standard input, within limits that the process sets itself.

The result is one line of JSON. The process opens nothing by name or address, and inside the sandbox it cannot.
"""

import errno
import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any, Final

from workers.audio.probe.decode_options import DecodeOptions
from workers.audio.probe.errors import CORRUPT_AUDIO, CORRUPT_MESSAGE, ProbeError
from workers.audio.probe.info import DecodedFile, ProbeLimits
from workers.audio.probe.sandbox import enter_sandbox
from workers.audio.probe.signature import Signature

DISK_ERRORS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})


def main() -> None:
    """Answer on standard output; a crash, or a limit that ends the process, is an answer too."""
    try:
        answer = _answer(json.loads(sys.argv[1]))
    except ProbeError as error:
        answer = {"code": error.code, "message": error.message}
    except MemoryError:
        answer = {"out_of_memory": True}
    except Exception as error:  # noqa: BLE001 - the parent process logs it
        answer = {"bug": repr(error)}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # no orderly shutdown: the file may have corrupted the state of FFmpeg


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    limits = ProbeLimits.from_dict(request["limits"])
    options = DecodeOptions.from_dict(request["options"]) if request["options"] else None
    _set_limits(limits, options=options)
    gc.disable()  # while libraries are loaded, whose objects live to the end of the process
    from av import FFmpegError  # imported under the limits

    from workers.audio.probe import reading

    if options:
        from workers.audio.probe import writing  # needs numpy, which the platform lacks

    file = os.fdopen(0, "rb", buffering=0, closefd=False)
    target = os.fdopen(request["target"], "wb", closefd=False) if options else None
    gc.freeze()
    gc.enable()
    enter_sandbox()

    def work() -> dict[str, Any]:
        source = reading.Reading(file, signature=Signature(**request["signature"]), size=request["size"], limits=limits)
        if options is None or target is None:
            return {"info": source.drain().to_dict()}
        channels = options.channels
        if options.is_stream:
            samples, sample_rate, channels = writing.stream_samples(source, target, options=options)
        else:
            samples, sample_rate = writing.write_samples(source.frames(), target, options=options)
        return {"decoded": DecodedFile(source.finish(), sample_rate=sample_rate, channels=channels, samples=samples).to_dict()}

    return _run_reader(work, FFmpegError)


def _run_reader(work: Callable[[], dict[str, Any]], ffmpeg_error: type[Exception]) -> dict[str, Any]:
    """Blame the file for any error between here and FFmpeg, except a full disk."""
    try:
        return work()
    except (ProbeError, MemoryError, ImportError):  # an import inside the sandbox is our bug
        raise
    except OSError as error:
        if isinstance(error, ffmpeg_error) or error.errno not in DISK_ERRORS:
            return _corrupt(error)
        return {"errno": error.errno}
    except Exception as error:  # noqa: BLE001 - the parent logs it
        return _corrupt(error)


def _corrupt(error: Exception) -> dict[str, Any]:
    return {"code": CORRUPT_AUDIO, "message": CORRUPT_MESSAGE, "detail": repr(error)}


def _set_limits(limits: ProbeLimits, *, options: DecodeOptions | None) -> None:
    most_bytes = options.most_bytes(audio_seconds=limits.max_audio_seconds, highest_rate=limits.max_sample_rate) if options else 0
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)  # synthesis for waiting clients has priority


if __name__ == "__main__":
    main()
