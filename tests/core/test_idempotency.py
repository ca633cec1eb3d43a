"""Keys and digests of repeated requests."""

import pytest

from apps.core.errors import InvalidRequestError
from apps.core.idempotency import body_digest, idempotency_key


def test_body_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert body_digest("tts", {"a": 1, "b": [1, 2]}) == body_digest("tts", {"b": [1, 2], "a": 1})


def test_body_digest_differs_by_value_and_endpoint() -> None:
    digests = {body_digest("tts", {"a": 1}), body_digest("tts", {"a": "1"}), body_digest("stt", {"a": 1}), body_digest("tts", {"a": [1]})}
    assert len(digests) == 4


def test_a_key_is_kept_as_it_was_sent() -> None:
    assert idempotency_key(None) is None
    assert idempotency_key("order 17") == "order 17"
    assert idempotency_key("x" * 255) == "x" * 255


@pytest.mark.parametrize("header", ["", " ", "x" * 256, "é", "a\tb"])
def test_a_key_that_no_index_should_hold_is_refused(header: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        idempotency_key(header)
    assert refused.value.code == "invalid_idempotency_key"
