"""Rules of cues for any words at any times, and properties of good cues."""

import math
import re
from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.workers.text.subtitles.reading import read_srt, read_vtt
from workers.text.markup.boundaries import Break
from workers.text.subtitles import ShownWord, TimedSpan, columns_for, make_cues, words_of_text, write_srt, write_vtt
from workers.text.subtitles.cues import LONGEST_PAUSE_SECONDS, SENTENCE_ENDS, Cue
from workers.text.subtitles.lines import width

ANY_TIME = st.floats(allow_nan=False, allow_infinity=False, min_value=-10, max_value=1e5)
ANY_TEXT = st.text(min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(bool)


@st.composite
def paced_words(draw: st.DrawFn) -> list[ShownWord]:
    """Words at the pace of speech, with pauses, sentences and perhaps speakers."""
    words, at = [], draw(st.floats(0, 5))
    for _ in range(draw(st.integers(0, 60))):
        text = draw(st.text("abcdefgh", min_size=1, max_size=14))
        break_after = draw(st.sampled_from([Break.WORD] * 6 + [Break.SENTENCE, Break.CLAUSE, Break.COMMA]))
        seconds = draw(st.floats(0.05, 0.9))
        words.append(ShownWord(text, at, at + seconds, break_after, speaker=draw(st.sampled_from(["A", "A", "A", "B"]))))
        at += seconds + draw(st.sampled_from([0, 0, 0, 0.05, 0.4, 1.2, 3.0]))
    return words


@st.composite
def any_words(draw: st.DrawFn) -> list[ShownWord]:
    """Arbitrary words at arbitrary times."""
    word = st.builds(
        ShownWord,
        text=ANY_TEXT | st.text("丁七万丈三上下", min_size=1, max_size=90),
        start=ANY_TIME,
        end=ANY_TIME,
        break_after=st.sampled_from(Break),
        has_space_after=st.booleans(),
        speaker=st.sampled_from(["", "SPEAKER_00", "SPEAKER_01"]),
    )
    return draw(st.lists(word, max_size=40))


def shown(cues: list[Cue]) -> str:
    return re.sub(r"\s", "", "".join(line for cue in cues for line in cue.lines))


def check_rules(cues: list[Cue], *, columns: int) -> None:
    for cue in cues:
        assert 1 <= len(cue.lines) <= 2
        assert all(0 < width(line) <= columns for line in cue.lines)
        assert 0 < cue.end - cue.start <= 7.0005
    for cue, following in pairwise(cues):
        assert cue.end <= following.start


@settings(max_examples=examples(100), deadline=None)
@given(any_words(), st.sampled_from([26, 32, 42]))
def test_any_words_become_cues_that_keep_the_rules(words: list[ShownWord], columns: int) -> None:
    cues = make_cues(words, columns=columns)
    check_rules(cues, columns=columns)
    assert shown(cues) == re.sub(r"\s", "", "".join(word.text for word in words))
    read = read_vtt(write_vtt(cues))
    assert [(cue.start, cue.end, cue.speaker) for cue in read] == [
        (round(1000 * cue.start), round(1000 * cue.end), cue.speaker) for cue in cues
    ]
    assert [tuple(cue.lines) for cue in read] == [cue.lines for cue in cues]
    labelled = make_cues(words, columns=columns, has_labels=True)
    check_rules(labelled, columns=columns)
    assert len(read_srt(write_srt(labelled))) == len(labelled)


def can_stand_together(words: list[ShownWord], *, pause: float) -> bool:
    """True if the words of two neighbours, `pause` apart, could have been one cue."""
    texts = [word.text for word in words]
    fits = any(len(" ".join(texts[:at])) <= 42 and len(" ".join(texts[at:])) <= 42 for at in range(len(texts) + 1))
    return fits and len({word.speaker for word in words}) == 1 and words[-1].end - words[0].start <= 7 and pause <= LONGEST_PAUSE_SECONDS


@settings(max_examples=examples(100), deadline=None)
@given(paced_words())
def test_short_cues_and_lone_words_stand_alone_only_where_they_must(words: list[ShownWord]) -> None:
    cues = make_cues(words, columns=42)
    check_rules(cues, columns=42)
    edges = [0, *accumulate(len(" ".join(cue.lines).split()) for cue in cues)]
    assert edges[-1] == len(words)
    for number, cue in enumerate(cues):
        first, last = edges[number], edges[number + 1]
        assert cue.start == pytest.approx(words[first].start, abs=0.001)
        opens = first == 0 or words[first - 1].break_after in SENTENCE_ENDS or words[first - 1].speaker != words[first].speaker
        is_lone = last - first == 1 and not (opens and words[first].break_after in SENTENCE_ENDS)
        if cue.end - cue.start >= 0.9995 and not is_lone:
            continue
        if number:
            pause = words[first].start - words[first - 1].end
            assert not can_stand_together(words[edges[number - 1] : last], pause=pause)
        if last < len(words):
            pause = words[last].start - words[last - 1].end
            assert not can_stand_together(words[first : edges[number + 2]], pause=pause)


def spoken(text: str, *, seconds_each: float = 0.3) -> list[ShownWord]:
    """Words of a text at an even pace; a stop adds a pause."""
    spans, at = [], 0.0
    for match in re.finditer(r"\S+", text):
        spans.append(TimedSpan(at, at + seconds_each, match.start(), match.end()))
        at += seconds_each + (0.4 if match[0][-1] in ".?!" else 0.0)
    return words_of_text(text, spans)


def lines_of(text: str, *, columns: int = 42) -> list[tuple[str, ...]]:
    return [cue.lines for cue in make_cues(spoken(text), columns=columns)]


def test_cues_end_with_sentences_and_clauses() -> None:
    text = (
        "The committee, which had been meeting since early in the morning, could not agree on whether the new building should be "
        "painted green, blue or perhaps even purple. It was late and everybody wanted to go home."
    )
    assert lines_of(text) == [
        ("The committee, which had been", "meeting since early in the morning,"),
        ("could not agree on whether the new", "building should be painted green,"),
        ("blue or perhaps even purple.",),
        ("It was late and everybody", "wanted to go home."),
    ]


def test_an_abbreviation_ends_no_cue() -> None:
    text = "Yesterday afternoon the whole company listened to Dr. Watson, who spoke of Mr. Holmes and his methods for an hour."
    assert not any(cue[-1].endswith(("Dr.", "Mr.")) or cue[0].endswith(("Dr.", "Mr.")) for cue in lines_of(text))


def test_a_short_sentence_has_its_own_cue_for_a_second() -> None:
    words = [ShownWord("No.", 1.0, 1.2, Break.SENTENCE), ShownWord("Never.", 4.0, 4.4, Break.SENTENCE)]
    assert [(cue.start, cue.end, cue.lines) for cue in make_cues(words, columns=42)] == [
        (1.0, 2.0, ("No.",)),
        (4.0, 5.0, ("Never.",)),
    ]


def test_short_sentences_that_follow_at_once_share_a_cue() -> None:
    words = [ShownWord("No.", 1.0, 1.2, Break.SENTENCE), ShownWord("Never.", 1.3, 1.7, Break.SENTENCE)]
    assert [cue.lines for cue in make_cues(words, columns=42)] == [("No. Never.",)]


def test_a_cue_lingers_until_it_can_be_read_and_never_into_the_next() -> None:
    fast = "Everything that had to be said was said in one breath"
    words = [ShownWord(word, 0.1 * at, 0.1 * at + 0.1) for at, word in enumerate(fast.split())]
    (cue,) = make_cues(words, columns=42)
    assert (cue.start, cue.end) == (0.0, 1.6)
    follower = ShownWord("Then", 1.3, 1.5, speaker="B")
    assert [cue.end for cue in make_cues([*words, follower], columns=42)] == [1.3, 2.3]


def test_a_word_that_lasts_ten_seconds_is_shown_for_seven() -> None:
    assert [(cue.start, cue.end) for cue in make_cues([ShownWord("Goal!", 2.0, 12.0)], columns=42)] == [(2.0, 9.0)]


def test_a_cue_does_not_stand_through_a_long_silence() -> None:
    words = [ShownWord("and", 0.0, 0.3), ShownWord("so", 0.3, 0.6), ShownWord("we", 3.0, 3.2), ShownWord("waited", 3.2, 3.8)]
    assert [cue.lines for cue in make_cues(words, columns=42)] == [("and so",), ("we waited",)]


def test_speakers_have_their_own_cues_and_names_where_they_begin() -> None:
    words = [
        ShownWord("How", 0.0, 0.2, speaker="SPEAKER_00"),
        ShownWord("are you?", 0.2, 0.9, Break.SENTENCE, speaker="SPEAKER_00"),
        ShownWord("Fine.", 1.5, 2.0, Break.SENTENCE, speaker="SPEAKER_01"),
        ShownWord("And you?", 3.5, 4.0, Break.SENTENCE, speaker="SPEAKER_01"),
    ]
    labelled = make_cues(words, columns=42, has_labels=True)
    assert [cue.lines for cue in labelled] == [("SPEAKER_00: How are you?",), ("SPEAKER_01: Fine.",), ("And you?",)]
    assert write_vtt(make_cues(words, columns=42)) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.000\n<v SPEAKER_00>How are you?\n\n"
        "00:00:01.500 --> 00:00:02.500\n<v SPEAKER_01>Fine.\n\n"
        "00:00:03.500 --> 00:00:04.500\n<v SPEAKER_01>And you?\n\n"
    )


