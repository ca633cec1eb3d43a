"""Reads content credentials (C2PA) of a customer's file, in a child process with limits."""

import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import workers

logger = logging.getLogger(__name__)

CONTENT_TYPES: Final = MappingProxyType({"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "mp4": "audio/mp4"})
"""Media types by the probe's container, for those that can hold content credentials."""
WALL_SECONDS: Final = 90.0
MOST_ANSWER_BYTES: Final = 1 << 17


@dataclass(frozen=True, slots=True)
class CredentialReport:
    """Content credentials of a file; nothing in them is true unless `is_valid`."""

    is_found: bool = False
    is_valid: bool = False
    """True if the file is the one that was signed, and the signature is right."""
    is_trusted: bool = False
    """True if the signer's certificate leads to a trusted root."""
    details: dict[str, Any] = field(default_factory=dict)
    """Signer, generator, title, actions and problems, as the API shows them."""


def read_credentials(path: Path, *, container: str, trust_anchors: str = "") -> CredentialReport:
    """Report for a file of a container. A file that the library cannot read, or not within the limits, has a problem in its details.

    Nothing is fetched: neither a manifest that the file only refers to, nor the state of a certificate. Raises OSError.
    """
    if container not in CONTENT_TYPES:
        return CredentialReport()
    request = json.dumps({"content_type": CONTENT_TYPES[container], "trust_anchors": trust_anchors})
    with path.open("rb") as file:
        answer = _run(request, descriptor=file.fileno())
    if answer is None:
        return CredentialReport(details={"problems": ["unreadable"]})
    return CredentialReport(answer["is_found"], answer["is_valid"], answer["is_trusted"], answer["details"])


def _run(request: str, *, descriptor: int) -> dict[str, Any] | None:
    """The child's answer; None if it crashed, or reached a limit."""
    with subprocess.Popen(
        [sys.executable, "-S", "-P", "-m", "workers.provenance.credentials_child", request],
        stdin=descriptor,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": _search_path(), "PYTHONDONTWRITEBYTECODE": "1"},  # no inherited variables, which may hold keys
        cwd="/",
    ) as process:
        timer = threading.Timer(WALL_SECONDS, process.kill)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            output = process.stdout.read(MOST_ANSWER_BYTES)
        finally:
            timer.cancel()
            process.kill()  # either it has answered or it hangs
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError:
        logger.warning("credentials_unreadable code=%s", process.returncode)
        return None
    if "bug" in answer:
        raise RuntimeError(f"the child process that reads content credentials failed: {answer['bug']}")
    return answer


@cache
def _search_path() -> str:
    """Folders of this package and of the C2PA library."""
    spec = find_spec("c2pa")
    if spec is None or spec.origin is None:
        raise RuntimeError("c2pa-python is not installed: requirements/provenance.txt has it")
    return os.pathsep.join([str(Path(workers.__file__).parent.parent), str(Path(spec.origin).parent.parent)])
