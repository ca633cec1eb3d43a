"""Translation by a server: one request per batch, or one per text if the model does not keep to the format."""

import json

import pytest

from tests.workers.chat_http import ChatHTTP, says
from workers.contract.engines import Directions
from workers.contract.errors import WorkError
from workers.engines.openai_translate import OpenAITranslate
from workers.text.cldr import LANGUAGE_NAMES

TEXTS = ["Hello.", "1999", "Call https://example.com now."]


def engine(server: ChatHTTP, **changes: str) -> OpenAITranslate:
    return OpenAITranslate({"TTSAI_TRANSLATE_URL": server.url, "TTSAI_TRANSLATE_MODEL": "m", **changes})


@pytest.mark.parametrize("form", ["{}", "```json\n{}\n```", "<think>short</think>{}"])
def test_a_batch_is_one_request_and_what_has_no_letter_is_not_sent(chat_server: ChatHTTP, form: str) -> None:
    chat_server.script = [says(form.format(json.dumps(["Hola.", "Llama a https://example.com ya."])))]
    assert engine(chat_server).translate(TEXTS, source="en", target="es") == ["Hola.", "1999", "Llama a https://example.com ya."]
    (request,) = chat_server.requests
    assert json.loads(request.body["messages"][1]["content"]) == [TEXTS[0], TEXTS[2]]
    assert request.body["temperature"] == 0.0


@pytest.mark.parametrize("answer", ["Hola. Llama ya.", '["Hola."]', '["Hola.", 1]', '["Hola.", ""]', '{"a": 1}', "[" * 100_000])
def test_chat_model_that_breaks_the_format_is_asked_text_by_text(chat_server: ChatHTTP, answer: str) -> None:
    chat_server.script = [says(answer), says("Hola."), says("Llama ya.")]
    assert engine(chat_server).translate(TEXTS, source="en", target="es") == ["Hola.", "1999", "Llama ya."]
    assert [request.body["messages"][1]["content"] for request in chat_server.requests[1:]] == [TEXTS[0], TEXTS[2]]


def test_single_text_is_sent_unchanged(chat_server: ChatHTTP) -> None:
    chat_server.script = [says("Hola.")]
    assert engine(chat_server).translate(["Hello."], source="en", target="es") == ["Hola."]
    prompt, text = (message["content"] for message in chat_server.requests[0].body["messages"])
    assert "from English into Spanish" in prompt
    assert text == "Hello."


def test_texts_without_letters_send_no_request(chat_server: ChatHTTP) -> None:
    assert engine(chat_server).translate(["", "12"], source="en", target="es") == ["", "12"]
    assert chat_server.requests == []


def test_an_empty_translation_is_a_failure(chat_server: ChatHTTP) -> None:
    chat_server.script = [says(" ")]
    with pytest.raises(WorkError, match="empty answer") as caught:
        engine(chat_server).translate(["Hello."], source="en", target="es")
    assert caught.value.code == "engine_unavailable"


def test_every_language_with_a_name_is_offered_unless_the_operator_says_which(chat_server: ChatHTTP) -> None:
    assert engine(chat_server).spec.directions == (Directions("*", tuple(sorted(LANGUAGE_NAMES))),)
    few = engine(chat_server, TTSAI_TRANSLATE_LANGUAGES=" de, EN ,").spec
    assert (few.languages, few.targets_from("de"), few.targets_from("fr")) == (("de", "en"), ("en",), ())


def test_engine_version_changes_with_the_model(chat_server: ChatHTTP) -> None:
    assert engine(chat_server).spec.version != engine(chat_server, TTSAI_TRANSLATE_MODEL="n").spec.version


def test_missing_settings_are_named_as_the_obstacle() -> None:
    assert "TTSAI_TRANSLATE_URL" in OpenAITranslate({}).find_obstacle()
    wrong = {"TTSAI_TRANSLATE_URL": "http://a/v1", "TTSAI_TRANSLATE_MODEL": "m", "TTSAI_TRANSLATE_LANGUAGES": "en,klingon"}
    assert OpenAITranslate(wrong).find_obstacle() == "TTSAI_TRANSLATE_LANGUAGES names 'klingon', which is no language known here."
