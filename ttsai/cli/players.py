"""Loudspeaker: a player program of this machine, which reads audio while it arrives."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO, Final

import click


@dataclass(frozen=True, slots=True)
class Player:
    """Program and its arguments. One without a place for standard input gets a file, once it is whole."""

    program: str
    arguments: tuple[str, ...]
    format: str
    takes_file: bool = False


PLAYERS: Final = (
    Player("mpv", ("--no-video", "--really-quiet", "-"), "mp3"),
    Player("ffplay", ("-nodisp", "-autoexit", "-loglevel", "error", "-i", "-"), "mp3"),
    Player("play", ("-q", "-t", "wav", "-"), "wav"),
    Player("aplay", ("-q", "-"), "wav"),
    Player("afplay", (), "mp3", takes_file=True),
)


class Loudspeaker:
    """A running player, or the file that it will get."""

    def __init__(self, process: asyncio.subprocess.Process | None, file: IO[bytes] | None) -> None:
        self._process = process
        self._file = file

    async def write(self, data: bytes) -> None:
        """Hand over audio, as fast as the player takes it. Raises ClickException once the player has ended."""
        if self._file is not None:
            self._file.write(data)
        elif self._process is not None and self._process.stdin is not None:
            try:
                self._process.stdin.write(data)
                await self._process.stdin.drain()
            except (BrokenPipeError, ConnectionResetError) as error:
                raise click.ClickException("The player ended before the audio did.") from error


def find_player() -> Player:
    """First player of this machine. Raises ClickException if there is none."""
    for player in PLAYERS:
        if shutil.which(player.program):
            return player
    names = ", ".join(player.program for player in PLAYERS)
    raise click.ClickException(f"No player is installed ({names}): install one, or write a file with -o.")


@contextlib.asynccontextmanager
async def playing(player: Player) -> AsyncIterator[Loudspeaker]:
    """Run the player until it has played everything; an error or an interruption ends it."""
    if player.takes_file:
        with tempfile.NamedTemporaryFile(suffix=f".{player.format}") as file:
            yield Loudspeaker(None, file)
            file.flush()
            await (await asyncio.create_subprocess_exec(player.program, *player.arguments, file.name)).wait()
        return
    process = await asyncio.create_subprocess_exec(player.program, *player.arguments, stdin=asyncio.subprocess.PIPE)
    try:
        yield Loudspeaker(process, None)
        if process.stdin is not None:
            process.stdin.close()
        if code := await process.wait():
            raise click.ClickException(f"{player.program} ended with code {code}.")
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
