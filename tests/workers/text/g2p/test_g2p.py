"""Phonemes of the languages other than English, and the written word behind each group."""

import importlib
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from workers.contract.errors import WorkError
from workers.text.g2p import espeak
from workers.text.g2p.base import G2P, PhonemeWord, join_phonemes
from workers.text.g2p.chinese import ChineseG2P, own_cache_folder
from workers.text.g2p.espeak import EspeakG2P, EspeakProgram, espeak_files, share_groups
from workers.text.g2p.japanese import JapaneseG2P

EXAMPLES = [
    (lambda: EspeakG2P.for_kokoro("es"), "El panadero abre, ¿no?", "el pˌanaðˈeɾo ˈaβɾe, nˈo?"),
    (lambda: EspeakG2P.for_kokoro("fr"), "Mais les enfants n'aiment pas l'été…", "mɛ lez ɑ̃fˈɑ̃ nˈɛm pa letˈe…"),
    (lambda: EspeakG2P.for_kokoro("fr"), "Un weekend.", "œ̃ wiːkˈɛnd."),  # read as English, without eSpeak's marks (en) and (fr)
    (lambda: EspeakG2P.for_kokoro("it"), "La pioggia è caduta.", "la pjˈɔʤːa e kadˈuta."),
    (lambda: EspeakG2P.for_kokoro("pt"), "Nada se perde; é verdade?", "nˈadæ sy pˈɛɾəʤy; ɛ vˌeɾədˈaʤy?"),
    (lambda: EspeakG2P.for_kokoro("hi"), "नमस्ते, आप कैसे हैं?", "nəmˈʌsteː, ˌaːp kˈɛːseː hɛ̃?"),
    (ChineseG2P, "你好，世界！", "ni↓xau↓, ʂɨ↘ʨje↘!"),
    (JapaneseG2P, "こんにちは、世界。", "koɲɲiʨiβa, sekai."),
    (JapaneseG2P, "四月二十日九時四分、二人。", "ɕiɡaʦɨ haʦɨka kɯʥi joɴ pɯɴ, ɸɯtaɾʲi."),  # counters are read with the number before them
]


@pytest.mark.parametrize(("make", "text", "phonemes"), EXAMPLES)
def test_a_sentence_becomes_the_phonemes_that_kokoro_learned(make: type[G2P], text: str, phonemes: str) -> None:
    assert join_phonemes(make()(text)).phonemes == phonemes


@pytest.mark.parametrize(("make", "text"), [(make, text) for make, text, _ in EXAMPLES])
def test_the_words_cover_the_text_in_order(make: type[G2P], text: str) -> None:
    words = make()(text)
    assert [word.start for word in words] == sorted(word.start for word in words)
    covered = {index for word in words for index in range(word.start, word.end)}
    assert all(index in covered for index, character in enumerate(text) if character.isalnum())


@settings(max_examples=examples(30), deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_phonemised_or_empty(text: str) -> None:
    for word in EspeakG2P.for_kokoro("es")(text):
        assert 0 <= word.start < word.end <= len(text)


@settings(max_examples=examples(60), deadline=None)
@given(st.text(st.sampled_from("今日はカ好世界 abZ1２、。!🎉\u0301ｗ"), max_size=20))
def test_any_mixed_text_is_phonemised_in_place(text: str) -> None:
    for g2p in (JapaneseG2P(), ChineseG2P()):
        for word in g2p(text):
            assert 0 <= word.start <= word.end <= len(text)


def test_latin_words_in_japanese_keep_their_places() -> None:
    text = "今日は Hello 世界、AIです。"
    words = [text[word.start : word.end] for word in JapaneseG2P()(text) if word.phonemes and not word.is_mark]
    assert words == ["今日", "は", "Hello", "世界", "AI", "です"]


def test_spelled_letters_are_stressed_and_words_of_one_letter_are_not() -> None:
    spoken = [word.phonemes for word in EspeakG2P.for_kokoro("es")("Va a N A S A")]
    assert spoken == ["bˈa", "a", "ˈɛne", "ˈa", "ˈɛse", "ˈa"]


def test_merged_words_share_their_phonemes_by_length() -> None:
    assert share_groups(["aaa", "bb"], [3, 1, 1]) == ["aaa", "bb", ""]
    assert share_groups(["a", "b", "c"], [1, 2]) == ["a", "b c"]


def test_places_in_the_joined_string_are_those_of_its_words() -> None:
    words = [PhonemeWord("ab", 0, 2), PhonemeWord(",", 2, 3, is_mark=True), PhonemeWord("", 4, 5), PhonemeWord("c", 6, 7)]
    joined = join_phonemes(words)
    assert joined.phonemes == "ab, c"
    assert [joined.phonemes[word.first : word.end] for word in joined.words] == ["ab", "c"]
    assert [(word.start_character, word.end_character) for word in joined.words] == [(0, 2), (6, 7)]


def test_a_phonemiser_that_died_is_started_again() -> None:
    program = EspeakProgram()
    assert program.phonemise(["sol"], language="es") == ["sˈol"]
    assert program._process is not None
    program._process.kill()
    program._process.wait()
    assert program.phonemise(["sol"], language="es") == ["sˈol"]
    program.close()


def test_espeak_speaks_from_a_folder_deeper_than_its_own_path_buffer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library, data = espeak_files()
    deep = tmp_path / ("Téléchargements – " * 8) / "d'été"
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(data)
    monkeypatch.setattr(espeak, "espeak_files", lambda: (library, str(deep / "espeak-ng-data")))
    program = EspeakProgram()
    assert program.phonemise(["sol"], language="es") == ["sˈol"]
    program.close()


def test_espeak_without_the_asked_voice_is_an_obstacle_with_its_name() -> None:
    assert espeak.find_espeak_obstacle("es") == ""
    assert espeak.find_espeak_obstacle("xx") == "eSpeak NG has no voice for 'xx' here"


def test_chinese_word_cache_is_in_a_folder_private_to_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("TTSAI_HOME", raising=False)
    folder = Path(own_cache_folder() or "")
    assert (folder.parent, folder.stat().st_mode & 0o777) == (tmp_path, 0o700)
    assert own_cache_folder() == str(folder)
    folder.chmod(0o777)  # as somebody else may have made it
    other = Path(own_cache_folder() or "")
    assert other not in {folder, Path()}
    assert other.stat().st_mode & 0o777 == 0o700


def test_chinese_word_cache_of_a_platform_is_below_its_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_HOME", str(tmp_path / "home"))
    folder = Path(own_cache_folder() or "")
    assert (folder, folder.stat().st_mode & 0o777) == (tmp_path / "home" / "tmp" / "jieba", 0o700)


def test_espeak_is_never_loaded_into_the_worker_itself() -> None:
    EspeakG2P.for_kokoro("it")("ciao")
    assert "espeakng_loader" not in sys.modules
    assert "espeak" not in Path("/proc/self/maps").read_text()


def test_a_missing_library_says_which_package_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(WorkError, match="jieba") as refused:
        importlib.import_module("workers.text.g2p.chinese").ChineseG2P()
    assert refused.value.code == "engine_unavailable"
