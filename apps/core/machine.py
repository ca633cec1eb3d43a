"""Load and hardware of the machine that this process runs on: processor, memory, NVIDIA cards. No names of hosts, no processes, no serial numbers."""

import contextlib
import logging
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import psutil

from apps.core.ttl_cache import TtlCache

logger = logging.getLogger(__name__)

SAMPLED_SECONDS: Final = 0.1
"""Time over which the processor's use is measured."""
KEPT_SECONDS: Final = 1.0
"""Age up to which a measurement is given again, so that many requests cost one measurement a second."""
CPU_INFO: Final = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Card:
    """NVIDIA card, by its driver's library (NVML)."""

    name: str
    memory_bytes: int
    used_memory_bytes: int
    utilisation_percent: int
    temperature_celsius: int | None
    """None if the card tells none."""


@dataclass(frozen=True, slots=True)
class Load:
    """Use of processor, memory and cards."""

    cpu_percent: float
    """Percent of all logical cores together."""
    memory_bytes: int
    used_memory_bytes: int
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Hardware:
    """Kind of the machine."""

    system: str
    """`Linux`."""
    architecture: str
    """`x86_64`."""
    cpu: str
    """Name of the processor, or empty."""
    cores: int
    """Physical cores."""
    logical_cores: int
    memory_bytes: int


def read_load() -> Load:
    """Load of the last second; takes 0.1 s if it was not measured lately."""
    return _load.get()


def read_hardware() -> Hardware:
    logical = psutil.cpu_count() or 1
    return Hardware(
        system=platform.system(),
        architecture=platform.machine(),
        cpu=_read_cpu_name(),
        cores=psutil.cpu_count(logical=False) or logical,
        logical_cores=logical,
        memory_bytes=psutil.virtual_memory().total,
    )


def list_cards() -> tuple[Card, ...]:
    """NVIDIA cards; none without NVML, its driver or a card."""
    try:
        import pynvml
    except ImportError:
        return ()
    try:
        with _open_nvml(pynvml):
            return tuple(_read_card(pynvml, number) for number in range(pynvml.nvmlDeviceGetCount()))
    except pynvml.NVMLError as error:
        logger.debug("no cards: %s", error)
        return ()


@contextlib.contextmanager
def _open_nvml(nvml: ModuleType) -> Iterator[None]:
    nvml.nvmlInit()
    try:
        yield
    finally:
        nvml.nvmlShutdown()


def _read_card(nvml: Any, number: int) -> Card:
    handle = nvml.nvmlDeviceGetHandleByIndex(number)
    name, memory = nvml.nvmlDeviceGetName(handle), nvml.nvmlDeviceGetMemoryInfo(handle)
    try:
        temperature = int(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))
    except nvml.NVMLError:
        temperature = None
    return Card(
        name=name.decode() if isinstance(name, bytes) else str(name),  # bytes in releases before 11.5
        memory_bytes=int(memory.total),
        used_memory_bytes=int(memory.used),
        utilisation_percent=int(nvml.nvmlDeviceGetUtilizationRates(handle).gpu),
        temperature_celsius=temperature,
    )


def _measure() -> Load:
    memory = psutil.virtual_memory()
    return Load(
        cpu_percent=psutil.cpu_percent(interval=SAMPLED_SECONDS),
        memory_bytes=memory.total,
        used_memory_bytes=memory.total - memory.available,
        cards=list_cards(),
    )


def _read_cpu_name() -> str:
    try:
        lines = CPU_INFO.read_text().splitlines()
    except OSError:  # only Linux has it
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())


_load = TtlCache(_measure, seconds=KEPT_SECONDS)
