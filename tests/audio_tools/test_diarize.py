"""POST /v1/audio/diarize/: what the platform plans and refuses."""

from types import SimpleNamespace
from typing import Any

import pytest

from apps.audio_tools.declaration import ToolOrder
from apps.audio_tools.services import plan_job
from apps.audio_tools.tools.diarize import DIARIZE_TOOL
from apps.catalog.selectors import clear_catalogue_cache
from apps.core.errors import ApplicationError
from tests.factories_jobs import announce, engine_spec
from tests.transcription.conftest import WHISPER
from workers.contract.audio_tools import DiarizeWork
from workers.contract.references import StoredObject

pytestmark = pytest.mark.django_db


def order(**options: Any) -> Any:
    source = SimpleNamespace(key="uploads/talk", info=SimpleNamespace(audio_seconds=90.0))
    return ToolOrder(SimpleNamespace(), options={"webhook_url": "", **options}, source=source)  # type: ignore[arg-type]


def test_the_job_runs_beside_the_recogniser_at_one_credit_a_minute() -> None:
    announce(engine_spec("whisper", **WHISPER))
    plan = plan_job(DIARIZE_TOOL, order=order(num_speakers=3), is_awaited=True)
    (part,) = plan.parts
    assert (plan.queue, plan.price_millicredits, plan.output_format, part.kind) == ("whisper", 1500, "json", "diarize")
    assert part.work == DiarizeWork(source=StoredObject("uploads/talk"), source_seconds=90.0, speakers=3)
    assert [(output.name, output.file_name, output.is_kept) for output in part.outputs] == [
        ("document", "document.json", True),
        ("rttm", "rttm.rttm", True),
    ]


def test_an_unknown_number_of_speakers_is_zero_for_the_worker() -> None:
    announce(engine_spec("whisper", **WHISPER))
    (part,) = plan_job(DIARIZE_TOOL, order=order(num_speakers=None), is_awaited=False).parts
    assert isinstance(part.work, DiarizeWork)
    assert part.work.speakers == 0


def test_diarize_without_a_model_names_the_command_that_installs_it() -> None:
    announce(engine_spec("whisper", **{**WHISPER, "has_diarization": False}))
    clear_catalogue_cache()
    with pytest.raises(ApplicationError, match="ttsai models pull diarization") as raised:
        DIARIZE_TOOL.check(SimpleNamespace(), {})  # type: ignore[arg-type]
    assert (raised.value.status, raised.value.code) == (400, "model_not_installed")
