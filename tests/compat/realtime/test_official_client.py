"""The official client's realtime connections, GA and beta, against the running shell."""

import numpy as np
import openai
import pytest

from apps.billing.models import EntryKind, LedgerEntry
from apps.jobs.models import Job
from tests.compat.realtime.talking import (
    ANSWER,
    QUESTION,
    SPOKEN,
    Talker,
    audio_of,
    encoded_blocks,
    events_until,
    one_event,
    spoken_question,
    talking,
    types_of,
)
from tests.flows.following import wait_until
from tests.speech.people import Person

pytestmark = pytest.mark.filterwarnings("ignore:connect\\(\\) must be used:DeprecationWarning")  # the package's own use of websockets

MODEL = "gpt-realtime"


def test_text_conversation_is_answered_in_writing_with_its_history(client: openai.OpenAI, owner: Person) -> None:
    with talking() as talker, client.realtime.connect(model=MODEL) as connection:
        created = events_until(connection, "conversation.created")
        assert [event.type for event in created] == ["session.created", "conversation.created"]
        assert created[0].session.audio.output.voice == "alloy"
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"], "instructions": "Be brief."})
        assert events_until(connection, "session.updated")[-1].session.output_modalities == ["text"]
        for text in ("Hello.", "And now?"):
            content = [{"type": "input_text", "text": text}]
            connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
            assert [event.type for event in events_until(connection, "conversation.item.done")] == [
                "conversation.item.added",
                "conversation.item.done",
            ]
            connection.response.create(response={"metadata": {"turn": text}})
            events = events_until(connection, "rate_limits.updated")
            assert types_of(events) == [
                "response.created",
                "response.output_item.added",
                "conversation.item.added",
                "response.content_part.added",
                "response.output_text.delta",
                "response.output_text.done",
                "response.content_part.done",
                "conversation.item.done",
                "response.output_item.done",
                "response.done",
                "rate_limits.updated",
            ]
            response = one_event(events, "response.done").response
            assert (response.status, response.metadata) == ("completed", {"turn": text})
            assert response.output[0].content[0].text == f"**{ANSWER}**"
            assert (response.usage.total_tokens, response.usage.credits_used) == (
                response.usage.input_tokens + response.usage.output_tokens,
                1.2,
            )
    first, second = talker.replies
    assert (first["text"], first["history"], first["system_prompt"]) == ("Hello.", [], "Be brief.")
    assert [turn["content"] for turn in second["history"]] == ["Hello.", f"**{ANSWER}**"]
    assert owner.millicredits == 1_000_000 - 2 * 1200


def test_spoken_turn_is_detected_transcribed_answered_and_spoken(client: openai.OpenAI, owner: Person) -> None:
    with talking() as talker, client.realtime.connect(model=MODEL) as connection:
        audio = {"input": {"transcription": {"model": "whisper-1", "language": "en"}}, "output": {"voice": "ash"}}
        connection.session.update(session={"type": "realtime", "audio": audio})
        events_until(connection, "session.updated")
        for block in encoded_blocks(spoken_question()):
            connection.input_audio_buffer.append(audio=block)
        events = events_until(connection, "rate_limits.updated")
    started, stopped, committed = events[:3]
    assert [event.type for event in events[:5]] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    assert started.item_id == stopped.item_id == committed.item_id
    assert 500 <= started.audio_start_ms < stopped.audio_end_ms <= 5500
    heard = one_event(events, "conversation.item.input_audio_transcription.completed")
    assert (heard.item_id, heard.transcript, heard.usage.type) == (started.item_id, QUESTION, "duration")
    assert audio_of(events) == np.concatenate(SPOKEN).astype("<i2").tobytes()
    said = [event.delta for event in events if event.type == "response.output_audio_transcript.delta"]
    assert said == ["It is noon.", " Good bye!"]
    response = one_event(events, "response.done").response
    assert (response.status, response.output[0].content[0].transcript) == ("completed", ANSWER)
    assert response.usage.output_token_details.audio_tokens == 20
    assert talker.replies[0]["text"] == QUESTION
    kinds = dict(Job.objects.values_list("kind", "price_millicredits"))
    assert set(kinds) == {"transcription", "voice-chat", "speech"}
    assert kinds["voice-chat"] == 1200
    assert kinds["speech"] == 2 * len(ANSWER)
    assert Job.objects.get(kind="speech").params["voice"] == "am_adam"
    charged = -sum(LedgerEntry.objects.filter(kind=EntryKind.CHARGE).values_list("amount_millicredits", flat=True))
    assert charged == sum(kinds.values())
    assert response.usage.credits_used == (kinds["voice-chat"] + kinds["speech"]) / 1000


