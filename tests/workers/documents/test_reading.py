"""Text files of customers: encodings, books, subtitles, and files that mean harm."""

import tempfile
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from tests.growth import assert_linear
from tests.workers.documents.books import make_epub, page
from workers.contract.chapters import Chapter
from workers.contract.dubbing import Cue
from workers.documents import DocumentError, TextFile, TextLimits, find_text_format, read_text_file
from workers.documents.srt import read_srt
from workers.documents.xhtml import read_page


def read(data: bytes, text_format: str = "txt", **limits: Any) -> TextFile:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return read_text_file(file, text_format=text_format, limits=TextLimits(**limits))


def refusal(data: bytes, text_format: str, **limits: Any) -> tuple[str, str]:
    with pytest.raises(DocumentError) as refused:
        read(data, text_format, **limits)
    return refused.value.code, refused.value.message


@pytest.mark.parametrize(("name", "content_type", "text_format"), [
    ("a.TXT", "", "txt"), ("b.markdown", "", "md"), ("c.d.epub", "audio/wav", "epub"), ("e.srt ", "", "srt"),
    ("no extension", "text/plain; charset=utf-8", "txt"), ("", "application/epub+zip", "epub"), ("a.wav", "audio/wav", ""), ("txt", "", ""),
])  # fmt: skip
def test_the_format_of_a_text_file_follows_its_name_then_its_type(name: str, content_type: str, text_format: str) -> None:
    assert find_text_format(name, content_type) == text_format


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_in_unicode_is_read_without_a_warning(encoding: str) -> None:
    assert read("Grüße,\r\n世界\r!".encode(encoding)) == TextFile("txt", "Grüße,\n世界\n!")


@pytest.mark.parametrize(("data", "text", "word"), [
    ("Grüße “quoted”".encode("cp1252"), "Grüße “quoted”", "Windows-1252"),
    ("Some plain words".encode("utf-16-le"), "Some plain words", "UTF-16-LE"),
    ("Some plain words".encode("utf-16-be"), "Some plain words", "UTF-16-BE"),
])  # fmt: skip
def test_text_of_unstated_encoding_is_read_with_a_warning(data: bytes, text: str, word: str) -> None:
    found = read(data)
    assert found.text == text
    assert word in found.warnings[0]


@pytest.mark.parametrize(("data", "text_format", "code"), [
    (b"", "txt", "empty_file"),
    (b"", "epub", "empty_file"),
    (bytes(range(32)) * 100, "txt", "invalid_text_file"),
    (b"\xff\xfeodd", "txt", "invalid_text_file"),
    (b"\xef\xbb\xbf\xff", "md", "invalid_text_file"),
    (b"PK\x03\x04rest", "txt", "unsupported_format"),
    (b"x", "pdf", "unsupported_format"),
    (b"words", "srt", "invalid_srt"),
    (b"no archive at all", "epub", "invalid_epub"),
    (b"PK\x05\x06" + bytes(18), "epub", "invalid_epub"),
])  # fmt: skip
def test_files_that_are_no_text_are_refused_with_a_code(data: bytes, text_format: str, code: str) -> None:
    assert refusal(data, text_format)[0] == code


def test_a_plain_text_beyond_its_limits_is_refused() -> None:
    assert refusal(b"x" * 101, "txt", max_plain_bytes=100)[0] == "too_large"
    assert refusal(b"x" * 101, "txt", max_characters=100)[0] == "text_too_long"


def test_a_book_becomes_paragraphs_with_the_chapters_of_its_headings_and_contents() -> None:
    found = read(make_epub({
        "one.xhtml": page("<p>Foreword&nbsp;&amp; thanks.</p>"),
        "text/two.xhtml": page("<p>No heading<sup epub:type='noteref' xmlns:epub='e'>1</sup> here.</p><script>x()</script>"),
        "text/three.xhtml": page("<h1>Chapter 3</h1><h2>The <em>Storm</em></h2><p>It\n  rained.<br/>A lot.</p>"),
    }), "epub")  # fmt: skip
    assert found.text == "Foreword\xa0& thanks.\n\nNo heading here.\n\nChapter 3\n\nThe Storm\n\nIt rained.\nA lot.\n\n"
    assert found.title == "A Book"
    assert found.chapters == (
        Chapter("Foreword & thanks. No heading here. Chapter 3 The Storm It…", 0),
        Chapter("Named in the contents", found.text.index("No heading")),
        Chapter("Chapter 3: The Storm", found.text.index("Chapter 3")),
    )
    assert (found.is_plain, found.warnings) == (True, ())


