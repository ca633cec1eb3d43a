"""Results of completed jobs: the outputs that belong to them, by name, as `Job.result` keeps them."""

from dataclasses import dataclass

from workers.contract.codec import Message
from workers.contract.formats import content_type_of, file_name_of


@dataclass(frozen=True, slots=True)
class ResultOutput(Message):
    """One stored file of a job's result."""

    name: str
    key: str
    format: str
    """Name in workers/contract/formats.py."""
    bytes: int = 0
    """0 where an older version did not record it."""
    sha256: str = ""
    """64 hex digits; empty where an older version did not record it."""
    audio_seconds: float = 0.0
    sample_rate: int = 0
    is_signed: bool = False
    """True if it carries content credentials."""

    @property
    def media_type(self) -> str:
        return content_type_of(self.format)

    @property
    def file_name(self) -> str:
        return file_name_of(self.name, format=self.format)


@dataclass(frozen=True, slots=True)
class JobResult(Message):
    outputs: tuple[ResultOutput, ...]
    """The main output first: what `output.<extension>` downloads."""


def main_file_name(format_name: str) -> str:
    """Name under which the main output of every job is downloaded: `output.mp3`."""
    return file_name_of("output", format=format_name)
