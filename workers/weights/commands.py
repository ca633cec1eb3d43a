"""Commands `models list`, `models pull` and `models verify`: part of `ttsai`, and separately `python -m workers.weights`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import click

from workers.weights import debian, snapshot
from workers.weights.progress import TerminalProgress
from workers.weights.pull import PullResult, WeightsError, pull
from workers.weights.sets import DEFAULT_SETS, TEST_SETS
from workers.weights.sources.base import SourceError
from workers.weights.store import WeightStore

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class CommandError(click.ClickException):
    """Ends the command with one line on standard error, or with a JSON error if JSON was requested."""

    def __init__(self, error: WeightsError, *, as_json: bool) -> None:
        super().__init__(error.message)
        self.code = error.code
        self.as_json = as_json

    def show(self, file: IO[Any] | None = None) -> None:
        if self.as_json:
            click.echo(json.dumps({"error": {"code": self.code, "message": self.message}}), file=file)
        else:
            click.echo(self.message, file=file, err=file is None)


@click.group(name="models")
def command() -> None:
    """Manage the models' weights on this machine."""


@command.command(name="list")
@json_option
def list_models(*, as_json: bool) -> None:
    """List the models that can be pulled and those that are installed."""
    store = WeightStore.default()
    rows = [
        {
            "name": weights.name,
            "description": weights.description,
            "licence": weights.licence,
            "size_bytes": weights.size_bytes,
            "is_complete": store.is_complete(weights.name),
            "folder": str(store.folder(weights.name)),
        }
        for weights in store.sets.values()
    ]
    if as_json:
        click.echo(json.dumps({"models": rows}))
        return
    for row in rows:
        click.echo(_line(row))


@command.command(name="pull")
@click.argument("names", nargs=-1)
@click.option(
    "--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Copy files from this folder if it has them."
)
@click.option("--for-tests", is_flag=True, help="Also the models that the tests need.")
@click.option("--pair", "pairs", multiple=True, help="Apertium package, such as apertium-eng-spa; may be repeated.")
@json_option
def pull_models(*, names: tuple[str, ...], folder: Path | None, for_tests: bool, pairs: tuple[str, ...], as_json: bool) -> None:
    """Download the weights of the named models; without a name, those that every installation needs.

    `apertium` downloads Debian's packages of its programs and pairs, without root.
    """
    chosen = (*names, *TEST_SETS) if for_tests else (names or DEFAULT_SETS)
    store = WeightStore.default()
    try:
        with TerminalProgress() as progress:
            results = pull(store, [name for name in chosen if name != debian.FOLDER], progress=progress, folder=folder)
            if debian.FOLDER in chosen:
                results.append(_pull_apertium(store, pairs, progress=progress))
    except WeightsError as error:
        raise CommandError(error, as_json=as_json) from error
    if as_json:
        rows = [{"name": done.name, "fetched_files": done.fetched_files, "size_bytes": done.size_bytes} for done in results]
        click.echo(json.dumps({"models": rows}))
        return
    for done in results:
        click.echo(f"{done.name}: complete, {done.fetched_files} files fetched, {done.size_bytes / 1e6:.0f} MB")


@command.command(name="translator")
@click.argument("name")
@json_option
def pull_translator(*, name: str, as_json: bool) -> None:
    """Download a translation model (CTranslate2) from a hub: nllb, opus-mt-en-es, or OWNER/NAME@REVISION."""
    store = WeightStore.default()
    try:
        with TerminalProgress() as progress:
            folder = snapshot.pull_snapshot(store.root, name, progress=progress)
    except (SourceError, OSError) as error:
        raise CommandError(WeightsError("no_source", str(error)), as_json=as_json) from error
    click.echo(json.dumps({"folder": str(folder)}) if as_json else f"{folder}: complete")


@command.command(name="verify")
@click.argument("names", nargs=-1)
@json_option
def verify_models(*, names: tuple[str, ...], as_json: bool) -> None:
    """Verify every file's digest; without a name, of all installed models."""
    store = WeightStore.default()
    unknown = [name for name in names if name not in store.sets]
    if unknown:
        message = f"There is no weight set {unknown[0]}. Available: {', '.join(store.sets)}"
        raise CommandError(WeightsError("unknown_set", message), as_json=as_json)
    chosen = names or tuple(name for name in store.sets if store.folder(name).is_dir())
    found = {name: store.verify(name) for name in chosen}
    if as_json:
        rows = [{"name": name, "problems": [{"file": p.file, "reason": p.reason} for p in problems]} for name, problems in found.items()]
        click.echo(json.dumps({"models": rows}))
    else:
        for name, problems in found.items():
            click.echo(f"{name}: {'all files are complete' if not problems else ''}".rstrip(": "))
            for problem in problems:
                click.echo(f"  {problem.file} {problem.reason}")
    if any(found.values()):
        raise SystemExit(1)


def _pull_apertium(store: WeightStore, pairs: tuple[str, ...], *, progress: TerminalProgress) -> PullResult:
    """Pull the packages; installed ones stay unless pairs are named."""
    packages: list[str] = []
    if pairs or not debian.is_pulled(store.root):
        try:
            packages = debian.pull_pairs(store.root, pairs, progress=progress)
        except (SourceError, OSError) as error:
            raise WeightsError("no_source", str(error)) from error
    size_bytes = sum(path.stat().st_size for path in store.folder(debian.FOLDER).rglob("*") if path.is_file())
    return PullResult(debian.FOLDER, len(packages), size_bytes)


def _line(row: Mapping[str, Any]) -> str:
    state = "here" if row["is_complete"] else "not here"
    return f"{row['name']:<16} {row['size_bytes'] / 1e6:>6.0f} MB  {state:<8}  {row['description']} ({row['licence']})"
