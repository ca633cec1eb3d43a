"""/api/system: load and hardware, without host names."""

import socket
import time
from collections.abc import Iterator
from ctypes import POINTER
from types import SimpleNamespace
from typing import Any

import psutil
import pynvml
import pytest

from apps.core import machine
from apps.core.ttl_cache import clear_all_caches
from tests.compat.clonyvoice.conftest import ApiCaller, caller
from tests.routes.voices import make_voice

GIGABYTE = 1 << 30


@pytest.fixture
def _cards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two cards, by stand-ins for NVML's functions that take what the library's take."""

    def handle_of(index: int) -> Any:
        return POINTER(pynvml.struct_c_nvmlDevice_t)() if index in {0, 1} else pytest.fail("there are two cards")

    def temperature_of(handle: Any, sensor: int) -> int:
        assert sensor == pynvml.NVML_TEMPERATURE_GPU
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)

    memory = SimpleNamespace(total=141 * GIGABYTE, used=10 * GIGABYTE, free=131 * GIGABYTE)
    for name, stand_in in {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: 2,
        "nvmlDeviceGetHandleByIndex": handle_of,
        "nvmlDeviceGetName": lambda handle: "NVIDIA H200",
        "nvmlDeviceGetMemoryInfo": lambda handle: memory,
        "nvmlDeviceGetUtilizationRates": lambda handle: SimpleNamespace(gpu=37, memory=5),
        "nvmlDeviceGetTemperature": temperature_of,
    }.items():
        monkeypatch.setattr(pynvml, name, stand_in)
    clear_all_caches()
    yield
    clear_all_caches()


def test_stats_tell_the_use_of_processor_and_memory(owner: ApiCaller) -> None:
    clear_all_caches()
    reported = owner.get("/api/system/stats").json()
    assert 0 <= reported["cpu"]["percent"] <= 100
    assert reported["cpu"]["cores"] == psutil.cpu_count()
    assert reported["ram"]["total_mb"] == psutil.virtual_memory().total >> 20
    assert 0 < reported["ram"]["used_mb"] < reported["ram"]["total_mb"]
    assert reported["ram"]["percent"] == pytest.approx(100 * reported["ram"]["used_mb"] / reported["ram"]["total_mb"], abs=0.1)


@pytest.mark.usefixtures("_cards")
def test_stats_and_info_tell_the_cards_that_nvml_finds(owner: ApiCaller) -> None:
    card = {"name": "NVIDIA H200", "memory_total_mb": 144_384}
    assert owner.get("/api/system/stats").json()["gpus"] == [{**card, "percent": 37, "memory_used_mb": 10_240, "temperature_c": None}] * 2
    assert owner.get("/api/system/info").json()["gpus"] == [card, card]


def test_machine_without_a_driver_has_no_cards(owner: ApiCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", fail)
    assert machine.list_cards() == ()


def test_measurement_is_given_again_within_a_second(owner: ApiCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    clear_all_caches()
    first = owner.get("/api/system/stats").json()
    monkeypatch.setattr(psutil, "cpu_percent", lambda interval: pytest.fail("measured again"))
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert owner.get("/api/system/stats").json() == first


def test_info_tells_hardware_and_models_and_no_names_of_hosts_or_customers(owner: ApiCaller) -> None:
    stranger = caller()
    make_voice(stranger.account)
    reported = owner.get("/api/system/info")
    assert reported.json()["models"] == ["kokoro"]
    assert (reported.json()["os"], reported.json()["threads"], reported.json()["workers"]) == ("Linux", psutil.cpu_count(), 1)
    assert reported.json()["ram_mb"] == psutil.virtual_memory().total >> 20
    shown = reported.content.decode() + owner.get("/api/system/stats").content.decode()
    for secret in (socket.gethostname(), stranger.account.name, "worker-1", "127.0.0.1", "/work"):
        assert secret not in shown
