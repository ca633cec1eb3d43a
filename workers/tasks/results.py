"""Stores the results of an attempt: output and timings first, the manifest last, so that a manifest vouches for both."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from workers.audio.encoding import EncodedFile
from workers.contract.codec import Message
from workers.contract.errors import INTERNAL_ERROR, WorkError
from workers.contract.formats import FORMATS
from workers.contract.messages import Manifest, PartMessage
from workers.contract.references import Address
from workers.storage import Storage

DocumentType = TypeVar("DocumentType", bound=Message)


@dataclass(slots=True)
class Output:
    """File to be stored."""

    path: Path
    bytes: int = 0
    sha256: str = ""


@contextmanager
def stored_output(message: PartMessage, *, storage: Storage) -> Iterator[Output]:
    """Path for the output; at the end of the block it is measured and stored."""
    with storage.write(message.output) as path:
        output = Output(path)
        yield output
        with path.open("rb") as file:
            output.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        output.bytes = path.stat().st_size


def store_results(
    message: PartMessage,
    *,
    storage: Storage,
    output: Output,
    encoded: EncodedFile,
    units_done: int = 0,
    words: Sequence[Mapping[str, Any]] = (),
    survey: Message | None = None,
    is_notice: bool = False,
    details: Mapping[str, Any] | None = None,
) -> Manifest:
    """Store the timings, words or survey if they are wanted, then the manifest."""
    timings = survey.to_dict() if survey else list(words)
    has_timings = message.timings is not None and bool(timings)
    if message.timings is not None and timings:
        storage.write_bytes(message.timings, data=to_json(timings))
    manifest = Manifest(
        job=message.job,
        part=message.part,
        token=message.token,
        output_bytes=output.bytes,
        output_sha256=output.sha256,
        audio_seconds=round(encoded.seconds, 4),
        sample_rate=encoded.sample_rate,
        units_done=units_done,
        has_timings=has_timings,
        is_notice=is_notice,
        details=dict(details or {}),
    )
    storage.write_bytes(message.manifest, data=to_json(manifest.to_dict()))
    return manifest


def store_document(
    message: PartMessage,
    *,
    storage: Storage,
    document: Message,
    audio_seconds: float = 0.0,
    units_done: int = 0,
    is_notice: bool = False,
    details: Mapping[str, Any] | None = None,
) -> Manifest:
    """Store a document as the part's output, then the manifest. audio_seconds: duration of its recording."""
    with stored_output(message, storage=storage) as output:
        output.path.write_bytes(to_json(document.to_dict()))
    return store_results(
        message,
        storage=storage,
        output=output,
        encoded=EncodedFile(seconds=audio_seconds, sample_rate=0, size_bytes=output.bytes),
        units_done=units_done,
        is_notice=is_notice,
        details=details,
    )


def read_document(address: Address, kind: type[DocumentType], *, storage: Storage) -> DocumentType:
    """Read a document of an earlier part of the job. Raises WorkError (storage_unavailable)."""
    with storage.read(address) as path:
        return kind.from_dict(json.loads(path.read_bytes()))


def read_timings(address: Address | None, *, storage: Storage) -> list[dict[str, Any]]:
    """Words stored by an earlier attempt; empty if it stored none."""
    if address is None:
        return []
    with storage.read(address) as path:
        words: list[dict[str, Any]] = json.loads(path.read_bytes())
    return words


def check_format(name: str) -> None:
    """Raise WorkError (internal_error) for a format unknown to this worker, when the platform's version is newer."""
    if name not in FORMATS:
        raise WorkError(INTERNAL_ERROR, f"This worker does not know the format {name!r}.")


def to_json(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
