"""Chapters of a text: headings, marked paragraphs and sentences."""

from collections.abc import Callable

import pytest

from tests.growth import assert_linear
from workers.contract.chapters import MOST_CHAPTERS, Chapter
from workers.text.markup.chapters import clean_title, find_chapters, marks_within
from workers.text.markup.parse import parse_markup


def titles(text: str) -> list[tuple[str, int]]:
    return [(chapter.title, chapter.start_character) for chapter in find_chapters(parse_markup(text)).chapters]


def test_markdown_headings_begin_chapters_with_their_titles() -> None:
    text = "# The *first* [part](https://example.com) ##\n\nOne.\n\nSecond\n======\n\nTwo.\n"
    assert titles(text) == [("The first part", 0), ("Second", text.index("Second"))]


def test_html_headings_begin_chapters_with_their_titles() -> None:
    text = "<h1 class='a'>One &amp; all</h1><p>Text.</p><H2>Two</H2>More."
    assert titles(text) == [("One & all", 0), ("Two", text.index("<H2>"))]


def test_text_before_the_first_heading_is_a_chapter_of_its_own() -> None:
    assert titles("It was a dark night.\n\n# One\n\nText.") == [("It was a dark night. # One Text.", 0), ("One", 22)]


def test_marked_paragraphs_begin_chapters_named_by_their_first_words() -> None:
    text = "<speak><p>The first paragraph.</p> <p><s>The second.</s> Its end.</p></speak>"
    assert titles(text)[0][1] == 0
    assert [start for _, start in titles(text)] == [0, 21]


def test_marked_sentences_begin_chapters_where_no_paragraph_is_marked() -> None:
    assert [start for _, start in titles("<speak><s>One.</s><s>Two.</s>Three.</speak>")] == [0, 4, 8]


@pytest.mark.parametrize("text", ["Plain text.", "<speak>No marks<break/> here.</speak>", "#hashtag and 1 # 2", "---", "# \n\n##\n"])
def test_a_text_without_headings_and_marks_has_no_chapters(text: str) -> None:
    assert titles(text) == []


def test_headings_of_lower_levels_are_left_out_where_there_are_too_many() -> None:
    text = "".join(f"# Book {book}\n\n" + "".join(f"## Part {part}\n\nText.\n\n" for part in range(100)) for book in range(5))
    found = find_chapters(parse_markup(text))
    assert [chapter.title for chapter in found.chapters] == [f"Book {book}" for book in range(5)]
    assert found.warning == "chapters: the text has 505 headings, of which 5 begin a chapter; a file holds at most 255."


def test_paragraphs_beyond_the_most_chapters_are_thinned_out_evenly() -> None:
    found = find_chapters(parse_markup("<speak>" + "<p>Some words here.</p>" * 1000 + "</speak>"))
    assert len(found.chapters) == 250 <= MOST_CHAPTERS
    assert found.chapters[1].start_character == 4 * len("Some words here.")


def test_titles_lose_control_characters_and_are_cut_at_their_limit() -> None:
    assert clean_title("A\x00\u2028 b\t<i>c</i> `d`") == "A b c d"
    assert len(clean_title("word " * 100)) == 100


def test_marks_are_counted_from_the_first_character_of_their_part() -> None:
    chapters = [Chapter("a", 0), Chapter("b", 10), Chapter("c", 25)]
    assert [marks_within(chapters, start=start, end=start + 10) for start in (0, 10, 20)] == [(0,), (0,), (5,)]


@pytest.mark.parametrize("piece", ["<h1>", "# ", "#", "=\n", "a\n=", "<h1 ", "[](", "</h1>", "#\t"])
def test_finding_chapters_takes_time_linear_in_any_text(piece: str) -> None:
    def prepare(length: int) -> Callable[[], object]:
        document = parse_markup(piece * (length // len(piece)))
        return lambda: find_chapters(document)

    assert_linear(prepare, size=200_000)
