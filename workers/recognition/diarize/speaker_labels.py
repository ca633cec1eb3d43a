"""Assigns speakers to transcribed words by speaker embeddings, with changes between words."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

import numpy as np

from workers.contract.transcription import SpeakerEmbedding, TranscriptSegment, TranscriptWord
from workers.recognition.diarize.known_voices import KnownVoice, name_speakers
from workers.recognition.diarize.timelines import Timeline, build_timeline

CHANGE_COST: Final = 0.25
"""Cost of a speaker change, in cosine similarity per word: another voice's window differs by about as much, so one odd window changes
nothing.
"""
CHANGE_COST_AFTER_PAUSE: Final = 0.05
PAUSE_SECONDS: Final = 0.25
STEP_SECONDS: Final = 0.5
"""Step between embedding windows in a segment without words."""


def label_speakers(
    segments: Sequence[TranscriptSegment],
    embeddings: Sequence[SpeakerEmbedding],
    *,
    speakers: int,
    known: Sequence[KnownVoice] = (),
) -> tuple[TranscriptSegment, ...]:
    """Label segments SPEAKER_00, SPEAKER_01, … by first appearance, cut between words where the speaker changes. A speaker who is similar
    enough to a known voice has its name.

    speakers: their number; 0 if unknown, then the embeddings decide. Segments without words, or with a translation, stay whole. Both inputs
    are in the time of the recording, ascending.
    """
    if not segments:
        return ()
    timeline = build_timeline(embeddings, speakers=speakers) if embeddings else None
    spoken: list[tuple[int, TranscriptSegment]] = []
    previous = -1
    for segment in segments:
        for label, piece in _split_by_speaker(segment, timeline=timeline, previous=previous):
            spoken.append((label, piece))
            previous = label
    names = name_speakers(timeline, known=known) if timeline and known else {}
    named = len(names)
    for label, _ in spoken:
        names.setdefault(label, f"SPEAKER_{len(names) - named:02d}")
    return tuple(replace(piece, speaker=names[label]) for label, piece in spoken)


def _split_by_speaker(segment: TranscriptSegment, *, timeline: Timeline | None, previous: int) -> list[tuple[int, TranscriptSegment]]:
    """Pieces of the segment, each with the label of its speaker."""
    if timeline is None:
        return [(0, segment)]
    if not segment.words or segment.english:
        return [(_most_similar_speaker(segment, timeline=timeline), segment)]
    labels = _best_path(segment.words, timeline=timeline, previous=previous)
    runs = [(label, len(list(run))) for label, run in groupby(labels)]
    if len(runs) == 1:
        return [(runs[0][0], segment)]
    return list(zip([label for label, _ in runs], _cut(segment, lengths=[length for _, length in runs]), strict=True))


def _most_similar_speaker(segment: TranscriptSegment, *, timeline: Timeline) -> int:
    moments = np.arange(segment.start, max(segment.end, segment.start + STEP_SECONDS / 2), STEP_SECONDS)
    return int(np.sum([timeline.scores(float(moment), float(moment) + STEP_SECONDS) for moment in moments], axis=0).argmax())


def _best_path(words: Sequence[TranscriptWord], *, timeline: Timeline, previous: int) -> list[int]:
    """Most likely speaker of each word with a cost per change (Viterbi)."""
    scores = [timeline.scores(word.start, word.end) for word in words]
    best = scores[0].astype(np.float64)
    if previous >= 0:
        best = best - np.where(np.arange(len(best)) == previous, 0.0, CHANGE_COST_AFTER_PAUSE)
    origins = []
    for index in range(1, len(words)):
        pause = words[index].start - words[index - 1].end
        cost = CHANGE_COST_AFTER_PAUSE if pause >= PAUSE_SECONDS else CHANGE_COST
        leader = int(best.argmax())
        stays = best >= best[leader] - cost
        origins.append(np.where(stays, np.arange(len(best)), leader))
        best = np.where(stays, best, best[leader] - cost) + scores[index]
    path = [int(best.argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return path[::-1]


def _cut(segment: TranscriptSegment, *, lengths: Sequence[int]) -> list[TranscriptSegment]:
    """Split the segment into pieces of so many words. Token statistics belong to the whole segment and are left out."""
    pieces, first, position = [], 0, 0
    for number, length in enumerate(lengths):
        words = segment.words[first : first + length]
        first += length
        is_last = number == len(lengths) - 1
        end = len(segment.text) if is_last else _find_end(segment.text, words=words, position=position)
        pieces.append(
            replace(
                segment,
                start=words[0].start if number else segment.start,
                end=segment.end if is_last else words[-1].end,
                text=segment.text[position:end].strip() if number else segment.text[position:end].rstrip(),
                words=words,
                tokens=(),
            )
        )
        position = end
    return pieces


def _find_end(text: str, *, words: Sequence[TranscriptWord], position: int) -> int:
    """End position of the last of the words in the text, which contains them in this order."""
    for word in words:
        found = text.find(word.word.strip(), position)
        if found >= 0:
            position = found + len(word.word.strip())
    return position
