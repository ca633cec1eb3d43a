"""Pipelines of programs, including those that fail, hang or write endlessly."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.apertium import pipeline
from workers.apertium.modes import Installation, Mode
from workers.apertium.pipeline import run_mode
from workers.contract.errors import WorkError


def mode(*stages: tuple[str, ...]) -> Mode:
    return Mode("en", "es", stages, Installation(Path("/")), "")


@given(st.lists(st.text(alphabet="ab .\\^$/[]{}<>@\n\t*~é漢", max_size=40), max_size=8))
def test_text_that_no_program_changes_keeps_its_words(texts: list[str]) -> None:
    assert run_mode(mode(("cat",), ("cat",)), texts) == [" ".join(text.split()) for text in texts]


def test_every_program_gets_what_the_one_before_wrote() -> None:
    assert run_mode(mode(("tr", "a", "b"), ("tr", "b", "c")), ["banana", "abc"]) == ["ccncnc", "ccc"]


def test_a_word_that_is_left_out_leaves_one_space() -> None:
    assert run_mode(mode(("sed", "s/he //; s/, she/, /")), ["had he  married, she sings."]) == ["had married, sings."]


def test_a_long_list_goes_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "LONGEST_CHARACTERS", 10)
    texts = [f"text {number}" for number in range(7)]
    assert run_mode(mode(("tr", "t", "T")), texts) == [text.replace("t", "T") for text in texts]


def test_lost_separators_make_each_text_be_translated_alone() -> None:
    # A program that drops the first mark of two, but no single one.
    assert run_mode(mode(("sed", "-z", r"s/\.\[\]\[\n0\n\]\(.*1\)/\1/")), ["one", "two"]) == ["one", "two"]


def failure(*stages: tuple[str, ...]) -> tuple[str, str]:
    with pytest.raises(WorkError) as caught:
        run_mode(mode(*stages), ["Hello."])
    return caught.value.code, caught.value.message


def test_a_program_that_fails_is_a_failure() -> None:
    assert failure(("cat",), ("false",)) == ("engine_unavailable", "Apertium did not translate the text.")
    assert failure(("true",)) == ("engine_unavailable", "Apertium did not translate the text.")


def test_a_program_that_is_not_there_is_a_failure() -> None:
    assert failure(("cat",), ("/no/such/program",)) == (
        "engine_unavailable",
        "Apertium's program cannot be started: No such file or directory.",
    )


def test_a_program_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SECONDS", 0.6)
    assert failure(("cat",), ("sleep", "60")) == ("timed_out", "Apertium did not translate the text within 0.6 seconds.")


def test_a_program_that_writes_without_end_is_ended() -> None:
    assert failure(("yes",)) == ("engine_unavailable", "Apertium did not translate the text.")


def test_a_program_sees_nothing_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_CHAT_KEY", "sk-secret")
    (text,) = run_mode(mode(("sh", "-c", "env | tr '\\n' ' '; cat")), [""])
    assert "sk-secret" not in text
    assert "LC_ALL=C.UTF-8" in text
