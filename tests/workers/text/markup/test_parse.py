"""Meaning of a well-formed text."""

from typing import Any

import pytest

from workers.contract.markup import Segment
from workers.text.markup.parse import parse_markup
from workers.text.markup.scan import is_markup


def segments(text: str) -> list[dict[str, Any]]:
    """Segments as dictionaries with their text, start and fields that are not at their defaults."""
    return [{"text": segment.text, "start": segment.start, **segment.to_dict()} for segment in parse_markup(text).segments]


@pytest.mark.parametrize(
    "text",
    [
        "Hello.",
        "a < b && c > d",
        "I <3 you",
        "if x <s and y> p",
        "<unknown>",
        "<html>",
        "Tom &amp; Jerry",
        "< break/>",
        "<paragraph>",
        "<!-- note -->",
        " \n",
    ],
)
def test_text_without_known_tags_is_spoken_unchanged(text: str) -> None:
    assert not is_markup(text)
    assert segments(text) == [{"text": text, "start": 0}]
    assert parse_markup(text).written == text


def test_the_empty_text_has_no_segments() -> None:
    assert parse_markup("").segments == ()


def test_the_example_of_the_documentation() -> None:
    text = 'Your appointment is on <say-as interpret-as="date">2026-04-26</say-as> at <say-as interpret-as="time">14:30</say-as>.'
    assert segments(text) == [
        {"text": "Your appointment is on ", "start": 0},
        {"text": "2026-04-26", "start": 23, "kind": "say_as", "interpret_as": "date"},
        {"text": " at ", "start": 33},
        {"text": "14:30", "start": 37, "kind": "say_as", "interpret_as": "time"},
        {"text": ".", "start": 42},
    ]
    document = parse_markup(text)
    assert document.written == "Your appointment is on 2026-04-26 at 14:30."
    assert document.counted_characters == 43


def test_few_tags_in_a_plain_text_do_not_change_its_other_characters() -> None:
    text = "AT&T: a < b, I <3 you </3, write to <me@example.com> or <https://x.org/>. <break/>R&D &amp; more &lt;p&gt; &#x4e16;&#33;"
    assert [s["text"] for s in segments(text)] == [
        "AT&T: a < b, I <3 you </3, write to <me@example.com> or <https://x.org/>. ",
        "",
        "R&D & more <p> 世!",
    ]


def test_a_whole_document_with_its_prologue_and_comments() -> None:
    text = (
        "\ufeff<?xml version='1.0' encoding='UTF-8'?>\n<!-- a greeting -->\n"
        '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US" xsi:schemaLocation="x">\n'
        "  Hello <!-- not said --><![CDATA[<b> & co.]]>\n</speak>\n<!-- end -->\n"
    )
    assert segments(text) == [{"text": "   Hello <b> & co. ", "start": 0, "language": "en-us"}]


def test_white_space_becomes_spaces_in_documents_and_stays_in_tagged_texts() -> None:
    assert parse_markup("<speak>One\r\n\ttwo<![CDATA[\n]]></speak>").written == "One   two "
    assert parse_markup("One<![CDATA[\n]]><break/>").written == "One\n"
    assert parse_markup("One.\n\nTwo <emphasis>three</emphasis>").written == "One.\n\nTwo three"


def test_sentences_and_paragraphs_end_what_came_before_them() -> None:
    text = "<speak>\n<p>\n<s>One</s>\n<s>two</s>\n</p>\nthree<p>four</p></speak>"
    assert segments(text) == [
        {"text": "  One ", "start": 0, "ends_sentence": True},
        {"text": "two ", "start": 6, "ends_sentence": True, "ends_paragraph": True},
        {"text": " three", "start": 10, "ends_sentence": True, "ends_paragraph": True},
        {"text": "four", "start": 16, "ends_sentence": True, "ends_paragraph": True},
    ]


def test_pause_before_the_end_of_a_sentence_leaves_its_end_at_the_words() -> None:
    assert segments("<break/><s>One<break time='1s'/> </s>two") == [
        {"text": "", "start": 0, "kind": "break", "break_seconds": 0.75},
        {"text": "One", "start": 0, "ends_sentence": True},
        {"text": "", "start": 3, "kind": "break", "break_seconds": 1.0},
        {"text": " two", "start": 3},
    ]


@pytest.mark.parametrize(
    ("tag", "seconds"),
    [
        ("<break/>", 0.75),
        ("<break></break>", 0.75),
        ("<BREAK Time='2S'/>", 2.0),
        ("<break time='500ms'/>", 0.5),
        ("<break time='.5s' />", 0.5),
        ("<break time='10s'/>", 10.0),
        ("<break strength='none'/>", 0.0),
        ("<break strength='x-weak'/>", 0.25),
        ("<break strength='weak'/>", 0.5),
        ("<break strength='strong'/>", 1.0),
        ("<break strength='x-strong'/>", 1.25),
        ("<break strength='x-strong' time='100ms'/>", 0.1),
    ],
)
def test_break_gives_a_pause_in_seconds(tag: str, seconds: float) -> None:
    (segment,) = parse_markup(tag).segments
    assert segment.kind == "break"
    assert segment.break_seconds == seconds


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        ("x-slow", 0.5),
        ("slow", 0.75),
        ("medium", 1),
        ("fast", 1.25),
        ("X-Fast", 1.5),
        ("80%", 0.8),
        ("+20%", 1.2),
        ("-20%", 0.8),
        ("1.3", 1.3),
        ("9", 4),
        ("1%", 0.25),
    ],
)
def test_prosody_rate_becomes_a_factor(value: str, rate: float) -> None:
    assert parse_markup(f"<prosody rate='{value}'>x</prosody>").segments[0].rate == rate


