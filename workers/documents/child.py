"""`python -m workers.documents.child LIMITS`: reads one book from standard input, within limits that the process sets itself.

The result is one line of JSON. The process opens nothing by name or address, and inside the sandbox it cannot.
"""

import codecs
import json
import os
import resource
import sys
from typing import Any, Final

from workers.audio.probe.sandbox import enter_sandbox
from workers.documents.epub import read_epub
from workers.documents.errors import DocumentError
from workers.documents.file import TextLimits

READ_ENCODINGS: Final = (
    "cp437",
    *(f"cp125{number}" for number in range(9)),
    *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
    "koi8-r",
    "koi8-u",
    "gbk",
    "big5",
    "shift_jis",
    "euc-jp",
    "utf-16",
    "utf-32",
)
"""Encodings that names in archives and pages of books may have."""


def main() -> None:
    """Answer on standard output; a limit that ends the process is an answer too."""
    try:
        limits = TextLimits.from_dict(json.loads(sys.argv[1]))
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
        for encoding in READ_ENCODINGS:
            codecs.lookup(encoding)  # loaded from a file, which the sandbox forbids
        enter_sandbox()
        answer: dict[str, Any] = {"file": read_epub(sys.stdin.buffer, limits=limits).to_dict()}
    except DocumentError as error:
        answer = {"code": error.code, "message": error.message}
    except MemoryError:
        answer = {"out_of_memory": True}
    except Exception as error:  # noqa: BLE001 - the parent process raises it
        answer = {"bug": repr(error)}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
