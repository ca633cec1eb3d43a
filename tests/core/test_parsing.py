"""JSON bodies: plain values that Postgres and UTF-8 can hold, or a 400."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from apps.core.parsing import parse_json

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_what_json_can_say_comes_back(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    if "\\u0000" not in text:
        assert parse_json(text.encode()) == value


@given(st.text(alphabet=st.characters(categories=["Cs", "Cc", "L"])))
def test_every_escaped_string_becomes_one_that_can_be_stored(text: str) -> None:
    value = parse_json(json.dumps({"text": text}).encode())["text"]
    value.encode()
    assert "\x00" not in value


def test_nul_is_dropped_and_half_a_surrogate_pair_replaced() -> None:
    raw = rb'{"a\u0000": ["x\u0000y", "\ud83d", "\ud83d\ude00", {"b": "\udc00z"}], "n": 1}'
    assert parse_json(raw) == {"a": ["xy", "\ufffd", "😀", {"b": "\ufffdz"}], "n": 1}


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse_json("\ufeff{}".encode()) == {}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'"\xff"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 5000,
        b"\x00",
        "{}".encode("utf-16")[:3],
        "{}".encode("utf-16"),
        "{}".encode("utf-32-le"),
    ],
)
def test_everything_else_is_a_parse_error(raw: bytes) -> None:
    with pytest.raises(ParseError):
        parse_json(raw)
