"""Kind of import contract of our own: an allow-list. `lint-imports` finds it by `contract_types` in pyproject.toml."""

import sys
from collections.abc import Iterable

from grimp import ImportGraph
from importlinter.application import output
from importlinter.domain import fields
from importlinter.domain.contract import Contract, ContractCheck
from importlinter.domain.helpers import module_expressions_to_modules
from importlinter.domain.imports import Module, ModuleExpression


class AllowedImportsContract(Contract):
    """Packages that import only each other, the standard library and the packages of a list. An entry that nothing uses breaks the contract."""

    type_name = "allowed_imports"

    source_modules = fields.SetField(subfield=fields.ModuleExpressionField())
    allowed_modules = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - import-linter's own signature
        """Compare every import of the sources with the list."""
        sources: Iterable[ModuleExpression] = self.source_modules  # type: ignore[assignment]  # a field reads as its value
        packages = {module.name for module in module_expressions_to_modules(graph, sources, raise_if_unmatched=True)}
        allowed: set[str] = set(self.allowed_modules or ())  # type: ignore[call-overload]
        used: set[str] = set()
        refused = []
        for importer in sorted(name for name in graph.modules if _is_within(name, packages)):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                is_parent = importer.startswith(f"{imported}.")  # imported before its modules in any case
                if is_parent or _is_within(imported, packages) or Module(imported).root_package_name in sys.stdlib_module_names:
                    continue
                entry = next((entry for entry in allowed if _is_within(imported, {entry})), None)
                if entry is None:
                    refused.append(f"{importer} -> {imported}")
                else:
                    used.add(entry)
        unused = sorted(allowed - used)
        return ContractCheck(kept=not refused and not unused, metadata={"refused": refused, "unused": unused})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that is not allowed and each entry without a use."""
        for line in check.metadata["refused"]:
            output.print_error(f"- not in allowed_modules: {line}", bold=False)
        for entry in check.metadata["unused"]:
            output.print_error(f"- in allowed_modules, but imported by no module: {entry}", bold=False)


def _is_within(module: str, packages: set[str]) -> bool:
    """True if the module is one of the packages or lies in one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)
