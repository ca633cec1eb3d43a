"""Requests of the reference as curl, Python and JavaScript."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

from apps.documentation.reference.operations import Body, Operation

BASE: Final = "https://speech.example.com"
"""Replaced by the server's own address when a page is sent."""
KEY: Final = "$TTSAI_API_KEY"
LONGEST_LINE: Final = 100


@dataclass(frozen=True)
class Sample:
    """One operation with its example's values."""

    operation: Operation

    @cached_property
    def body(self) -> Body | None:
        """Body that the sample sends: a form where a recording is needed, otherwise JSON."""
        bodies = [body for body in self.operation.bodies if body.example is not None]
        own = [body for body in bodies if body.is_json and self.operation.example.json is not None]
        return next(iter([*own, *(body for body in bodies if body.is_form), *bodies]), None)

    @property
    def path(self) -> str:
        """Path with its parameters and the required query."""
        path, query = self.operation.path, []
        for one in self.operation.parameters:
            if one.place == "path":
                path = path.replace(f"{{{one.name}}}", quote(str(one.example), safe=""))
            elif one.place == "query" and one.example is not None and (one.is_required or one.name in self.operation.example.query):
                query.append(f"{one.name}={quote(_plain(one.example), safe='')}")
        return path + (f"?{'&'.join(query)}" if query else "")

    @property
    def has_key(self) -> bool:
        """True if the sample sends a key: also where one is optional, since free limits are small."""
        return self.operation.needs_key or self.body is not None

    @property
    def is_saved(self) -> bool:
        """True if the answer is a file."""
        return any(
            kind.startswith(("audio/", "application/zip", "video/")) for answer in self.operation.successes for kind in answer.content_types
        ) and not any("application/json" in answer.content_types for answer in self.operation.successes)

    @property
    def file_name(self) -> str:
        kinds = [kind for answer in self.operation.successes for kind in answer.content_types]
        return "result.zip" if any("zip" in kind for kind in kinds) else f"result.{self._format}"

    @property
    def _format(self) -> str:
        values = self.body.example if self.body is not None and isinstance(self.body.example, Mapping) else {}
        return str(values.get("response_format") or values.get("format") or "mp3")

    @property
    def curl(self) -> str:
        operation, body = self.operation, self.body
        parts = [f'curl "{BASE}{self.path}"' if "?" in self.path else f"curl {BASE}{self.path}"]
        if operation.method not in {"GET", "POST"} or (operation.method == "POST" and body is None):
            parts[0] = f"curl -X {operation.method}{parts[0][4:]}"
        if self.has_key:
            parts.append(f'-H "{operation.key_header}"')
        if body is not None and body.is_form:
            parts += [f"-F {_shell(f'{name}={self._form_value(name, value)}')}" for name, value in body.example.items()]
        elif body is not None and body.is_json:
            parts += ['-H "Content-Type: application/json"', f"-d {_shell(_json(body.example))}"]
        elif body is not None:
            parts += [f'-H "Content-Type: {_sent_type(body)}"', f"--data-binary @{body.example}"]
        if self.is_saved:
            parts.append(f"-o {self.file_name}")
        return " \\\n  ".join(parts)

    @property
    def python(self) -> str:
        operation, body = self.operation, self.body
        name, value = operation.key_header.split(": ", 1)
        lines = [*(["import os", ""] if self.has_key else []), "import requests", ""]
        shown = value.replace(KEY, '" + os.environ["TTSAI_API_KEY"]')
        headers = f'{{"{name}": "{shown}}}'.replace('"" + ', "")
        arguments = [f'"{BASE}{self.path}"', *([f"headers={headers}"] if self.has_key else [])]
        if body is not None and body.is_form:
            files = {field: one for field, one in body.example.items() if self.is_file(field)}
            data = {field: _plain(one) for field, one in body.example.items() if field not in files}
            if data:
                arguments.append(f"data={_python(data)}")
            if files:
                arguments.append("files={" + ", ".join(f'"{field}": open("{one}", "rb")' for field, one in files.items()) + "}")
        elif body is not None and body.is_json:
            arguments.append(f"json={_python(body.example)}")
        elif body is not None:
            arguments.append(f'data=open("{body.example}", "rb")')
        lines += [
            f"response = requests.{operation.method.lower()}(",
            *(f"    {one}," for one in arguments),
            ")",
            "response.raise_for_status()",
        ]
        if self.is_saved:
            lines += [f'with open("{self.file_name}", "wb") as file:', "    file.write(response.content)"]
        else:
            lines.append(
                "print(response.text)"
                if operation.method == "DELETE"
                else "print(response.json())"
                if self._is_json
                else "print(response.text)"
            )
        return "\n".join(lines)

    @property
    def javascript(self) -> str:
        operation, body = self.operation, self.body
        name, value = operation.key_header.split(": ", 1)
        shown = value.replace(KEY, "${process.env.TTSAI_API_KEY}")
        headers = {f'"{name}"' if "-" in name else name: f"`{shown}`"} if self.has_key else {}
        lines, options = [], []
        if body is not None and body.is_form:
            if any(self.is_file(field) for field in body.example):
                lines += ['import { openAsBlob } from "node:fs";', ""]
            lines.append("const form = new FormData();")
            for field, one in body.example.items():
                lines.append(
                    f'form.append("{field}", await openAsBlob("{one}"), "{one}");'
                    if self.is_file(field)
                    else f'form.append("{field}", {json.dumps(_plain(one))});'
                )
            options.append("body: form")
        elif body is not None and body.is_json:
            headers['"Content-Type"'] = '"application/json"'
            options.append(f"body: JSON.stringify({_javascript(body.example)})")
        elif body is not None:
            lines += ['import { openAsBlob } from "node:fs";', ""]
            headers['"Content-Type"'] = f'"{_sent_type(body)}"'
            options.append(f'body: await openAsBlob("{body.example}")')
        pairs = ", ".join(f"{field}: {one}" for field, one in headers.items())
        given = [f"headers: {{ {pairs} }}"] if headers else []
        method = [] if operation.method == "GET" else [f'method: "{operation.method}"']
        lines.append(f'const response = await fetch("{BASE}{self.path}", {{')
        lines += [f"  {one}," for one in (*method, *given, *options)]
        lines += ["});", "if (!response.ok) throw new Error(await response.text());"]
        if self.is_saved:
            lines = ['import { writeFile } from "node:fs/promises";', *([] if lines[0].startswith("import") else [""]), *lines]
            lines.append(f'await writeFile("{self.file_name}", Buffer.from(await response.arrayBuffer()));')
        else:
            lines.append(
                "console.log(await response.json());"
                if self._is_json and operation.method != "DELETE"
                else "console.log(await response.text());"
            )
        return "\n".join(lines)

    @property
    def _is_json(self) -> bool:
        return any("application/json" in answer.content_types for answer in self.operation.successes)

    def is_file(self, field: str) -> bool:
        """True if this field of the form is a file."""
        value = (self.operation.example.form or {}).get(field)
        return isinstance(value, str) and value.startswith("@")

    def plain(self, field: str) -> str:
        """Text of a field of the form."""
        return _plain(self.body.example[field]) if self.body is not None else ""

    def _form_value(self, name: str, value: Any) -> str:
        return f"@{value}" if self.is_file(name) else _plain(value)


def _json(value: Any) -> str:
    """The value on one line, or on several if it is long."""
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= LONGEST_LINE else json.dumps(value, indent=2, ensure_ascii=False)


def _plain(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | int | float) else str(value)


def _sent_type(body: Body) -> str:
    return "audio/wav" if body.content_type == "audio/*" else body.content_type


def _shell(text: str) -> str:
    """An argument of a shell's command."""
    if "'" not in text and any(mark in text for mark in ' "{}$&;()'):
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$") + '"' if "'" in text else text


def _python(value: Any) -> str:
    """The value as a Python literal with double quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(name)}: {_python(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_python, value)) + "]"
    return repr(value) if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)


def _javascript(value: Any) -> str:
    """The value as a JavaScript literal with plain names where they may be plain."""
    if isinstance(value, Mapping):
        pairs = (f"{name if name.isidentifier() else json.dumps(name)}: {_javascript(one)}" for name, one in value.items())
        return "{ " + ", ".join(pairs) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_javascript, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
