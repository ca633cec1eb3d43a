"""`ttsai whoami`: shows the account, plan and credits of the key."""

import click

from ttsai.cli.customers.login import describe, read_account
from ttsai.cli.session import Session, run_session, with_session


@click.command(name="whoami")
@with_session
def command(*, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """Show the account of the key in use, and the server."""

    async def work(session: Session) -> None:
        account = await read_account(session)
        session.terminal.show({"url": session.api.url, **account}, f"{describe(account)}\n{session.api.url}")

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)
