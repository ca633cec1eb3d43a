"""Verdicts on voices that are kept between runs: a fitted voice costs minutes. One file per person and kind of voice below var/prove/voices.

A file holds the digest of everything that it depends on (recordings, sentences, code and library of likenesses), so that an old one is not taken
for a new one. `python -m tests.prove.voice_results` fills the folder person by person and may be ended and continued at any time.
"""

import ast
import hashlib
import itertools
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.environment import ROOT
from tests.prove.judging import SENTENCES, Person, Recording, Verdict, judge
from workers.cloning.job import wanted_steps
from workers.cloning.program import UNALIGNED_DIVISOR

FOLDER: Final = ROOT / "var" / "prove" / "voices"
LIKENESS_CODE: Final = (
    *(f"workers/kokoro/{name}" for name in ("likeness.py", "likenesses.safetensors")),
    "workers/cloning/likeness.py",
)
CODE: Final = {
    "nearest stock voice": (),
    "instant likeness": LIKENESS_CODE,
    "fitted voice": (
        *LIKENESS_CODE,
        *(
            f"workers/cloning/{name}.py"
            for name in ("analysis", "d_vector_loss", "decoder", "features", "fitting", "losses", "passages", "preparation")
        ),
        "workers/cloning/sentences.toml",
    ),
}
"""Files by kind of voice whose change changes the voice."""
SOURCE_LANGUAGE_CODE: Final = (*(f"workers/kokoro/source_languages.{ending}" for ending in ("py", "toml")), "workers/text/g2p/espeak.py")
"""The same of a voice that is fitted to speech in another language than English."""


@dataclass(frozen=True)
class Cost:
    """Cost of making a voice and speaking the sentences."""

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Result:
    person: str
    kind: str
    enrolment_seconds: float
    verdict: Verdict
    cost: Cost


Maker = Callable[[Person], tuple[Recording, Cost]]
"""Makes a voice of a person's recordings and speaks the held-out sentences."""


def stored_result(person: Person, kind: str) -> Result | None:
    """The kept verdict; None if there is none for the present recordings, sentences and code."""
    try:
        found = json.loads(_path(person, kind).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if found.pop("digest", "") != _digest(person, kind):
        return None
    return Result(**{**found, "verdict": Verdict(**found["verdict"]), "cost": Cost(**found["cost"])})


def result_of(person: Person, kind: str, make: Maker) -> Result:
    """The kept verdict, or a new one, which is kept."""
    found = stored_result(person, kind)
    if found is None:
        spoken, cost = make(person)
        verdict = judge(spoken, person=person, text=" ".join(SENTENCES))
        found = Result(person.name, kind, person.enrolment.seconds, verdict, cost)
        _store(found, digest=_digest(person, kind), path=_path(person, kind))
    return found


def row_of(result: Result) -> str:
    """The result as a row of a table in Markdown."""
    verdict, cost = result.verdict, result.cost
    values = " / ".join(f"{value:.3f}" for value in verdict.similarities.values())
    return (
        f"| {result.person} | {result.kind} | {result.enrolment_seconds:.1f} s | {values} | {verdict.word_errors:.3f} | {verdict.gender} "
        f"| {verdict.quality:.2f} | {cost.cpu_seconds:.0f} CPU s, {cost.wall_seconds:.0f} s, {cost.peak_bytes >> 20} MiB |"
    )


def _store(result: Result, *, digest: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.part")
    temporary.write_text(json.dumps({**asdict(result), "digest": digest}, indent=1), "utf-8")
    temporary.replace(path)


def _path(person: Person, kind: str) -> Path:
    return FOLDER / f"{person.name} {kind}.json".replace(" ", "-")


def _digest(person: Person, kind: str) -> str:
    is_fitted = kind == "fitted voice"
    steps = [wanted_steps(), UNALIGNED_DIVISOR] if is_fitted else []
    code = CODE[kind] + (SOURCE_LANGUAGE_CODE if is_fitted and person.language != "en" else ())
    found = hashlib.sha256(json.dumps([SENTENCES, steps, _code_digest(code)]).encode())
    for recording in (*person.clips, person.held_out):
        found.update(recording.samples.tobytes())
    return found.hexdigest()


@cache
def _code_digest(files: Sequence[str]) -> str:
    """Digest of files; of a module without its comments and docstrings, which change nothing."""
    found = hashlib.sha256()
    for name in files:
        content = (ROOT / name).read_bytes()
        found.update(_bare_code(content.decode()).encode() if name.endswith(".py") else content)
    return found.hexdigest()


def _bare_code(source: str) -> str:
    tree: Any = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    return ast.dump(tree)


def main() -> None:
    """Fill the folder; each row is printed when it is known."""
    from tests.prove.voice_kinds import FITTED, KINDS, LIKENESS, STOCK, everybody

    for kinds in ((STOCK, FITTED), (LIKENESS,)):
        for person, kind in itertools.product(everybody(), kinds):
            make = KINDS[kind]
            started, is_new = time.perf_counter(), stored_result(person, kind) is None
            row = row_of(result_of(person, kind, make))
            print(f"{row} {'measured' if is_new else 'kept'} in {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