def test_markup_in_the_text_is_text() -> None:
    words = [ShownWord("<b>1", 0, 1), ShownWord("&", 1, 2), ShownWord("a-->b", 2, 3)]
    cues = make_cues(words, columns=42)
    assert write_srt(cues) == "1\n00:00:00,000 --> 00:00:03,000\n<b>1 & a->b\n\n"
    assert write_vtt(cues) == "WEBVTT\n\n00:00:00.000 --> 00:00:03.000\n&lt;b&gt;1 &amp; a--&gt;b\n\n"


def test_no_words_are_an_empty_file() -> None:
    assert make_cues([], columns=42) == []
    assert write_srt([]) == ""
    assert write_vtt([]) == "WEBVTT\n\n"


def test_hours_have_as_many_digits_as_they_need() -> None:
    assert write_srt([Cue(3600 * 101 + 61.5, 3600 * 101 + 62.0, ("late",))]).split("\n")[1] == "101:01:01,500 --> 101:01:02,000"


@pytest.mark.parametrize(
    ("language", "text", "columns"),
    [("en-GB", "", 42), ("ja", "", 26), ("zh-cn", "", 32), ("ko", "", 32), ("th", "", 35), ("", "hello", 42), ("", "你好，world", 32)],
)
def test_lines_are_as_wide_as_the_language_has_them(language: str, text: str, columns: int) -> None:
    assert columns_for(language, text) == columns


def test_chinese_breaks_behind_its_own_marks() -> None:
    text = "人工智能正在改变我们的生活方式，从医疗到教育，从交通到娱乐，几乎每个领域都受到了影响。"
    spans = [TimedSpan(0.2 * at, 0.2 * at + 0.2, at, at + 1) for at, character in enumerate(text) if character not in "，。"]
    assert [cue.lines for cue in make_cues(words_of_text(text, spans), columns=columns_for("zh", text))] == [
        ("人工智能正在改变我们的", "生活方式，从医疗到教育，"),
        ("从交通到娱乐，", "几乎每个领域都受到了影响。"),
    ]


def test_running_time_grows_linearly_with_the_words() -> None:
    words = [ShownWord("a" * 9, 0.3 * at, 0.3 * at + 0.2) for at in range(20_000)]
    cues = make_cues(words, columns=42)
    assert math.isclose(cues[-1].start, words[-1].start, abs_tol=7)
