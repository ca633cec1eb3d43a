"""Items of a realtime conversation: order, bounds, truncation, and the history that a responder is sent."""

from typing import Any

import pytest

from apps.compat.realtime import conversation as module
from apps.compat.realtime.conversation import Conversation, Item, SpokenWord, history_of, read_item
from apps.compat.realtime.errors import EventError
from apps.compat.realtime.spoken_text import SpokenText
from workers.contract.transcription import Turn


def message(item_id: str, text: str, *, role: str = "user") -> Item:
    return Item(item_id, role=role, text=text)


def ids_of(conversation: Conversation) -> list[str]:
    return [item.id for item in conversation]


def test_conversation_places_items_after_the_named_one_or_at_the_root() -> None:
    conversation = Conversation()
    assert conversation.add(message("a", "one")) is None
    assert conversation.add(message("b", "two")) == "a"
    assert conversation.add(message("c", "three"), after="a") == "a"
    assert conversation.add(message("d", "four"), after="root") is None
    assert ids_of(conversation) == ["d", "a", "c", "b"]
    conversation.remove(conversation.get("a", action="delete"))
    assert ids_of(conversation) == ["d", "c", "b"]
    assert conversation.last_id == "b"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda conversation: conversation.add(message("a", "again")), "item_create_duplicate_item_id"),
        (lambda conversation: conversation.add(message("b", "x"), after="zz"), "item_create_invalid_previous_item_id"),
        (lambda conversation: conversation.get("zz", action="retrieve"), "item_retrieve_invalid_item_id"),
        (lambda conversation: conversation.get("zz", action="delete"), "item_delete_invalid_item_id"),
    ],
)
def test_conversation_refuses_items_that_exist_or_do_not(call: Any, code: str) -> None:
    conversation = Conversation()
    conversation.add(message("a", "one"))
    with pytest.raises(EventError) as refused:
        call(conversation)
    assert refused.value.code == code
    assert ids_of(conversation) == ["a"]


def test_conversation_forgets_its_oldest_items_beyond_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ITEMS", 3)
    conversation = Conversation()
    for name in "abcde":
        conversation.add(message(name, "hello"))
    assert ids_of(conversation) == ["c", "d", "e"]
    monkeypatch.setattr(module, "MOST_STORED_CHARACTERS", 12)
    conversation.add(message("f", "hello"))
    assert ids_of(conversation) == ["e", "f"]


def test_history_joins_turns_of_one_role_and_keeps_the_latest_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [
        message("a", "You are polite.", role="system"),
        message("b", "Hello."),
        message("c", "Hi.", role="assistant"),
        message("d", " "),
    ]
    items += [Item("e", type="function_call_output", call={"output": "7"}), message("f", "Bye.")]
    assert history_of(items) == (Turn("user", "You are polite.\nHello."), Turn("assistant", "Hi."), Turn("user", "Bye."))
    monkeypatch.setattr(module, "MOST_CHARACTERS", 8)
    assert history_of(items) == (Turn("assistant", "Hi."), Turn("user", "Bye."))


def test_truncated_answer_keeps_the_words_that_were_heard() -> None:
    item = Item("a", role="assistant", text="One two three.", is_audio=True, audio_ms=900)
    item.words = [SpokenWord("One", 300), SpokenWord(" two", 600), SpokenWord(" three.", 900)]
    item.truncate(audio_end_ms=650)
    assert (item.text, item.audio_ms) == ("One two", 650)
    item.truncate(audio_end_ms=0)
    assert item.text == ""


def test_spoken_text_follows_the_words_with_their_punctuation() -> None:
    text = SpokenText("Well, it costs $5 today. Yes!")
    first = text.advance([{"word": "Well", "end": 0.2}, {"word": "it", "end": 0.4}, {"word": "costs", "end": 0.6}])
    assert first == "Well, it costs"
    assert text.advance([{"word": "five dollars", "end": 0.9}, {"word": "today", "end": 1.2}]) == " $5 today."
    assert text.spoken == "Well, it costs $5 today."
    assert text.finish(end_ms=1500) == " Yes!"
    assert [word.end_ms for word in text.words] == [200, 400, 600, 1200, 1500]
    assert text.finish(end_ms=1500) == ""


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"type": "song"}, "item.type"),
        ({"role": "boss", "content": []}, "item.role"),
        ({"role": "user"}, "item.content"),
        ({"role": "user", "content": []}, "item.content"),
        ({"role": "user", "content": ["hello"]}, "item.content"),
        ({"role": "user", "content": [{"type": "input_text", "text": 7}]}, "item.content[0].text"),
        ({"role": "user", "content": [{"type": "input_text", "text": "x" * 16_001}]}, "item.content[0].text"),
        ({"role": "user", "content": [{"type": "input_image", "image_url": "data:"}]}, "item.content[0].type"),
        ({"role": "assistant", "content": [{"type": "input_audio", "audio": "AAA="}]}, "item.content[0].type"),
        ({"role": "user", "content": [{"type": "input_audio", "audio": "%%"}]}, "audio"),
        ({"id": 7, "role": "user", "content": []}, "item.id"),
        ({"type": "function_call_output", "call_id": "c", "output": 7}, "item.output"),
    ],
)
def test_invalid_item_is_refused_by_its_parameter(given: dict[str, Any], param: str) -> None:
    with pytest.raises(EventError) as refused:
        read_item(given, input_format="audio/pcm")
    assert refused.value.param == param


def test_item_with_recorded_audio_keeps_it_until_it_is_transcribed() -> None:
    item = read_item({"role": "user", "content": [{"type": "input_audio", "audio": "AAABAA=="}]}, input_format="audio/pcm")
    assert item.recording is not None
    assert (item.recording.pcm, item.recording.sample_rate) == (b"\0\0\1\0", 24_000)
    assert item.shape(is_beta=False)["content"] == [{"type": "input_audio", "transcript": None}]
