"""JSON bodies: plain values that Postgres and UTF-8 can hold, or a 400."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from apps.core.errors import InvalidRequestError
from apps.core.parsing import MOST_DEPTH, MOST_VALUES, parse_json

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_valid_json_is_parsed_unchanged(value: object) -> None:
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


def test_depth_of_a_body_is_limited_whatever_stands_beside_it() -> None:
    deepest = json.loads("[" * MOST_DEPTH + "]" * MOST_DEPTH)
    assert parse_json(json.dumps([{}] * 200 + deepest).encode()) == [{}] * 200 + deepest
    with pytest.raises(ParseError, match="nested too deeply"):
        parse_json(json.dumps([{}] * 200 + [{"a": deepest}]).encode())


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


@pytest.mark.parametrize(
    "raw",
    [
        b"[" + b"[]," * MOST_VALUES + b"1]",
        b"[" + b"1," * MOST_VALUES + b"1]",
        b"[" + b'"",' * MOST_VALUES + b"1]",
        b"[" + b'"",' * 3 * MOST_VALUES + b"1]",
        b"[" + b'"\\\\",' * MOST_VALUES + b"1]",
        b"{" + b'"a":{},' * MOST_VALUES + b'"a":1}',
        b'["' + b'\\",' * MOST_VALUES + b'",' + b"[]," * MOST_VALUES + b"1]",
    ],
    ids=["lists", "numbers", "strings", "many strings", "backslashes", "objects", "behind a text"],
)
def test_a_body_of_endless_values_is_refused_before_it_is_parsed(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", pytest.fail)
    with pytest.raises(InvalidRequestError) as refused:
        parse_json(raw)
    assert (refused.value.status, refused.value.code) == (413, "request_too_large")


@pytest.mark.parametrize("piece", [",", "[", '"', '\\"', "\\", '",["', "{,"])
def test_a_text_may_hold_as_many_marks_as_it_likes(piece: str) -> None:
    body = {"text": piece * 2 * MOST_VALUES, "numbers": list(range(1000))}
    assert parse_json(json.dumps(body).encode()) == body


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "A\\u0000da"}',
        '{"lines": [{"voice_id": "\\u0000"}]}',
        '{"categories": ["a", "b\\u0000"]}',
        '{"labels": {"a\\u0000": "b"}}',
    ],
)
def test_a_name_with_a_nul_character_is_refused_instead_of_changed(body: str) -> None:
    with pytest.raises(InvalidRequestError, match="contains a NUL character") as caught:
        parse_json(body.encode())
    assert caught.value.param in {"name", "voice_id", "categories", "labels"}


def test_a_text_with_a_nul_character_loses_it() -> None:
    assert parse_json(b'{"text": "A\\u0000da", "note": ["\\u0000"]}') == {"text": "Ada", "note": [""]}
