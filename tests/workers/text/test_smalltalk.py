"""Small talk without a language model: short, correct, in the user's language, always with the notice."""

from datetime import UTC, datetime

import pytest

from workers.text.smalltalk import answer_smalltalk
from workers.text.smalltalk_phrases import PHRASES

NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)


def answer(text: str, language: str = "") -> str:
    """Answer without its notice, which must be at its end."""
    found = answer_smalltalk(text, language=language, now=NOW)
    notice = PHRASES[found.language].notice
    assert found.text.endswith(notice)
    return found.text.removesuffix(notice).strip()


@pytest.mark.parametrize(
    ("language", "text", "reply"),
    [
        ("en", "Hello there!", "Hello."),
        ("en", "Thank you, goodbye.", "You are welcome."),
        ("en", "What time is it?", "It is 14:05 on this server (UTC)."),
        ("en", "What's the date?", "Today is Sunday, March 1, 2026."),
        ("es", "¡Hola!", "Hola."),
        ("es", "¿Qué hora es?", "En este servidor son las 14:05 (UTC)."),
        ("es", "que dia es hoy", "Hoy es domingo, 1 de marzo de 2026."),
        ("fr", "Bonjour !", "Bonjour."),
        ("fr", "Quelle heure est-il ?", "Sur ce serveur, il est 14:05 (UTC)."),
        ("fr", "Quel jour sommes-nous ?", "Nous sommes le dimanche 1 mars 2026."),
        ("de", "Guten Tag", "Hallo."),
        ("de", "Wie spät ist es?", "Auf diesem Server ist es 14:05 Uhr (UTC)."),
        ("de", "Welchen Tag haben wir?", "Heute ist Sonntag, der 1. März 2026."),
        ("it", "Ciao!", "Ciao."),
        ("it", "Che ore sono?", "Su questo server sono le 14:05 (UTC)."),
        ("it", "Che giorno è oggi?", "Oggi è domenica 1 marzo 2026."),
        ("pt", "Olá", "Olá."),
        ("pt", "Que horas são?", "Neste servidor são 14:05 (UTC)."),
        ("pt", "Que dia é hoje?", "Hoje é domingo, 1 de março de 2026."),
    ],
)
def test_greetings_the_time_and_the_date(language: str, text: str, reply: str) -> None:
    assert answer(text, language) == reply


@pytest.mark.parametrize(
    ("language", "text", "reply"),
    [
        ("en", "What is 17 plus 25?", "17 plus 25 is 42."),
        ("en", "what's two times seven", "2 times 7 is 14."),
        ("en", "1,000 minus 0.5", "1000 minus 0.5 is 999.5."),
        ("en", "10 divided by 3", "10 divided by 3 is 3.333333."),
        ("en", "7 / 2", "7 divided by 2 is 3.5."),
        ("en", "Hello. What is 90-30?", "90 minus 30 is 60."),  # as whisper writes it
        ("en", "What's 17+25?", "17 plus 25 is 42."),
        ("en", "6×7", "6 times 7 is 42."),
        ("es", "¿Cuánto es 6 por 7?", "6 por 7 es 42."),
        ("fr", "Combien font deux plus deux ?", "2 plus 2 font 4."),
        ("de", "12,5 geteilt durch 2", "12,5 geteilt durch 2 ist 6,25."),
        ("de", "1.000 + 5", "1000 plus 5 ist 1005."),
        ("it", "Quanto fa -3 più 10?", "-3 più 10 fa 7."),
        ("pt", "Quanto são 9 menos 4?", "9 menos 4 são 5."),
    ],
)
def test_a_sum_gets_its_result(language: str, text: str, reply: str) -> None:
    assert answer(text, language) == reply


@pytest.mark.parametrize(
    "text", ["1 / 0", "999999999999999 * 999999999999999", "Meet me on 2026-11-21 at 5:30.", "Tell me a story.", "", "今日は"]
)
def test_unknown_messages_are_not_answered(text: str) -> None:
    assert answer(text, "en") == ""


def test_the_text_tells_the_language_where_nobody_does() -> None:
    assert answer_smalltalk("Wie spät ist es bitte?", language="", now=NOW).language == "de"
    assert answer_smalltalk("Hello my friend", language="ja", now=NOW).language == "en"


def test_smalltalk_says_whether_it_understood() -> None:
    assert answer_smalltalk("Hello", language="en", now=NOW).is_understood
    assert not answer_smalltalk("Why?", language="en", now=NOW).is_understood


def test_every_language_has_seven_days_and_four_operations() -> None:
    for phrases in PHRASES.values():
        assert len(phrases.weekdays) == 7
        assert set(phrases.operations) == set("+-*/")
