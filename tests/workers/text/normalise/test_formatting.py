"""HTML and Markdown are not said, and brackets that are neither are left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.text.normalise.test_normalise import assert_nothing_is_lost
from workers.text.markup.parts import cut_into_parts
from workers.text.normalise import normalise
from workers.text.normalise.formatting import mask_formatting

MARKDOWN = {
    'Read [this page][1] and [that][].\n\n[1]: https://example.com "Title"': "Read this page and that.\n\n",
    "[![Build](https://x.io/b.svg)](https://x.io/build) passing": "Build passing",
    "Visit <https://example.com> or <me@site.com>.": "Visit example dot com or me at site dot com.",
    "请看[文档](https://example.com/a)。": "请看文档。",
    "# Title\n\n## Sub ##\nMore": "Title\n\nSub\nMore",
    "> quoted\n> 5 apples": "quoted\nfive apples",
    "Above\n\n---\n\nBelow\n* * *\nEnd": "Above\n\n\n\nBelow\n\nEnd",
    "| Name | Age |\n|------|:---:|\n| Bob | five |": "Name, Age.\n\nBob, five.",
    "Name | Age\n--- | ---\nAnn | 6": "Name, Age\n\nAnn, six",
    "It works[^1].\n\n[^1]: The note says so.": "It works.\n\nThe note says so.",
    "Use `pip install` and **bold**, *thin*, ~~gone~~, ==marked== words.": "Use pip install and bold, thin, gone, marked words.",
    "```python\nprint it\n```\nAfter": "\nprint it\n\nAfter",
    r"\*not thin\* and snake\_case": "not thin and snake case",
    "+ first\n+ second": "- first\n- second",
    "1. [x] done\n2. [ ] todo": "one. done\ntwo. todo",
}
HTML = {
    "caf&eacute; &#x20AC;5 &quot;so&quot; &lt;5": 'café five euros "so" less than five',
    "Q&A, a&b; R&D &copy 2020": "Q and A, a and b; R and D and copy twenty twenty",
    '<p class="x">One</p><p>Two</p>': "\n\nOne\n\n\n\nTwo\n\n",
    '<a href="https://example.com/x">here</a> <img src="a.png" alt="a cat">': "here a cat",
    "One.<!-- not <b>this</b> --> Two.": "One. Two.",
    "<script>var x = 1;</script>Text": "\n\nText",
    "x<sup>2</sup> and H<sub>2</sub>O": "x squared and H two O",
    "<table><tr><td>one</td><td>two</td></tr></table>": "\n\n\none, two\n\n\n",
    "I <i>really</i> mean it<br/>Now": "I really mean it\nNow",
    "5&amp;nbsp;km &amp;amp; more": "five kilometers and more",
}
UNCHANGED = (
    "He said [sic] so [Chorus] la la.",
    "[laughs](quietly, then louder)",
    "the [old](new way) one",
    "f(x)[y](z) and a[i](b)",
    "a word [in brackets] (and in parentheses)",
)


@pytest.mark.parametrize(("written", "spoken"), [*MARKDOWN.items(), *HTML.items()])
def test_formatting_is_not_said(written: str, spoken: str) -> None:
    said = normalise(written, language="zh" if "请" in written else "en")
    assert said.text == spoken
    assert_nothing_is_lost(said)


@pytest.mark.parametrize("text", UNCHANGED)
def test_brackets_that_are_no_markdown_stay(text: str) -> None:
    assert normalise(text, language="en").text == text


def test_signs_that_are_no_tag_or_table_are_read_as_signs() -> None:
    cases = [("if a<b and c>d", "if a b and c d"), ("array[0]", "array[zero]"), ("a || b", "a  b")]
    assert {written: said for written, spoken in cases if (said := normalise(written, language="en").text) != spoken} == {}


def test_a_text_with_ssml_keeps_what_looks_like_a_tag() -> None:
    assert normalise("the <b> tag", language="en", has_html=False).text == "the b  tag"


def test_the_target_of_a_link_belongs_to_its_last_word() -> None:
    written = "See [the docs](https://example.com/docs?x=1) for more."
    said = normalise(written, language="en")
    at = said.text.index
    assert written[slice(*said.written_range(at("the"), at("the") + 3))] == "the"
    assert written[slice(*said.written_range(at("docs"), at("docs") + 4))] == "docs](https://example.com/docs?x=1)"
    assert written[slice(*said.written_range(at("for"), at("for") + 3))] == "for"


FRAGMENTS = st.sampled_from(
    ["[", "]", "(", ")", "![", "](", "https://a.b/c", "[^1]", "]: ", "`", "```", "\n", "\n\n", "# ", "> ", "- [x] ", "|", "|---|", "\\", "*",
     "==", "<b>", "</b>", "<br>", "<p>", "<!--", "-->", "<img alt='a cat'>", "&amp;", "&nbsp;", "&#39;", "&", "<", ">", "word", " ", "5", "é", "请"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=20).map("".join))
def test_every_written_word_of_a_formatted_text_is_tied_to_something_spoken(text: str) -> None:
    spoken = normalise(text, language="en")
    assert spoken.written == text
    assert_nothing_is_lost(spoken)
    assert len(mask_formatting(text)) == len(text)


def test_a_long_text_is_not_cut_inside_a_link_or_tag() -> None:
    link, tag = '[the page](https://example.com/a "A title. Here it is")', '<a href="x" title="One. Two">it</a><br>'
    parts = cut_into_parts(f"Read {link} now and again. Or {tag}" * 30, longest=200)
    assert len(parts) > 5
    assert all(part.count("](") == part.count('")') and part.count("<a ") == part.count("</a>") for part in parts)
