"""Parts of long texts and of subtitles, and their join: chapters, timings and times, with the silent engine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
import redis
import soundfile

from tests.workers.messages import address_of, targets
from tests.workers.tasks.task_harness import TaskHarness
from workers.contract.chapters import CHAPTERS, MARKS, Chapter
from workers.contract.codec import Message
from workers.contract.dubbing import CUES, Cue
from workers.contract.messages import ConvertWork, JoinInput, JoinWork, PartMessage, SpeakWork
from workers.contract.outputs import AUDIO, TIMINGS
from workers.contract.references import Address
from workers.contract.voices import VoiceRef
from workers.engines.silence import build_engines

VOICE = VoiceRef("quiet", language="en", engine="silence")


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[TaskHarness]:
    made = TaskHarness(tmp_path, engines=list(build_engines()), client=redis.Redis())  # nobody listens: no event is published
    yield made
    made.close()


def do(harness: TaskHarness, kind: str, work: Message, *names: str) -> PartMessage:
    """Run a part with these outputs."""
    number = len(list(harness.objects.iterdir()))
    message = harness.message(kind, work, outputs=targets({name: Address("folder", f"{number}/{name}") for name in names}))
    harness.do(message)
    return message


def read(harness: TaskHarness, message: PartMessage, name: str) -> Any:
    return json.loads((harness.objects / address_of(message, name).location).read_bytes())


def test_chapters_of_joined_parts_begin_where_their_words_are_heard(harness: TaskHarness) -> None:
    texts = ["One. A first chapter. Two. ", "Still in two. Three. The end."]
    marks = [(0, texts[0].index("Two")), (texts[1].index("Three"),)]
    parts = [
        do(harness, "speak", SpeakWork("silence", VOICE, text, language="en", format="flac", is_last=text is texts[1], marks=own), AUDIO, TIMINGS, MARKS)
        for text, own in zip(texts, marks, strict=True)
    ]  # fmt: skip
    work = JoinWork(
        tuple(
            JoinInput(address_of(part, AUDIO), address_of(part, TIMINGS), start_character=start, marks=address_of(part, MARKS))
            for part, start in zip(parts, (0, len(texts[0])), strict=True)
        ),
        format="m4b",
        chapters=(Chapter("I", 0), Chapter("II", texts[0].index("Two")), Chapter("III", len(texts[0]) + texts[1].index("Three"))),
        title="A Book",
    )
    joined = do(harness, "join", work, AUDIO, TIMINGS, CHAPTERS)
    words = {word["word"]: word["start"] for word in read(harness, joined, TIMINGS)}
    chapters = read(harness, joined, CHAPTERS)
    assert [chapter["title"] for chapter in chapters] == ["I", "II", "III"]
    assert [chapter["start"] for chapter in chapters] == [
        0.0,
        pytest.approx(words["Two."], abs=0.01),
        pytest.approx(words["Three."], abs=0.01),
    ]
    assert [chapter["end"] for chapter in chapters[:-1]] == [chapter["start"] for chapter in chapters[1:]]
    with av.open(str(harness.objects / address_of(joined, AUDIO).location)) as file:
        assert [chapter["metadata"]["title"] for chapter in file.chapters()] == ["I", "II", "III"]
        assert file.metadata["title"] == "A Book"
    converted = do(harness, "convert", ConvertWork(address_of(joined, AUDIO), format="mp3", chapters=address_of(joined, CHAPTERS)), AUDIO)
    with av.open(str(harness.objects / address_of(converted, AUDIO).location)) as file:
        assert [chapter["metadata"]["title"] for chapter in file.chapters()] == ["I", "II", "III"]
        assert [chapter["start"] * float(chapter["time_base"]) for chapter in file.chapters()] == pytest.approx(
            [chapter["start"] for chapter in chapters], abs=0.001
        )


def test_subtitles_are_heard_at_their_times_and_overruns_are_reported(harness: TaskHarness) -> None:
    # The silent engine takes 0.05 s for a character: 0.55 s, 2.2 s for an interval of 1 s, 0.35 s.
    texts = ["Eleven char", "x" * 44, "A word."]
    starts = [0, 12, 57]
    spans = [(2.0, 3.0), (4.0, 5.0), (20.0, 21.0)]
    cues = tuple(
        Cue(start, end, first, first + len(text)) for (start, end), first, text in zip(spans, starts, texts, strict=True)
    )  # fmt: skip
    first = SpeakWork("silence", VOICE, "\n".join(texts[:2]) + "\n", language="en", format="flac", cues=cues[:2])
    second = SpeakWork("silence", VOICE, texts[2], language="en", format="flac", cues=(Cue(20.0, 21.0, 0, 7),))
    parts = [do(harness, "dub", work, AUDIO, TIMINGS, CUES) for work in (first, second)]
    inputs = tuple(
        JoinInput(address_of(part, AUDIO), address_of(part, TIMINGS), start_character=begin, cues=address_of(part, CUES), starts_at=at)
        for part, begin, at in zip(parts, (0, 57), (2.0, 20.0), strict=True)
    )
    joined = do(harness, "join", JoinWork(inputs, format="wav", least_seconds=21.0), AUDIO, TIMINGS, CUES)
    reported = read(harness, joined, CUES)
    assert [cue["spoken_start"] for cue in reported] == [2.0, 4.0, 20.0]
    assert [cue["speed"] for cue in reported] == [1.0, 1.6, 1.0]
    assert reported[1]["spoken_end"] == pytest.approx(5.375, abs=0.01)
    words = read(harness, joined, TIMINGS)
    assert [(word["word"], word["start_character"]) for word in words] == [
        ("Eleven", 0), ("char", 7), ("x" * 44, 12), ("A", 57), ("word.", 59),
    ]  # fmt: skip
    assert [words[index]["start"] for index in (0, 2, 3)] == pytest.approx([2.0, 4.0, 20.0], abs=0.001)
    assert soundfile.info(harness.objects / address_of(joined, AUDIO).location).duration == 21.0
