"""Parses JSON bodies to values that Postgres and UTF-8 can hold; every error is a 400."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any, Final, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from apps.core.errors import InvalidRequestError

# Escapes that json.loads accepts and that nothing behind it can keep: NUL is refused by Postgres, half of a surrogate pair by UTF-8.
_DOUBTFUL_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
FORM = "multipart/form-data"
JSON = "application/json"
MOST_VALUES = 100_000
"""Most values in one body: fifty texts with two hundred pronunciations each are about 40,000. A parsed value takes up to twenty times its
bytes.
"""
TOO_DEEP = "The body is nested too deeply."
MOST_DEPTH = 100
"""Most objects and lists inside each other. What copies or writes a value again calls itself for each of them."""
NAMES: Final = frozenset({
    "name", "title", "category", "categories", "labels", "consent_by", "prompt_id", "prompt_ids", "cache_dir", "cache_path",
    "voice", "voice_id", "voice_ids", "target_voice", "embed_id", "model", "model_id", "word", "file_name", "speaker_name",
    "known_speaker_names",
})  # fmt: skip
"""Fields that hold names and ids. One with a NUL character is refused: without it, it would be another name. Texts lose theirs, which nobody hears."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class JSONBodyParser(BaseParser):
    """Parser of strict JSON in UTF-8. NUL characters of texts are dropped, those of NAMES refused; lone surrogates become U+FFFD."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:  # noqa: ARG002
        view = (parser_context or {}).get("view")
        if not hasattr(view, "admit_body"):  # the shell has limited the body already
            return parse_json(stream.read())
        # A route that takes files takes far larger bodies than any JSON needs.
        raw = stream.read(settings.TTSAI_JSON_BODY_BYTES + 1)
        if len(raw) > settings.TTSAI_JSON_BODY_BYTES:
            raise InvalidRequestError(
                f"A JSON body may have {settings.TTSAI_JSON_BODY_BYTES:,} bytes at most. Send files in a form.",
                status=413,
                code="request_too_large",
            )
        return parse_json(raw)


def parse_json(raw: bytes) -> Any:
    """Parse a JSON text. Raises ParseError, or InvalidRequestError for too many values."""
    check_count(raw)
    try:
        # Not left to json.loads, which takes UTF-16 and UTF-32 too. A byte order mark is nobody's mistake.
        value = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant)
        if raw.count(b"{") + raw.count(b"[") > MOST_DEPTH:
            _check_depth(value)
        return _clean(value) if _DOUBTFUL_ESCAPE.search(raw) else value
    except RecursionError as error:
        raise ParseError(TOO_DEEP) from error
    except ValueError as error:  # UnicodeDecodeError and an integer of thousands of digits are ValueErrors too
        raise ParseError(f"The body is not valid JSON: {str(error)[:200]}") from error


def _check_depth(value: Any) -> None:
    """Raise ParseError for a value that is nested more than MOST_DEPTH times. Goes level by level instead of calling itself."""
    level = [value]
    for _ in range(MOST_DEPTH + 1):
        level = [item for one in level if isinstance(one, dict | list) for item in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return
    raise ParseError(TOO_DEEP)


def check_count(raw: bytes) -> None:
    """Refuse too many values (413) before parsing: megabytes of `[],` would become hundreds of them. Strings may contain any number of commas."""
    if _separators(raw) <= MOST_VALUES:
        return
    quotes = raw.count(b'"') - raw.count(b'\\"')  # two for each string, of which a value has two at most: its name and itself
    if quotes > 4 * MOST_VALUES or _separators(_STRING.sub(b"", raw)) > MOST_VALUES:
        raise InvalidRequestError(f"The body contains more than {MOST_VALUES:,} values.", status=413, code="request_too_large")


def _separators(raw: bytes) -> int:
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def refuse_nul_in_name(field: str, value: Any) -> None:
    """Raise 400 for a NUL character in a name, a list of names or labels. Other fields may have any."""
    if field in NAMES and _has_nul(value):
        raise InvalidRequestError(f"{field} contains a NUL character.", param=field)


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(item) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return any(_has_nul(item) for item in value)
    return isinstance(value, str) and "\x00" in value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value.replace("\x00", ""))
    if isinstance(value, dict):
        for key, item in value.items():
            refuse_nul_in_name(key, item)
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
