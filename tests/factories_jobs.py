"""Helpers for tests of jobs: worker announcements, job plans, and messages of workers about parts."""

import hashlib
import io
import json
import random
import time
import uuid
import wave
from collections.abc import Mapping
from typing import Any

from apps.accounts.callers import Caller, anonymous_caller, caller_of_key
from apps.accounts.models import Account, ApiKey
from apps.core.storage import get_storage
from apps.jobs.dispatch import dispatch
from apps.jobs.kinds import job_kinds
from apps.jobs.models import IN_FLIGHT_STATES, Job, Part
from apps.jobs.objects import MANIFEST, output_key, part_folder
from apps.jobs.plans import AudioSettings, PartPlan, with_join
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.attempts import start_part
from apps.jobs.services.finish import finish_part
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan
from tests.factories import AccountFactory, AnonymousPlanFactory, make_key
from tests.replayed_announcements import handle_or_replay
from workers.contract import names
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.messages import Announcement, Manifest, PartOutcome, PartStarted, QueueSlots, SpeakWork
from workers.contract.outputs import StoredOutput, audio_outputs
from workers.contract.voices import VoiceRef
from workers.slots import queue_groups

WORKER, BOOT = "worker-1", "boot-1"
SAMPLES = random.Random(0).randbytes(4800)
"""A tenth of a second of 16-bit PCM at 24 kHz."""


