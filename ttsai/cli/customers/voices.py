"""`ttsai voices`: lists voices."""

import click

from ttsai.cli.session import Session, run_session, with_session
from ttsai.cli.tables import print_table


@click.command(name="voices")
@click.option("--model", default="", help="Voices of this model only.")
@click.option("--language", default="", help="en, en-gb, es, …")
@click.option("--gender", type=click.Choice(["male", "female", "neutral"]), help="Voices of this gender only.")
@click.option("--own/--built-in", default=None, help="Only voices of the account, or only the others.")
@with_session
def command(*, model: str, language: str, gender: str | None, own: bool | None, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """List voices."""

    async def work(session: Session) -> None:
        wanted = {"model": model, "language": language, "gender": gender or "", "own": "" if own is None else str(own).lower()}
        answer = await session.api.get("/v1/voices/", **wanted)
        if as_json:
            session.terminal.show(answer, "")
            return
        names = ("id", "name", "model", "language", "gender")
        print_table(("voice", *names[1:]), [[str(voice[name]) for name in names] for voice in answer["voices"]])
        session.terminal.tell(f"{answer['total']} {'voice' if answer['total'] == 1 else 'voices'}")

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)
