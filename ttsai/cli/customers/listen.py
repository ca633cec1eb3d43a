"""`ttsai listen`: prints what is said into the microphone, or into standard input, while it is said."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlencode

import click

from ttsai.cli.address import Address, find_address
from ttsai.cli.exit_codes import INTERRUPTED, UNREACHABLE, CommandError
from ttsai.cli.recorders import PcmFormat, Recording, microphone, piped
from ttsai.cli.session import as_click_error, with_session

CLOSING_SECONDS: Final = 60.0
LONGEST_MESSAGE: Final = 1 << 20


@click.command(name="listen")
@click.argument("source", required=False)
@click.option(
    "--rate", type=click.IntRange(4000, 192_000), default=16_000, show_default=True, help="Samples a second of PCM without a header."
)
@click.option("--channels", type=click.IntRange(1, 8), default=1, show_default=True, help="Channels of PCM without a header.")
@click.option("--language", default="multi", show_default=True, help="en, es, …; multi detects it.")
@click.option("--model", default="nova-3", show_default=True, help="Recogniser.")
@click.option("--hotword", "hotwords", multiple=True, help="Word to listen for; may be repeated.")
@with_session
def command(
    *, source: str | None, rate: int, channels: int, language: str, model: str, hotwords: tuple[str, ...], url: str, key: str,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Listen to the microphone, or to SOURCE: a WAV file, raw 16-bit PCM, or `-` for either on standard input.

    Text is printed when an utterance is over; on a terminal it is shown while it is said. Ctrl-C ends it in order, with the last words.
    """
    address = find_address(url=url, key=key)
    form = PcmFormat(rate, channels)
    query = {"model": model, "language": language, "interim_results": "true", "smart_format": "true", "keyterm": hotwords}
    printer = _Printer(is_json=as_json, shows_interim=not quiet and not as_json and sys.stderr.isatty())
    try:
        asyncio.run(_listen(address, query, source=source, form=form, printer=printer))
    except (KeyboardInterrupt, asyncio.CancelledError) as error:  # a second Ctrl-C
        raise SystemExit(INTERRUPTED) from error


class _Printer:
    """Prints results of the server."""

    def __init__(self, *, is_json: bool, shows_interim: bool) -> None:
        self._is_json = is_json
        self._shows_interim = shows_interim

    def show(self, message: dict[str, Any]) -> None:
        if self._is_json:
            click.echo(json.dumps(message, ensure_ascii=False))
            return
        if message["type"] != "Results":
            return
        text = message["channel"]["alternatives"][0]["transcript"].strip()
        if self._shows_interim:
            click.echo("\r\x1b[K" + ("" if message["is_final"] else text[-100:]), err=True, nl=False)
        if text and message["is_final"]:
            click.echo(text)


async def _listen(address: Address, query: dict[str, Any], *, source: str | None, form: PcmFormat, printer: _Printer) -> None:
    opening = microphone(form) if source is None else piped(source, form)
    async with opening as recording:
        facts = {"encoding": "linear16", "sample_rate": recording.form.rate, "channels": recording.form.channels}
        async with _connected(address, {**query, **facts}) as socket:
            sending = asyncio.create_task(_send(socket, recording))
            reading = asyncio.create_task(_read(socket, printer))
            try:
                await asyncio.wait({sending, reading}, return_when=asyncio.FIRST_COMPLETED)
                if sending.done():
                    sending.result()
            except asyncio.CancelledError:  # the first Ctrl-C: what was said before it is still transcribed
                sending.cancel()
                asyncio.current_task().uncancel()  # type: ignore[union-attr]  # this is a task
            finally:
                sending.cancel()
            await _close(socket, reading)


async def _send(socket: Any, recording: Recording) -> None:
    from websockets.exceptions import ConnectionClosed

    with contextlib.suppress(ConnectionClosed):  # the reader tells why
        async for block in recording.blocks:
            await socket.send(block)


async def _read(socket: Any, printer: _Printer) -> None:
    """Print messages until the server closes. Raises ClickException for its errors."""
    async for message in socket:
        read = json.loads(message)
        if read.get("type") == "Error" or "err_code" in read:
            raise click.ClickException(str(read.get("err_msg") or read.get("description") or read))
        printer.show(read)


async def _close(socket: Any, reading: "asyncio.Task[None]") -> None:
    from websockets.exceptions import ConnectionClosed

    with contextlib.suppress(ConnectionClosed):
        await socket.send(json.dumps({"type": "CloseStream"}))
    try:
        await asyncio.wait_for(reading, CLOSING_SECONDS)
    except TimeoutError as error:
        raise click.ClickException("The server did not finish in time.") from error
    except ConnectionClosed as error:
        reason = error.rcvd.reason if error.rcvd else ""
        raise CommandError(f"The server closed the connection: {reason or 'without a reason'}", exit_code=UNREACHABLE) from error


@contextlib.asynccontextmanager
async def _connected(address: Address, query: dict[str, Any]) -> AsyncIterator[Any]:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus, WebSocketException

    sockets = address.url.replace("http", "ws", 1)
    headers = {"Authorization": f"Bearer {address.key}"} if address.key else {}
    try:
        socket = await connect(
            f"{sockets}/v1/listen/?{urlencode(query, doseq=True)}", additional_headers=headers, max_size=LONGEST_MESSAGE, max_queue=64
        )
    except InvalidStatus as error:
        raise as_click_error(_refusal(error)) from error
    except (OSError, WebSocketException) as error:
        raise CommandError(f"No answer from {address.url}: {error}", exit_code=UNREACHABLE) from error
    async with socket:
        yield socket


def _refusal(error: Any) -> Any:
    """ApiError of a refused handshake, in the dialect of the route."""
    from ttsai.api_client import ApiError

    status = error.response.status_code
    try:
        body = json.loads(error.response.body)
        return ApiError(
            str(body.get("code") or body["err_code"]), str(body["err_msg"]), status=status, request_id=body.get("request_id", "")
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return ApiError("bad_answer", f"The server answered {status}.", status=status)
