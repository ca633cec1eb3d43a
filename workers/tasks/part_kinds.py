"""Table of the kinds of work: a new one is a new module here and one line below."""

import importlib
import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from workers.contract.messages import Manifest
from workers.tasks.align import align
from workers.tasks.assemble import assemble
from workers.tasks.audio_tools import analyze, convert_recording, normalize, trim_silence, waveform
from workers.tasks.convert import convert
from workers.tasks.convert_voice import convert_voice
from workers.tasks.dereverb import dereverb
from workers.tasks.diarize import diarize
from workers.tasks.dub import dub
from workers.tasks.enhance import enhance
from workers.tasks.examine_voice import examine_voice
from workers.tasks.fit_voice import fit_voice
from workers.tasks.join import join
from workers.tasks.listen import listen
from workers.tasks.prepare import prepare
from workers.tasks.prepare_conversion import prepare_conversion
from workers.tasks.reply import reply
from workers.tasks.separate import separate
from workers.tasks.speak import speak
from workers.tasks.transcript import transcript
from workers.tasks.translate import translate
from workers.tasks.verify import verify

PartKinds = Mapping[str, Callable[..., Manifest]]

MODULES_VARIABLE: Final = "TTSAI_TASK_MODULES"
"""Environment variable: modules with further kinds of work in their `PART_KINDS`, separated by commas. For tests of the machinery."""


def load_part_kinds(environment: Mapping[str, str]) -> PartKinds:
    """The kinds of work in the modules that the environment names."""
    kinds: dict[str, Callable[..., Manifest]] = {}
    for name in filter(None, environment.get(MODULES_VARIABLE, "").split(",")):
        kinds |= importlib.import_module(name).PART_KINDS
    return kinds


PART_KINDS: Final[PartKinds] = MappingProxyType(
    {
        "speak": speak,
        "dub": dub,
        "join": join,
        "convert": convert,
        "convert_recording": convert_recording,
        "trim_silence": trim_silence,
        "normalize": normalize,
        "waveform": waveform,
        "analyze": analyze,
        "translate": translate,
        "reply": reply,
        "align": align,
        "prepare": prepare,
        "listen": listen,
        "transcript": transcript,
        "diarize": diarize,
        "enhance": enhance,
        "dereverb": dereverb,
        "separate": separate,
        "assemble": assemble,
        "prepare_conversion": prepare_conversion,
        "convert_voice": convert_voice,
        "verify": verify,
        "examine_voice": examine_voice,
        "fit_voice": fit_voice,
        **load_part_kinds(os.environ),
    }
)
"""Handlers by PartMessage.kind, called with the run and the worker context."""