def wav_of(samples: bytes, *, sample_rate: int = 24_000) -> bytes:
    """WAV file of 16-bit mono PCM."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(sample_rate)
        written.writeframes(samples)
    return file.getvalue()


AUDIO = wav_of(SAMPLES)
"""File that test workers store, whatever format was asked for: a reader can decode it."""
BELLA = VoiceRef("af_bella", "en-us", "female", "kokoro", "1")


def engine_spec(engine_id: str = "kokoro", **changes: Any) -> EngineSpec:
    """Model with three voices."""
    values: dict[str, Any] = {
        "id": engine_id,
        "name": engine_id.title(),
        "version": "1",
        "languages": ("en",),
        "default_voice": "af_bella",
        "voices": (
            VoiceSpec("af_bella", name="Bella", language="en-us", gender="female", tags=("warm",)),
            VoiceSpec("am_adam", name="Adam", language="en-us", gender="male"),
            VoiceSpec("bf_emma", name="Emma", language="en-gb", gender="female"),
        ),
    }
    return EngineSpec(**{**values, **changes})


def announcement(
    *specs: EngineSpec,
    worker: str = WORKER,
    boot: str = BOOT,
    slots: int = 4,
    reserved: int = 0,
    hard: int = 0,
    sent_at: float | None = None,
    died_computing: tuple[str, ...] | None = None,
) -> Announcement:
    """Announcement of a worker with these engines (by default kokoro), joins and conversions."""
    specs = specs or (engine_spec(),)
    groups = {*queue_groups(specs)} - {names.CODEC_QUEUE}
    queues = [QueueSlots(group, slots=slots, reserved_slots=reserved, hard_slots=hard) for group in sorted(groups)]
    message = Announcement(
        worker=worker,
        boot=boot,
        device="cpu",
        engines=specs,
        queues=(*queues, QueueSlots(names.CODEC_QUEUE, slots=2)),
        sent_at=time.time() if sent_at is None else sent_at,
        died_computing=died_computing,
    )
    return Announcement.from_dict(json.loads(json.dumps(message.to_dict())))


def announce(*specs: EngineSpec, **changes: Any) -> None:
    """Announce a worker."""
    handle_or_replay(announcement(*specs, **changes))


def caller(account: Account | None = None, **limits: Any) -> Caller:
    """Caller with an account and a key; 1,000 credits unless the account is given."""
    key, _ = make_key(account or AccountFactory(credits=1000), **limits)
    return caller_of_key(ApiKey.objects.select_related("account__plan").get(pk=key.pk), address="203.0.113.7")


def nobody(address: str = "203.0.113.7") -> Caller:
    """Anonymous caller."""
    return anonymous_caller(AnonymousPlanFactory(), address=address)


def speak_plan(text: str, *, audio_format: str = "mp3", is_kept: bool = True, **changes: Any) -> PartPlan:
    """Plan of one part that speaks."""
    work = SpeakWork(engine="kokoro", voice=BELLA, text=text, language="en-us", format=audio_format)
    return PartPlan("speak", work, **{"outputs": audio_outputs(audio_format, is_kept=is_kept), "units": len(text), **changes})


def job_plan(*texts: str, lane: str = "normal", price: int | None = None, queue: str = "kokoro", **changes: Any) -> JobPlan:
    texts = texts or ("Hello.",)
    is_long = len(texts) > 1
    units = sum(len(text) for text in texts)
    values: dict[str, Any] = {
        "kind": "speech",
        "engine_id": "kokoro",
        "queue": queue,
        "lane": lane,
        "parts": with_join([speak_plan(text, audio_format="flac", is_kept=False) for text in texts], audio=AudioSettings("mp3"))
        if is_long
        else (speak_plan(texts[0]),),
        "units": units,
        "price_millicredits": 2 * units if price is None else price,
        "output_format": "mp3",
        "params": {"model": "kokoro", "voice": "af_bella", "text": " ".join(texts)},
    }
    values |= changes
    kind = job_kinds()[values["kind"]]
    return JobPlan(**{**values, "kind": kind, "params": kind.params.from_row(values["params"])})


def submit(by: Caller, *texts: str, key: str = "", digest: str = "digest", **changes: Any) -> Submission:
    idempotency = Idempotency(key=key, body_digest=digest) if key else None
    return submit_job(by, job_plan(*texts, **changes), idempotency=idempotency, request_id="req_test")


def submit_many(by: Caller, *, count: int, **changes: Any) -> list[Job]:
    return [submit(by, f"Text number {number}.", **changes).job for number in range(count)]


def part_of(job: Job, index: int = 0) -> Part:
    return Part.objects.get(job_id=job.uuid, index=index)


def reread(job: Job) -> Job:
    return Job.objects.get(uuid=job.uuid)


def started(part: Part, *, worker: str = WORKER, boot: str = BOOT) -> Part:
    """Record that a worker started the part."""
    start_part(PartStarted(token=_token(part).hex, worker=worker, boot=boot))
    return Part.objects.get(pk=part.pk)


def store_output(
    part: Part,
    *,
    audio: bytes = AUDIO,
    others: Mapping[str, bytes] | None = None,
    is_manifest_stored: bool = True,
    details: dict[str, Any] | None = None,
) -> Manifest:
    """Store the outputs of a worker: `audio` as the main one, `others` by name. Optional ones are left out unless given."""
    main, *rest = part.output_specs
    contents = {main.name: audio} | {spec.name: b"{}" for spec in rest if not spec.is_optional} | dict(others or {})
    for name, content in contents.items():
        get_storage().put_bytes(output_key(part, name), content, content_type=part.get_output(name).media_type)
    manifest = Manifest(
        job=part.job_id.hex,
        part=part.index,
        token=_token(part).hex,
        outputs=tuple(
            StoredOutput(
                name,
                part.get_output(name).media_type,
                bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                audio_seconds=1.5 if name == main.name else 0.0,
                sample_rate=24000 if name == main.name else 0,
            )
            for name, content in contents.items()
        ),
        units_done=part.units,
        details=details or {},
    )
    if is_manifest_stored:
        get_storage().put_bytes(f"{part_folder(part)}/{MANIFEST}", json.dumps(manifest.to_dict()).encode(), content_type="application/json")
    return manifest


def outcome_of(part: Part, /, *, status: str = "completed", **changes: Any) -> PartOutcome:
    """Outcome of the attempt, as its worker would report it."""
    values: dict[str, Any] = {"job": part.job_id.hex, "part": part.index, "token": _token(part).hex, "worker": WORKER, "status": status}
    if status == "completed" and "manifest" not in changes:
        values["manifest"] = store_output(part)
    return PartOutcome(**{**values, **changes})


def finished(part: Part) -> Part:
    """Finish the part as a worker would."""
    assert finish_part(outcome_of(part))
    return Part.objects.get(pk=part.pk)


def work_off(queue: str = "kokoro") -> list[Part]:
    """Finish every admitted part of the queue until none is left; returns the parts in the order of their admission."""
    done: list[Part] = []
    while parts := list(Part.objects.filter(queue=queue, state__in=IN_FLIGHT_STATES).order_by("admitted_at", "id")):
        done += [finished(started(part)) for part in parts]
        dispatch(queue)
    return done


def _token(part: Part) -> uuid.UUID:
    if part.token is None:
        raise AssertionError(f"part {part} was not admitted")
    return part.token
