"""Kinds of work by a real worker: joining parts, converting formats, objects behind URLs."""

import json
from pathlib import Path

import pytest

from tests.workers.audio.decoding import read_samples
from tests.workers.messages import address_of, speak_message, targets
from tests.workers.object_server import ObjectServer
from tests.workers.running_worker import RunningWorker
from workers.contract.formats import FORMATS
from workers.contract.messages import ConvertWork, JoinInput, JoinWork, Manifest, PartMessage, PartOutcome
from workers.contract.outputs import AUDIO, TIMINGS, StoredOutput
from workers.contract.references import Address

FIRST, SECOND = "One two. Three. ", "Four five."


def do(worker: RunningWorker, message: PartMessage, *, group: str = "silence") -> PartOutcome:
    worker.platform.give(message, group=group)
    outcome = worker.platform.wait_for_outcome(message.token)
    assert outcome.status == "completed", outcome
    return outcome


def manifest(outcome: PartOutcome) -> Manifest:
    assert outcome.manifest is not None
    return outcome.manifest


def audio_of(outcome: PartOutcome) -> StoredOutput:
    return manifest(outcome).outputs[0]


def has_timings(made: Manifest) -> bool:
    return made.find_output(TIMINGS) is not None


def part_of(text: str, *, is_last: bool) -> PartMessage:
    message = speak_message(text, format="flac")
    return PartMessage.from_dict({**message.to_dict(), "work": {**message.work, "is_last": is_last}})


def codec_message(kind: str, work: JoinWork | ConvertWork) -> PartMessage:
    return PartMessage.from_dict({**speak_message("").to_dict(), "kind": kind, "work": work.to_dict()})


def test_joined_parts_have_times_and_characters_of_the_whole(unharmed_worker: RunningWorker) -> None:
    parts = [part_of(FIRST, is_last=False), part_of(SECOND, is_last=True)]
    seconds = [audio_of(do(unharmed_worker, part)).audio_seconds for part in parts]
    inputs = tuple(
        JoinInput(address_of(part), address_of(part, TIMINGS), start_character=start)
        for part, start in zip(parts, (0, len(FIRST)), strict=True)
    )
    message = codec_message("join", JoinWork(inputs, format="mp3"))
    joined = do(unharmed_worker, message, group="codec")
    assert audio_of(joined).audio_seconds == pytest.approx(sum(seconds), abs=1e-3)
    assert has_timings(manifest(joined))
    samples, sample_rate = read_samples(unharmed_worker.folder / "objects" / address_of(message).location)
    assert sample_rate == 24_000
    assert len(samples) / sample_rate == pytest.approx(sum(seconds), abs=0.1)
    words = unharmed_worker.read_json(address_of(message, TIMINGS))
    assert [(FIRST + SECOND)[word["start_character"] : word["end_character"]] for word in words] == (FIRST + SECOND).split()
    second_words = unharmed_worker.read_json(address_of(parts[1], TIMINGS))
    assert [word["start"] for word in words[3:]] == pytest.approx([word["start"] + seconds[0] for word in second_words], abs=1e-3)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"pcm"}))
def test_a_part_is_spoken_in_every_format(unharmed_worker: RunningWorker, name: str) -> None:
    message = speak_message("Hello there.", format=name)
    seconds = audio_of(do(unharmed_worker, message)).audio_seconds
    samples, sample_rate = read_samples(unharmed_worker.folder / "objects" / address_of(message).location)
    assert len(samples) / sample_rate == pytest.approx(seconds, abs=0.1)


def test_a_file_is_converted(unharmed_worker: RunningWorker) -> None:
    source = speak_message("Hello there.", format="flac")
    seconds = audio_of(do(unharmed_worker, source)).audio_seconds
    message = codec_message("convert", ConvertWork(address_of(source), format="wav", sample_rate=8000))
    converted = do(unharmed_worker, message, group="codec")
    assert (audio_of(converted).audio_seconds, audio_of(converted).sample_rate) == (pytest.approx(seconds, abs=1e-3), 8000)
    assert not has_timings(manifest(converted))
    assert unharmed_worker.read(address_of(message))[:4] == b"RIFF"


def test_a_file_without_audio_fails_with_a_code(unharmed_worker: RunningWorker) -> None:
    Path(unharmed_worker.folder, "objects", "note.txt").write_text("not a sound")
    message = codec_message("convert", ConvertWork(Address("folder", "note.txt")))
    unharmed_worker.platform.give(message, group="codec")
    outcome = unharmed_worker.platform.wait_for_outcome(message.token)
    assert (outcome.status, outcome.error_code, outcome.is_retryable) == ("failed", "bad_audio", False)


def test_objects_may_lie_behind_urls(unharmed_worker: RunningWorker, server: ObjectServer) -> None:
    spoken = speak_message(
        "Hello there.", output=server.address("audio"), manifest=server.address("manifest"), timings=server.address("timings")
    )
    outcome = do(unharmed_worker, spoken)
    assert [key for _, key in server.requests] == ["audio", "timings", "manifest"]  # the manifest last: it vouches for the others
    assert Manifest.from_dict(json.loads(server.objects["manifest"])) == outcome.manifest
    assert len(server.objects["audio"]) == audio_of(outcome).bytes
    work = ConvertWork(server.address("audio"), format="mp3")
    converted = PartMessage.from_dict(
        {
            **codec_message("convert", work).to_dict(),
            "outputs": [target.to_dict() for target in targets({AUDIO: server.address("mp3")})],
            "manifest": server.address("manifest-2").to_dict(),
        }
    )
    do(unharmed_worker, converted, group="codec")
    assert len(server.objects["mp3"]) > 500


def test_a_store_that_stays_away_is_a_failure_that_may_be_tried_again(unharmed_worker: RunningWorker) -> None:
    message = speak_message("Hello.", output=Address("url", "http://127.0.0.1:9/key"))
    unharmed_worker.platform.give(message, group="silence")
    outcome = unharmed_worker.platform.wait_for_outcome(message.token)
    assert (outcome.status, outcome.error_code, outcome.is_retryable) == ("failed", "storage_unavailable", True)


def test_parts_without_a_word_are_silent_and_joined(unharmed_worker: RunningWorker) -> None:
    texts = (". " * 500, FIRST, "* " * 2000, ". " * 500)
    parts = [
        PartMessage.from_dict({**part_of(text, is_last=index == len(texts) - 1).to_dict(), "part": index})
        for index, text in enumerate(texts)
    ]
    made = [manifest(do(unharmed_worker, part)) for part in parts]
    seconds = [one.outputs[0].audio_seconds for one in made]
    assert [has_timings(one) for one in made] == [False, True, False, False]
    assert seconds[1] > max(seconds[0], seconds[2], seconds[3])
    inputs = tuple(
        JoinInput(address_of(part), address_of(part, TIMINGS) if has_timings(one) else None) for part, one in zip(parts, made, strict=True)
    )
    joined = audio_of(do(unharmed_worker, codec_message("join", JoinWork(inputs, format="mp3")), group="codec"))
    assert joined.audio_seconds == pytest.approx(sum(seconds), abs=1e-3)
