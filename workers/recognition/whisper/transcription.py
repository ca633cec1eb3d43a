"""Transcribes windows: decode, retry a suspicious text, time the words, add the English translation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.contract.transcription import TranscriptSegment, TranscriptWord
from workers.protocols.recogniser import RecognitionOptions, RecognitionResult
from workers.recognition.hallucination_filter import GUESSED_BELOW, find_loop, has_repeated_phrase, is_spoken_repetition
from workers.recognition.segmentation import TimedWord, split_words, text_of
from workers.recognition.whisper.model import Decoded, Encoded, WhisperModel
from workers.recognition.whisper.pairing import pair_by_time

TEMPERATURES: Final = (0.3, 0.6, 0.9)
"""Temperatures tried in turn while a text is repetitive or guessed. OpenAI's program has five steps, but a window must finish in seconds.
"""
RETRY_TEMPERATURES: Final = (0.6,)
DECIMALS: Final = 3


def transcribe_windows(
    model: WhisperModel, windows: Sequence[Samples], *, options: RecognitionOptions, language: str
) -> list[RecognitionResult]:
    """Transcribe the speech in each window of at most 30 s. language: one that the model knows, or empty."""
    encoded = model.encode(windows)
    language = language or most_probable_language(model, encoded)
    transcriber = _Transcriber(
        model, [len(window) / RECOGNITION_SAMPLE_RATE for window in windows], encoded=encoded, language=language, options=options
    )
    return [
        RecognitionResult(language, segments, is_repetitive)
        for segments, is_repetitive in zip(transcriber.transcribe(), transcriber.is_repetitive, strict=True)
    ]


def most_probable_language(model: WhisperModel, encoded: Encoded) -> str:
    """Most probable language of all windows together."""
    if not model.is_multilingual:
        return "en"
    totals: dict[str, float] = {}
    for probabilities in model.language_probabilities(encoded):
        for language, probability in probabilities.items():
            totals[language] = totals.get(language, 0.0) + probability
    return max(totals, key=lambda language: totals[language])


class _Transcriber:
    """The windows of one call."""

    def __init__(
        self, model: WhisperModel, seconds: Sequence[float], *, encoded: Encoded, language: str, options: RecognitionOptions
    ) -> None:
        self._model = model
        self._encoded = encoded
        self._language = language
        self._options = options
        self._seconds = seconds
        self.is_repetitive: list[bool] = [False] * len(seconds)
        """Flag per window: True if the most probable text repeats itself."""

    def transcribe(self) -> list[tuple[TranscriptSegment, ...]]:
        is_translated = self._options.is_translation and self._language != "en"
        result = self._transcribe_task("translate" if is_translated else "transcribe")
        if not self._options.has_english:
            return result
        if self._language == "en" or is_translated or not self._model.is_multilingual:
            return [tuple(replace(segment, english=segment.text) for segment in segments) for segments in result]
        english = self._transcribe_task("translate")
        return [_add_english(segments, english=texts) for segments, texts in zip(result, english, strict=True)]

    def _transcribe_task(self, task: str) -> list[tuple[TranscriptSegment, ...]]:
        tokenizer = self._model.tokenizer(self._language, task=task)
        context = self._model.context(tokenizer, prompt=self._options.prompt, hotwords=self._options.hotwords)
        temperature = self._options.temperature
        decoded = self._model.decode(self._encoded, tokenizer=tokenizer, context=context, seconds=self._seconds, temperature=temperature)
        return [self._finish(row, one, tokenizer=tokenizer) for row, one in enumerate(decoded)]

    def _finish(self, row: int, decoded: Decoded, *, tokenizer: Any) -> tuple[TranscriptSegment, ...]:
        encoded, seconds = self._encoded[row : row + 1], self._seconds[row]
        self.is_repetitive[row] = self.is_repetitive[row] or decoded.is_repetitive or has_repeated_phrase(decoded.text)
        if decoded.is_repetitive and not decoded.is_cut_off and decoded.average_log_probability >= GUESSED_BELOW:
            # Timing the words tells a spoken repetition from a decoding loop, and costs a fraction of decoding again.
            words = self._model.time_words(encoded, decoded.tokens, tokenizer=tokenizer, seconds=seconds)
            if is_spoken_repetition([(word.start, word.end) for word in words]):
                return _segments(words, decoded=decoded, seconds=seconds)
        if not decoded.is_sound and self._options.temperature == 0:
            decoded = self._try_again(encoded, decoded, tokenizer=tokenizer, seconds=seconds)
        if decoded.is_silence:
            return ()
        words = self._model.time_words(encoded, decoded.tokens, tokenizer=tokenizer, seconds=seconds)
        if decoded.is_repetitive and not is_spoken_repetition([(word.start, word.end) for word in words]):
            words = words[: find_loop([word.text for word in words])]
        return _segments(words, decoded=decoded, seconds=seconds)

    def _try_again(self, encoded: Encoded, first: Decoded, *, tokenizer: Any, seconds: float) -> Decoded:
        """Decode one window until it looks right, otherwise choose the most probable text without a loop."""
        tried = [first]
        # First without the prompt, which may have caused the error.
        is_prompted = bool(self._options.prompt.strip() or self._options.hotwords.strip())
        higher = RETRY_TEMPERATURES if self._options.is_retry else TEMPERATURES
        for temperature in (0.0, *higher) if is_prompted else higher:
            (one,) = self._model.decode(encoded, tokenizer=tokenizer, context=(), seconds=[seconds], temperature=temperature)
            if one.is_sound:
                return one
            tried.append(one)
        straight = [one for one in tried if not one.is_repetitive]
        return max(straight or tried, key=lambda one: one.average_log_probability)


def _segments(words: Sequence[TimedWord], *, decoded: Decoded, seconds: float) -> tuple[TranscriptSegment, ...]:
    return tuple(_segment(group, decoded=decoded, seconds=seconds) for group in split_words(words) if text_of(group))


def _segment(words: Sequence[TimedWord], *, decoded: Decoded, seconds: float) -> TranscriptSegment:
    timed = tuple(
        TranscriptWord(word.text.strip(), _time(word.start, seconds), _time(word.end, seconds), round(word.probability, 4))
        for word in words
        if word.text.strip()
    )
    return TranscriptSegment(
        start=timed[0].start,
        end=timed[-1].end,
        text=text_of(words),
        words=timed,
        average_log_probability=round(decoded.average_log_probability, 4),
        no_speech_probability=round(decoded.no_speech_probability, 4),
        compression_ratio=round(decoded.compression_ratio, 4),
        temperature=decoded.temperature,
        tokens=tuple(token for word in words for token in word.tokens),
    )


def _time(value: float, seconds: float) -> float:
    return round(min(max(value, 0.0), seconds), DECIMALS)


def _add_english(segments: Sequence[TranscriptSegment], *, english: Sequence[TranscriptSegment]) -> tuple[TranscriptSegment, ...]:
    texts = pair_by_time([(one.start, one.end) for one in segments], [(one.start, one.end, one.text) for one in english])
    return tuple(replace(segment, english=text) for segment, text in zip(segments, texts, strict=True))
