"""`ttsai jobs`: lists jobs, shows, downloads and cancels one."""

from pathlib import Path

import click

from ttsai.cli.downloads import download
from ttsai.cli.output_file import STANDARD_OUTPUT, AudioFile
from ttsai.cli.session import Session, run_session, with_session
from ttsai.cli.tables import print_table

STATES = ("queued", "processing", "cancelling", "completed", "failed", "cancelled", "expired")


@click.group(name="jobs", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List, show, download and cancel jobs. Without a subcommand the newest are listed."""
    if context.invoked_subcommand is None:
        list_jobs.invoke(list_jobs.make_context("list", [], parent=context))


@command.command(name="list")
@click.option("--status", type=click.Choice(STATES), help="Jobs in this state only.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="Number of jobs.")
@click.option("--cursor", default="", help="`next_cursor` of the page before.")
@with_session
def list_jobs(*, status: str | None, limit: int, cursor: str, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """List jobs, newest first."""

    async def work(session: Session) -> None:
        page = await session.api.get("/v1/jobs/", status=status or "", limit=str(limit), cursor=cursor)
        if as_json:
            session.terminal.show(page, "")
            return
        names = ("uuid", "type", "status", "model", "credits_used", "created_at")
        print_table(names, [[str(job[name]) for name in names] for job in page["jobs"]])
        if page["next_cursor"]:
            session.terminal.note(f"More: --cursor {page['next_cursor']}")

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)


@command.command()
@click.argument("uuid")
@with_session
def show(*, uuid: str, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """Show the job UUID."""

    async def work(session: Session) -> None:
        job = await session.api.get(f"/v1/jobs/{uuid}/")
        session.terminal.show(job, "\n".join(f"{name}: {value}" for name, value in job.items() if value not in (None, "")))

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)


@command.command()
@click.argument("uuid")
@with_session
def cancel(*, uuid: str, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """Cancel the job UUID. Finished work is charged, the rest is released."""

    async def work(session: Session) -> None:
        job = await session.api.post(f"/v1/jobs/{uuid}/cancel/", {})
        session.terminal.show(job, f"{uuid}: {job['status']}, {job['credits_used']} credits")

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)


@command.command(name="download")
@click.argument("uuid")
@click.option("-o", "--output", type=AudioFile(), help="Output file; by default <uuid>.<format>.")
@with_session
def download_result(*, uuid: str, output: Path | None, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """Wait for the job UUID, and download its audio. An interruption leaves the job alone."""

    async def work(session: Session) -> None:
        await session.follow(uuid)
        result = await session.api.result(uuid)
        target = output or Path(f"{result['uuid']}.{result['format']}")
        written = await download(session, result["result_url"], target)
        session.terminal.show({**result, "file": str(target), "bytes": written}, "" if str(target) == STANDARD_OUTPUT else str(target))

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet, is_output_taken=str(output) == STANDARD_OUTPUT)
