"""`ttsai voices`: lists voices."""

import json

import click
from rich.console import Console
from rich.table import Table

from ttsai.cli.client import find_server, with_server


@click.command(name="voices")
@click.option("--model", default="")
@click.option("--language", default="", help="en, en-gb, es, …")
@click.option("--gender", type=click.Choice(["male", "female", "neutral"]))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@with_server
def command(*, model: str, language: str, gender: str | None, url: str, key: str, as_json: bool) -> None:
    """List voices."""
    server = find_server(url=url, key=key)
    try:
        answer = server.get("/v1/voices/", model=model, language=language, gender=gender or "")
    finally:
        server.close()
    if as_json:
        click.echo(json.dumps(answer))
        return
    table = Table("voice", "name", "model", "language", "gender")
    for voice in answer["voices"]:
        table.add_row(voice["id"], voice["name"], voice["model"], voice["language"], voice["gender"])
    Console().print(table)
    click.echo(f"{answer['total']} voices")
