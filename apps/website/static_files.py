"""Static files, compressed when they are first asked for."""

import gzip
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

TEXT_TYPES: Final = ("text/", "application/javascript", "application/json", "image/svg+xml")
LARGEST_BYTES: Final = 4_000_000
KEPT_FILES: Final = 300


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # without types
    """Serves the static files of all apps; text is sent compressed without a build step that stores compressed copies."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        """The file, compressed if it is text and the client takes gzip."""
        response: HttpResponseBase = WhiteNoiseMiddleware.serve(static_file, request)
        if not _is_compressible(response, request):
            return response
        file = response.file_to_stream  # type: ignore[attr-defined]
        content = _compressed(file.name, Path(file.name).stat().st_mtime_ns)
        response.close()
        compressed = HttpResponse(content, headers=dict(response.items()))
        compressed.headers["Content-Encoding"] = "gzip"
        compressed.headers["Content-Length"] = str(len(content))
        compressed.headers["Vary"] = "Accept-Encoding"
        return compressed


def _is_compressible(response: HttpResponseBase, request: HttpRequest) -> bool:
    if request.method != "GET" or response.status_code != HTTPStatus.OK or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return False
    is_text = response.headers.get("Content-Type", "").startswith(TEXT_TYPES)
    return is_text and "Content-Encoding" not in response.headers and int(response.headers.get("Content-Length", 0)) <= LARGEST_BYTES


@lru_cache(maxsize=KEPT_FILES)
def _compressed(path: str, _changed_at: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), compresslevel=9, mtime=0)
