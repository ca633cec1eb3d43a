"""Transcription tasks in this process: a worker context with Whisper, and a way to run one part."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import redis
import soundfile
from numpy.typing import NDArray

from tests.workers.messages import address_of, targets
from workers.contract.codec import Message
from workers.contract.messages import Manifest, PartMessage
from workers.contract.outputs import ANALYSIS, AUDIO, TEXT
from workers.contract.references import Address
from workers.contract.transcription import ListenWork, PrepareWork, RecordingAnalysis, TranscriptDocument, TranscriptWork
from workers.model_manager import ModelManager
from workers.parts import PartRun
from workers.protocols.engine import Model
from workers.scheduler import SentenceScheduler
from workers.storage import Storage
from workers.stream import LiveEvents
from workers.tasks.context import WorkerContext
from workers.tasks.part_kinds import PART_KINDS
from workers.tasks.results import read_document


class TaskHarness:
    """Worker context with its own shared folder."""

    def __init__(self, folder: Path, *, engines: list[Model], client: redis.Redis, cores: int = 2) -> None:
        self.objects = folder / "objects"
        self.objects.mkdir(parents=True, exist_ok=True)
        self._http = httpx.Client()
        storage = Storage(objects=self.objects, scratch=folder / "scratch", http=self._http)
        storage.prepare()
        models = ModelManager(engines, budget_bytes=4 << 30, idle_seconds=3600)
        self.context = WorkerContext(models, SentenceScheduler(cores=cores), storage, LiveEvents(client))

    def close(self) -> None:
        """Close its threads and connections."""
        self.context.scheduler.close()
        self._http.close()

    def keep(self, name: str, samples: NDArray[np.float32]) -> Address:
        """Store a recording in the shared folder."""
        soundfile.write(self.objects / name, samples, 16_000)
        return Address("folder", name)

    def keep_document(self, name: str, document: TranscriptDocument) -> Address:
        """Write a transcript document to the shared folder, as a part of kind listen does."""
        (self.objects / name).write_text(json.dumps(document.to_dict()))
        return Address("folder", name)

    def message(self, kind: str, work: Message, **changes: Any) -> PartMessage:
        """Message of a part."""
        token = uuid.uuid4().hex
        values: dict[str, Any] = {
            "job": uuid.uuid4().hex,
            "part": 0,
            "token": token,
            "kind": kind,
            "work": work.to_dict(),
            "tenant": "tenant",
            "lane": "normal",
            "job_created_at": time.time(),
            "deadline_at": time.time() + 3 * 3600,
            "outputs": targets(
                {name: Address("folder", f"{token}/{name}") for name in ((AUDIO, ANALYSIS) if kind == "prepare" else (TEXT,))}
            ),
            "manifest": Address("folder", f"{token}/manifest.json"),
        }
        return PartMessage(**{**values, **changes})

    def run(self, message: PartMessage) -> PartRun:
        """Attempt that is not started."""
        return PartRun(message, on_stop=self.context.scheduler.drop)

    def do(self, message: PartMessage) -> Manifest:
        """Run the part."""
        return PART_KINDS[message.kind](self.run(message), context=self.context)

    def document(self, address: Address) -> TranscriptDocument:
        """A transcript in the shared folder."""
        return read_document(address, TranscriptDocument, storage=self.context.storage)

    def analysis(self, message: PartMessage) -> RecordingAnalysis:
        """Read the analysis that a part of kind prepare wrote."""
        return read_document(address_of(message, ANALYSIS), RecordingAnalysis, storage=self.context.storage)

    def listen(self, work: ListenWork, **changes: Any) -> TranscriptDocument:
        """Run one part of kind listen."""
        message = self.message("listen", work, **changes)
        self.do(message)
        return self.document(address_of(message))

    def listen_in_pieces(self, source: Address, *, pieces: int, **options: Any) -> TranscriptDocument:
        """Run all parts of a long recording in turn."""
        prepared = self.message("prepare", PrepareWork(source, "whisper", pieces))
        self.do(prepared)
        asked = {name: options[name] for name in ("is_diarized", "speakers", "has_words", "known_speakers") if name in options}
        outputs = []
        for piece in range(pieces):
            work = ListenWork("whisper", address_of(prepared), analysis=address_of(prepared, ANALYSIS), piece=piece, **options)
            heard = self.message("listen", work, part=1 + piece)
            self.do(heard)
            outputs.append(address_of(heard))
        joined = self.message("transcript", TranscriptWork(tuple(outputs), analysis=address_of(prepared, ANALYSIS), **asked))
        self.do(joined)
        return self.document(address_of(joined))
