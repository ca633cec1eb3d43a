"""Plans of jobs that speak lines and join them: only lines that changed are spoken again."""

import contextlib
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.callers import Caller
from apps.cache.tickets import CacheUse
from apps.catalog.voices import find_speaker
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.jobs.plans import AudioSettings
from apps.jobs.services.submit import JobPlan
from apps.projects.assembly import JoinSettings, LineAudio, assemble_parts
from apps.projects.kinds import COMPOSITION, CompositionParams, Take
from apps.projects.models import Line
from apps.provenance.policy import watermark_of
from apps.speech.serializers import DEFAULT_MODEL
from apps.speech.services import LARGEST_FILE_BYTES, PART_FORMAT, SLOWEST_CHARACTERS_PER_SECOND, SpeechOrder, plan_speech
from apps.speech.text_preparation import parse_text
from workers.contract.formats import FORMATS
from workers.contract.references import StoredObject

HIGHEST_RATE = 24_000
"""Hz of the models' speech, where a request names no rate."""
MOST_WARNINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOrder:
    """Settings of the file that joins the lines."""

    format: str = "mp3"
    bitrate: int = 0
    """Bits per second; 0 for the format's default."""
    sample_rate: int = 0
    """Hz; 0 for that of the first line."""
    pause_ms: int = 0
    """Silence after a line that has no pause of its own."""
    crossfade_ms: int = 0
    """Fade between lines without a pause between them."""
    title: str = ""
    is_joined: bool = True
    """False makes the lines alone."""
    is_awaited: bool = True
    remade: Collection[Any] = ()
    """Uuids of lines that are spoken again although nothing changed."""
    cache: CacheUse = CacheUse.NORMAL
    param: str = "lines"
    """Name of the lines in the request, for error messages; empty where the request has the fields of a line itself."""

    def field_of(self, number: int, name: str) -> str:
        """Name of a line's field in the request."""
        return f"{self.param}[{number}].{name}" if self.param else name

    @contextlib.contextmanager
    def naming(self, number: int) -> Iterator[None]:
        """Let errors about a line name its field in the request."""
        try:
            yield
        except ApplicationError as error:
            error.param = self.field_of(number, "voice_id" if error.param == "voice" else error.param or "text")
            raise

    def pause_after(self, line: Line) -> float:
        """Seconds of silence after a line that another one follows."""
        return (self.pause_ms if line.pause_ms is None else line.pause_ms) / 1000


def plan_composition(caller: Caller, lines: Sequence[Line], *, order: RenderOrder, composition: str = "") -> JobPlan:
    """Job that speaks the changed lines and joins all of them. Errors name the line. composition: 32 hex digits."""
    models: dict[str, str] = {}
    for number, line in enumerate(lines):
        if not line.model and line.voice not in models:
            with order.naming(number):
                models[line.voice] = choose_model(caller, line.voice)
    plans = [_plan_line(caller, line, number=number, order=order, models=models) for number, line in enumerate(lines)]
    digests = [_digest_of(caller, plan) for plan in plans]
    changed = [
        line.take is None or line.take_digest != digest or line.uuid in order.remade for line, digest in zip(lines, digests, strict=True)
    ]
    audios = [
        _audio_of(line, plan=plan, number=number, order=order, is_changed=is_changed)
        for number, (line, plan, is_changed) in enumerate(zip(lines, plans, changed, strict=True))
    ]
    spoken = [plan for plan, is_changed in zip(plans, changed, strict=True) if is_changed]
    seconds = _likely_seconds(lines, plans=plans, order=order)
    parts = assemble_parts(audios, join=_join_settings(seconds, order=order) if order.is_joined else None)
    units = sum(plan.units for plan in spoken)
    takes = tuple(
        Take(line=line.uuid.hex, output=audio.output, settings=settings_digest(line), digest=digest)
        for line, audio, digest in zip(lines, audios, digests, strict=True)
        if audio.output
    )
    output_format = order.format if order.is_joined else PART_FORMAT
    return JobPlan(
        kind=COMPOSITION,
        engine_id=spoken[0].engine_id if spoken else "",
        queue=parts[0].queue,
        lane=COMPOSITION.lanes.choose(units, is_awaited=order.is_awaited),
        parts=parts,
        units=units,
        price_millicredits=sum(plan.price_millicredits for plan in spoken),
        output_format=output_format,
        params=CompositionParams(composition=composition, takes=takes, format=output_format),
        warnings=_warnings(plans, param=order.param),
    )


