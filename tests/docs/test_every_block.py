"""Every block of code in the documents runs in a test, or says why none runs it."""

import re

import pytest

from tests.docs.blocks import NOT_RUN, ROOT, TESTS, Block, blocks, documents, runners_of

LINKED = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def is_not_run(block: Block) -> bool:
    return (block.file, block.language) in NOT_RUN


def test_every_block_of_the_documents_has_a_test_or_a_reason() -> None:
    assert len(blocks()) > 150
    assert [str(block) for block in blocks() if len(runners_of(block)) + is_not_run(block) != 1] == []


def test_every_entry_of_the_tables_of_blocks_has_a_block_and_a_test() -> None:
    used = {test for block in blocks() for test in runners_of(block)}
    assert set(TESTS.values()) - used == set()
    assert {(block.file, block.language) for block in blocks()} >= set(NOT_RUN)
    for test in used:
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(), test


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "k8s/README.md"])
def test_links_of_documents_that_are_no_page_lead_to_files_and_headings(name: str) -> None:
    from apps.documentation.markdown import anchor_of

    path = ROOT / name
    assert path in documents()
    broken = []
    for target, anchor in LINKED.findall(FENCED.sub("", path.read_text())):
        if target.startswith(("http", "mailto:")):
            continue
        linked = (path.parent / target).resolve() if target else path
        if not linked.exists():
            broken.append(target)
        elif anchor and anchor not in {anchor_of(heading) for heading in re.findall(r"^#+ (.+)$", linked.read_text(), re.MULTILINE)}:
            broken.append(f"{target}#{anchor}")
    assert broken == []