BOMB = "<!DOCTYPE html [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><html xmlns='http://www.w3.org/1999/xhtml'><body>&b;</body></html>"
FILE_ENTITY = "<!DOCTYPE html [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><html xmlns='http://www.w3.org/1999/xhtml'><body>&f;</body></html>"


@pytest.mark.parametrize(("content", "code", "word"), [
    (BOMB, "invalid_epub", "declares entities"),
    (FILE_ENTITY, "invalid_epub", "declares entities"),
    (page("<p>never closed"), "invalid_epub", "not well-formed"),
    (page("<p>&nosuch;</p>"), "invalid_epub", "not well-formed"),
    (page("<div>" * 300 + "x" + "</div>" * 300), "too_complex", "nests"),
    (page("<img src='x.png'/>"), "invalid_epub", "no text"),
    ("<?xml version='1.0' encoding='nonsense'?><html/>", "invalid_epub", "nonsense" and "page.xhtml"),
])  # fmt: skip
def test_hostile_pages_of_a_book_are_refused_by_name(content: str, code: str, word: str) -> None:
    found = refusal(make_epub({"page.xhtml": content}), "epub")
    assert (found[0], word in found[1]) == (code, True)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = make_epub({"page.xhtml": page("<p>" + " " * 17_000_000 + "</p>")})
    assert len(bomb) < 100_000
    assert refusal(bomb, "epub")[0] == "too_complex"
    several = make_epub({f"{number}.xhtml": page("<p>" + "word " * 100_000 + "</p>") for number in range(10)})
    assert refusal(several, "epub", max_unpacked_bytes=3_000_000)[0] == "too_complex"


def test_a_book_longer_than_the_limit_is_refused_with_the_number() -> None:
    assert refusal(make_epub({"a.xhtml": page("<p>" + "word " * 100 + "</p>")}), "epub", max_characters=400) == (
        "text_too_long", "The book has more than 400 characters of text. Split it and send its parts.",
    )  # fmt: skip


@pytest.mark.parametrize("reference", ["../../../etc/passwd", "/etc/passwd", "..%2f..%2fetc/passwd", "missing.xhtml", "inner.epub"])
def test_references_outside_the_book_and_to_archives_are_never_opened(reference: str) -> None:
    book = make_epub({"a.xhtml": page("<p>Text.</p>"), reference: page("<p>Other.</p>")}, extra={"OPS/x": b""})
    clean = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as source, zipfile.ZipFile(clean, "w") as target:
        for name in source.namelist():
            if "passwd" not in name and "missing" not in name:
                target.writestr(name, b"PK\x03\x04" if name.endswith("inner.epub") else source.read(name))
    if reference == "inner.epub":
        assert refusal(clean.getvalue(), "epub")[0] == "invalid_epub"
    else:
        assert read(clean.getvalue(), "epub").warnings == (
            "file: 1 entries of the book's reading order are no pages of text; they are left out.",
        )


def test_a_page_that_the_spine_names_twice_is_read_once() -> None:
    spine = '<itemref idref="p0"/>' * 5000
    assert read(make_epub({"a.xhtml": page("<p>Text.</p>")}, spine=spine), "epub").text == "Text.\n\n"


def test_an_archive_of_too_many_files_is_refused_by_its_directory() -> None:
    book = make_epub({"a.xhtml": page("<p>Text.</p>")}, extra={f"x{number}": b"" for number in range(10_001)})
    assert refusal(book, "epub")[0] == "too_complex"


