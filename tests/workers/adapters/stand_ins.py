"""Stand-ins of optional libraries: modules whose functions take exactly the arguments of the real ones (tests/data/signatures), and whose
objects have only the real ones' attributes. What they return is given by the test.
"""

import inspect
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "data" / "signatures"
Call = tuple[str, dict[str, Any]]


class StandIn:
    """One library, installed as modules for the duration of a test."""

    def __init__(self, library: str, *, results: Mapping[str, Any]) -> None:
        """results: what `Class.method`, `function` or an attribute `Class.name` gives; the class itself for constructors."""
        known = json.loads((FOLDER / f"{library}.json").read_text())
        self.calls: list[Call] = []
        self._results = results
        self._functions = {tuple(name.split(":")): given for name, given in known["functions"].items()}
        self._attributes = {tuple(name.split(":")): set(names) for name, names in known["attributes"].items()}

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in {module for module, _ in self._functions}:
            made = ModuleType(module)
            for (where, name), signature in self._functions.items():
                if where == module and "." not in name:
                    setattr(made, name, self._function(name, signature, owner=None))
            for owner in {name.split(".")[0] for where, name in self._functions if where == module and "." in name}:
                setattr(made, owner, self.make_class(module, owner))
            parts = module.split(".")
            for depth in range(1, len(parts)):
                parent = ".".join(parts[:depth])
                if parent not in sys.modules:
                    monkeypatch.setitem(sys.modules, parent, ModuleType(parent))
            monkeypatch.setitem(sys.modules, module, made)
            for name, value in self._results.items():
                if name.startswith(f"{module}."):
                    setattr(made, name.removeprefix(f"{module}."), value)

    def make_class(self, module: str, owner: str) -> type:
        """Class with the recorded methods, and those attributes for which the test gives a value."""
        members: dict[str, Any] = {}
        for (where, name), signature in self._functions.items():
            if where == module and name.startswith(f"{owner}."):
                members[name.removeprefix(f"{owner}.")] = self._function(name, signature, owner=owner)
        for name in self._attributes[(module, owner)]:
            if f"{owner}.{name}" in self._results and name not in members:
                members[name] = self._results[f"{owner}.{name}"]
        return type(owner, (), members)

    def instance(self, module: str, owner: str) -> Any:
        """Object of the class, made without its constructor."""
        made = self.make_class(module, owner)
        return object.__new__(made)

    def arguments_of(self, name: str) -> dict[str, Any]:
        """Arguments of the only call of a function."""
        (found,) = [arguments for called, arguments in self.calls if called == name]
        return found

    def _function(self, name: str, given: Mapping[str, Any], *, owner: str | None) -> Any:
        signature = _signature(given, is_bound=owner is not None and given["binding"] != "staticmethod")

        def call(this: Any, /, *args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            self.calls.append((name, bound.arguments))
            if name.endswith(".__init__"):
                return None
            result = self._results.get(name)
            if given["binding"] == "classmethod" and result is None:
                return this()
            return result(bound.arguments) if callable(result) else result

        if owner is None:
            return lambda *args, **kwargs: call(None, *args, **kwargs)
        if given["binding"] == "classmethod":
            return classmethod(lambda cls, *args, **kwargs: call(lambda: object.__new__(cls), *args, **kwargs))
        return call


def _signature(given: Mapping[str, Any], *, is_bound: bool) -> inspect.Signature:
    kinds = inspect.Parameter
    parameters = [
        kinds(name, kinds.POSITIONAL_OR_KEYWORD, default=None if has_default else kinds.empty)
        for name, has_default in given["positional"][is_bound:]
    ]
    if given["extra_positional"]:
        parameters.append(kinds(given["extra_positional"], kinds.VAR_POSITIONAL))
    parameters += [
        kinds(name, kinds.KEYWORD_ONLY, default=None if has_default else kinds.empty) for name, has_default in given["keyword_only"]
    ]
    if given["extra_keywords"]:
        parameters.append(kinds(given["extra_keywords"], kinds.VAR_KEYWORD))
    return inspect.Signature(parameters)


class FakeTensor:
    """Attributes of a tensor that the adapters touch."""

    def __init__(self, values: Any) -> None:
        import numpy as np

        self.values = np.asarray(values, np.float32)

    def __getattr__(self, name: str) -> Any:
        if name in {"detach", "cpu", "float", "squeeze"}:
            return lambda: self
        if name == "to":
            return lambda device: self
        if name == "numpy":
            return lambda: self.values
        if name == "tolist":
            return self.values.tolist
        raise AttributeError(name)


def fake_torch() -> Any:
    """Functions of PyTorch that the adapters touch."""
    import numpy as np

    return SimpleNamespace(
        float32="float32",
        bfloat16="bfloat16",
        int32="int32",
        device=lambda name: f"device {name}",
        cat=lambda tensors, dim: FakeTensor(np.concatenate([one.values for one in tensors], axis=dim)),
        tensor=lambda values, dtype: FakeTensor(values),
        from_numpy=FakeTensor,
        load=lambda path, map_location: f"loaded {Path(path).name}",
    )
