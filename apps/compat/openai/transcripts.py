"""Transcripts in the formats of OpenAI's API."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.http import HttpResponse, JsonResponse

from apps.compat.openai.languages import language_name
from apps.compat.openai.serializers import NUMBERED
from workers.contract.transcription import TranscriptDocument, TranscriptSegment
from workers.text.subtitles.cues import Cue, make_cues
from workers.text.subtitles.files import write_srt, write_vtt
from workers.text.subtitles.lines import columns_for
from workers.text.subtitles.words import words_of_transcript

TEXT_TYPE = "text/plain; charset=utf-8"


def verbose_shape(heard: TranscriptDocument, *, task: str, granularities: Sequence[str]) -> dict[str, Any]:
    """`verbose_json`: segments, words, or both. Times in seconds."""
    shape: dict[str, Any] = {
        "task": task,
        "language": language_name("en" if task == "translate" else heard.language),
        "duration": round(heard.duration, 3),
        "text": heard.text,
        "usage": _usage(heard),
    }
    if "segment" in granularities:
        shape["segments"] = [_segment(index, segment) for index, segment in enumerate(heard.segments)]
    if "word" in granularities:
        shape["words"] = [
            {"word": word.word.strip(), "start": round(word.start, 3), "end": round(word.end, 3)}
            for segment in heard.segments
            for word in segment.words
        ]
    return shape


def diarized_shape(heard: TranscriptDocument) -> dict[str, Any]:
    """`diarized_json`: segments by speaker, by name or A, B, … as OpenAI names unknown speakers."""
    return {
        "task": "transcribe",
        "duration": round(heard.duration, 3),
        "text": heard.text,
        "segments": diarized_segments(heard),
        "usage": _usage(heard),
    }


def diarized_segments(heard: TranscriptDocument) -> list[dict[str, Any]]:
    """Segments by speaker, in `diarized_json` and as events."""
    return [
        {
            "id": f"seg_{index:03d}",
            "type": "transcript.text.segment",
            "speaker": _letter(segment.speaker),
            "start": round(segment.start, 3),
            "end": round(segment.end, 3),
            "text": segment.text,
        }
        for index, segment in enumerate(heard.segments)
    ]


def cues_of(heard: TranscriptDocument) -> list[Cue]:
    words = words_of_transcript(heard.segments)
    return make_cues(words, columns=columns_for(heard.language, heard.text), has_labels=any(segment.speaker for segment in heard.segments))


def answer_in(
    format_name: str, heard: TranscriptDocument, *, task: str, granularities: Sequence[str], has_languages: bool = False
) -> HttpResponse:
    """Whole response in this format. has_languages: `json` tells the language, as for gpt-transcribe."""
    if format_name == "verbose_json":
        return JsonResponse(verbose_shape(heard, task=task, granularities=granularities))
    if format_name == "diarized_json":
        return JsonResponse(diarized_shape(heard))
    if format_name == "json":
        languages = {"languages": languages_of(heard)} if has_languages else {}
        return JsonResponse({"text": heard.text, **languages, "usage": _usage(heard)})
    return HttpResponse(_AS_TEXT[format_name](heard), content_type=TEXT_TYPE)


_AS_TEXT: Final[dict[str, Callable[[TranscriptDocument], str]]] = {
    "text": lambda heard: f"{heard.text}\n",
    "srt": lambda heard: write_srt(cues_of(heard)),
    "vtt": lambda heard: write_vtt(cues_of(heard)),
}


def languages_of(heard: TranscriptDocument) -> list[dict[str, str]]:
    """Languages of the recording; empty without speech."""
    return [{"code": heard.language}] if heard.language else []


def _segment(index: int, segment: TranscriptSegment) -> dict[str, Any]:
    return {
        "id": index,
        "seek": int(segment.start * 100),
        "start": round(segment.start, 3),
        "end": round(segment.end, 3),
        "text": segment.text,
        "tokens": list(segment.tokens),
        "temperature": segment.temperature,
        "avg_logprob": segment.average_log_probability,
        "compression_ratio": segment.compression_ratio,
        "no_speech_prob": segment.no_speech_probability,
    }


def _usage(heard: TranscriptDocument) -> dict[str, Any]:
    return {"type": "duration", "seconds": math.ceil(heard.duration)}


def _letter(speaker: str) -> str:
    """`A` for SPEAKER_00; beyond Z unchanged, as names of known speakers are."""
    if speaker and not NUMBERED.fullmatch(speaker):
        return speaker
    number = int(speaker.rpartition("_")[2]) if speaker else 0
    return chr(ord("A") + number) if number < 26 else speaker
