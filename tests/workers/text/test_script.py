"""Segments to utterances: spoken form, voice settings, pause, and written text."""

import pytest

from tests.workers.voices import settled_work, voice_ref
from workers.contract.errors import WorkError
from workers.contract.markup import PronunciationRule, Segment
from workers.contract.messages import SpeakWork
from workers.contract.speech import GivenPhonemes, WordTiming
from workers.engines.kokoro import KokoroEngine
from workers.text.markup.parse import parse_markup
from workers.text.script import Script, write_script

ENGINE = KokoroEngine()


def script(text: str, *, voice: str = "af_bella", language: str = "", **options: object) -> Script:
    work = settled_work(parse_markup(text), engine=ENGINE, voice=voice, language=language, **options)
    return write_script(work, engine=ENGINE)


def said(text: str, **options: object) -> list[str]:
    return [utterance.spoken.text.strip() for utterance in script(text, **options).utterances]  # type: ignore[arg-type]


def test_plain_text_is_normalised_and_cut_into_sentences() -> None:
    assert said("It costs $5. Come at 14:30!") == ["It costs five dollars.", "Come at two thirty PM!"]


def test_say_as_sub_and_pronunciations_are_said_their_own_way() -> None:
    text = 'Call <say-as interpret-as="spell-out">NASA</say-as> about the <sub alias="World Wide Web">WWW</sub> GIF.'
    rules = (PronunciationRule("GIF", "jiff"),)
    assert said(text, pronunciations=rules) == ["Call N A S A about the World Wide Web jiff."]


def test_change_of_prosody_cuts_a_sentence_without_an_audible_pause() -> None:
    utterances = script('I am <prosody rate="slow" volume="+6dB">very</prosody> tired.').utterances
    assert [(u.spoken.text.strip(), u.settings.rate, u.settings.gain_decibels) for u in utterances] == [
        ("I am", 1.0, 0.0),
        ("very", 0.75, 6.0),
        ("tired.", 1.0, 0.0),
    ]
    assert max(utterance.pause_after for utterance in utterances[:2]) <= 0.05


def test_a_pause_takes_the_place_of_the_natural_one() -> None:
    utterances = script('Wait.<break time="2s"/> Go.<break strength="none"/>').utterances
    assert [utterance.pause_after for utterance in utterances] == [2.0, 0.0]
    assert script('<break time="500ms"/>Go.').pause_before == 0.5


def test_paragraphs_pause_longer_than_sentences() -> None:
    sentence, paragraph, _ = script("<speak><p><s>One</s><s>Two</s></p><p>Three</p></speak>").utterances
    assert paragraph.pause_after > sentence.pause_after >= 0.4


def test_text_in_another_language_gets_a_voice_of_that_language() -> None:
    utterances = script('The bakery is called <lang xml:lang="fr">La Belle Époque</lang>.').utterances
    assert [(u.settings.voice.id, u.settings.language) for u in utterances[:2]] == [("af_bella", "en-us"), ("ff_siwis", "fr")]
    (named,) = script('<voice name="im_nicola">Ciao</voice>').utterances
    assert (named.settings.voice.id, named.settings.language) == ("im_nicola", "it")


def test_a_voice_s_own_language_reads_the_numbers() -> None:
    assert said("Son las 14:30.", voice="ef_dora") == ["Son las catorce y treinta."]


def test_given_phonemes_lie_on_their_word() -> None:
    (utterance,) = script('Say <phoneme ph="təˈmɑːtoʊ">tomato</phoneme> now.').utterances
    assert utterance.given_phonemes == (GivenPhonemes(4, 10, "təˈmɑːtoʊ"),)


def test_timings_of_spoken_words_become_timings_of_written_words() -> None:
    text = "It costs $5 now."
    (utterance,) = script(text).utterances
    spoken = utterance.spoken.text
    times = [
        WordTiming(word, i, i + 1, spoken.index(word), spoken.index(word) + len(word)) for i, word in enumerate(spoken.rstrip(".").split())
    ]
    assert [(word.word, word.start, word.end) for word in utterance.written_words(times, text=text)] == [
        ("It", 0, 1),
        ("costs", 1, 2),
        ("$5", 2, 4),
        ("now", 4, 5),
    ]


def timed(text: str, *pieces: str) -> list[str]:
    """Written words of a text that an engine times in these pieces of the spoken form."""
    (utterance,) = script(text).utterances
    times, end = [], 0
    for place, piece in enumerate(pieces):
        start = utterance.spoken.text.index(piece, end)
        end = start + len(piece)
        times.append(WordTiming(piece, place, place + 1, start, end))
    return [word.word for word in utterance.written_words(times, text=text)]


def test_text_without_a_space_is_one_word_though_its_parts_are_timed() -> None:
    assert timed("Use C++ or node.js, please.", "Use", "C", "plus", "plus", "or", "node", "dot", "js", "please") == [
        "Use", "C++", "or", "node.js", "please",
    ]  # fmt: skip


def test_words_that_a_dash_parts_and_characters_of_chinese_stay_apart() -> None:
    assert timed("Yes—no.", "Yes", "no") == ["Yes", "no"]
    assert timed("你好世界", "你好", "世界") == ["你好", "世界"]


def test_formatting_is_not_said_and_a_timed_word_takes_its_formatting_along() -> None:
    assert said("See <b>the</b> [docs](https://example.com/a). Then go.") == ["See the docs.", "Then go."]
    assert timed("See [the docs](https://a.io/b) now.", "See", "the", "docs", "now") == ["See", "the", "docs](https://a.io/b)", "now"]


def test_a_reference_of_ssml_that_spells_a_tag_is_text() -> None:
    assert said("<speak>the &lt;b&gt; tag</speak>") == ["the b  tag"]


def test_a_later_part_counts_from_its_own_beginning() -> None:
    work = SpeakWork("kokoro", voice_ref(ENGINE, "af_bella"), language="en-us", segments=(Segment("Hello.", start=500),))
    (utterance,) = write_script(work, engine=ENGINE).utterances
    assert (utterance.spoken.start, utterance.written_end) == (0, 6)


def test_a_date_that_is_none_is_an_explained_failure() -> None:
    with pytest.raises(WorkError, match="date") as refused:
        script('<say-as interpret-as="date">the thirteenth of Nonuary</say-as>')
    assert refused.value.code == "invalid_text"


def test_date_of_another_language_than_the_detected_one_is_read_as_text() -> None:
    text = 'Rendez-vous le <say-as interpret-as="date">31 December 2026</say-as>.'
    (utterance,) = script(text, voice="ff_siwis", language="fr", is_language_detected=True).utterances
    assert "December" in utterance.spoken.text
    assert utterance.spoken.written == "Rendez-vous le 31 December 2026."
    with pytest.raises(WorkError):
        script(text, voice="ff_siwis", language="fr")


def test_a_text_without_words_is_an_empty_script() -> None:
    assert script("*** --- ***").utterances == ()


def test_a_british_voice_reads_dates_the_british_way() -> None:
    assert said("On 1/2/2026.", voice="bm_george") == ["On the first of February, twenty twenty-six."]


def test_an_element_knows_the_word_in_front_of_it() -> None:
    german = script('Am <say-as interpret-as="date">1.5.2026</say-as>.', language="de").utterances
    assert german[0].spoken.text.startswith("Am ersten Mai")
