"""Parameters of a request for subtitles."""

from dataclasses import dataclass

from django.http import QueryDict

from apps.core.errors import InvalidRequestError
from workers.contract.tags import is_tag, requested_tag
from workers.text.subtitles import CONTENT_TYPES

TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class SubtitleOptions:
    """Requested file, and the way it is sent."""

    uuid: str
    format: str = "srt"
    is_download: bool = False
    language: str = ""
    """Language of the text; used when the job has none."""


def read_options(query: QueryDict) -> SubtitleOptions:
    """Parse the request's parameters. 400 naming an invalid one; the uuid is checked where it is used."""
    file_format = query.get("format", "").strip().lower() or "srt"
    if file_format not in CONTENT_TYPES:
        raise InvalidRequestError(
            f"Unknown format {file_format[:20]!r}. Available: {', '.join(CONTENT_TYPES)}.", code="invalid_format", param="format"
        )
    download = query.get("download", "").strip().lower()
    if download not in TRUE | FALSE:
        raise InvalidRequestError("download is 1 or 0.", param="download")
    return SubtitleOptions(query.get("uuid", ""), file_format, download in TRUE, _read_language(query.get("language", "")))


def _read_language(text: str) -> str:
    tag = requested_tag(text)
    if tag and not is_tag(tag):
        raise InvalidRequestError(f"{tag[:35]!r} is not a language tag such as en or pt-br.", code="invalid_language", param="language")
    return tag
