"""Import contracts of pyproject.toml against imports that they must refuse."""

import copy
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter import Contract, ContractCheck, configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

from tools.import_contracts import AllowedImportsContract

OPTIONS = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["tool"]["importlinter"]
TYPES: dict[str, type[Contract]] = {
    "allowed_imports": AllowedImportsContract,
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}
APPS, ROOT = "Apps import of the workers only", "The composition root imports of the workers only"
PURE, LAYERS = "The shared packages are pure", "Layers of the workers"
CONTRACT = "The contract is the standard library alone"
REGISTRY, ENGINES = "Only the registry imports engines", "Engines do not import each other"
BREAKING = (
    (APPS, "apps.speech.services", "workers.audio.streams"),
    (APPS, "apps.speech.services", "workers.audio.joins"),
    (APPS, "apps.speech.services", "workers.recognition.windows"),
    (APPS, "apps.speech.services", "workers.recognition"),
    (APPS, "apps.speech.services", "workers.protocols.engine"),
    (APPS, "apps.speech.services", "workers.settings"),
    (APPS, "apps.speech.services", "workers.text.script"),
    (APPS, "apps.core", "workers.weights.store"),
    (APPS, "apps.core.errors", "workers.added_later"),
    (APPS, "apps.core.errors", "workers.added_later.module"),
    (ROOT, "ttsai.web.hub", "workers.audio.encoding"),
    (ROOT, "ttsai.urls", "workers.registry"),
    (PURE, "workers.audio.encoding.encoder", "workers.settings"),
    (PURE, "workers.audio.encoding.encoder", "workers.engines.silence"),
    (PURE, "workers.text.script", "onnxruntime"),
    (PURE, "workers.text.script", "added_library"),
    (PURE, "workers.kokoro.mix_file", "workers.kokoro.runtime"),
    (CONTRACT, "workers.contract.names", "numpy"),
    (LAYERS, "workers.text.script", "workers.audio.joins"),
    (LAYERS, "workers.recognition.windows", "workers.tasks.part_kinds"),
    (LAYERS, "workers.contract.names", "workers.text.ipa"),
    (LAYERS, "workers.added_later", "workers.contract.names"),
    (REGISTRY, "workers.tasks.speak", "workers.engines.kokoro"),
    (REGISTRY, "workers.runtime", "workers.engines"),
    (ENGINES, "workers.engines.added_later", "workers.engines.kokoro"),
    (ENGINES, "workers.engines.sensevoice", "workers.engines.whisper"),
)
KEPT = (
    (APPS, "apps.speech.services", "workers.audio.encoding"),
    (APPS, "apps.speech.services", "workers.contract.speech"),
    (ENGINES, "workers.engines.added_later", "workers.protocols.engine"),
    (PURE, "workers.text.script", "numpy"),
    (CONTRACT, "workers.contract.names", "math"),
)


@cache
def project_graph() -> grimp.ImportGraph:
    """Imports of the project."""
    configuration.configure()
    return grimp.build_graph(*OPTIONS["root_packages"], include_external_packages=True, cache_dir=None)


def check_with(contract: str, imports: Iterable[tuple[str, str]]) -> ContractCheck:
    """Check the contract whose name begins so with some imports (importer, imported) added to the project."""
    graph = copy.deepcopy(project_graph())
    for importer, imported in imports:
        for module in {importer, imported} - graph.modules:
            graph.add_module(module)
        graph.add_import(importer=importer, imported=imported)
    found = next(one for one in OPTIONS["contracts"] if one["name"].startswith(contract))
    options: dict[str, Any] = {key: str(value) if isinstance(value, bool) else value for key, value in found.items()}
    return TYPES[options["type"]](options["name"], OPTIONS, options).check(graph, verbose=False)


@cache
def refused_app_imports() -> set[tuple[str, str]]:
    """Imports among BREAKING and KEPT that the contract of apps refuses, found at once: a check of this contract takes a second."""
    check = check_with(APPS, [(importer, imported) for contract, importer, imported in (*BREAKING, *KEPT) if contract == APPS])
    return {
        (step["importer"], step["imported"]) for found in check.metadata["invalid_chains"] for chain in found["chains"] for step in chain
    }


def is_kept_with(contract: str, *, importer: str, imported: str) -> bool:
    """True if the contract holds with one import added to the project."""
    if contract == APPS:
        return (importer, imported) not in refused_app_imports()
    return check_with(contract, [(importer, imported)]).kept


@pytest.mark.parametrize(("contract", "importer", "imported"), BREAKING)
def test_an_import_outside_the_contract_breaks_it(contract: str, importer: str, imported: str) -> None:
    assert not is_kept_with(contract, importer=importer, imported=imported)


@pytest.mark.parametrize(("contract", "importer", "imported"), KEPT)
def test_an_import_inside_the_contract_keeps_it(contract: str, importer: str, imported: str) -> None:
    assert is_kept_with(contract, importer=importer, imported=imported)
