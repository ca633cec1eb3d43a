"""Stores the results of an attempt: the outputs first, the manifest last, so that a manifest vouches for all of them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from workers.contract.codec import Message
from workers.contract.errors import INTERNAL_ERROR, WorkError
from workers.contract.formats import FORMATS
from workers.contract.messages import Manifest, PartMessage
from workers.contract.outputs import TEXT, OutputTarget, StoredOutput
from workers.contract.references import Reference
from workers.storage import Storage

DocumentType = TypeVar("DocumentType", bound=Message)


@dataclass(slots=True)
class OutputFile:
    """A file on its way to the store."""

    path: Path
    audio_seconds: float = 0.0
    """Length of the audio; of a document about a recording, the recording's."""
    sample_rate: int = 0
    """Hz; 0 where the file is no audio."""

    def describe_audio(self, *, seconds: float, sample_rate: int) -> None:
        """Set the facts about its audio that the manifest states."""
        self.audio_seconds, self.sample_rate = round(seconds, 4), sample_rate


class OutputWriter:
    """Stores the outputs of one attempt by name, then the manifest that lists them."""

    def __init__(self, message: PartMessage, *, storage: Storage) -> None:
        self._message = message
        self._storage = storage
        self._stored: dict[str, StoredOutput] = {}

    def is_wanted(self, name: str) -> bool:
        """True if the platform asks for the output."""
        return self._message.find_output(name) is not None

    @contextmanager
    def open(self, name: str) -> Iterator[OutputFile]:
        """Path for the output; at the end of the block it is measured and stored. Raises WorkError (internal_error) for an output that is
        not requested.
        """
        target = self._target(name)
        with self._storage.write(target.address) as path:
            output = OutputFile(path)
            yield output
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            entry = StoredOutput(
                name,
                target.media_type,
                bytes=path.stat().st_size,
                sha256=sha256,
                audio_seconds=output.audio_seconds,
                sample_rate=output.sample_rate,
            )
        self._stored[name] = entry

    def write_json(self, name: str, value: Any) -> None:
        """Store plain values as compact JSON."""
        with self.open(name) as output:
            output.path.write_bytes(to_json(value))

    def write_json_list(self, name: str, values: Iterable[Any]) -> None:
        """Store plain values as a compact JSON list, one at a time."""
        with self.open(name) as output, output.path.open("wb") as file:
            separator = b"["
            for value in values:
                file.write(separator + to_json(value))
                separator = b","
            file.write(b"]" if separator == b"," else b"[]")

    def finish(self, *, units_done: int = 0, is_notice: bool = False, details: Mapping[str, Any] | None = None) -> Manifest:
        """Store the manifest and return it. Raises WorkError (internal_error) where an output is missing that is not optional."""
        message = self._message
        missing = [target.name for target in message.outputs if target.name not in self._stored and not target.is_optional]
        if missing:
            raise WorkError(INTERNAL_ERROR, f"The work of kind {message.kind!r} did not make the output {', '.join(missing)}.")
        manifest = Manifest(
            job=message.job,
            part=message.part,
            token=message.token,
            outputs=tuple(self._stored[target.name] for target in message.outputs if target.name in self._stored),
            units_done=units_done,
            is_notice=is_notice,
            details=dict(details or {}),
        )
        self._storage.write_bytes(message.manifest, data=to_json(manifest.to_dict()))
        return manifest

    def _target(self, name: str) -> OutputTarget:
        target = self._message.find_output(name)
        if target is None:
            raise WorkError(INTERNAL_ERROR, f"The platform asks for no output {name!r} of work of kind {self._message.kind!r}.")
        return target


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
    """Store a document as the part's only output, then the manifest. audio_seconds: length of the recording that it describes."""
    outputs = OutputWriter(message, storage=storage)
    with outputs.open(TEXT) as output:
        output.path.write_bytes(to_json(document.to_dict()))
        output.describe_audio(seconds=audio_seconds, sample_rate=0)
    return outputs.finish(units_done=units_done, is_notice=is_notice, details=details)


def read_document(reference: Reference, kind: type[DocumentType], *, storage: Storage) -> DocumentType:
    """Read a document that an earlier part of the job wrote. Raises WorkError (storage_unavailable)."""
    with storage.read(reference) as path:
        return kind.from_dict(json.loads(path.read_bytes()))


def read_list(reference: Reference | None, *, storage: Storage) -> list[Any]:
    """List, such as the times of words, that an earlier part stored; empty if it stored none."""
    if reference is None:
        return []
    with storage.read(reference) as path:
        values: list[Any] = json.loads(path.read_bytes())
    return values


def check_format(name: str) -> None:
    """Raise WorkError (internal_error) for a format unknown to this worker, when the platform's version is newer."""
    if name not in FORMATS:
        raise WorkError(INTERNAL_ERROR, f"This worker does not know the format {name!r}.")


def to_json(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
