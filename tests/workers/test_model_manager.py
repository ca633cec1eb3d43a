"""Models held in memory."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.flows.following import wait_until
from workers.audio.samples import SynthesisedAudio
from workers.contract.engines import EngineSpec
from workers.contract.errors import WorkError
from workers.contract.speech import Sentence
from workers.model_manager import ModelManager
from workers.protocols.engine import Engine


class Model(Engine):
    """Engine that only counts."""

    def __init__(
        self, name: str, *, memory_bytes: int = 100, load_seconds: float = 0.0, error: Exception | None = None, base: str = ""
    ) -> None:
        self.spec = EngineSpec(id=name, name=name.title(), version="1", memory_bytes=memory_bytes, base_engine=base)
        self.load_seconds = load_seconds
        self.error = error
        self.loads = 0
        self.is_loaded = False

    def load(self) -> None:
        time.sleep(self.load_seconds)
        if self.error:
            raise self.error
        assert not self.is_loaded
        self.loads += 1
        self.is_loaded = True

    def unload(self) -> None:
        assert self.is_loaded
        self.is_loaded = False

    def split(self, text: str, *, language: str) -> list[Sentence]:
        raise NotImplementedError

    def speak(self, text: str, *, voice: str, language: str, speed: float) -> SynthesisedAudio:
        raise NotImplementedError


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def manager(
    models: Sequence[Model], *, budget_bytes: int = 250, memory_wait_seconds: float = 0.0, clock: Callable[[], float] | None = None
) -> ModelManager:
    return ModelManager(
        models, budget_bytes=budget_bytes, idle_seconds=60, memory_wait_seconds=memory_wait_seconds, clock=clock or time.monotonic
    )


def touch(models: ModelManager, name: str) -> None:
    with models.use(name):
        pass


def test_a_model_is_loaded_once_though_many_ask_at_once() -> None:
    model = Model("a", load_seconds=0.1)
    models = manager([model])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: touch(models, "a"), range(8)))
    assert model.loads == 1
    assert models.loaded == ("a",)


def test_the_least_recently_used_leaves_when_the_budget_is_full() -> None:
    a, b, c = Model("a"), Model("b"), Model("c")
    models = manager([a, b, c], clock=Clock())
    for name in ("a", "b", "a", "c"):
        touch(models, name)
    assert models.loaded == ("a", "c")
    assert (a.is_loaded, b.is_loaded, c.is_loaded) == (True, False, True)


def test_model_in_use_stays_loaded_and_an_idle_one_is_unloaded() -> None:
    a, b, c = Model("a"), Model("b"), Model("c")
    models = manager([a, b, c], clock=Clock())
    with models.use("a"):
        touch(models, "b")
        touch(models, "c")
        assert models.loaded == ("a", "c")


def test_loading_while_every_model_is_in_use_is_out_of_memory() -> None:
    models = manager([Model("a"), Model("b"), Model("c")])
    with models.use("a"), models.use("b"), pytest.raises(WorkError) as caught, models.use("c"):
        pass
    assert caught.value.code == "out_of_memory"
    assert caught.value.is_retryable
    assert models.loaded == ("a", "b")


def test_a_request_waiting_for_memory_gets_it_when_a_model_is_released() -> None:
    looks: list[str] = []

    def clock() -> float:
        looks.append(threading.current_thread().name)
        return time.monotonic()

    models = manager([Model("a"), Model("b"), Model("c")], memory_wait_seconds=30, clock=clock)
    with ThreadPoolExecutor(1, thread_name_prefix="waiting") as pool, models.use("b"):
        with models.use("a"):
            waiting = pool.submit(touch, models, "c")
            wait_until(lambda: looks.count("waiting_0") == 2)  # for its deadline, and under the lock before it waits
            assert models.loaded == ("a", "b")
            assert not waiting.done()
        waiting.result(5)
    assert models.loaded == ("b", "c")


def test_a_model_larger_than_the_budget_is_refused_and_nothing_leaves_for_it() -> None:
    models = manager([Model("a"), Model("huge", memory_bytes=251)])
    touch(models, "a")
    with pytest.raises(WorkError) as caught:
        touch(models, "huge")
    assert caught.value.code == "out_of_memory"
    assert models.loaded == ("a",)


def test_an_unknown_engine_is_a_failure_with_a_code() -> None:
    with pytest.raises(WorkError) as caught:
        touch(manager([]), "nobody")
    assert caught.value.code == "unknown_engine"


def test_a_failed_load_leaves_the_memory_free_and_may_be_tried_again() -> None:
    broken = Model("broken", memory_bytes=250, error=WorkError("engine_unavailable", "The weights are missing."))
    models = manager([broken, Model("a"), Model("b")])
    for _ in range(2):
        with pytest.raises(WorkError) as caught:
            touch(models, "broken")
        assert caught.value.code == "engine_unavailable"
    with models.use("a"), models.use("b"):
        assert models.loaded == ("a", "b")
    broken.error = None
    touch(models, "broken")
    assert models.loaded == ("broken",)


def test_loading_a_model_without_memory_reports_out_of_memory() -> None:
    models = manager([Model("a", error=MemoryError())])
    with pytest.raises(WorkError) as caught:
        touch(models, "a")
    assert caught.value.code == "out_of_memory"


def test_idle_models_are_unloaded_and_used_ones_are_not() -> None:
    clock = Clock()
    a, b = Model("a"), Model("b")
    models = manager([a, b], clock=clock)
    touch(models, "a")
    with models.use("b"):
        clock.now += 61
        models.unload_idle()
        assert models.loaded == ("b",)
    models.unload_idle()
    assert models.loaded == ("b",)
    clock.now += 61
    models.unload_idle()
    assert models.loaded == ()
    touch(models, "a")
    assert a.loads == 2


def test_the_budget_holds_under_many_threads() -> None:
    made = [Model(str(number), load_seconds=0.001) for number in range(6)]
    models = manager(made, budget_bytes=300, memory_wait_seconds=10)
    most, lock = 0, threading.Lock()

    def work(number: int) -> None:
        nonlocal most
        for step in range(10):
            with models.use(str((number * 7 + step) % 6)) as engine:
                assert isinstance(engine, Model)
                assert engine.is_loaded
                with lock:
                    most = max(most, sum(model.is_loaded for model in made))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert most <= 3


def test_engine_with_a_base_is_loaded_and_unloaded_with_it() -> None:
    base, derived, other = (
        Model("base", memory_bytes=100),
        Model("derived", memory_bytes=120, base="base"),
        Model("other", memory_bytes=150),
    )
    models = manager([derived, base, other], clock=Clock())
    with models.use("derived") as used:
        assert used is derived
        assert (base.loads, derived.loads, models.loaded) == (1, 1, ("base", "derived"))
        with models.use("base") as used_too:
            assert used_too is base
        with pytest.raises(WorkError, match="in use"):
            touch(models, "other")
    touch(models, "other")
    assert (base.is_loaded, derived.is_loaded, models.loaded) == (False, False, ("other",))
    assert [spec.id for spec in models.specs] == ["derived", "base", "other"]


def test_engine_with_a_base_that_fails_to_load_leaves_nothing_loaded() -> None:
    base, derived = Model("base"), Model("derived", base="base", error=WorkError("engine_unavailable", "No weights."))
    models = manager([base, derived])
    with pytest.raises(WorkError, match="No weights"):
        touch(models, "base")
    assert (base.is_loaded, models.loaded) == (False, ())


def test_engine_whose_base_this_worker_lacks_is_a_model_of_its_own() -> None:
    derived = Model("derived", base="base")
    models = manager([derived])
    touch(models, "derived")
    assert (derived.loads, models.loaded) == (1, ("derived",))
