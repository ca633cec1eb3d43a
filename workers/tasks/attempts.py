"""Attempt at a part, from the message to the outcome."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from typing import Any

from structlog.contextvars import bound_contextvars

from workers.broker import Claim, Claims
from workers.computing import ComputeJournal
from workers.contract.errors import INTERNAL_ERROR, OUT_OF_MEMORY, WorkError
from workers.contract.messages import Manifest, PartMessage, PartOutcome, PartStarted
from workers.contract.names import PART_FINISHED, PART_STARTED
from workers.log import SHORTEST_QUOTE, describe_error
from workers.outbox import Outbox
from workers.parts import PartRun, Parts, PartStoppedError
from workers.storage import disk_failure
from workers.tasks.context import WorkerContext
from workers.tasks.part_kinds import PART_KINDS

logger = logging.getLogger(__name__)


class Attempts:
    """Runs the parts that the platform gives to this worker."""

    def __init__(
        self, *, worker: str, boot: str, context: WorkerContext, parts: Parts, claims: Claims, outbox: Outbox, journal: ComputeJournal
    ) -> None:
        self._worker = worker
        self._boot = boot
        self._context = context
        self._parts = parts
        self._claims = claims
        self._outbox = outbox
        self._journal = journal
        self._is_accepting = True

    def stop_accepting(self) -> None:
        """Ignore messages from now on: the last heartbeat tells the platform that nobody runs them."""
        self._is_accepting = False

    def take(self, payload: Mapping[str, Any]) -> None:
        """Run one part, if the message is readable and its token unclaimed."""
        message = _decode(payload)
        if message is None or not self._is_accepting:
            return
        with bound_contextvars(**_log_ids(message)):
            self._take(message)

    def _take(self, message: PartMessage) -> None:
        run = PartRun(message, on_stop=self._context.scheduler.drop, while_waiting=lambda: self._journal.waiting(message.token))
        claim = self._claims.take(message.token)
        if claim is Claim.REPEATED or not self._parts.begin(run):
            logger.info("part_duplicate_ignored token=%s", message.token)
            return
        if claim is Claim.CANCELLED:
            run.stop()
        started = time.monotonic()
        self._outbox.send(PART_STARTED, payload=PartStarted(message.token, self._worker, self._boot).to_dict())
        outcome = self._run_attempt(run)
        self._outbox.send(PART_FINISHED, payload=outcome.to_dict())
        self._parts.end(run, outcome=outcome)
        logger.info(
            "part_%s kind=%s lane=%s seconds=%.3f units=%d code=%s",
            outcome.status,
            message.kind,
            message.lane,
            time.monotonic() - started,
            outcome.units_done,
            outcome.error_code or "-",
        )

    def _run_attempt(self, run: PartRun) -> PartOutcome:
        try:
            with self._record_computing(run):
                manifest = self._run_kind(run)
        except (PartStoppedError, CancelledError):
            return self._outcome(run, status="cancelled")
        except WorkError as error:
            return self._failed_outcome(run, error)
        except MemoryError:
            return self._failed_outcome(run, WorkError(OUT_OF_MEMORY, "The worker ran out of memory."))
        except OSError as error:
            return self._failed_outcome(run, disk_failure(error) or self._log_unexpected(run, error))
        except Exception as error:  # noqa: BLE001 - whatever a part raises, its worker continues
            return self._failed_outcome(run, self._log_unexpected(run, error))
        return self._outcome(run, status="completed", manifest=manifest)

    @contextmanager
    def _record_computing(self, run: PartRun) -> Iterator[None]:
        token = run.message.token
        with ExitStack() as stack:
            if run.message.runs_alone:
                stack.enter_context(self._journal.alone(token, check=run.check))
            stack.enter_context(self._journal.computing(token))
            yield

    def _run_kind(self, run: PartRun) -> Manifest:
        do_part: Callable[..., Manifest] | None = PART_KINDS.get(run.message.kind)
        if do_part is None:
            raise WorkError(INTERNAL_ERROR, f"This worker does not know the work {run.message.kind!r}.")
        run.check()
        return do_part(run, context=self._context)

    def _log_unexpected(self, run: PartRun, error: Exception) -> WorkError:
        logger.error("part_broke token=%s %s", run.message.token, describe_error(error, secrets=secrets_of(run.message)))
        return WorkError(INTERNAL_ERROR, "An unexpected error occurred.")

    def _failed_outcome(self, run: PartRun, error: WorkError) -> PartOutcome:
        return self._outcome(run, status="failed", error=error)

    def _outcome(self, run: PartRun, *, status: str, manifest: Manifest | None = None, error: WorkError | None = None) -> PartOutcome:
        return PartOutcome(
            job=run.message.job,
            part=run.message.part,
            token=run.message.token,
            worker=self._worker,
            status=status,
            manifest=manifest,
            error_code=error.code if error else "",
            error_message=error.message if error else "",
            is_retryable=error.is_retryable if error else False,
            is_outage=error.is_outage if error else False,
            units_done=run.units_done,
        )


def secrets_of(message: PartMessage) -> tuple[str, ...]:
    """Strings of a message that no log line may quote: texts, prompts, pronunciations and addresses of its work, addresses of its outputs."""
    addresses = (message.manifest.location, *(output.address.location for output in message.outputs))
    return (str(message.work.get("text", "")), *addresses, "\0".join(_long_strings(message.work)))


def _long_strings(value: Any) -> Iterator[str]:
    """Strings at any depth that are no mere names, such as a language or a format; the engine's id may be quoted."""
    if isinstance(value, str):
        if len(value) > SHORTEST_QUOTE:
            yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name != "engine":
                yield from _long_strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _long_strings(item)


def _log_ids(message: PartMessage) -> dict[str, Any]:
    """Ids in every log line of the attempt; the request's is left out for work that no request started."""
    ids = {"job": message.job, "part": message.part, "tenant": message.tenant}
    return {**ids, "request": message.request_id} if message.request_id else ids


def _decode(payload: Mapping[str, Any]) -> PartMessage | None:
    try:
        return PartMessage.from_dict(payload)
    except (TypeError, AttributeError, KeyError) as error:
        # Its lease expires and another attempt follows, perhaps on a worker of a matching version.
        logger.error("message_unreadable error=%s keys=%s", type(error).__name__, sorted(payload) if isinstance(payload, Mapping) else "-")  # noqa: TRY400
        return None
