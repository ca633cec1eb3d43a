"""Settings that a worker reads from its environment."""

import socket
from pathlib import Path

import pytest

from workers.settings import Settings, SettingsError


def test_an_empty_environment_serves_everything_on_this_machine() -> None:
    settings = Settings.from_environment({})
    assert settings.broker_url == "redis://127.0.0.1:6379/0"
    assert settings.worker_name == f"{socket.gethostname()}-cpu"
    assert settings.preload == ()
    assert settings.objects is None
    assert settings.cores >= 1
    assert settings.model_memory_bytes >= 256 << 20
    assert settings.model_idle_seconds == 900
    assert settings.stop_seconds == 8


def test_every_variable_is_read(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "TTSAI_BROKER_URL": "rediss://worker:secret@broker:6380/3",
            "TTSAI_WORKER_NAME": "box-7",
            "TTSAI_DEVICE": "cuda:0",
            "TTSAI_OBJECTS": str(tmp_path / "objects"),
            "TTSAI_HOME": str(tmp_path),
            "TTSAI_PRELOAD": "kokoro, hibari,",
            "TTSAI_WORKER_CORES": "3",
            "TTSAI_MODEL_MEMORY_MB": "2048",
            "TTSAI_MODEL_IDLE_SECONDS": "60",
            "TTSAI_STOP_SECONDS": "0.5",
            "TTSAI_LOG_FORMAT": "json",
        }
    )
    assert settings == Settings(
        broker_url="rediss://worker:secret@broker:6380/3",
        worker_name="box-7",
        device="cuda:0",
        objects=tmp_path / "objects",
        scratch=tmp_path / "tmp",
        preload=("kokoro", "hibari"),
        cores=3,
        model_memory_bytes=2048 << 20,
        model_idle_seconds=60,
        stop_seconds=0.5,
        log_format="json",
    )


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("TTSAI_BROKER_URL", "amqp://here", "TTSAI_BROKER_URL must begin with redis:// or rediss://"),
        ("TTSAI_WORKER_CORES", "two", "TTSAI_WORKER_CORES must be a number, not 'two'"),
        ("TTSAI_WORKER_CORES", "0", "TTSAI_WORKER_CORES must be at least 1, not 0"),
        ("TTSAI_MODEL_MEMORY_MB", "nan", "TTSAI_MODEL_MEMORY_MB must be at least 1, not nan"),
        ("TTSAI_LOG_FORMAT", "xml", "TTSAI_LOG_FORMAT must be one of text, json, not 'xml'"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(variable: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({variable: value})
    assert str(caught.value) == sentence
