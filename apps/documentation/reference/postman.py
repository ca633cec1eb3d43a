"""The operations as a Postman collection, format v2.1: a folder for each tag, examples in the bodies, variables for address and key."""

import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl

from apps.documentation.reference.operations import Operation, Tag, tags
from apps.documentation.reference.samples import Sample

FORMAT: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
NAMED: Final = re.compile(r"\{(\w+)\}")


def collection(*, base: str) -> dict[str, Any]:
    """The collection; `base` is the first value of the variable base_url."""
    return {
        "info": {
            "name": "Speech Platform",
            "description": "Set the variables base_url and api_key of the collection, then send any request.",
            "schema": FORMAT,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{api_key}}", "type": "string"}]},
        "variable": [{"key": "base_url", "value": base, "type": "string"}, {"key": "api_key", "value": "", "type": "string"}],
        "item": [_folder(tag) for tag in tags()],
    }


def _folder(tag: Tag) -> dict[str, Any]:
    return {"name": tag.title, "description": tag.description, "item": [_request(operation) for operation in tag.operations]}


def _request(operation: Operation) -> dict[str, Any]:
    sample = Sample(operation)
    path, _, query = sample.path.partition("?")
    written = NAMED.sub(r":\1", operation.path)
    wanted = dict(parse_qsl(query))
    parameters = [one for one in operation.parameters if one.place == "query"]
    url: dict[str, Any] = {
        "raw": f"{{{{base_url}}}}{path}{f'?{query}' if query else ''}",
        "host": ["{{base_url}}"],
        "path": [*written.strip("/").split("/"), ""],
        "query": [
            {
                "key": one.name,
                "value": wanted.get(one.name, "" if one.example is None else str(one.example)),
                "description": one.description,
                "disabled": one.name not in wanted,
            }
            for one in parameters
        ],
        "variable": [
            {"key": one.name, "value": str(one.example), "description": one.description}
            for one in operation.parameters
            if one.place == "path"
        ],
    }
    name, value = operation.key_header.replace("$TTSAI_API_KEY", "{{api_key}}").split(": ", 1)
    request: dict[str, Any] = {"method": operation.method, "url": url, "description": operation.description, "header": []}
    if (name, value) != ("Authorization", "Bearer {{api_key}}"):
        request["auth"] = {"type": "noauth"}
        request["header"].append({"key": name, "value": value, "type": "text"})
    if sample.body is not None:
        request["body"] = _body(sample)
        if sample.body.is_json:
            request["header"].append({"key": "Content-Type", "value": "application/json", "type": "text"})
    return {"name": operation.summary, "request": request, "response": []}


def _body(sample: Sample) -> dict[str, Any]:
    body = sample.body
    if body is None:
        return {"mode": "raw", "raw": ""}
    if body.is_json:
        return {"mode": "raw", "raw": json.dumps(body.example, indent=2, ensure_ascii=False), "options": {"raw": {"language": "json"}}}
    if not body.is_form:
        return {"mode": "file", "file": {"src": body.example}}
    fields = [
        {"key": name, "type": "file", "src": value} if sample.is_file(name) else {"key": name, "type": "text", "value": sample.plain(name)}
        for name, value in body.example.items()
    ]
    return {"mode": "formdata", "formdata": fields}
