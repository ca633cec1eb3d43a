"""The user's configuration: address and key of a server, in a file that nobody else can read."""

import contextlib
import json
import os
import secrets
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import click


class Configuration(NamedTuple):
    """Server and key of `ttsai login`."""

    url: str
    key: str


def configuration_path() -> Path:
    """`ttsai/config.toml` in XDG_CONFIG_HOME, by default in ~/.config; on Windows in APPDATA."""
    named = os.environ.get("XDG_CONFIG_HOME", "")
    if named and Path(named).is_absolute():  # the specification ignores relative ones
        return Path(named) / "ttsai" / "config.toml"
    if sys.platform == "win32" and os.environ.get("APPDATA"):
        return Path(os.environ["APPDATA"]) / "ttsai" / "config.toml"
    return Path("~/.config/ttsai/config.toml").expanduser()


def read_configuration() -> Configuration | None:
    """The configuration, or None without a file. Raises ClickException for a file that cannot be used."""
    path = configuration_path()
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        return Configuration(str(read["url"]), str(read["key"]))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise click.ClickException(f"{path} cannot be read: {error}. Run `ttsai login` to write it anew.") from error


def write_configuration(configuration: Configuration) -> Path:
    """Replace the file in one step, readable by its owner only."""
    path = configuration_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{secrets.token_hex(8)}.partial")
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in configuration._asdict().items()]  # JSON's strings are TOML's
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.writelines(["# Written by `ttsai login`. The key is a secret.\n", *lines])
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def remove_configuration() -> bool:
    """Remove the file; False if there was none."""
    with contextlib.suppress(FileNotFoundError):
        configuration_path().unlink()
        return True
    return False