@pytest.mark.parametrize(
    ("value", "decibels"),
    [
        ("silent", -120),
        ("x-soft", -12),
        ("soft", -6),
        ("medium", 0),
        ("loud", 3),
        ("x-loud", 6),
        ("+6dB", 6),
        ("-2.5 db", -2.5),
        ("3dB", 3),
        ("+40dB", 12),
    ],
)
def test_prosody_volume_becomes_decibels(value: str, decibels: float) -> None:
    assert parse_markup(f"<prosody volume='{value}'>x</prosody>").segments[0].volume_decibels == decibels


def test_nested_prosody_multiplies_rates_and_adds_decibels_within_what_can_be_spoken() -> None:
    text = "<prosody rate='fast' volume='-3dB'>a<prosody rate='fast' volume='soft'>b<prosody rate='4'>c</prosody></prosody>d</prosody>"
    assert [(s.text, s.rate, s.volume_decibels) for s in parse_markup(text).segments] == [
        ("a", 1.25, -3),
        ("b", 1.5625, -9),
        ("c", 4.0, -9),
        ("d", 1.25, -3),
    ]


def test_pitch_is_answered_with_one_warning_and_the_words_are_spoken() -> None:
    document = parse_markup("Hi\n<prosody pitch='high' rate='slow'>a</prosody><prosody pitch='low'>b</prosody>")
    assert document.warnings == ("line 2, column 17: pitch of <prosody> is not followed",)
    assert document.written == "Hi\nab"


def test_language_voice_and_emphasis_hold_for_what_they_enclose() -> None:
    text = "<voice name='bf_emma'><lang xml:lang='fr-FR'>Bonjour <emphasis>toi</emphasis></lang> there <emphasis level='none'>you</emphasis></voice>"
    assert segments(text) == [
        {"text": "Bonjour ", "start": 0, "language": "fr-fr", "voice": "bf_emma"},
        {"text": "toi", "start": 8, "language": "fr-fr", "voice": "bf_emma", "emphasis": "moderate"},
        {"text": " there ", "start": 11, "voice": "bf_emma"},
        {"text": "you", "start": 18, "voice": "bf_emma", "emphasis": "none"},
    ]
    document = parse_markup(text)
    assert document.voices == ("bf_emma",)
    assert document.languages == ("fr-fr",)


def test_say_as_takes_other_vendors_words_and_formats() -> None:
    text = "<say-as interpret-as='characters'>NASA</say-as><say-as interpret-as='Date' format='dd/mm/yyyy'>1/2/2026</say-as>"
    assert [(s.interpret_as, s.format) for s in parse_markup(text).segments] == [("spell-out", ""), ("date", "dmy")]


def test_a_phoneme_in_x_sampa_becomes_ipa() -> None:
    text = "<phoneme alphabet='x-sampa' ph='t@\"mA:toU'>tomato</phoneme> <phoneme ph=\"pɪˈkɑːn\">pecan</phoneme>"
    assert [(s.text, s.phonemes, s.alphabet) for s in parse_markup(text).segments] == [
        ("tomato", "təˈmɑːtoʊ", "ipa"),
        (" ", "", ""),
        ("pecan", "pɪˈkɑːn", "ipa"),
    ]


def test_sub_speaks_its_alias_and_counts_the_written_text() -> None:
    document = parse_markup("<sub alias='AT&amp;T &quot;World&quot;'>W3C</sub>")
    assert document.segments[0].alias == 'AT&T "World"'
    assert document.counted_characters == 3


def test_markup_error_found_late_reports_its_line_and_column() -> None:
    document = parse_markup("One\n two <say-as interpret-as='date'>soon</say-as>")
    error = document.error_at(1, "this is not a date")
    assert (error.line, error.column, error.message) == (2, 6, "this is not a date")
    assert str(error) == "line 2, column 6: this is not a date"


def test_a_segment_survives_the_wire() -> None:
    for segment in parse_markup("<s>a <prosody rate='2' volume='silent'>b</prosody></s><break time='3s'/>").segments:
        assert Segment.from_dict(segment.to_dict()) == segment


HTML = {
    "H<sub>2</sub>O <break time='1s'/> and <b>bold</b><br>X": "H2O  and bold\nX",
    "<p>Water is H<sub>2</sub>O.</p> <break/>caf&eacute;&nbsp;<i class=x>so</i>": "Water is H2O. caf\u00e9\u00a0so",
    "<p class='x'>One</p><break/><s>two</s>": "Onetwo",
}


@pytest.mark.parametrize(("text", "written"), HTML.items())
def test_html_between_elements_of_ssml_is_left_out(text: str, written: str) -> None:
    assert parse_markup(text).written.replace("  ", " ").strip() == written.replace("  ", " ")


@pytest.mark.parametrize(
    "text", ["<p>One<br>two", "<p class='x'>One</p><p>two", "H<sub>2</sub>O", "<s>old</s> <b>new</b>", "<p>H<sub>2</sub>O"]
)
def test_a_text_of_html_alone_is_plain(text: str) -> None:
    assert not is_markup(text)
    assert parse_markup(text).written == text
