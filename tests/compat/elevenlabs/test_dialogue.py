"""Dialogues by the official package of ElevenLabs."""

import base64
from typing import Any

import pytest
from elevenlabs import DialogueInput
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError

from apps.jobs.models import Job
from tests.compat.elevenlabs.test_speech import RACHEL, SPOKEN_PCM, read_detail
from tests.compat.realtime.talking import talking
from tests.speech.people import Person

ADAM = "pNInz6obpgDQGcFmaJgB"
TURNS = [DialogueInput(text="It is noon. ", voice_id=RACHEL), DialogueInput(text="Good bye!", voice_id=ADAM)]


def segments_of(timed: Any) -> list[tuple[Any, ...]]:
    return [
        (one.voice_id, one.dialogue_input_index, one.character_start_index, one.character_end_index, one.start_time_seconds)
        for one in timed.voice_segments
    ]


def test_dialogue_is_spoken_turn_by_turn_in_the_voices_of_the_inputs(client: ElevenLabs, owner: Person) -> None:
    with talking():
        audio = b"".join(client.text_to_dialogue.convert(inputs=TURNS, output_format="pcm_24000", seed=7))
    assert audio == SPOKEN_PCM
    job = Job.objects.get()
    work = job.parts.get().work
    voices = [work["voice"], *work["voices"]]
    spoken = [(segment["text"].strip(), voices[segment.get("voice_index", 0)]["id"]) for segment in work["segments"]]
    assert spoken == [("It is noon.", "af_bella"), ("Good bye!", "am_adam")]
    assert (job.asked_model, job.units, job.warnings) == ("eleven_v3", len("It is noon. Good bye!"), [])
    assert owner.millicredits == 1_000_000 - job.charged_millicredits


def test_dialogue_with_timestamps_tells_who_speaks_which_characters(client: ElevenLabs) -> None:
    with talking():
        timed = client.text_to_dialogue.convert_with_timestamps(inputs=TURNS, output_format="pcm_24000")
    assert base64.b64decode(timed.audio_base_64) == SPOKEN_PCM
    assert timed.alignment is not None
    assert "".join(timed.alignment.characters) == "It is noon. Good bye!"
    assert segments_of(timed) == [(RACHEL, 0, 0, 12, 0.0), (ADAM, 1, 12, 21, 0.5)]
    assert timed.voice_segments[1].end_time_seconds == 1.0


def test_streamed_dialogue_has_a_line_for_each_sentence_with_its_turn(client: ElevenLabs) -> None:
    with talking():
        lines = list(client.text_to_dialogue.stream_with_timestamps(inputs=TURNS, output_format="pcm_24000"))
    assert b"".join(base64.b64decode(line.audio_base_64) for line in lines) == SPOKEN_PCM
    said = ["".join(line.alignment.characters) if line.alignment else "" for line in lines]
    assert "".join(said) == "It is noon. Good bye!"
    assert [(one[0], said[at][one[2] : one[3]]) for at, line in enumerate(lines) for one in segments_of(line)][:2] == [
        (RACHEL, "It is noon"),
        (RACHEL, ". "),
    ]


INVALID: list[tuple[list[DialogueInput], tuple[int, str, str]]] = [
    ([], (422, "invalid_request", "inputs")),
    ([DialogueInput(text="  ", voice_id=RACHEL)], (422, "missing_field", "inputs")),
    ([DialogueInput(text="Hello.", voice_id="nobody")], (404, "voice_not_found", "inputs[0].voice_id")),
    ([*TURNS, DialogueInput(text="Hello.", voice_id="nobody")], (404, "voice_not_found", "inputs[2].voice_id")),
    ([DialogueInput(text="Hello.", voice_id="a]b")], (422, "invalid_request", "inputs[0].voice_id")),
    ([DialogueInput(text="Hello.", voice_id=f"voice_{n}") for n in range(11)], (422, "invalid_request", "inputs")),
    ([DialogueInput(text="Hello. " * 900, voice_id=RACHEL)], (400, "max_character_limit_exceeded", "inputs")),
]


def test_invalid_dialogues_are_refused_before_they_are_charged(client: ElevenLabs, owner: Person) -> None:
    answers = []
    for inputs, _ in INVALID:
        with pytest.raises(ApiError) as refused:
            b"".join(client.text_to_dialogue.convert(inputs=inputs))
        detail = read_detail(refused.value)
        answers.append((refused.value.status_code, detail["status"], detail["param"]))
    assert answers == [answer for _, answer in INVALID]
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)
