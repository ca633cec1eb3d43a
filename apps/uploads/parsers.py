"""Parsers of bodies that carry files: forms, and a file as the whole body. Neither is held in memory."""

from collections.abc import Mapping
from typing import IO, Any, cast

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles

from apps.core.errors import InvalidRequestError
from apps.core.parsing import refuse_nul_in_name
from apps.core.streamed_files import CHUNK_BYTES
from apps.uploads.spool import Spool

UNREADABLE = (MultiPartParserError, RequestDataTooBig, TooManyFilesSent)
"""Exceptions that Django raises for a form that it refuses to read."""


class FormParser(BaseParser):
    """Parser of multipart/form-data. Put it before the JSON parser in views that accept a file or a URL of one."""

    media_type = "multipart/form-data"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        """Fields as strings without NUL, which Postgres refuses; files as UploadedFile."""
        request = (parser_context or {})["request"]
        kind, semicolon, parameters = (media_type or request.content_type).partition(";")
        meta = {**request.META, "CONTENT_TYPE": f"{kind.lower()}{semicolon}{parameters}"}  # Django knows it in small letters only
        handler = SpoolHandler()
        try:
            data, files = NamedFilesParser(meta, cast("Any", stream), [handler], "utf-8").parse()
        except UNREADABLE as error:
            raise _as_parse_error(error) from error
        finally:
            handler.drop()
        return DataAndFiles(_without_nul(data), files)


class NamedFilesParser(MultiPartParser):
    """Django's parser, which would drop a NUL character from the name of a file: without it, it is another name."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        if "\x00" in file_name:
            raise InvalidRequestError("The name of a file contains a NUL character.", param="filename")
        return super().sanitize_file_name(file_name)


class ContentParser(BaseParser):
    """Parser of a body that is the file, whatever its content type."""

    media_type = "*/*"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:  # noqa: ARG002
        """The file spooled by the shell, without a copy, if there is one."""
        return Spool.of(getattr(stream, "body_file", stream))


class SpoolHandler(FileUploadHandler):
    """Django upload handler that writes a form's file to a spool."""

    chunk_size = CHUNK_BYTES
    _spool: Spool | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._spool = Spool.new()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        self._open.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any]":
        """Return the file, positioned at its start."""
        spool, self._spool = self._open, None
        spool.finish()
        spool.file.seek(0)
        return UploadedFile(spool.file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)

    def drop(self) -> None:
        """Discard a file whose end never arrived."""
        if self._spool is not None:
            self._spool.close()

    @property
    def _open(self) -> Spool:
        assert self._spool is not None  # noqa: S101 - Django calls new_file first
        return self._spool


def _as_parse_error(error: Exception) -> Exception:
    if isinstance(error, MultiPartParserError):
        return ParseError(f"The form cannot be read: {error}")
    if isinstance(error, RequestDataTooBig):
        return InvalidRequestError("The form's fields are too large. Send files as file parts.", status=413, code="request_too_large")
    return InvalidRequestError("The form contains too many files.")


def _without_nul(data: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True)
    for name, values in data.lists():
        refuse_nul_in_name(name, values)
        clean.setlist(name.replace("\x00", ""), [str(value).replace("\x00", "") for value in values])
    return clean
