"""One command in progress: its client of the platform, its terminal, and the job that is cancelled with it."""

import asyncio
import contextlib
import functools
import secrets
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ttsai.cli.address import find_address, with_server
from ttsai.cli.exit_codes import INTERRUPTED, CommandError, exit_code_of
from ttsai.cli.terminal import Terminal

if TYPE_CHECKING:  # httpx takes a tenth of a second, which `ttsai --help` does without
    from ttsai.api_client import ApiClient, ApiError

T = TypeVar("T")
Decorated = TypeVar("Decorated", bound=Callable[..., Any])

ATTEMPTS: Final = 6
CANCEL_SECONDS: Final = 5.0
FIRST_POLLS: Final = (0.05, 0.1, 0.1, 0.2, 0.2, 0.3)
POLL_SECONDS: Final = 0.5
OPEN_STATES: Final = frozenset({"queued", "processing"})


class Session:
    """Client and terminal of a command."""

    def __init__(self, api: "ApiClient", terminal: Terminal) -> None:
        self.api = api
        self.terminal = terminal

    async def submit(
        self,
        call: Callable[[str], Awaitable[dict[str, Any]]],
        *,
        idempotency_key: str = "",
        cancel: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
    ) -> dict[str, Any]:
        """Response to a request that queues work. The call gets an Idempotency-Key, so that repetitions queue it once.

        An interruption waits a moment for the response, and cancels the work: a job, unless `cancel` is given.
        """
        asking = asyncio.ensure_future(call(idempotency_key or f"cli-{secrets.token_hex(16)}"))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await (cancel or self.cancel)(await asyncio.wait_for(asking, CANCEL_SECONDS))
            raise

    async def finish(self, queued: dict[str, Any]) -> dict[str, Any]:
        """Follow a queued job to its end and return its result. An interruption cancels the job."""
        from ttsai.api_client import ApiError

        job = str(queued["uuid"])
        for warning in queued.get("warnings", ()):
            self.terminal.note(f"Warning: {warning}")
        try:
            await self.follow(job)
            return {**queued, **await self.api.result(job)}
        except ApiError as error:
            error.message = f"{error.message} (job {job})"
            raise
        except asyncio.CancelledError:
            await self.cancel(queued)
            raise

    async def cancel(self, queued: dict[str, Any]) -> None:
        """Cancel the job on the server; a job that cannot be cancelled is reported."""
        from ttsai.api_client import ApiError

        job = str(queued["uuid"])
        try:
            await asyncio.wait_for(self.api.cancel(job), CANCEL_SECONDS)
            self.terminal.note(f"Cancelled job {job}.")
        except (ApiError, TimeoutError) as error:
            self.terminal.note(f"Job {job} could not be cancelled: {error or 'the server did not answer'}")

    async def follow(self, job: str) -> None:
        """Show the job's progress by its events; without the permission to read them, by polling its result."""
        from ttsai.api_client import ApiError

        with self.terminal.progress("queued") as bar:
            try:
                async for share in self.api.follow(job):
                    bar.update(share, description="working")
            except ApiError as error:
                if error.status not in {401, 403}:
                    raise
            else:
                return
            polls = iter(FIRST_POLLS)
            while (result := await self.api.get("/v1/speech/results/", uuid=job))["status"] in OPEN_STATES:
                bar.update(result.get("progress", 0.0), description=result["status"])
                await asyncio.sleep(next(polls, POLL_SECONDS))


def with_session(function: Decorated) -> Decorated:
    """Add --url, --key, --json and --quiet."""
    json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    quiet = click.option("-q", "--quiet", is_flag=True, help="No progress and no remarks.")
    return with_server(json_option(quiet(function)))


def run_session(
    work: Callable[[Session], Coroutine[Any, Any, T]], *, url: str, key: str, as_json: bool, quiet: bool, is_output_taken: bool = False
) -> T:
    """Run a command's work. Errors of the platform become one line and an exit code; Ctrl-C, SIGTERM and a closed terminal end it in order."""
    from ttsai.api_client import ApiClient, ApiError
    from ttsai.api_client.retrying import RetryPolicy

    address = find_address(url=url, key=key)
    terminal = Terminal(is_json=as_json, is_quiet=quiet, is_output_taken=is_output_taken)

    def on_pause(error: "ApiError", seconds: float) -> None:
        terminal.note(f"{error.message} Trying again in {seconds:g} s.")

    async def main() -> T:
        task = asyncio.current_task()
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError, AttributeError):  # Windows, or not the main thread
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                    asyncio.get_running_loop().add_signal_handler(number, functools.partial(_cancel, task))
        async with ApiClient(url=address.url, key=address.key, retries=RetryPolicy(attempts=ATTEMPTS, on_pause=on_pause)) as api:
            return await work(Session(api, terminal))

    try:
        return asyncio.run(main())
    except ApiError as error:
        raise as_click_error(error) from error
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        terminal.note("Interrupted.")
        raise SystemExit(INTERRUPTED) from error


def as_click_error(error: "ApiError") -> click.ClickException:
    """The error in one line, with its exit code."""
    facts = [str(error.status) if error.status else "", error.code, f"request {error.request_id}" if error.request_id else ""]
    return CommandError(f"{error.message} ({', '.join(filter(None, facts))})", exit_code=exit_code_of(status=error.status, code=error.code))


def _cancel(task: "asyncio.Task[Any] | None") -> None:
    if task is not None:
        task.cancel()
