"""Invalid say-as content is refused before anything is queued, with its position."""

from collections.abc import Callable

import pytest

from apps.catalog.selectors import find_listed_model
from apps.jobs.models import Job
from apps.speech.text_preparation import check_say_as, parse_text
from tests.factories_jobs import announce
from tests.growth import assert_linear
from tests.speech.people import Person, person
from workers.engines.kokoro import KokoroEngine
from workers.text.voice_choice import TextVoice

WRONG = [
    ('interpret-as="date">hello', "not a date: 'hello'"),
    ('interpret-as="date">31/13/2026', "not a date"),
    ('interpret-as="date" format="first">2026-04-26', "format of <say-as> must be one of"),
    ('interpret-as="time">25:99', "no such time"),
    ('interpret-as="time" format="mdy">14:30', "must be hms12 or hms24"),
    ('interpret-as="currency">twelve', "not a sum of money"),
    ('interpret-as="currency">$', "not a sum of money"),
    ('interpret-as="currency">12', "write the currency as a sign"),
    ('interpret-as="telephone">call me', "not a telephone number"),
    ('interpret-as="cardinal">many', "not a number"),
    ('interpret-as="ordinal">0', "no ordinal of zero"),
    ('interpret-as="address">Elm Street', "interpret-as of <say-as> must be one of"),
    ('interpret-as="spell-out">🎉', "nothing to spell"),
]


@pytest.fixture(autouse=True)
def _kokoro(_platform: None) -> None:
    """Kokoro with all its voices and languages."""
    announce(KokoroEngine().spec)


@pytest.mark.parametrize(("element", "reason"), WRONG)
def test_a_say_as_of_the_wrong_kind_is_refused_with_its_place(owner: Person, element: str, reason: str) -> None:
    answer = owner.say(text=f"Good day.\nIt is <say-as {element}</say-as>.")
    body = answer.json()
    assert (answer.status_code, body["error"]["code"], body["error"]["param"], body["line"]) == (400, "invalid_markup", "text", 2)
    assert reason in body["error"]["message"]
    assert f"(line 2, column {body['column']})" in body["error"]["message"]
    assert not Job.objects.exists()


def test_the_column_is_that_of_the_element(owner: Person) -> None:
    body = owner.say(text='On <say-as interpret-as="date">hello</say-as>.').json()
    assert (body["line"], body["column"]) == (1, 4)


@pytest.mark.parametrize("kind", ["characters", "digits", "phone", "number", "money"])
def test_the_other_names_of_the_kinds_are_taken(owner: Person, kind: str) -> None:
    content = "$555" if kind == "money" else "555"
    assert owner.say(text=f'<say-as interpret-as="{kind}">{content}</say-as>').status_code == 200


@pytest.mark.parametrize(
    ("options", "status"),
    [({"language": "es"}, 200), ({"voice": "ef_dora"}, 200), ({"language": "en"}, 400), ({"voice": "af_bella"}, 400), ({}, 200)],
)
def test_the_language_of_the_voice_or_the_request_decides(owner: Person, options: dict[str, str], status: int) -> None:
    """Requests without either: the worker detects the language first, so that one supported language is enough."""
    assert owner.say(text='<say-as interpret-as="date">31 de diciembre de 1999</say-as>', **options).status_code == status


def test_the_language_of_an_element_decides_before_the_request_s(owner: Person) -> None:
    spanish = '<lang xml:lang="es"><say-as interpret-as="date">31 de diciembre</say-as></lang>'
    assert owner.say(text=spanish, language="en").status_code == 200
    named = '<voice name="ef_dora"><say-as interpret-as="date">December 31</say-as></voice>'
    assert owner.say(text=named, language="en").status_code == 400


def test_a_british_voice_reads_the_day_first(owner: Person) -> None:
    text = '<say-as interpret-as="date">25/12/2026</say-as>'
    assert owner.say(text=text, voice="bm_george").status_code == 200


def test_openai_route_refuses_invalid_say_as_markup(owner: Person) -> None:
    body = {"model": "kokoro", "voice": "af_bella", "input": '<say-as interpret-as="date">hello</say-as>'}
    answer = owner.post("/v1/audio/speech", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_markup")
    assert answer.json()["error"]["param"] == "input"


HOSTILE = {
    "right": '<say-as interpret-as="date">2026-04-26</say-as> ',
    "right in the last language that is tried": '<say-as interpret-as="date">26 अप्रैल</say-as> <say-as interpret-as="date">April 26</say-as> ',
    "long": f'<say-as interpret-as="spell-out">{"a" * 480}</say-as> ',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_thousands_of_elements_take_linear_time(name: str) -> None:
    engine = find_listed_model("kokoro")
    speaker = TextVoice(engine.voice_refs[0], engine.voice_refs[0], "en-us", is_detected=True, is_chosen_by_text=True)

    def prepare(count: int) -> Callable[[], object]:
        document = parse_text(HOSTILE[name] * count, param="text")
        return lambda: check_say_as(document, engine=engine, speaker=speaker, voices={}, param="text")

    assert_linear(prepare, size=1000)


def test_a_text_that_is_too_long_is_refused_before_its_elements_are_read(_kokoro: None) -> None:
    free = person(max_characters=500)
    answer = free.say(text='<say-as interpret-as="date">hello</say-as> ' * 200)
    assert answer.json()["error"]["code"] == "text_too_long"
