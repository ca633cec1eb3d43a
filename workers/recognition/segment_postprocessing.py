"""Post-processes segments of a window: maps them to the time of the recording, removes hallucinations, finds omitted speech."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from workers.contract.transcription import TranscriptSegment, TranscriptWord
from workers.recognition.hallucination_filter import Evidence, is_hallucinated
from workers.recognition.segmentation import PAUSE_SECONDS
from workers.recognition.speech_regions import Region
from workers.recognition.windows import Window

EARLY_SECONDS, LATE_SECONDS = 0.1, 0.2
"""Margins by which a word may begin before and end after detected speech: breath and the last consonant."""
GAP_SECONDS: Final = 1.5
"""Speech of this length or more without a word is transcribed again."""
REPETITION_GAP_SECONDS: Final = 0.3
"""Gap length in a window with repetitive text, where repetitions as short as a word are omitted."""
LONGEST_WORD_SECONDS: Final = 2.0
"""Longest word in such a text: a longer one covers an omitted repetition."""
COVERED_SHARE: Final = 0.2
GAP_LOG_PROBABILITY: Final = -0.7
OTHER_LANGUAGE_LOG_PROBABILITY: Final = -0.5
"""Lowest log probability that a second pass must reach, as it transcribes speech that the first pass took for silence: in the same
language, in another.
"""
DECIMALS: Final = 3


def postprocess_segments(segments: Sequence[TranscriptSegment], *, window: Window) -> list[TranscriptSegment]:
    """Map the segments of a window to the time of the recording."""
    processed: list[TranscriptSegment] = []
    for segment in segments:
        words = [_map_word(word, window=window) for word in segment.words]
        if segment.words:
            for placed in _without_neighbour_words(segment, words=words, window=window):
                processed += _split_at_pauses(placed)
        else:
            start, end = _span(segment.start, segment.end, window=window)
            processed.append(replace(segment, start=start, end=end))
    return [segment for segment in processed if not _is_hallucinated(segment, window=window)]


def find_gaps(segments: Sequence[TranscriptSegment], *, window: Window, least_seconds: float = GAP_SECONDS) -> tuple[Region, ...]:
    """Regions of a window, of `least_seconds` or more, with detected speech but hardly a timed word."""
    if segments and not any(segment.words for segment in segments):
        return ()
    words = [(word.start, word.end) for segment in segments for word in segment.words]
    gaps = []
    for region in window.regions:
        covered = sum(max(0.0, min(end, region.end) - max(start, region.start)) for start, end in words)
        if region.seconds >= least_seconds and covered < COVERED_SHARE * region.seconds:
            gaps.append(region)
    return tuple(gaps)


def omits_repetitions(segments: Sequence[TranscriptSegment], *, window: Window) -> bool:
    """True if a repetitive text omits speech: a word is too long, or a gap has no words. Halving the window then finds more."""
    if len(window.regions) < 2:
        return False
    longest = max((word.end - word.start for segment in segments for word in segment.words), default=0.0)
    return longest > LONGEST_WORD_SECONDS or bool(find_gaps(segments, window=window, least_seconds=REPETITION_GAP_SECONDS))


def fill_gaps(segments: Sequence[TranscriptSegment], *, found: Sequence[TranscriptSegment]) -> list[TranscriptSegment]:
    """Merge the segments with those that a second pass found."""
    return sorted([*segments, *found], key=lambda segment: segment.start)


def keep_confident(found: Sequence[TranscriptSegment], *, least: float) -> list[TranscriptSegment]:
    """Keep the segments of a second pass with a log probability of at least `least`."""
    return [segment for segment in found if segment.average_log_probability >= least]


def _map_word(word: TranscriptWord, *, window: Window) -> TranscriptWord:
    start, end = _span(word.start, word.end, window=window)
    region = min(window.regions, key=lambda one: max(one.start - end, start - one.end, 0.0))
    if start < region.end and end > region.start:  # otherwise the whole word lies in silence, and its time is kept
        start, end = max(start, region.start - EARLY_SECONDS), min(end, region.end + LATE_SECONDS)
    return replace(word, start=round(max(0.0, start), DECIMALS), end=round(max(0.0, start, end), DECIMALS))


def _span(start: float, end: float, *, window: Window) -> tuple[float, float]:
    """Clip start and end to the stretch that contains the middle: a word does not span a removed silence."""
    middle = window.recording_time((start + end) / 2)
    stretch = next(one for one in window.stretches if one.start <= middle <= one.end)
    first = min(max(window.recording_time(start), stretch.start), stretch.end)
    last = min(max(window.recording_time(end, is_end=True), first), stretch.end)
    return round(first, DECIMALS), round(last, DECIMALS)


def _without_neighbour_words(segment: TranscriptSegment, *, words: Sequence[TranscriptWord], window: Window) -> Iterator[TranscriptSegment]:
    """The segment without the words that belong to the neighbouring window, at a cut in the middle of speech."""
    first, last = 0, len(words)
    while window.is_cut_before and first < last and _middle(words[first]) < window.start:
        first += 1
    while window.is_cut_after and last > first and _middle(words[last - 1]) >= window.end:
        last -= 1
    if first < last:
        yield _select_words(segment, words=words, first=first, last=last)


def _split_at_pauses(segment: TranscriptSegment) -> Iterator[TranscriptSegment]:
    """Split at long silences of the recording that the window omitted; a segment with an English translation stays whole."""
    first = 0
    for index in range(1, len(segment.words) + 1):
        is_last = index == len(segment.words)
        if is_last or (segment.words[index].start - segment.words[index - 1].end >= PAUSE_SECONDS and not segment.english):
            yield _select_words(segment, words=segment.words, first=first, last=index)
            first = index


def _select_words(segment: TranscriptSegment, *, words: Sequence[TranscriptWord], first: int, last: int) -> TranscriptSegment:
    kept = tuple(words[first:last])
    is_whole = len(kept) == len(segment.words)
    return replace(
        segment,
        start=kept[0].start,
        end=max(kept[-1].end, kept[0].start),
        text=segment.text if is_whole else _text_of(segment, first=first, last=last),
        words=kept,
        tokens=segment.tokens if is_whole else (),
    )


def _text_of(segment: TranscriptSegment, *, first: int, last: int) -> str:
    """Part of the segment's text from word `first` up to word `last`."""
    position, begin, end = 0, 0, len(segment.text)
    for index, word in enumerate(segment.words[:last]):
        found = segment.text.find(word.word, position)
        if found < 0:  # the word is spelled differently in the text
            return " ".join(one.word for one in segment.words[first:last])
        position = found + len(word.word)
        if index == first:
            begin = found
        end = position
    return segment.text[begin:end].strip()


def _middle(word: TranscriptWord) -> float:
    return (word.start + word.end) / 2


def _is_hallucinated(segment: TranscriptSegment, *, window: Window) -> bool:
    spoken = sum(max(0.0, min(region.end, segment.end) - max(region.start, segment.start)) for region in window.regions)
    least = min((word.probability for word in segment.words), default=0.0)
    evidence = Evidence(segment.average_log_probability, segment.no_speech_probability, spoken, least)
    return is_hallucinated(segment.text, evidence=evidence)
