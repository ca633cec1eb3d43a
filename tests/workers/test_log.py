"""Permitted contents of logs."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.contextvars import bound_contextvars

from tests.workers.messages import speak_message
from workers.log import configure_logging, describe_error
from workers.tasks.attempts import secrets_of

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


@pytest.mark.parametrize(
    "work",
    [
        {"segments": [{"text": "x", "kind": "sub", "alias": TEXT}]},
        {"pronunciations": [{"word": "x", "replacement": TEXT}]},
        {"history": [{"role": "user", "content": TEXT}], "system_prompt": "Be kind to all of them."},
        {"inputs": [{"audio": {"kind": "url", "location": f"https://store/{TEXT}"}}]},
    ],
    ids=["alias", "pronunciation", "history", "presigned address"],
)
def test_any_text_or_address_of_the_work_is_withheld_but_its_engine(work: dict[str, Any]) -> None:
    secrets = secrets_of(speak_message("Hi.", work={"engine": "openai-translate", **work}))
    errors = [ValueError(message) for message in ("near 'brown fox jumps'", "openai-translate has no such unit")]
    assert ["(withheld" in describe_error(error, secrets=secrets) for error in errors] == [True, False]


def test_a_short_text_is_withheld_whole() -> None:
    assert "(withheld" in describe("bad input: Hello", text="Hello")


@pytest.fixture
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.usefixtures("_restored_logging")
def test_json_logs_are_one_object_a_line_with_the_ids_of_the_part(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", worker="gpu-1")
    with bound_contextvars(job="0af3", part=2):
        logging.getLogger("workers.test").info("part_completed seconds=%.1f", 0.5)
    logging.getLogger("httpx").info("GET https://secret")
    logging.getLogger("workers.test").error("part_broke", exc_info=ValueError("no"))
    first, second = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert first.pop("time")
    assert first == {
        "level": "info", "logger": "workers.test", "event": "part_completed seconds=0.5", "worker": "gpu-1", "job": "0af3", "part": 2,
    }  # fmt: skip
    assert (second["event"], second["worker"], second["traceback"]) == ("part_broke", "gpu-1", "ValueError: no")
    assert "job" not in second


@pytest.mark.usefixtures("_restored_logging")
def test_text_logs_are_lines_with_the_ids_behind_the_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("text")
    with bound_contextvars(request="req-1"):
        logging.getLogger("apps.test").warning("no answer from %s", "valkey")
    logging.getLogger("uvicorn.error").info("Shutting down")
    first, second = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING apps\.test no answer from valkey request=req-1", first)
    assert second.endswith(" INFO uvicorn.error Shutting down")
