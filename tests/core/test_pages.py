"""The schema, the titles of pages, the home page."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.core.dialects import dialect_of
from apps.core.schema import HEADERS, schema_yaml
from apps.core.views import schema_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    answer = client.get("/v1/schema/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    body: dict[str, Any] = answer.json()
    return body


def test_the_schema_is_openapi_3_1_of_one_prefix(schema: dict[str, Any]) -> None:
    assert schema["openapi"] == "3.1.0"
    assert schema["paths"]
    assert not [path for path in schema["paths"] if path.startswith(("/api/v1/", "/api/v2/"))]


def test_every_operation_is_documented_with_its_errors_and_headers(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            place = f"{method} {path}"
            assert operation.get("summary"), place
            assert operation.get("description"), place
            assert operation.get("tags"), place
            responses = operation["responses"]
            assert {"400", "401", "429", "503"} <= set(responses), place
            assert {"200", "201", "204", "302"} & set(responses), place
            assert responses.get("200", {"content": "a redirect has none"}).get("content"), place
            for status, response in responses.items():
                assert {dialect_of(path).header_name(name) for name in HEADERS} <= set(response["headers"]), place
                if int(status) >= 400:
                    assert response["content"]["application/json"]["schema"]["$ref"].endswith("Error"), place


def test_the_schema_states_which_operations_need_a_key(schema: dict[str, Any]) -> None:
    assert {scheme["type"] for scheme in schema["components"]["securitySchemes"].values()} == {"http", "apiKey"}
    assert {} in schema["paths"]["/v1/tts/"]["post"]["security"]
    assert {} not in schema["paths"]["/v1/account/"]["get"]["security"]


def test_the_committed_schema_is_that_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    committed = Path(settings.BASE_DIR) / "openapi.yaml"
    assert committed.read_text() == schema_yaml().decode(), "run: .venv/bin/python manage.py write_schema"
    assert "Warning" not in capsys.readouterr().err


def test_the_schema_is_made_once() -> None:
    assert schema_json() is schema_json()


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "Text to speech · Speech Platform"),
        ("/docs", "Documentation · Speech Platform docs"),
        ("/admin/login/", "Log in | Speech Platform"),
    ],
)
def test_every_page_and_the_schema_name_the_product(client: Client, schema: dict[str, Any], path: str, title: str) -> None:
    found = re.search(r"<title>(.*?)</title>", client.get(path).content.decode(), re.DOTALL)
    assert found is not None
    assert " ".join(found[1].split()) == title
    assert schema["info"]["title"] == "Speech Platform"


def test_the_home_page_links_to_the_documentation(client: Client) -> None:
    answer = client.get("/", headers={"Host": "speech.example.com"})
    assert answer.status_code == 200
    assert 'href="/docs/"' in answer.content.decode()
    assert "http://speech.example.com/v1/tts/" in answer.content.decode()


def test_an_invalid_host_header_is_a_400_in_json(client: Client) -> None:
    answer = client.get("/", headers={"Host": "a b"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


def test_the_admin_has_sessions_and_checks_csrf(client: Client) -> None:
    answer = client.get("/admin/login/")
    assert answer.status_code == 200
    assert "csrftoken" in answer.cookies
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 200
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 403


def test_api_requests_create_no_session(client: Client) -> None:
    answer = client.get("/v1/schema/")
    assert not answer.cookies
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("prefix", ["/v1/", "/api/v1/"])
def test_the_index_names_the_version_the_documentation_and_every_path(client: Client, prefix: str) -> None:
    answer = client.get(prefix)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    index = answer.json()
    assert (index["name"], index["version"]) == ("Speech Platform", settings.TTSAI_VERSION)
    assert index["models"] == f"http://testserver{prefix}models/"
    assert {f"{prefix}tts/", f"{prefix}audio/speech/", f"{prefix}stt/"} <= set(index["paths"])
    for name in ("documentation", "schema"):
        assert client.get(index[name].removeprefix("http://testserver")).status_code == 200
