"""References to objects in work messages: decoded by kind, replaced at any depth."""

from dataclasses import dataclass

import pytest

from workers.contract.codec import Message
from workers.contract.references import Address, PartOutput, Reference, StoredObject, replace_references


@dataclass(frozen=True, slots=True)
class _MixWork(Message):
    source: Reference
    others: tuple[Reference, ...] = ()
    hint: Reference | None = None


MIX = _MixWork(PartOutput(2, "vocals"), (StoredObject("a/b.wav"), Address("folder", "c.wav"), Address("url", "http://h/d")), None)


def test_the_codec_decodes_each_kind_of_reference_to_its_own_class() -> None:
    assert _MixWork.from_dict(MIX.to_dict()) == MIX


@pytest.mark.parametrize("source", [{"kind": "elsewhere", "key": "x"}, {"key": "x"}, "x"])
def test_a_reference_of_no_known_kind_cannot_be_decoded(source: object) -> None:
    with pytest.raises(TypeError, match="is none of"):
        _MixWork.from_dict({"source": source})


def test_references_are_replaced_at_any_depth_and_nothing_else_is() -> None:
    work = {**MIX.to_dict(), "params": {"kind": "stored_object", "key": "k", "more": 1}, "list": [{"kind": ["part_output"]}, 7]}
    seen: list[object] = []

    def replace(reference: StoredObject | PartOutput) -> Reference | None:
        seen.append(reference)
        return Address("folder", reference.key) if isinstance(reference, StoredObject) else None

    replaced = replace_references(work, replace)
    assert seen == [PartOutput(2, "vocals"), StoredObject("a/b.wav")]
    assert replaced == {
        **work,
        "source": None,
        "others": [{"kind": "folder", "location": "a/b.wav"}, {"kind": "folder", "location": "c.wav"}, work["others"][2]],
    }
