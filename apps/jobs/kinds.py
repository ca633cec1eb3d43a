"""Kinds of job. Each is declared once, in `kinds.py` of the app that owns it, and named in the setting TTSAI_JOB_KINDS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.utils.module_loading import import_string

from apps.jobs.models import Job, Lane
from apps.jobs.params import JobParams, RecordingParams, SpokenParams, forgotten
from workers.contract.codec import Message

P = TypeVar("P", bound=JobParams, covariant=True)  # noqa: PLC0105 - no other parameter needs a name


class Unit(StrEnum):
    """Units in which `Job.units` counts the work of a job."""

    CHARACTERS = "characters"
    MILLISECONDS = "milliseconds"
    """Milliseconds of audio."""
    WEIGHT = "weight"
    """Sum of its parts' weights, if no size is known in advance."""


class Charge(StrEnum):
    """Charges for a job that ends without a result. None exceeds the reservation."""

    NOTHING = "nothing"
    WORK_DONE = "work_done"
    """The share of the price whose work is done (apps/jobs/charges.py)."""
    WORK_READ = "work_read"
    """The charge of WORK_DONE if the owner read a generated text in the job's events; otherwise nothing."""


@dataclass(frozen=True, slots=True)
class LaneRule:
    """Choice of a job's lane by its size and by whether a client waits for it."""

    awaited: Lane = Lane.LIVE
    queued: Lane = Lane.NORMAL
    longest_units: Callable[[], int] | None = None
    """Largest short job. A longer one is bulk work, or `normal` if a client waits: the slots reserved for `live` are for answers within
    seconds.
    """

    def choose(self, units: int, *, is_awaited: bool) -> Lane:
        """Lane of a job of this size."""
        if self.longest_units is not None and units > self.longest_units():
            return Lane.NORMAL if is_awaited else Lane.BULK
        return self.awaited if is_awaited else self.queued


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind(Generic[P]):
    """Declaration of a kind of job: everything that other code decides by the kind."""

    name: str
    """Name in the row and the API; it never changes. A service price of the same name is the kind's price."""
    params: type[P]
    units: Unit
    lanes: LaneRule = LaneRule()
    charge_on_cancel: Charge = Charge.WORK_DONE
    charge_on_failure: Charge = Charge.NOTHING
    """Charge for a job that fails or expires."""
    has_timings: bool = False
    """True if the result may have the times of its words, in an object beside the audio."""
    document: type[Message] | None = None
    """Document that the job stores: the result itself, or a text beside the audio."""
    result_shape: str = ""
    """Dotted path of a function (Job) -> dict, the `result` of GET /v1/speech/results/; empty where only the file is shown."""
    repeat: str = ""
    """Dotted path of a function (Caller, Job) -> JobPlan, the same request as a new job; empty where the row does not hold all of it: recordings
    are deleted at a job's end.
    """
    is_internal: bool = False
    """True for the platform's own jobs: free, without webhooks, neither listed nor counted against limits."""

    def __str__(self) -> str:
        return self.name

    @property
    def takes_recordings(self) -> bool:
        """True if its jobs work on a recording, alone or beside a text."""
        return self.units == Unit.MILLISECONDS or issubclass(self.params, RecordingParams)

    def read_params(self, job: Job) -> P:
        return self.params.from_row(job.params)

    def shape_result(self, job: Job) -> dict[str, Any]:
        """Shape of the document of a completed job whose kind has a `result_shape`. Reads the object store."""
        shape: Callable[[Job], dict[str, Any]] = import_string(self.result_shape)
        return shape(job)


@dataclass(frozen=True, kw_only=True)
class RenditionParams(JobParams):
    """Parameters of a conversion of another job's result."""

    source: str = forgotten("")
    """Uuid of that job."""
    source_kind: str = ""
    """Kind of that job."""
    source_engine: str = ""
    """Engine of that job; empty for a job without one."""
    format: str = ""


PREVIEW = JobKind(
    name="preview",
    params=SpokenParams,
    units=Unit.CHARACTERS,
    lanes=LaneRule(awaited=Lane.NORMAL),
    charge_on_cancel=Charge.NOTHING,
    has_timings=True,
    is_internal=True,
)
RENDITION = JobKind(
    name="rendition",
    params=RenditionParams,
    units=Unit.WEIGHT,
    lanes=LaneRule(awaited=Lane.NORMAL),
    charge_on_cancel=Charge.NOTHING,
    is_internal=True,
)


@cache
def job_kinds() -> Mapping[str, JobKind[JobParams]]:
    """All kinds by name. Raises ValueError if two have the same name."""
    kinds: dict[str, JobKind[JobParams]] = {}
    for path in settings.TTSAI_JOB_KINDS:
        kind: JobKind[JobParams] = import_string(path)
        if kind.name in kinds:
            raise ValueError(f"TTSAI_JOB_KINDS has two kinds named {kind.name!r}. Rename one.")
        kinds[kind.name] = kind
    return kinds


def kind_of(job: Job) -> JobKind[JobParams]:
    """Kind of the job. A row of a kind unknown to this version is read as one without parameters, charges or documents."""
    known = job_kinds().get(job.kind)
    return known or JobKind(name=job.kind, params=JobParams, units=Unit.WEIGHT, charge_on_cancel=Charge.NOTHING)


def params_of(job: Job) -> JobParams:
    """Parameters of the job, in the type of its kind."""
    return kind_of(job).read_params(job)


def origin_kind_name(kind: str, params: JobParams) -> str:
    """Name of the kind of job that made the audio: of a rendition, the kind of its source."""
    return (params.source_kind if isinstance(params, RenditionParams) else "") or kind


def voice_of(job: Job) -> str:
    """Voice that the job speaks with or converts to; empty for a kind without one."""
    return str(getattr(params_of(job), "voice", ""))


def kind_names_with_recordings() -> list[str]:
    """Names of the kinds that work on recordings of a known length, without the platform's own."""
    return [kind.name for kind in job_kinds().values() if kind.takes_recordings and kind.units != Unit.WEIGHT and not kind.is_internal]


def kind_names_with_unit(unit: Unit) -> list[str]:
    """Names of the kinds whose units these are, without the platform's own."""
    return [kind.name for kind in job_kinds().values() if kind.units == unit and not kind.is_internal]
