"""Cutting a document into parts."""

from workers.text.markup.cut import cut_document
from workers.text.markup.parse import parse_markup
from workers.text.markup.parts import cut_into_parts


def parts(text: str, *, longest: int) -> list[list[str]]:
    return [
        [segment.text or f"({segment.break_seconds:g} s)" for segment in part] for part in cut_document(parse_markup(text), longest=longest)
    ]


def test_a_plain_text_is_cut_as_without_markup() -> None:
    text = "One two three. Four five six seven. " * 40
    cut = cut_document(parse_markup(text), longest=100)
    assert [part[0].text for part in cut] == cut_into_parts(text, longest=100)
    assert [part[0].start for part in cut][:2] == [0, len(cut[0][0].text)]
    assert all(len(part) == 1 for part in cut)


def test_a_short_document_is_one_part() -> None:
    document = parse_markup("<s>One.</s> <s>Two.</s>")
    assert cut_document(document) == [document.segments]


def test_the_empty_text_has_no_parts() -> None:
    assert cut_document(parse_markup("")) == []
    assert cut_document(parse_markup("<speak/>")) == []


def test_parts_end_where_sentences_end_across_the_tags() -> None:
    text = "Hello there.<emphasis> World is big.</emphasis> Yes it is. And a <emphasis>small</emphasis> thing."
    assert parts(text, longest=16) == [["Hello there."], [" World is big."], [" Yes it is. "], ["And a ", "small", " thing."]]


def test_the_markups_sentences_need_no_full_stop() -> None:
    assert parts("<s>One two three four</s><s>five six seven eight</s><s>nine ten eleven twelve</s>", longest=20) == [
        ["One two three four"],
        ["five six seven eight"],
        ["nine ten eleven twelve"],
    ]


def test_no_part_ends_inside_an_element_that_is_one_thing() -> None:
    text = "Say <sub alias='x'>A. B. C.</sub> now. <say-as interpret-as='spell-out'>U. S. A. x</say-as> is it. The end comes now."
    assert parts(text, longest=18) == [["Say ", "A. B. C.", " now. "], ["U. S. A. x", " is it. "], ["The end comes now."]]


def test_pause_stays_with_the_words_before_it_and_counts_as_text() -> None:
    text = "One two three. <break time='1s'/>Four five six. <break time='2s'/><break time='3s'/> Seven eight nine."
    assert parts(text, longest=40) == [["One two three. ", "(1 s)"], ["Four five six. ", "(2 s)", "(3 s)"], [" Seven eight nine."]]


def test_a_long_sentence_is_cut_at_its_commas() -> None:
    text = "<emphasis>Now</emphasis> alpha beta gamma, delta epsilon zeta, eta theta iota kappa, lambda mu nu xi omicron pi rho"
    assert parts(text, longest=30) == [
        ["Now", " alpha beta gamma, "],
        ["delta epsilon zeta, "],
        ["eta theta iota kappa, "],
        ["lambda mu nu xi omicron pi rho"],
    ]


def test_a_divided_run_ends_its_sentence_in_the_last_piece_only() -> None:
    cut = cut_document(parse_markup("<p>One two three. Four five six</p><p>Seven eight nine.</p>"), longest=17)
    assert [(s.text, s.start, s.ends_sentence, s.ends_paragraph) for part in cut for s in part] == [
        ("One two three. ", 0, False, False),
        ("Four five six", 15, True, True),
        ("Seven eight nine.", 28, True, True),
    ]


def test_parts_of_a_document_with_hardly_a_letter_are_bounded() -> None:
    for text in ("x" + "<break time='0s'/>" * 990, "x" + "<emphasis>.</emphasis> " * 900, "<s>x" + ". " * 20_000 + "</s>"):
        document = parse_markup(text)
        cut = cut_document(document, longest=50)
        assert "".join(segment.text for part in cut for segment in part) == document.written
        assert sum(map(len, cut)) >= len(document.segments)
        assert max(len(part) for part in cut) <= 8 * 50
        assert max(sum(len(segment.text) for segment in part) for part in cut) <= 8 * 50
