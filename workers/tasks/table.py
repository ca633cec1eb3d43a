"""Table of the kinds of work: a new one is a new module here and one line below."""

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
"""Handlers by PartMessage.kind, called with the run and the worker context."""
