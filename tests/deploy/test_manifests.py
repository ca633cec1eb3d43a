"""docker-compose.yml, deploy/ and k8s/: probes, signals and limits, compared with the platform's settings."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from workers.contract.names import STOP_SECONDS

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = sorted((ROOT / "k8s").rglob("*.yaml"))
NGINX = "nginx.ingress.kubernetes.io/"


def documents(kind: str) -> Iterator[dict[str, Any]]:
    """All objects of that kind."""
    for path in MANIFESTS:
        yield from (document for document in yaml.safe_load_all(path.read_text()) if document["kind"] == kind)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])


def pods() -> dict[str, dict[str, Any]]:
    """Pod specs by deployment name."""
    return {document["metadata"]["name"]: document["spec"]["template"]["spec"] for document in documents("Deployment")}


def test_the_ingress_lets_through_what_the_platform_takes_and_waits_for() -> None:
    (ingress,) = documents("Ingress")
    limits = {name.removeprefix(NGINX): value for name, value in ingress["metadata"]["annotations"].items()}
    megabytes = int(re.fullmatch(r"(\d+)m", limits["proxy-body-size"])[1])  # type: ignore[index]
    assert megabytes << 20 > settings.TTSAI_UPLOAD_BYTES + (1 << 20)
    waits = max(settings.TTSAI_UPLOAD_WAIT_SECONDS, settings.TTSAI_SPEECH_WAIT_SECONDS)
    assert min(int(limits["proxy-read-timeout"]), int(limits["proxy-send-timeout"])) > waits
    assert (limits["proxy-buffering"], limits["proxy-request-buffering"]) == ("off", "off")


def test_the_probes_ask_the_paths_that_are_made_for_them() -> None:
    (web,) = pods()["ttsai-web"]["containers"]
    probes = {name: web[name] for name in ("readinessProbe", "livenessProbe", "startupProbe")}
    assert {name: probe["httpGet"]["path"] for name, probe in probes.items()} == {
        "readinessProbe": "/readyz",
        "livenessProbe": "/livez",
        "startupProbe": "/livez",
    }
    assert all(probe["timeoutSeconds"] >= 5 for probe in probes.values())


def test_a_pod_has_longer_to_stop_than_its_program_takes() -> None:
    pod = pods()["ttsai-web"]
    pause = int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > pause + STOP_SECONDS


def test_every_command_that_makes_a_secret_names_the_namespace() -> None:
    (namespace,) = documents("Namespace")
    lines = re.findall(r"^kubectl .*$", (ROOT / "k8s" / "README.md").read_text(), re.MULTILINE)
    inside = [line for line in lines if "apply" not in line]
    assert len(inside) == 4
    assert all(f"--namespace {namespace['metadata']['name']} " in line for line in inside)
    overlay = yaml.safe_load((ROOT / "k8s" / "overlays" / "example" / "kustomization.yaml").read_text())
    assert overlay["namespace"] == namespace["metadata"]["name"]


def test_process_one_of_every_container_gets_the_signal(compose: dict[str, Any]) -> None:
    commands = [service["command"] for service in compose.values() if "command" in service]
    commands += [container["command"] for pod in pods().values() for container in pod["containers"] if "command" in container]
    shells = [command for command in commands if command[0] in {"sh", "/bin/sh", "bash"}]
    assert len(commands) > 5
    assert all(isinstance(command, list) for command in commands)  # a string would run below a shell
    assert all(command[2].strip().splitlines()[-1].startswith("exec ") and "|" not in command[2] for command in shells)
    assert not re.search(r"^(CMD|ENTRYPOINT) (?!\[)", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)


def test_the_database_is_healthy_only_when_it_answers_by_tcp(compose: dict[str, Any]) -> None:
    test = compose["postgres"]["healthcheck"]["test"]
    assert test[:4] == ["CMD", "pg_isready", "-h", "127.0.0.1"]


def test_containers_have_longer_to_stop_than_their_programs_take(compose: dict[str, Any]) -> None:
    for name in ("web", "platform", "beat", "engine"):
        assert int(compose[name]["stop_grace_period"].removesuffix("s")) > STOP_SECONDS


def test_health_check_of_web_asks_readyz_and_outlasts_its_timeout(compose: dict[str, Any]) -> None:
    check = compose["web"]["healthcheck"]
    asked = int(re.search(r"/readyz', timeout=(\d+)", check["test"][-1])[1])  # type: ignore[index]
    assert int(check["timeout"].removesuffix("s")) > asked


def test_the_platform_s_image_has_the_command_line() -> None:
    platform = (ROOT / "deploy" / "Dockerfile").read_text().split(" AS platform")[1].split("FROM ")[0]
    assert "pip install --no-deps --no-build-isolation --editable ." in platform
    assert re.search(r"^setuptools==", (ROOT / "requirements" / "platform.txt").read_text(), re.MULTILINE)
    for text in ((ROOT / "docker-compose.yml").read_text(), (ROOT / "k8s" / "README.md").read_text()):
        assert "ttsai keys create --email you@example.com --plan pro --credits 1000" in text