def test_a_book_that_takes_too_much_memory_is_refused_without_an_error() -> None:
    book = make_epub({"a.xhtml": page("<p>" + "word " * 600_000 + "</p>")})
    assert refusal(book, "epub", memory_bytes=40 << 20)[0] == "too_complex"


SRT = """1
00:00:01,000 --> 00:00:02,500
Hello <i>there</i>,
{\\an8}General.

2
00:00:04.5 --> 00:00:06,000  X1:1
- Second &amp; last

3
00:00:07,000 --> 00:00:08,000
♪
"""


def test_subtitles_become_cues_whose_texts_are_lines() -> None:
    found = read(SRT.replace("\n", "\r\n").encode(), "srt")
    assert found.text == "Hello there , General.\n- Second & last".replace(" ,", " ,")
    assert found.cues == (Cue(1.0, 2.5, 0, 22), Cue(4.5, 6.0, 23, 38))


def test_subtitles_are_sorted_and_overlaps_are_warned_about() -> None:
    found = read_srt("00:00:05,000 --> 00:00:06,000\nb\n\n00:00:01,000 --> 00:00:05,500\na\n")
    assert [found.text[cue.start_character : cue.end_character] for cue in found.cues] == ["a", "b"]
    assert found.warnings == ("file: 1 subtitles begin before the one before them ends; they are spoken one after the other.",)


@pytest.mark.parametrize(("text", "word"), [
    ("1\n00:00:01 -> 00:00:02\nx", "no subtitles"),
    ("00:00:aa,000 --> 00:00:02,000\nx", "Line 1"),
    ("\n00:00:05,000 --> 00:00:02,000\nx", "Line 2"),
    ("00:00:01,000 --> 90:00:00,000\nx", "so little text"),
    ("00:00:01,000 --> 00:00:02,000\nx\n" * 30_001, "30,000"),
])  # fmt: skip
def test_subtitles_that_cannot_be_read_are_refused_by_their_line(text: str, word: str) -> None:
    with pytest.raises(DocumentError, match=word):
        read_srt(text)


@pytest.mark.parametrize("piece", ["00:00:01,000 --> 00:00:02,000\nx\n\n", "-->", "<", "{\\", "1\n"])
def test_reading_subtitles_takes_time_linear_in_any_text(piece: str) -> None:
    def prepare(length: int) -> Callable[[], object]:
        def work() -> None:
            try:
                read_srt(piece * (length // len(piece)))
            except DocumentError:
                return

        return work

    assert_linear(prepare, size=200_000)


@pytest.mark.parametrize("piece", ["<p>a</p>", "<br/>", "<h1>a</h1>", " \n", "<b>a</b> ", "&nbsp;"])
def test_reading_a_page_takes_time_linear_in_any_text(piece: str) -> None:
    def prepare(length: int) -> Callable[[], object]:
        data = page(piece * (length // len(piece))).encode()
        return lambda: read_page(data, name="page")

    assert_linear(prepare, size=200_000)


HUGE = "&#" + "9" * 5000 + ";"


def test_references_beyond_unicode_are_replaced_in_subtitles_and_titles() -> None:
    assert read(f"00:00:01,000 --> 00:00:02,000\nhi {HUGE} you &#x110000; &eacute;\n".encode(), "srt").text == "hi \ufffd you \ufffd é"
    book = make_epub({"one.xhtml": page(f"<h1>Title &amp;{HUGE[1:]}</h1><p>Words.</p>")})
    assert read(book, "epub").chapters[0].title == "Title \ufffd"


def test_a_page_in_a_code_page_of_one_byte_is_read() -> None:
    content = page("<p>Καλημέρα</p>").replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="windows-1253"?>')
    assert read(make_epub({"one.xhtml": content.encode("cp1253")}), "epub").text.strip() == "Καλημέρα"


def test_a_page_of_a_million_headings_is_read_in_time() -> None:
    titles = read_page(page("<h1>a</h1>" * 200_000).encode(), name="page").headings
    assert len(titles) == 1
    assert len(titles[0][1]) < 600
