"""Addresses and what holds no letter are never translated."""

import pytest

from workers.text.untranslatable import translate_around


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("hello there", "HELLO THERE"),
        ("see https://example.com/my-house?a=1, now", "SEE https://example.com/my-house?a=1, NOW"),
        ("(www.example.com) ok", "(www.example.com) OK"),
        ("write to jane.doe@example.co.uk.", "WRITE TO jane.doe@example.co.uk."),
        ("https://example.com", "https://example.com"),
        ("  padded  ", "  PADDED  "),
        ("1999", "1999"),
        ("... 3.5 %", "... 3.5 %"),
        ("", ""),
    ],
)
def test_only_the_words_around_are_translated(text: str, translated: str) -> None:
    assert translate_around([text], translate=lambda pieces: [piece.upper() for piece in pieces]) == [translated]


def test_translator_gets_all_texts_in_one_call_and_keeps_their_order() -> None:
    calls: list[list[str]] = []

    def shout(pieces: list[str]) -> list[str]:
        calls.append(pieces)
        return [piece.upper() for piece in pieces]

    assert translate_around(["one", "2", "three a@b.de four"], translate=shout) == ["ONE", "2", "THREE a@b.de FOUR"]
    assert calls == [["one", "three", "four"]]


def test_texts_without_words_are_not_translated() -> None:
    def refuse(pieces: list[str]) -> list[str]:
        raise AssertionError(pieces)

    assert translate_around(["1", "", "https://a.b"], translate=refuse) == ["1", "", "https://a.b"]
