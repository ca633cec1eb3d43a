"""Properties of every text: parsed or refused, in linear time; a valid document is returned as written."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.growth import assert_linear
from tests.workers.text.markup.trees import NODES, Expected, Tree, expect, write
from workers.text.markup.cut import cut_document
from workers.text.markup.document import Document, spoken_size
from workers.text.markup.errors import MarkupError
from workers.text.markup.parse import parse_markup

PLAIN: dict[str, str | float] = {"rate": 1.0, "volume_decibels": 0.0, "emphasis": "", "language": "", "voice": ""}
SHARDS = st.sampled_from(
    re.findall(
        r"\S+",
        "< > / = \" ' & ; <p> </p> <s> </s> <s/> <speak> </speak> <break/> <break time='1s'/> &amp; &lt; &#65; &#x; &#0; &foo; <!-- --> "
        "<![CDATA[ ]]> <!DOCTYPE <?xml ?> <say-as interpret-as='date'> </say-as> <sub alias='x'> </sub> <prosody rate='slow'> </prosody> "
        "<emphasis> </emphasis> <phoneme ph='a' alphabet= </phoneme> a . é 世 time='1s' xml:lang=\"fr\"",
    )
)
WHOLE_SHARDS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<s>",
        "</s>",
        "<break time='1s'/>",
        "<sub alias='x'>",
        "</sub>",
        "<emphasis>",
        "</emphasis>",
        "&amp;",
        "a. ",
        " <3 ",
        "\n",
    ]
)


def refusal(text: str) -> MarkupError | None:
    """Return the error with which a text is refused, or None."""
    try:
        parse_markup(text)
    except MarkupError as error:
        return error
    return None


@given(
    st.one_of(
        st.text(st.characters()),
        st.lists(st.one_of(SHARDS, st.text(max_size=3)), max_size=30).map(" ".join),
        st.lists(SHARDS).map("".join),
        st.lists(WHOLE_SHARDS).map("".join),
    )
)
@settings(max_examples=examples(150))
def test_any_text_is_read_or_refused_at_a_place_that_exists(text: str) -> None:
    error = refusal(text)
    if error is not None:
        lines = text.split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1
    else:
        document = parse_markup(text)
        assert_in_order(document)
        assert document.is_markup or document.written == text


def assert_in_order(document: Document) -> None:
    assert "".join(segment.text for segment in document.segments) == document.written
    starts = [segment.start for segment in document.segments]
    assert starts == [sum(len(earlier.text) for earlier in document.segments[:index]) for index in range(len(starts))]
    assert len(document.offsets) == len(document.segments)


@given(NODES, st.booleans())
@settings(max_examples=examples(100))
def test_valid_markup_is_parsed_to_what_its_tags_state(nodes: list[str | Tree], is_whole: bool) -> None:
    expected = expect([*nodes, Tree("break", {"time": "1s"})], Expected(), PLAIN)
    markup = write([*nodes, Tree("break", {"time": "1s"})])
    document = parse_markup(f"<speak>{markup}</speak>" if is_whole else markup)
    assert list(document.written) == expected.characters
    breaks = [(segment.start, segment.break_seconds) for segment in document.segments if segment.kind == "break"]
    assert breaks == expected.breaks
    sentence_ends, paragraph_ends = set(), set()
    for segment in document.segments:
        special = {"say_as": segment.interpret_as, "sub": segment.alias, "phoneme": segment.phonemes}.get(segment.kind, "")
        for offset, character in enumerate(segment.text, start=segment.start):
            assert expected.kinds[offset] == (segment.kind, special)
            assert character.isspace() or expected.styles[offset] == {name: getattr(segment, name) for name in PLAIN}
        if segment.ends_sentence:
            sentence_ends.add(segment.start + len(segment.text.rstrip()) - 1)
        if segment.ends_paragraph:
            paragraph_ends.add(segment.start + len(segment.text.rstrip()) - 1)
    assert sentence_ends == expected.sentence_ends
    assert paragraph_ends == expected.paragraph_ends


@given(NODES, st.integers(5, 60))
@settings(max_examples=examples(60))
def test_the_parts_of_a_document_are_the_document(nodes: list[str | Tree], longest: int) -> None:
    document = parse_markup(write([*nodes, Tree("break", {"time": "1s"})]))
    parts = cut_document(document, longest=longest)
    assert "".join(segment.text for part in parts for segment in part) == document.written
    whole = [segment for part in parts for segment in part if segment.kind != "text"]
    assert whole == [segment for segment in document.segments if segment.kind != "text"]
    for name in ("ends_sentence", "ends_paragraph"):
        ends = [
            [s.start + len(s.text) for s in run if getattr(s, name)] for run in (document.segments, [s for part in parts for s in part])
        ]
        assert ends[0] == ends[1]
    start = 0
    for segment in (segment for part in parts for segment in part):
        assert segment.start == start
        start += len(segment.text)


@given(st.text(st.sampled_from("ab. \n!世。"), max_size=300), st.integers(10, 50))
def test_no_part_is_much_longer_than_asked(text: str, longest: int) -> None:
    document = parse_markup(f"{text}<emphasis>x</emphasis>{text}")
    for part in cut_document(document, longest=longest):
        bare = "".join(segment.text for segment in part).split()
        assert len("".join(bare)) <= 3 * longest
        assert sum(map(spoken_size, part)) <= 3 * longest or not any(map(str.isalnum, "".join(bare)))


HOSTILE: dict[str, Callable[[int], str]] = {
    "openings": lambda n: "<" * n,
    "openings before a tag": lambda n: "<" * n + "<break/>",
    "unknown tags": lambda n: "<a " * (n // 3),
    "unknown tags in markup": lambda n: "<break/>" + "<a" * (n // 2),
    "paragraphs": lambda n: "<p>" * (n // 3),
    "nesting": lambda n: "<emphasis>" * (n // 10),
    "ampersands": lambda n: "<break/>" + "&" * n,
    "half references": lambda n: "<break/>" + "&#9" * (n // 3),
    "a reference without end": lambda n: "<break/>&" + "a" * n,
    "an unclosed quotation mark": lambda n: "<break time='" + "a" * n,
    "unclosed quotation marks": lambda n: "<break time='" * (n // 13),
    "white space in a tag": lambda n: "<p" + " " * n,
    "white space in tags": lambda n: "<p  " * (n // 4),
    "white space in a known tag": lambda n: "<break" + " " * n,
    "attributes": lambda n: "<break " + "a='b' " * (n // 6),
    "comments": lambda n: "<break/>" + "<!--" * (n // 4),
    "closed comments": lambda n: "<break/>" + "<!---->" * (n // 7),
    "cdata": lambda n: "<break/>" + "<![CDATA[" * (n // 9),
    "a declaration": lambda n: "<?xml " + "?" * n + "<speak>",
    "a long name": lambda n: "<speak><" + "a" * n,
    "an attribute without end": lambda n: "<p " + "a" * n,
    "breaks": lambda n: "<break strength='none'/> " * (n // 25),
    "empty paragraphs behind breaks": lambda n: "a" + "<break time='0s'/>" * (n // 25) + "<p/>" * (n // 25),
    "closing tags": lambda n: "</p>" * (n // 4),
    "blank": lambda n: "<speak>" + " " * n + "</speak>",
    "sentences": lambda n: "<s>Hi there.</s> " * (n // 17),
    "words": lambda n: "<break/>" + "word " * (n // 5),
    "stops": lambda n: "<emphasis>a</emphasis>" + ". " * (n // 2),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_and_cutting_markup_takes_linear_time(name: str) -> None:
    def prepare(characters: int) -> Callable[[], object]:
        text = HOSTILE[name](characters)
        return lambda: read_and_cut(text)

    assert_linear(prepare, size=96_000)


def read_and_cut(text: str) -> None:
    with suppress(MarkupError):
        cut_document(parse_markup(text))


def test_a_million_plain_characters_are_one_segment() -> None:
    text = "The quick brown fox & the lazy dog < 3. " * 25_000
    document = parse_markup(text)
    assert document.written == text
    assert len(document.segments) == 1
