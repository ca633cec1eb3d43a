"""Bodies of POST /v1/listen: JSON with an address, or the recording itself under any content type, or none."""

from collections.abc import Mapping
from typing import IO, Any

from apps.core.parsing import JSONBodyParser
from apps.uploads.parsers import ContentParser


class ListenBodyParser(ContentParser):
    """Reads JSON as JSON, and anything else as a file."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """A dictionary, or a Spool."""
        kind = (media_type or "").partition(";")[0].strip().casefold()
        if kind == JSONBodyParser.media_type:
            return JSONBodyParser().parse(stream, media_type, parser_context)
        return super().parse(stream, media_type, parser_context)
