"""A spoken conversation over the Realtime API, end to end: detected, recognised, answered by a chat server, spoken, heard."""

import io

import numpy as np
import openai
import pytest
import soundfile

from tests.clients import OpenAIMaker
from tests.compat.realtime.talking import RATE, audio_of, encoded_blocks, events_until, one_event, types_of
from tests.flows.listening import Listener, plain_words
from tests.flows.recordings import speak
from tests.flows.running import RunningPlatform
from tests.workers.chat_http import ChatHTTP, says

pytestmark = pytest.mark.filterwarnings("ignore:connect\\(\\) must be used:DeprecationWarning")  # the package's own use of websockets

ANSWER = "The museum opens at nine in the morning. It closes at seven."


@pytest.fixture
def client(hearing: RunningPlatform, openai_of: OpenAIMaker) -> openai.OpenAI:
    return openai_of(hearing.key("realtime@example.com", plan="enterprise"), hearing.url)


@pytest.mark.prove
def test_spoken_question_is_answered_with_speech_that_says_the_answer(
    hearing: RunningPlatform, client: openai.OpenAI, chat: ChatHTTP, listener: Listener
) -> None:
    chat.script[:] = [says(ANSWER)]
    with hearing.client(client.api_key) as http:
        spoken, rate = soundfile.read(io.BytesIO(speak(http, "When does the museum open?", voice="af_heart")), dtype="int16")
    assert rate == RATE
    pcm = np.concatenate([np.zeros(RATE // 2, np.int16), spoken, np.zeros(RATE, np.int16)]).astype("<i2").tobytes()
    with client.realtime.connect(model="gpt-realtime") as connection:
        audio = {"input": {"transcription": {"model": "whisper-1", "language": "en"}}, "output": {"voice": "marin"}}
        connection.session.update(session={"type": "realtime", "instructions": "You guide visitors.", "audio": audio})  # type: ignore[typeddict-item]
        events_until(connection, "session.updated")
        for block in encoded_blocks(pcm):
            connection.input_audio_buffer.append(audio=block)
        events = events_until(connection, "response.done")
    heard = one_event(events, "conversation.item.input_audio_transcription.completed").transcript
    assert {"when", "museum", "open"} <= set(plain_words(heard).split())
    assert types_of(events)[:2] == ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"]
    response = events[-1].response
    assert (response.status, response.output[0].content[0].transcript) == ("completed", ANSWER)
    answered = np.frombuffer(audio_of(events), "<i2")
    file = io.BytesIO()
    soundfile.write(file, answered, RATE, format="WAV", subtype="PCM_16")
    words = set(plain_words(listener.hear(file.getvalue())).split())
    assert len({"museum", "opens", "nine", "9", "morning", "closes", "seven", "7"} & words) >= 4
    assert chat.requests[-1].body["messages"][-1] == {"role": "user", "content": heard}
