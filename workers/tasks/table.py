"""The kinds of work there are: a new one is a new file here and one line below."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from workers.contract.messages import Manifest
from workers.tasks.align import align
from workers.tasks.convert import convert
from workers.tasks.join import join
from workers.tasks.listen import listen
from workers.tasks.prepare import prepare
from workers.tasks.reply import reply
from workers.tasks.speak import speak
from workers.tasks.transcript import transcript
from workers.tasks.translate import translate

PART_KINDS: Final[Mapping[str, Callable[..., Manifest]]] = MappingProxyType(
    {
        "speak": speak,
        "join": join,
        "convert": convert,
        "translate": translate,
        "reply": reply,
        "align": align,
        "prepare": prepare,
        "listen": listen,
        "transcript": transcript,
    }
)
"""By PartMessage.kind: called with the run and, as `workbench`, what the worker has."""
