"""Headers that OpenAI's responses have and the platform's lack."""

import time

import pytest
from django.test import Client

from apps.compat.openai.dialect import DIALECT, duration_text, openai_headers
from tests.factories import AccountFactory, AnonymousPlanFactory, make_key


def test_openai_headers_tell_the_limits_of_requests_and_the_milliseconds() -> None:
    platform = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Reset": str(int(time.time()) - 5)}
    assert openai_headers(platform, 0.0125) == {
        "OpenAI-Processing-Ms": "12",
        "OpenAI-Version": "2020-10-01",
        "X-RateLimit-Limit-Requests": "60",
        "X-RateLimit-Remaining-Requests": "59",
        "X-RateLimit-Reset-Requests": "0s",
    }
    assert set(DIALECT.extra_header_names) == set(openai_headers(platform, 0.0))


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (59, "59s"), (60, "1m0s"), (361, "6m1s")])
def test_time_until_a_reset_is_written_as_openai_writes_durations(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/nothing", "/v1/audio/voices", "/v1/audio/nowhere", "/api/v1/audio/speech"])
def test_every_response_of_openais_api_has_openais_headers(path: str) -> None:
    AnonymousPlanFactory()
    _, secret = make_key(AccountFactory())
    answer = Client().get(path, headers={"Authorization": f"Bearer {secret}"})
    assert answer.headers["x-ratelimit-limit-requests"] == answer.headers["x-ratelimit-limit"]
    assert answer.headers["openai-processing-ms"].isdigit()


@pytest.mark.django_db
def test_responses_of_the_platforms_own_api_lack_openais_headers() -> None:
    AnonymousPlanFactory()
    answer = Client().get("/v1/voices")
    assert not set(DIALECT.extra_header_names) & set(answer.headers)
