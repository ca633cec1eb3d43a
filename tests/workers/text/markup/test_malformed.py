"""Refused texts, and the position given for each error."""

import pytest

from workers.text.markup.errors import MarkupError
from workers.text.markup.parse import DEEPEST_NESTING, MOST_TAGS, parse_markup
from workers.text.markup.scan import MOST_SECTIONS

WELL_FORMED_BEFORE = "Erste Zeile 世界\n"

MALFORMED = [
    ("<p>One", 1, "<p> is never closed"),
    ("One</p>", 4, "</p> closes nothing: no <p> is open"),
    ("<p>a <emphasis>b</p>", 17, "</p> where </emphasis> must come first, for the <emphasis> of line 2, column 6"),
    ("a <break", 3, "the tag <break is not closed with >"),
    ("a <break time='1s' <p>", 3, "the tag <break is not closed with >"),
    ("<p>a</p", 5, "the tag </p is not closed with >"),
    ("<break time/>", 8, "the attribute time of <break> has no value"),
    ("<break time=1s/>", 13, "the value of time must stand in straight quotation marks"),
    ("<break time=“1s”/>", 13, "the value of time must stand in straight quotation marks"),
    ("<break time='1s/> b", 13, "the value of time has no closing quotation mark, or holds a <"),
    ("<break time='1s' time='2s'/>", 18, "the attribute time is given twice in <break>"),
    ("<break time='1s'strength='none'/>", 17, "unexpected 's' in the tag <break>"),
    ("<break time='soon'/>", 14, "time of <break> must be a time such as 500ms or 1.5s"),
    ("<break time='-1s'/>", 14, "time of <break> must be a time such as 500ms or 1.5s"),
    ("<break time='11s'/>", 14, "time of <break> must be at most 10 s"),
    ("<break strength='huge'/>", 18, "strength of <break> must be one of none, x-weak, weak, medium, strong, x-strong"),
    ("<break tme='1s'/>", 13, "<break> has no attribute tme"),
    ("<break>now</break>", 8, "<break> holds nothing: write <break/>"),
    ("<say-as>1</say-as>", 1, "<say-as> needs the attribute interpret-as"),
    (
        "<say-as interpret-as='colour'>1</say-as>",
        23,
        "interpret-as of <say-as> must be one of cardinal, ordinal, date, time, telephone, currency, spell-out (also characters)",
    ),
    ("<say-as interpret-as='time' format='mdy'>1</say-as>", 37, "format of <say-as> must be hms12 or hms24 for a time"),
    ("<say-as interpret-as='date'> </say-as>", 1, "<say-as> holds no text to say"),
    ("<say-as interpret-as='date'><s>1</s></say-as>", 29, "<s> stands inside <say-as>, which holds text only"),
    ("<sub>W3C</sub>", 1, "<sub> needs the attribute alias"),
    ("<sub alias=' '>W3C</sub>", 13, "alias of <sub> must not be empty"),
    ("<phoneme alphabet='klingon' ph='a'>a</phoneme>", 20, "alphabet of <phoneme> must be one of ipa, x-sampa, xsampa"),
    ("<phoneme alphabet='x-sampa' ph='aə'>a</phoneme>", 33, "ph of <phoneme> is not X-SAMPA at 'ə' (character 2)"),
    (
        "<prosody rate='quick'>a</prosody>",
        16,
        "rate of <prosody> must be one of x-slow, slow, medium, default, fast, x-fast, a percentage such as 80% or +20%, or a multiplier such as 1.2",
    ),
    ("<prosody rate='-100%'>a</prosody>", 16, "rate of <prosody> must leave a rate above zero"),
    (
        "<prosody volume='11'>a</prosody>",
        18,
        "volume of <prosody> must be one of silent, x-soft, soft, medium, default, loud, x-loud, or decibels such as +6dB or -3dB",
    ),
    ("<emphasis level='wild'>a</emphasis>", 18, "level of <emphasis> must be one of strong, moderate, reduced, none"),
    ("<lang xml:lang='1'>a</lang>", 17, "xml:lang of <lang> must be a language such as en or en-GB"),
    ("<lang>a</lang>", 1, "<lang> needs the attribute xml:lang"),
    ("<voice gender='female'>a</voice>", 1, "<voice> needs the attribute name"),
    ("<p><p>a</p></p>", 4, "<p> stands inside <p>"),
    ("<s><emphasis><p>a</p></emphasis></s>", 14, "<p> stands inside <s>"),
    ("<s>a &nosuch; b</s>", 6, "unknown entity &nosuch;: write the character itself, and &amp; for an ampersand"),
    ("<s>a &#0; b</s>", 6, "the reference names no character: 0"),
    ("<s>a &#xD800; b</s>", 6, "the reference names no character: 55296"),
    ("<s>a <!-- b</s>", 6, "the comment is not closed with -->"),
    ("<s>a <![CDATA[ b</s>", 6, "the CDATA section is not closed with ]]>"),
    ("<s>a <?php b ?></s>", 6, "processing instructions are not accepted, except an XML declaration at the very beginning"),
    ("<s>a</s><!DOCTYPE s>", 9, "declarations such as DOCTYPE are not accepted"),
    ("<s>a</s id='1'>", 5, "the closing tag </s> takes nothing but its name"),
]