def plan_merge(chunks: Sequence[Line], *, order: RenderOrder) -> JobPlan:
    """Job that joins the takes of chunks as they are, whatever became of their voices. Nothing is spoken, nothing is charged."""
    audios = []
    for number, chunk in enumerate(chunks):
        take, timings = chunk.take, chunk.take_timings
        if take is None:
            raise ValueError(f"chunk {number} has no audio")
        characters = len(parse_text(chunk.text, param=order.field_of(number, "text")).written)
        stored_timings = StoredObject(timings.key) if timings else None
        pause = order.pause_after(chunk)
        audios.append(LineAudio(characters=characters, pause_seconds=pause, stored=StoredObject(take.key), stored_timings=stored_timings))
    seconds = sum(chunk.take_seconds + order.pause_after(chunk) for chunk in chunks)
    parts = assemble_parts(audios, join=_join_settings(seconds, order=order))
    return JobPlan(
        kind=COMPOSITION,
        engine_id="",
        queue=parts[0].queue,
        lane=COMPOSITION.lanes.choose(0, is_awaited=order.is_awaited),
        parts=parts,
        units=0,
        price_millicredits=0,
        output_format=order.format,
        params=CompositionParams(format=order.format),
    )


def settings_digest(line: Line) -> str:
    """Digest of what a line's owner decides about its sound."""
    return _sha256([line.text, line.voice, line.model, line.language, line.speed])


def choose_model(caller: Caller, voice: str) -> str:
    """Id of the model that speaks with a voice; empty where any model may be asked for it."""
    speaker = find_speaker(caller, voice) if voice else None
    return speaker.voice.engine if speaker else ""


def _plan_line(caller: Caller, line: Line, *, number: int, order: RenderOrder, models: Mapping[str, str]) -> JobPlan:
    """Job that would speak the line alone. models: by the voices of lines that name none."""
    speech = SpeechOrder(
        text=line.text,
        model=line.model or models[line.voice] or DEFAULT_MODEL,
        voice=line.voice or None,
        is_model_open=not line.model and not line.voice,
        format=PART_FORMAT,
        speed=line.speed,
        language=line.language or None,
        has_chapters=False,
        cache=CacheUse.REFRESH if line.uuid in order.remade and order.cache is CacheUse.NORMAL else order.cache,
    )
    with order.naming(number):
        return plan_speech(caller, order=speech)


def _audio_of(line: Line, *, plan: JobPlan, number: int, order: RenderOrder, is_changed: bool) -> LineAudio:
    take, timings = line.take, line.take_timings
    return LineAudio(
        characters=len(plan.params.text),  # type: ignore[attr-defined]  # SpeechParams
        pause_seconds=order.pause_after(line),
        parts=plan.parts if is_changed else (),
        price_millicredits=plan.price_millicredits,
        output=f"chunk_{number}" if is_changed else "",
        stored=StoredObject(take.key) if take and not is_changed else None,
        stored_timings=StoredObject(timings.key) if timings and not is_changed else None,
    )


def _likely_seconds(lines: Sequence[Line], *, plans: Sequence[JobPlan], order: RenderOrder) -> float:
    """Most seconds that the lines are likely to last."""
    spoken = sum(plan.units / SLOWEST_CHARACTERS_PER_SECOND / line.speed for line, plan in zip(lines, plans, strict=True))
    return spoken + sum(order.pause_after(line) for line in lines[:-1])


def _join_settings(seconds: float, *, order: RenderOrder) -> JoinSettings:
    """400 file_too_large for a long composition in a format whose file no store would take."""
    chosen = FORMATS[order.format]
    rate = chosen.choose_sample_rate(order.sample_rate or HIGHEST_RATE)
    size = seconds * (2 * rate if chosen.is_lossless else chosen.choose_bitrate(order.bitrate) / 8)
    if size > LARGEST_FILE_BYTES:
        advice = "Choose mp3." if chosen.is_lossless else "Choose a lower bitrate, or join fewer lines."
        message = f"The file may be {size / 1e9:.1f} GB in {order.format}; at most {LARGEST_FILE_BYTES / 1e9:g} GB. {advice}"
        raise InvalidRequestError(message, code="file_too_large", param="format")
    return JoinSettings(
        audio=AudioSettings(order.format, bitrate=order.bitrate, sample_rate=order.sample_rate),
        crossfade_seconds=order.crossfade_ms / 1000,
        title=order.title,
        expected_seconds=seconds,
    )


def _digest_of(caller: Caller, plan: JobPlan) -> str:
    """Digest of all that a line's audio depends on: its works hold the voices with their versions."""
    works: list[dict[str, Any]] = [part.work.to_dict() for part in plan.parts]
    return _sha256([watermark_of(caller.plan), [{name: value for name, value in work.items() if name != "sentences"} for work in works]])


def _sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _warnings(plans: Sequence[JobPlan], *, param: str) -> tuple[str, ...]:
    """Warnings of the lines, each once, with the first line that has it, if the request names its lines."""
    first: dict[str, int] = {}
    for number, plan in enumerate(plans):
        for warning in plan.warnings:
            first.setdefault(warning, number)
    shown = [f"{param}[{number}]: {warning}" if param else warning for warning, number in first.items()][:MOST_WARNINGS]
    return tuple(shown)
