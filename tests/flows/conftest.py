"""Two platforms: one with the real models, and one that tests may harm."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.flows.disks import small_disk
from tests.flows.listening import Listener
from tests.flows.prepared import copy_prepared_home
from tests.flows.running import RunningPlatform
from tests.servers import free_port
from tests.stripe_fake import StripeFake
from tests.stripe_fake.server import SECRET_KEY, WEBHOOK_SECRET
from tests.uploads.conftest import Elsewhere, serving_files
from tests.webhooks.receivers import Receiver, receiving
from tests.workers.chat_http import ChatHTTP, chat_http
from workers.weights.store import WeightStore

RECEIVERS = 8


@pytest.fixture(scope="session")
def foreign_files() -> Iterator[Elsewhere]:
    """Server of files that the platform may fetch."""
    with serving_files() as server:
        yield server


@pytest.fixture(scope="session")
def stripe() -> Iterator[StripeFake]:
    """Stand-in for Stripe, at which `platform` sells credits."""
    with StripeFake() as fake:
        yield fake


@pytest.fixture(scope="session")
def chat() -> Iterator[ChatHTTP]:
    """OpenAI-compatible chat server."""
    with chat_http() as server:
        yield server


@pytest.fixture(scope="session")
def platform(
    tmp_path_factory: pytest.TempPathFactory, foreign_files: Elsewhere, receiver_ports: list[int], stripe: StripeFake, chat: ChatHTTP
) -> Iterator[RunningPlatform]:
    """Platform with its real models, and a folder of VITS voices. It transcribes in pieces of ten seconds, and may call the receivers.

    It starts in an empty home, as `make run` does the first time.
    """
    environment = {
        "TTSAI_VITS_FOLDER": str(_vits_folder(tmp_path_factory)),
        "TTSAI_OUTBOUND_ALLOW": _allowed([foreign_files.server_port, *receiver_ports]),
        "TTSAI_STRIPE_API_BASE": stripe.base,
        "TTSAI_STRIPE_SECRET_KEY": SECRET_KEY,
        "TTSAI_STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "TTSAI_PIECE_SECONDS": "10",
        "TTSAI_CHAT_URL": chat.url,
        "TTSAI_CHAT_MODEL": "talker",
        "TTSAI_PRELOAD": "kokoro,whisper",
    }
    running = RunningPlatform(home=_home(tmp_path_factory), environment=environment)
    stripe.webhook_url = f"{running.url}/webhooks/stripe/"
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def receiver_ports() -> list[int]:
    """Ports of this machine where webhook receivers of tests may listen."""
    return [free_port() for _ in range(RECEIVERS)]


@pytest.fixture
def receivers(receiver_ports: list[int]) -> Iterator[Callable[[int], Receiver]]:
    """Start the webhook receiver of one of the ports; it stops with the test."""
    with ExitStack() as stack:
        yield lambda index: stack.enter_context(receiving(receiver_ports[index]))


@pytest.fixture(scope="session")
def harmed(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, receiver_ports: list[int]) -> Iterator[RunningPlatform]:
    """Platform whose processes are killed; its engine is slow silence, so that tests can act during a job, and it may call the receivers."""
    environment = {
        "TTSAI_ENGINES": "silence",
        "TTSAI_PRELOAD": "",
        "TTSAI_SILENCE_COMPUTE_SECONDS": "0.2",
        "TTSAI_SILENCE_MAY_DIE": "1",
        "TTSAI_TASK_MODULES": "tests.workers.tasks.stems",
        "TTSAI_DISK_RESERVE_BYTES": "30000000",
        "TTSAI_DATABASE_STATEMENT_SECONDS": "5",
        "TTSAI_OUTBOUND_ALLOW": _allowed(receiver_ports),
    }
    home = _home(tmp_path_factory)
    with small_disk(home):
        running = RunningPlatform(home=home, environment=environment)
        copy_prepared_home(home)
        try:
            yield running.start()
        finally:
            running.stop()


@pytest.fixture(scope="session")
def hearing(platform: RunningPlatform) -> RunningPlatform:
    """The same platform, by the name that tests of recognition use."""
    return platform


@pytest.fixture(scope="session")
def listener() -> Listener:
    """Recogniser for checking audio."""
    return Listener()


def _vits_folder(factory: pytest.TempPathFactory) -> Path:
    """Folder with one Piper voice."""
    folder = factory.mktemp("vits")
    for name in ("en_US-joe-medium.onnx", "en_US-joe-medium.onnx.json"):
        (folder / name).symlink_to(WeightStore.default().path("piper", name))
    return folder


def _allowed(ports: list[int]) -> str:
    """Value of TTSAI_OUTBOUND_ALLOW for ports of this machine."""
    return ",".join(f"127.0.0.1:{port}" for port in ports)


def _home(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("platform") / "home"
