"""`ttsai login`: keeps the address of a server and a key for the other commands."""

import sys

import click

from ttsai.cli.address import KEY_VARIABLES, with_scheme
from ttsai.cli.configuration import Configuration, read_configuration, write_configuration
from ttsai.cli.session import Session, run_session


@click.command(name="login")
@click.option("--url", default="", envvar="TTSAI_URL", help="Server, such as https://speech.example.com; asked for if left out.")
@click.option(
    "--key",
    default="",
    envvar=KEY_VARIABLES,
    help="API key; asked for without showing it, or read from a pipe, if left out, which is safer.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def command(*, url: str, key: str, as_json: bool) -> None:
    """Ask for a server and a key, check them, and write them to the configuration file, which only you can read."""
    kept = read_configuration()
    url = with_scheme(url or click.prompt("Server", default=kept.url if kept else "http://127.0.0.1:8000", err=True).strip())
    key = (key or _ask_for_key()).strip()

    async def work(session: Session) -> None:
        account = await read_account(session)
        path = write_configuration(Configuration(session.api.url, key))
        session.terminal.show({"url": session.api.url, "file": str(path), **account}, f"{describe(account)}\nWritten to {path}")

    run_session(work, url=url, key=key, as_json=as_json, quiet=False)


def _ask_for_key() -> str:
    """The key: asked for without showing it, or the next line of a pipe. Raises ClickException if there is none."""
    key = click.prompt("API key", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    if not key.strip():
        raise click.ClickException("Standard input has no API key: pipe one, or set TTSAI_API_KEY.")
    return str(key)


async def read_account(session: Session) -> dict[str, object]:
    """The key's account; empty for a valid key that may not read it. Raises ApiError for an invalid key."""
    from ttsai.api_client import ApiError

    try:
        return await session.api.get("/v1/account/")
    except ApiError as error:
        if error.code != "missing_scope":
            raise
        return {}


def describe(account: dict[str, object]) -> str:
    """The account in one line."""
    if not account:
        return "The key is valid; it may not read its account."
    key = account["key"]
    named = f", key {key['prefix']}… ({key['name']})" if isinstance(key, dict) else ""
    return f"{account['name']}: plan {account['plan_name']}, {account['credits']:,} credits{named}"
