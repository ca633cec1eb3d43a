"""Server and key of a command: from its options, the environment, `ttsai login`, or the instance on this machine."""

import os
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from ttsai.cli.configuration import read_configuration

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
KEY_VARIABLES = ("TTSAI_API_KEY", "TTSAI_KEY")


class Address(NamedTuple):
    """URL of a server and the key to use there."""

    url: str
    key: str
    is_instance: bool = False
    """True for the instance that runs on this machine in TTSAI_HOME, chosen since nothing else was named."""


def with_server(function: Decorated) -> Decorated:
    """Add --url and --key."""
    key = click.option(
        "--key",
        default="",
        envvar=KEY_VARIABLES,
        help="API key, which other people on this machine can see; better: TTSAI_API_KEY or `ttsai login`.",
    )
    url = click.option("--url", default="", envvar="TTSAI_URL", help="Server; default: TTSAI_URL, then that of `ttsai login`.")
    return url(key(function))


def find_address(*, url: str, key: str) -> Address:
    """URL and key that the options select. A stored key is only sent to the server that it belongs to. Raises ClickException."""
    if not key.isascii() or not key.isprintable():
        raise click.ClickException("The key contains invalid characters: copy it again.")
    kept = read_configuration()
    if kept is not None and url.rstrip("/") in {"", kept.url}:
        return Address(kept.url, key or kept.key)
    if url:
        return Address(with_scheme(url), key)
    return _instance(key)


def with_scheme(url: str) -> str:
    """The URL, with https:// where it has no scheme."""
    return (url if "://" in url else f"https://{url}").rstrip("/")


def _instance(key: str) -> Address:
    """The instance that runs in TTSAI_HOME, and its demo key."""
    try:
        from ttsai.cli.instance import running_instance
        from ttsai.supervisor.errors import InstanceError
        from ttsai.supervisor.home import Home
    except ImportError as error:  # Windows, where no instance runs
        raise click.ClickException("No server is known. Run `ttsai login`, or name one with --url.") from error

    try:
        instance = running_instance()
    except InstanceError as error:
        raise click.ClickException(f"{error.message}. For another server run `ttsai login`, or use --url") from error
    path = Home.from_environment().secrets / "demo-key"
    demo_key = path.read_text().strip() if path.exists() and os.access(path, os.R_OK) else ""
    return Address(instance.url, key or demo_key, is_instance=True)
