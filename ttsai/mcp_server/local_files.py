"""Folders of this machine that tools may read recordings from and write audio to (stdio only)."""

from collections.abc import Sequence
from pathlib import Path

from mcp.server.mcpserver.exceptions import ToolError


class LocalFiles:
    """Files below the allowed folders; symbolic links are followed first, and what leads outside is refused."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folder.resolve() for folder in folders)

    def find(self, name: str) -> Path:
        """Existing file. Raises ToolError."""
        path = self._locate(name)
        try:
            is_file = path.is_file()
        except OSError:  # a name that is too long
            is_file = False
        if not is_file:
            raise ToolError(f"{name} is not a file. Pass the path of a recording in {self._described()}.")
        return path

    def check_new(self, name: str) -> None:
        """Raise ToolError unless `write` may create the file."""
        path = self._locate(name)
        try:
            obstacle = (
                "exists already: choose another name" if path.exists() else "" if path.parent.is_dir() else "lies in no existing folder"
            )
        except OSError as error:
            obstacle = f"is no usable name ({error.strerror})"
        if obstacle:
            raise ToolError(f"save_as {name[:80]!r} {obstacle}.")

    def write(self, name: str, content: bytes) -> Path:
        """Write a new file. Raises ToolError if it exists already, so that no tool call destroys anything."""
        path = self._locate(name)
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError as error:
            raise ToolError(f"{name} exists already. Choose another name for save_as.") from error
        except OSError as error:
            raise ToolError(f"{name} cannot be written: {error.strerror}.") from error
        return path

    def _locate(self, name: str) -> Path:
        if not self._folders:
            raise ToolError("This server may use no files. Start it with `ttsai mcp --folder FOLDER`, or send a URL.")
        if "\0" in name:
            raise ToolError("A path holds no NUL characters.")
        given = Path.home() / name[2:] if name.startswith("~/") else Path(name)
        for folder in self._folders:
            path = _resolved(folder / given)
            if path is not None and path != folder and path.is_relative_to(folder):
                return path
        raise ToolError(f"{name} is outside the allowed folders: {self._described()}.")

    def _described(self) -> str:
        return ", ".join(map(str, self._folders))


def _resolved(path: Path) -> Path | None:
    """Path without symbolic links; None for a loop of them."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return None
