"""`ttsai models`: lists the server's models; with a subcommand manages weights on this machine."""

import click

from ttsai.cli.session import Session, run_session, with_session
from ttsai.cli.tables import print_table

WEIGHTS = {
    "list": "Lists the weights that can be pulled, and those that are installed",
    "pull": "Downloads weights",
    "translator": "Downloads a translation model from a hub",
    "verify": "Checks the digest of every file",
}
"""Commands of `python -m workers.weights`, for those who run workers, with what they do to the weights on this machine."""


class _Models(click.Group):
    """The weights' commands, imported when one is called: a customer has none."""

    def list_commands(self, context: click.Context) -> list[str]:  # noqa: ARG002
        return list(WEIGHTS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        from workers.weights.commands import command as weights

        return weights.get_command(context, name)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands for operators: weights on this machine"):
            formatter.write_dl(list(WEIGHTS.items()))


@click.group(name="models", cls=_Models, invoke_without_command=True)
@with_session
@click.pass_context
def command(context: click.Context, *, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """List the models that the server offers."""
    if context.invoked_subcommand is not None:
        return

    async def work(session: Session) -> None:
        answer = await session.api.get("/v1/models/")
        if as_json:
            session.terminal.show(answer, "")
            return
        offered = [model for model in answer["models"] if model.get("available", True)]
        names = ("id", "type", "tier", "languages")
        print_table(("model", *names[1:]), [[_cell(model[name]) for name in names] for model in offered])

    run_session(work, url=url, key=key, as_json=as_json, quiet=quiet)


def _cell(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    return " ".join(str(one) for one in value[:8]) + (" …" if len(value) > 8 else "")