@pytest.mark.parametrize(("text", "column", "message"), MALFORMED)
def test_malformed_markup_is_refused_where_it_is_wrong(text: str, column: int, message: str) -> None:
    with pytest.raises(MarkupError) as refused:
        parse_markup(WELL_FORMED_BEFORE + text)
    assert (refused.value.message, refused.value.line, refused.value.column) == (message, 2, column)


WHOLE = [
    ("<speak>a < b</speak>", 10, "this < begins no tag; write &lt; for the character itself"),
    ("<speak>AT&T</speak>", 10, "this & begins no reference; write &amp; for the character itself"),
    ("<speak><sub alias='a & b'>c</sub></speak>", 22, "this & begins no reference; write &amp; for the character itself"),
    ("<speak>a", 1, "<speak> is never closed"),
    ("<speak>a</speak> b", 18, "text behind </speak>, which must hold all of it"),
    (" Hi <speak>a</speak>", 2, "text before <speak>, which must hold all of it"),
    ("<speak>a</speak><p>b</p>", 17, "<p> behind </speak>, which must hold all of the text"),
    ("<break/><speak>a</speak>", 1, "<break> before <speak>, which must hold all of the text"),
    ("<speak><speak>a</speak></speak>", 8, "a second <speak>: one holds the whole text"),
    ("<speak>a</speak><speak>b</speak>", 17, "a second <speak>: one holds the whole text"),
    ("<!DOCTYPE speak [<!ENTITY a 'b'>]><speak>&a;</speak>", 1, "declarations such as DOCTYPE are not accepted"),
    ("<speak>&a;</speak>", 8, "unknown entity &a;: write the character itself, and &amp; for an ampersand"),
]


@pytest.mark.parametrize(("text", "column", "message"), WHOLE)
def test_a_whole_document_is_held_to_the_letter(text: str, column: int, message: str) -> None:
    with pytest.raises(MarkupError) as refused:
        parse_markup(text)
    assert (refused.value.message, refused.value.line, refused.value.column) == (message, 1, column)


def test_an_unknown_element_is_named_and_the_known_ones_are_listed() -> None:
    with pytest.raises(MarkupError) as refused:
        parse_markup("<speak>One<audio src='x'/></speak>")
    assert refused.value.column == 11
    assert refused.value.message.startswith("unknown element <audio>; known are <speak>, <p>, <s>, <lang>, ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<emphasis>" * (DEEPEST_NESTING + 1), "elements are nested more than 32 deep"),
        ("<s/>" * (MOST_TAGS + 1), "more than 30000 tags"),
        ("<s>a</s>" * 2000, "at most 1500 tags in a text of this length, not 2000"),
        ("<speak>a" + "<!---->" * (MOST_SECTIONS + 1) + "</speak>", "more than 10000 comments and CDATA sections"),
        ("<speak>" + "<![CDATA[a]]>" * (MOST_SECTIONS + 1) + "</speak>", "more than 10000 comments and CDATA sections"),
        (f"<sub alias='{'a' * 201}'>x</sub>", "alias of <sub> must have at most 200 characters"),
        (f"<phoneme ph='{'a' * 251}'>x</phoneme>", "ph of <phoneme> must have at most 250 characters"),
        (f"<break time='{'1' * 1001}'/>", "the value of time is longer than 1000 characters"),
        ("<p " + " ".join(f"a{n}='1'" for n in range(13)) + "/>", "<p> has more than 12 attributes"),
        (f"<sub alias='{'a' * 200}'>x</sub>" * 6, "aliases and phonemes may add 1000 characters and 8 times the text to it, not 1194"),
        ("Hi" + "<break time='10s'/>" * 7, "all breaks together may last 60 s in a text of this length, not 70 s"),
    ],
)
def test_markup_beyond_a_bound_is_refused(text: str, message: str) -> None:
    with pytest.raises(MarkupError) as refused:
        parse_markup(text)
    assert refused.value.message == message


def test_markup_just_within_the_bounds_is_accepted() -> None:
    assert parse_markup("<emphasis>" * DEEPEST_NESTING + "a" + "</emphasis>" * DEEPEST_NESTING).written == "a"
    assert len(parse_markup("<s>abcd</s>" * 3000).segments) == 3000
    assert len(parse_markup("<sub alias='" + "a" * 200 + "'>x</sub>" * 1).segments) == 1
    assert parse_markup("<break time='10s'/>" * 6).break_seconds == 60.0
