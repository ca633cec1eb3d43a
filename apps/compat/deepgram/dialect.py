"""The dialect of Deepgram's API: `Authorization: Token <key>` (or Bearer), errors with `err_code`, headers that begin with `dg-`."""

from collections.abc import Mapping
from typing import Final

from apps.compat.deepgram.errors import ERROR_SCHEMA, render_error
from apps.core.dialects import API_KEY, Dialect, KeyHeader

TOKEN: Final = KeyHeader("Authorization", "Token", other_scheme="Bearer")


def deepgram_headers(headers: Mapping[str, str], seconds: float) -> dict[str, str]:  # noqa: ARG001 - the signature of Dialect.extra_headers
    """Deepgram's name of the request's id beside the platform's."""
    return {"dg-request-id": headers["X-Request-Id"]} if "X-Request-Id" in headers else {}


DIALECT: Final = Dialect(
    name="deepgram",
    roots=("/v1/", "/api/v1/"),
    paths=("listen/", "speak/"),
    urlconf="apps.compat.deepgram.urls",
    key_headers=(TOKEN, API_KEY),
    challenge="Token",
    render_error=render_error,
    error_statuses=("404",),
    error_schema=ERROR_SCHEMA,
    extra_headers=deepgram_headers,
    extra_header_names=("dg-request-id", "dg-model-name", "dg-model-uuid", "dg-char-count"),
)
