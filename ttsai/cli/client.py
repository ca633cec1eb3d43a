"""HTTP client of the commands."""

import os
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click
import httpx

from ttsai.api_client.addresses import is_loopback
from ttsai.cli.instance import running_instance
from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.home import Home

TIMEOUT_SECONDS = 30.0
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Server:
    """Client of one server; an error response ends the command with one line and exit code 1."""

    def __init__(self, *, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            # A proxy of the environment is for other machines.
            self._http = httpx.Client(
                base_url=self.url, headers=headers, timeout=TIMEOUT_SECONDS, follow_redirects=True, trust_env=not is_loopback(self.url)
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise click.ClickException(f"{self.url} is not a valid server URL: {error}") from error

    def get(self, path: str, **parameters: str) -> dict[str, Any]:
        return self._json("GET", path, params={name: value for name, value in parameters.items() if value})

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._json("POST", path, json=body)

    def stream(self, url: str) -> Any:
        """Stream a response, as a context manager."""
        return self._http.stream("GET", url)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _json(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **arguments)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise click.ClickException(f"No answer from {self.url}: {error}") from error
        if response.status_code != 200:
            raise click.ClickException(refusal(response))
        try:
            body: dict[str, Any] = response.json()
        except ValueError as error:
            raise click.ClickException(
                f"{response.request.url} answered without JSON: {self.url} is probably not a Speech Platform server"
            ) from error
        return body


def refusal(response: httpx.Response) -> str:
    """Format the server's error in one line."""
    try:
        error = response.json()["error"]
        return f"{error['message']} ({response.status_code} {error['code']}, request {error['request_id']})"
    except (ValueError, KeyError, TypeError):
        return f"{response.request.url} answered {response.status_code}"


def with_server(function: Decorated) -> Decorated:
    """Add --url and --key, which default to the running instance and its demo key."""
    key = click.option("--key", default="", envvar="TTSAI_KEY", help="API key; default: TTSAI_KEY, otherwise the instance's demo key.")
    url = click.option(
        "--url", default="", envvar="TTSAI_URL", help="Server URL; default: TTSAI_URL, otherwise the instance running in TTSAI_HOME."
    )
    return url(key(function))


class Address(NamedTuple):
    """URL of a server and the key to use there."""

    url: str
    key: str


def find_server(*, url: str, key: str) -> Server:
    """Server that the options select."""
    address = find_address(url=url, key=key)
    return Server(url=address.url, key=address.key)


def find_address(*, url: str, key: str) -> Address:
    """URL and key that the options select. The demo key is only sent to the instance that it belongs to."""
    if not key.isascii() or not key.isprintable():
        raise click.ClickException("The key contains invalid characters: copy it again.")
    if url:
        return Address(url, key)
    try:
        return Address(running_instance().url, key or _demo_key())
    except InstanceError as error:
        raise click.ClickException(f"{error.message}. Use --url for another server") from error


def _demo_key() -> str:
    path = Home.from_environment().secrets / "demo-key"
    return path.read_text().strip() if path.exists() and os.access(path, os.R_OK) else ""
