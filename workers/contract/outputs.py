"""Named outputs of a part: declared by its plan, written by a worker, listed by the manifest."""

from dataclasses import dataclass
from typing import Final

from workers.contract.codec import Message
from workers.contract.formats import DOCUMENT, content_type_of, file_name_of
from workers.contract.references import Address

AUDIO: Final = "audio"
TEXT: Final = "document"
"""Output of a part that writes a transcript, a translation, an answer or an alignment."""
TIMINGS: Final = "timings"
"""Times of the words that `audio` speaks. Optional: an engine may not know them."""
ANALYSIS: Final = "survey"
"""Analysis of a prepared recording, beside its `audio`. The stored name is an older one, which parts in flight have."""


@dataclass(frozen=True, slots=True)
class OutputSpec(Message):
    """Declaration of one output of a part."""

    name: str
    """Unique within its part. Letters, digits and _: the file is called `<name>.<extension>`."""
    format: str
    """Name in workers/contract/formats.py; it tells the media type and the extension."""
    is_kept: bool = False
    """Belongs to the job's result. Others are deleted once the job has ended."""
    is_optional: bool = False
    """A worker may leave it out. References to it are then None."""
    result_name: str = ""
    """Name of a kept output in the job's result, where several parts make outputs of one name; `name` if empty."""

    @property
    def media_type(self) -> str:
        return content_type_of(self.format)

    @property
    def file_name(self) -> str:
        return file_name_of(self.name, format=self.format)

    @property
    def name_in_result(self) -> str:
        return self.result_name or self.name


@dataclass(frozen=True, slots=True)
class OutputTarget(Message):
    """Address for one output of an attempt, as a worker gets it."""

    name: str
    media_type: str
    address: Address
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class StoredOutput(Message):
    """Entry of a manifest: one output that the worker stored."""

    name: str
    media_type: str
    bytes: int
    sha256: str
    """64 hex digits."""
    audio_seconds: float = 0.0
    """Length of the audio; of a document about a recording, the recording's."""
    sample_rate: int = 0
    """Hz; 0 where the output is no audio."""
    signed_name: str = ""
    """File beside the stored one that the platform signed and that takes its place, with these bytes and this digest; never set by a worker."""


def audio_outputs(audio_format: str, *, is_kept: bool) -> tuple[OutputSpec, ...]:
    """Outputs of a part that speaks: the audio, and the times of its words where the engine knows them."""
    return OutputSpec(AUDIO, audio_format, is_kept=is_kept), OutputSpec(TIMINGS, DOCUMENT, is_kept=is_kept, is_optional=True)


def text_outputs(*, is_kept: bool) -> tuple[OutputSpec, ...]:
    """Outputs of a part that writes one document."""
    return (OutputSpec(TEXT, DOCUMENT, is_kept=is_kept),)
