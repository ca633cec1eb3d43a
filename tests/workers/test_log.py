"""Permitted contents of logs."""

import json
import logging

import pytest

from workers.log import configure_logging, describe_error

TEXT = "The quick brown fox jumps over the lazy dog."


def describe(message: str, *, text: str = TEXT) -> str:
    with pytest.raises(ValueError) as caught:
        fail(message)
    return describe_error(caught.value, secrets=(text, "https://store/key?X-Amz-Signature=abc", ""))


def fail(message: str) -> None:
    raise ValueError(message)


def test_an_error_is_one_line_with_its_frames() -> None:
    line = describe("index 512 is out of\nbounds")
    assert line.startswith('ValueError: "index 512 is out of\\nbounds" at ')
    assert line.endswith(":fail")
    assert "\n" not in line


@pytest.mark.parametrize("message", ["cannot say 'brown fox jumps'", "GET https://store/key?X-Amz-Signature=abc failed"])
def test_a_message_that_quotes_the_work_is_withheld(message: str) -> None:
    line = describe(message)
    assert line.startswith('ValueError: "(withheld: it quotes the work)" at ')


def test_a_short_text_is_withheld_whole() -> None:
    assert "(withheld" in describe("bad input: Hello", text="Hello")


def test_json_logs_are_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        configure_logging("json")
        logging.getLogger("workers.test").info("part_completed seconds=%.1f", 0.5)
        logging.getLogger("httpx").info("GET https://secret")
        lines = capsys.readouterr().err.splitlines()
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert [json.loads(line)["event"] for line in lines] == ["part_completed seconds=0.5"]
