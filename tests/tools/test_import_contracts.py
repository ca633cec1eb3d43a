"""The allow-list contract of imports, over graphs made by hand."""

from grimp import ImportGraph
from importlinter.domain.contract import ContractCheck

from tools.import_contracts import AllowedImportsContract


def check(*imports: tuple[str, str], allowed: list[str]) -> ContractCheck:
    """Result of the contract for `shared`, whose modules are in the graph with these imports (importer, imported)."""
    graph = ImportGraph()
    graph.add_module("shared")
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    options = {"name": "shared is pure", "type": "allowed_imports", "source_modules": ["shared"], "allowed_modules": allowed}
    contract = AllowedImportsContract(name="shared is pure", session_options={"root_packages": ["shared"]}, contract_options=options)
    return contract.check(graph, verbose=False)


def test_package_may_import_itself_its_parents_the_standard_library_and_the_list() -> None:
    found = check(
        ("shared.a", "shared.b"),
        ("shared.a.inner", "shared.a"),
        ("shared.a", "shared"),
        ("shared.b", "json"),
        ("shared.b", "numpy"),
        allowed=["numpy"],
    )
    assert (found.kept, found.metadata) == (True, {"refused": [], "unused": []})


def test_import_that_the_list_does_not_name_breaks_the_contract() -> None:
    found = check(("shared.a", "redis"), ("shared.a", "sharedness"), ("other.b", "redis"), allowed=[])
    assert (found.kept, found.metadata["refused"]) == (False, ["shared.a -> redis", "shared.a -> sharedness"])


def test_entry_of_the_list_that_nothing_imports_breaks_the_contract() -> None:
    found = check(("shared.a", "numpy"), allowed=["numpy", "scipy"])
    assert (found.kept, found.metadata["unused"]) == (False, ["scipy"])
