"""`ttsai wyoming`: voice for Home Assistant by the Wyoming protocol."""

import click

from ttsai.cli.address import find_address, with_server


@click.command(name="wyoming")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for other machines, see docs/wyoming.md."
)
@click.option("--port", default=10300, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--voice", default=None, help="Voice of requests that name none.")
@click.option("--stt-model", default=None, help="Recogniser of requests that name none.")
@click.option("--max-connections", default=100, show_default=True, type=click.IntRange(min=1), help="Clients at once.")
@click.option("--max-audio-seconds", default=300, show_default=True, type=click.IntRange(min=1), help="Longest recording.")
@with_server
def command(
    *, host: str, port: int, voice: str | None, stt_model: str | None, max_connections: int, max_audio_seconds: int, url: str, key: str
) -> None:
    """Serve the Wyoming protocol for Home Assistant and its satellites (docs/wyoming.md)."""
    import asyncio

    from ttsai.api_client import ApiClient
    from ttsai.wyoming.connection import Service
    from ttsai.wyoming.program_info import ProgramInfo
    from ttsai.wyoming.server import serve

    address = find_address(url=url, key=key)

    async def run() -> None:
        async with ApiClient(url=address.url, key=address.key) as api:
            service = Service(api, ProgramInfo(api), voice=voice, recogniser=stt_model, most_audio_seconds=max_audio_seconds)
            await serve(service, host=host, port=port, most_connections=max_connections, on_ready=announce)

    def announce(bound: int) -> None:
        click.echo(f"Wyoming at tcp://{host}:{bound} for {address.url}")

    asyncio.run(run())
