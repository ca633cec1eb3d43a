"""URLs refused or accepted syntactically; no DNS query is sent."""

import socket
from typing import Any

import pytest

from apps.core.outbound import AddressRefusedError
from apps.core.outbound.admission import check_given_url
from tests.core.outbound.test_outbound import INSIDE, MALFORMED


@pytest.fixture
def _no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def numbers_only(*args: Any, **kwargs: Any) -> Any:
        assert kwargs.get("flags", 0) & socket.AI_NUMERICHOST
        return real(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", numbers_only)


def refusal_of(url: str) -> str:
    try:
        check_given_url(url)
    except AddressRefusedError as refused:
        return str(refused)
    return ""


@pytest.mark.usefixtures("_no_name_server")
@pytest.mark.parametrize("url", [*INSIDE, *MALFORMED, "http://sub.localhost/", "http://１２７.0.0.1/", "http://ä..example/"])
def test_a_url_that_may_not_be_called_is_refused_at_admission(url: str) -> None:
    assert refusal_of(url).startswith("the URL ")


@pytest.mark.usefixtures("_no_name_server")
@pytest.mark.parametrize(
    "url",
    ["https://example.com/", "http://8.8.8.8/", "http://[2606:4700::1111]:8443/x", "https://nowhere.invalid/", "https://grüße.example/ü"],
)
def test_a_public_number_and_any_name_are_taken(url: str) -> None:
    assert refusal_of(url) == ""


def test_the_operator_s_own_addresses_are_taken(settings: Any) -> None:
    settings.TTSAI_OUTBOUND_ALLOW = ["127.0.0.1:9000", "localhost:80"]
    for url in ("http://127.0.0.1:9000/hook", "http://localhost/hook"):
        assert refusal_of(url) == ""
    assert refusal_of("http://127.0.0.1:9001/hook") == "the URL leads to a host that may not be reached from here"
