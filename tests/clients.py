"""Official clients, closed at the end of their test: an open connection would be a warning, and so a failure, in a later test."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias
from unittest import mock

import httpx
import pytest
from tts_ai import TTSClient

if TYPE_CHECKING:
    import openai

SDKMaker = Callable[..., TTSClient]
OpenAIMaker: TypeAlias = "Callable[..., openai.OpenAI]"


@pytest.fixture(scope="session", autouse=True)
def _shared_certificates() -> Iterator[None]:
    """Read the certificate authorities once: httpx reads them for each client and each request without one, which takes 25 ms."""
    with mock.patch("httpx._transports.default.create_ssl_context", functools.cache(httpx.create_ssl_context)):
        yield


@pytest.fixture
def sdk_of() -> Iterator[SDKMaker]:
    """Makes clients of the package `ttsai`: `sdk_of(key, url)`."""
    with contextlib.ExitStack() as opened:
        yield lambda key, url, max_retries=0: opened.enter_context(
            TTSClient(api_key=key, base_url=url, gpu_url=url, max_retries=max_retries)
        )


@pytest.fixture(scope="module")
def openai_of() -> Iterator[OpenAIMaker]:
    """Makes clients of the package `openai`: `openai_of(key, url)`."""
    import openai  # here, because xdist's controller imports this module without ever running a test; it takes a second

    with contextlib.ExitStack() as opened:
        yield lambda key, url: opened.enter_context(openai.OpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0, timeout=120))
