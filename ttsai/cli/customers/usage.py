"""`ttsai usage`: counts jobs, characters and credits by day, model or key."""

from typing import Any

import click

from ttsai.cli.session import Session, run_session, with_session
from ttsai.cli.tables import print_table


@click.command(name="usage")
@click.option("--from", "first", default="", help="First day in UTC, 2026-01-01; 30 days ago if left out.")
@click.option("--to", "last", default="", help="Last day in UTC; today if left out.")
@click.option("--by", type=click.Choice(("day", "model", "key")), default="day", show_default=True, help="What is added up in a row.")
@with_session
def command(*, first: str, last: str, by: str, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """Show the account's usage."""

    async def work(session: Session) -> None:
        used = await session.api.get("/v1/usage/", **{"from": first, "to": last, "group_by": by})
        if as_json:
            session.terminal.show(used, "")
            return
        rows = [(_name(row, by), *_measures(row)) for row in used["usage"]]
        print_table((by, "jobs", "failed", "characters", "credits"), [*rows, ("total", *_measures(used["total"]))])

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)


def _name(row: dict[str, Any], by: str) -> str:
    if by == "key":
        return f"{row['key']['prefix']}… ({row['key']['name']})" if row.get("key") else "no key"
    return str(row[by])


def _measures(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(f"{row[name]:,}" for name in ("jobs", "failed", "characters", "credits"))