def test_beta_client_gets_the_names_and_shapes_of_the_beta(beta: openai.OpenAI) -> None:
    with talking(), beta.beta.realtime.connect(model="gpt-4o-realtime-preview") as connection:
        session = events_until(connection, "conversation.created")[0].session
        assert (session.voice, session.input_audio_format, session.modalities) == ("alloy", "pcm16", ["audio", "text"])
        connection.session.update(session={"turn_detection": None, "input_audio_transcription": {"model": "whisper-1"}})  # type: ignore[typeddict-item]
        assert events_until(connection, "session.updated")[-1].session.turn_detection is None
        for block in encoded_blocks(spoken_question()):
            connection.input_audio_buffer.append(audio=block)
        connection.input_audio_buffer.commit()
        connection.response.create()
        events = events_until(connection, "rate_limits.updated")
    names = types_of(events)
    assert names[:2] == ["input_audio_buffer.committed", "conversation.item.created"]
    assert {"response.audio.delta", "response.audio.done", "response.audio_transcript.delta", "response.audio_transcript.done"} <= set(
        names
    )
    assert not any(name.startswith("response.output_audio") or name == "conversation.item.done" for name in names)
    assert len(audio_of(events, "response.audio.delta")) == 2 * sum(len(samples) for samples in SPOKEN)
    assert one_event(events, "response.done").response.output[0].content[0].transcript == ANSWER


def test_cancelled_response_ends_at_once_and_is_charged_for_what_was_sent(client: openai.OpenAI, owner: Person) -> None:
    with talking(Talker(is_hesitant=True)) as talker, client.realtime.connect(model=MODEL) as connection:
        content = [{"type": "input_text", "text": "Hello."}]
        connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
        connection.response.create()
        begun = events_until(connection, "response.output_audio.delta")
        connection.response.cancel()
        events = events_until(connection, "response.done")
        response = events[-1].response
        assert (response.status, response.status_details.reason) == ("cancelled", "client_cancelled")
        assert response.output[0].status == "incomplete"
        assert response.output[0].content[0].transcript == "It is noon."
        assert len(audio_of(begun + events)) == 2 * len(SPOKEN[0])
        events_until(connection, "rate_limits.updated")
        connection.response.cancel()
        refused = events_until(connection, "error")[-1].error
        assert (refused.code, refused.message.startswith("Cancellation failed")) == ("response_cancel_not_active", True)
        wait_until(lambda: Job.objects.get(kind="speech").cancel_requested_at is not None)
        talker.resume.set()
        connection.conversation.item.truncate(item_id=response.output[0].id, content_index=0, audio_end_ms=200)
        assert events_until(connection, "conversation.item.truncated")[-1].audio_end_ms == 200
        connection.conversation.item.retrieve(item_id=response.output[0].id)
        assert events_until(connection, "conversation.item.retrieved")[-1].item.content[0].transcript == "It"
        wait_until(lambda: Job.objects.get(kind="speech").is_over)
    speech = Job.objects.get(kind="speech")
    assert (speech.state, speech.price_millicredits) == ("cancelled", 2 * len(ANSWER))
    assert speech.charged_millicredits == 2 * (len(ANSWER) // 2)
