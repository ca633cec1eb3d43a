"""Rules for words: how they are read, and where they apply."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.growth import assert_linear
from workers.contract.markup import PronunciationRule
from workers.text.pronunciations import PronunciationError, apply_pronunciations, merge_rules, read_pronunciations

GIF = PronunciationRule("GIF", "jiff")


def said(text: str, *rules: PronunciationRule, language: str = "en") -> str:
    return apply_pronunciations(text, rules, language=language).text


def words(**replacements: str) -> list[PronunciationRule]:
    return [PronunciationRule(word, replacement) for word, replacement in replacements.items()]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("A GIF.", "A jiff."),
        ("gif, Gif: gIf!", "jiff, jiff: jiff!"),
        ("GIFs and aGIF and GIF2 and _GIF_", "GIFs and aGIF and GIF2 and _GIF_"),
        ("a GIF's size, the GIF’s end, d'gif, GIF'd", "a jiff's size, the jiff’s end, d'jiff, GIF'd"),
        ("GIF-maker (GIF)", "jiff-maker (jiff)"),
        ("GIF\u0301 GIF\u200dx", "GIF\u0301 GIF\u200dx"),
        ("我用GIF图。", "我用jiff图。"),
        ("", ""),
    ],
)
def test_pronunciations_replace_whole_words_only(text: str, spoken: str) -> None:
    assert said(text, GIF) == spoken


@pytest.mark.parametrize(
    ("word", "text", "spoken"),
    [
        ("C++", "C++, c++ and C++11; not C+", "X, X and X 11; not C+"),
        ("AT&T", "AT&T's at&t AT&TX", "X's X AT&TX"),
        (".NET", ".NET and ASP.NET but .NETS", "X and ASP X but .NETS"),
        ("%", "50% of 5 %", "50 X of 5 X"),
        ("New York", "New York, new\nyork, New  York; New Yorker", "X, X, X; New Yorker"),
        ("don't", "Don’t. don't", "X. X"),
        ("café", "café cafe\u0301 CAFÉ", "X X X"),
        ("ΟΔΟΣ", "οδος Οδος", "X X"),
        ("İzmir", "İzmir", "X"),
        ("हिन्दी", "हिन्दी हिन्दीं", "X हिन्दीं"),
        ("重庆", "去重庆吃", "去X吃"),
        ("ラーメン", "美味しいラーメンです", "美味しいXです"),
        ("😀", "Hi😀😀", "Hi X X"),
    ],
)
def test_words_of_every_kind(word: str, text: str, spoken: str) -> None:
    assert said(text, PronunciationRule(word, "X")) == spoken


def test_the_longest_word_wins() -> None:
    rules = words(New="noo", **{"New York": "Gotham", "York": "yawk", "New York City": "the Apple"})
    assert said("New York City, New York, New, York", *rules) == "the Apple, Gotham, noo, yawk"


def test_partial_match_of_a_longer_word_leaves_the_shorter_match() -> None:
    assert said("New Yorker", *words(New="noo", **{"New York": "Gotham"})) == "noo Yorker"


def test_a_replacement_is_not_matched_again() -> None:
    assert said("a b", *words(a="b", b="a")) == "b a"
    assert said("a", *words(a="a a")) == "a a"


def test_a_rule_that_minds_the_case_goes_before_one_that_does_not() -> None:
    rules = [PronunciationRule("polish", "shine"), PronunciationRule("Polish", "poh-lish", case_sensitive=True)]
    assert said("Polish polish POLISH", *rules) == "poh-lish shine shine"
    assert said("polish Polish", rules[1]) == "polish poh-lish"


def test_a_rule_that_minds_the_case_does_not_hide_a_shorter_word() -> None:
    rules = [PronunciationRule("US Army", "X", case_sensitive=True), PronunciationRule("us", "Y")]
    assert said("us army, US Army", *rules) == "Y army, X"


def test_a_rule_holds_for_its_language_and_the_narrower_one_wins() -> None:
    rules = [PronunciationRule("chat", "A"), PronunciationRule("chat", "B", "fr"), PronunciationRule("chat", "C", "fr-ca")]
    assert [said("chat", *rules, language=tag) for tag in ("", "en", "fr", "fr-FR", "fr_CA", "frr")] == ["A", "A", "B", "B", "C", "A"]
    assert said("chat", *rules[1:], language="en") == "chat"


def test_timing_of_a_replaced_word_refers_to_the_written_word() -> None:
    spoken = apply_pronunciations("A GIF here", [GIF], language="en")
    assert spoken.written == "A GIF here"
    assert spoken.text == "A jiff here"
    assert spoken.written_range(2, 6) == (2, 5)
    assert spoken.written_range(7, 11) == (6, 10)


def test_a_request_overrides_the_accounts_word_in_the_languages_that_it_names() -> None:
    account = [PronunciationRule("gif", "A", case_sensitive=True), PronunciationRule("chat", "A", "fr"), PronunciationRule("data", "A")]
    request = [PronunciationRule("GIF", "R"), PronunciationRule("chat", "R"), PronunciationRule("data", "R", "en")]
    merged = merge_rules(request=request, account=account)
    assert merged == (*request, account[2])
    assert said("gif chat data", *merged, language="fr") == "R R A"
    assert said("gif chat data", *merged, language="en") == "R R R"


def test_text_without_pronunciation_rules_is_one_span() -> None:
    assert apply_pronunciations("Hi.", [], language="en").spans == apply_pronunciations("Hi.", [GIF], language="en").spans


def test_replacements_cannot_blow_a_text_up() -> None:
    rule = PronunciationRule("a", "b" * 200)
    assert len(said("a " * 5, rule)) == 1005
    with pytest.raises(PronunciationError, match="would add more than 9000 characters to 1000"):
        said("a " * 500, rule)


LETTERS = st.text(st.sampled_from("abAB 'é世.+"), min_size=1, max_size=4)
RULES = st.lists(st.builds(PronunciationRule, LETTERS.filter(str.strip).map(lambda word: " ".join(word.split())), LETTERS), max_size=6)


@given(st.one_of(st.text(st.characters()), st.text(st.sampled_from("abAB 'é世.+\n"), max_size=60)), RULES)
@settings(max_examples=examples(100))
def test_only_words_of_the_rules_are_changed(text: str, rules: list[PronunciationRule]) -> None:
    spoken = apply_pronunciations(text, rules, language="en")
    assert spoken.written == text
    replaced = {rule.replacement for rule in rules}
    for span in spoken.spans:
        written, heard = text[span.written_start : span.written_end], spoken.text[span.spoken_start : span.spoken_end]
        is_set_apart = heard.isspace() and not written
        assert is_set_apart or heard in {written, *replaced} or heard.strip() in {replacement.strip() for replacement in replaced}
    assert [span.written_end for span in spoken.spans[:-1]] == [span.written_start for span in spoken.spans[1:]]


def test_two_hundred_rules_and_a_million_characters_take_linear_time() -> None:
    rules = [PronunciationRule(f"word{n} of {n % 7}", "x") for n in range(199)] + [PronunciationRule("quick", "slow")]
    text = "the quick word17 of 3 and word99 of words go over the lazy dog "
    assert_linear(lambda size: lambda: apply_pronunciations(text * size, rules, language="en"), size=16_000)


def test_words_that_almost_match_everywhere_take_linear_time() -> None:
    rules = [PronunciationRule("+" * 99 + chr(0x100 + n), "x") for n in range(200)]
    assert_linear(lambda size: lambda: apply_pronunciations("+" * size, rules, language="en"), size=20_000)


def test_pronunciations_are_read_from_both_forms_of_a_request() -> None:
    assert read_pronunciations({"GIF": "jiff", " New\n York ": "Gotham "}) == (GIF, PronunciationRule("New York", "Gotham"))
    assert read_pronunciations(
        [
            {"word": "GIF", "replacement": "jiff", "language": "en_GB", "case_sensitive": True},
            {"id": 7, "word": "GIF", "replacement": "jiff", "language": ""},
        ]
    ) == (PronunciationRule("GIF", "jiff", "en-gb", case_sensitive=True), GIF)
    assert read_pronunciations(None) == read_pronunciations({}) == read_pronunciations([]) == ()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("GIF", "pronunciations must be an object of words and replacements, or an array of rules"),
        (7, "pronunciations must be an object of words and replacements, or an array of rules"),
        ({f"w{n}": "x" for n in range(201)}, "at most 200 pronunciations are allowed, not 201"),
        ([{"word": "a", "replacement": "b"}, "GIF"], "pronunciations[1]: must be an object with word and replacement"),
        ([{"replacement": "b"}], "pronunciations[0]: word must be a string"),
        ({"a": None}, "pronunciations[0]: replacement must be a string"),
        ({"a": "b", " ": "c"}, "pronunciations[1]: word must not be empty"),
        ({"a": "\n"}, "pronunciations[0]: replacement must not be empty"),
        ({"a" * 101: "b"}, "pronunciations[0]: word must have at most 100 characters, not 101"),
        ({"a": "b" * 201}, "pronunciations[0]: replacement must have at most 200 characters, not 201"),
        ({"a\x00": "b"}, "pronunciations[0]: word holds a control character"),
        ({"...": "b"}, "pronunciations[0]: word must hold a letter, a digit or a symbol"),
        ({"a": "<break/>"}, "pronunciations[0]: replacement must be plain text without tags"),
        (
            [{"word": "a", "replacement": "b", "lang": "en"}],
            "pronunciations[0]: unknown field 'lang'; known are word, replacement, language, case_sensitive",
        ),
        (
            [{"word": "a", "replacement": "b", "language": "english!"}],
            "pronunciations[0]: language must be a tag such as en or en-GB, or left out",
        ),
        ([{"word": "a", "replacement": "b", "language": 5}], "pronunciations[0]: language must be a tag such as en or en-GB, or left out"),
        ([{"word": "a", "replacement": "b", "case_sensitive": "yes"}], "pronunciations[0]: case_sensitive must be true or false"),
        ({"b": "x", "GIF": "jiff", "gif": "giff"}, "pronunciations[2]: 'gif' is the word of pronunciations[1] too"),
    ],
)
def test_rules_that_cannot_be_used_are_refused_with_their_place(value: Any, message: str) -> None:
    with pytest.raises(PronunciationError) as refused:
        read_pronunciations(value)
    assert str(refused.value) == message
    place = message.removeprefix("pronunciations[")
    assert refused.value.index == (int(place.split("]")[0]) if place != message else None)
