"""Responders: server, offline notice, and the local language model if it is installed."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.chat_http import ChatHTTP, says
from workers.contract.errors import WorkError
from workers.contract.transcription import Turn
from workers.engines.local_chat import CONTEXT_TOKENS, LocalChat
from workers.engines.offline_chat import NOTICES, OfflineChat
from workers.engines.openai_chat import SYSTEM_PROMPT, OpenAIChat
from workers.engines.silence import SilenceEngine
from workers.protocols.responder import as_responder
from workers.weights.store import WeightStore

HELLO = (Turn("user", "Hello"),)


def server_engine(server: ChatHTTP) -> OpenAIChat:
    return OpenAIChat({"TTSAI_CHAT_URL": server.url, "TTSAI_CHAT_MODEL": "m"})


def test_a_request_without_a_prompt_gets_the_default_system_prompt(chat_server: ChatHTTP) -> None:
    assert server_engine(chat_server).reply(HELLO, system_prompt="", language="en") == "Fine."
    assert chat_server.requests[0].body["messages"] == [{"role": "system", "content": SYSTEM_PROMPT}, {"role": "user", "content": "Hello"}]


def test_an_answer_of_any_length_is_bounded(chat_server: ChatHTTP) -> None:
    chat_server.script = [says("A sentence. " * 1000)]
    reply = server_engine(chat_server).reply(HELLO, system_prompt="", language="en")
    assert 3900 < len(reply) <= 4000
    assert reply.endswith("sentence.")


def test_an_answer_that_ran_into_its_limit_ends_with_a_whole_sentence(chat_server: ChatHTTP) -> None:
    chat_server.script = [says("First this. Then th", finish_reason="length")]
    assert server_engine(chat_server).reply(HELLO, system_prompt="", language="en") == "First this."


def test_chat_engine_without_a_configured_server_is_absent() -> None:
    engine = OpenAIChat({})
    assert engine.find_obstacle() == "Set TTSAI_CHAT_URL and TTSAI_CHAT_MODEL to an OpenAI-compatible server to use it."
    with pytest.raises(WorkError, match="TTSAI_CHAT_URL"):
        engine.reply(HELLO, system_prompt="", language="en")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("What time is it?", "en", "en"),
        ("What is 17 plus 25?", "en", "en"),
        ("¿Qué hora es?", "es", "es"),
        ("Wie spät ist es bitte?", "", "de"),
        ("Hello my friend", "ja", "en"),
        ("", "", "en"),
    ],
)
def test_the_offline_responder_answers_with_a_free_notice_in_the_users_language(text: str, language: str, expected: str) -> None:
    engine = OfflineChat()
    reply = engine.reply((Turn("assistant", "Yes?"), Turn("user", text)), system_prompt="Be a pirate.", language=language)
    assert reply == NOTICES[expected]
    assert engine.is_notice(reply)
    assert engine.find_obstacle() == ""


def test_the_answer_of_a_language_model_is_never_a_notice() -> None:
    assert not OpenAIChat({}).is_notice(NOTICES["en"])


def test_as_responder_refuses_other_engines() -> None:
    with pytest.raises(WorkError, match="Silence is not a responder"):
        as_responder(SilenceEngine())


def test_configured_language_model_must_exist() -> None:
    obstacle = LocalChat({"TTSAI_CHAT_GGUF": "/nowhere/model.gguf"}).find_obstacle()
    assert "requirements/chat.txt" in obstacle or obstacle == "TTSAI_CHAT_GGUF names /nowhere/model.gguf, which does not exist."


@pytest.fixture(scope="module")
def local() -> Iterator[LocalChat]:
    if importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("llama.cpp is not installed: pip install -r requirements/chat.txt")
    if not WeightStore.default().is_complete("smollm2"):
        pytest.skip("its weights are not here: ttsai models pull smollm2")
    engine = LocalChat({})
    assert engine.find_obstacle() == ""
    engine.load()
    yield engine
    engine.unload()


def test_the_model_of_this_machine_answers_and_the_same_the_next_time(local: LocalChat) -> None:
    question = (Turn("user", "Who wrote Hamlet?"),)
    reply = local.reply(question, system_prompt="", language="en")
    assert "Shakespeare" in reply
    assert local.reply(question, system_prompt="", language="en") == reply


def test_old_turns_are_forgotten_and_one_that_never_fits_is_refused(local: LocalChat) -> None:
    old = tuple(Turn(("user", "assistant")[number % 2], "I like to walk in the forest. " * 40) for number in range(20))
    assert local.reply((*old, Turn("user", "Who wrote Hamlet?")), system_prompt="", language="en")
    with pytest.raises(WorkError, match="too long for the language model") as caught:
        local.reply((Turn("user", "word " * 2 * CONTEXT_TOKENS),), system_prompt="", language="en")
    assert caught.value.code == "invalid_text"


def test_a_file_that_is_no_model_is_a_clear_error(tmp_path: Path) -> None:
    if importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("llama.cpp is not installed: pip install -r requirements/chat.txt")
    damaged = tmp_path / "model.gguf"
    damaged.write_bytes(b"GGUF no")
    engine = LocalChat({"TTSAI_CHAT_GGUF": str(damaged)})
    with pytest.raises(WorkError, match=r"model\.gguf cannot be read"):
        engine.load()
