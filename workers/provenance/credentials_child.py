"""`python -m workers.provenance.credentials_child REQUEST`: reads the content credentials of the file on standard input.

The result is one line of JSON. The process limits itself, and opens nothing by name or address.
"""

import json
import os
import resource
import sys
from collections.abc import Mapping
from typing import Any, Final

from workers.audio.probe.sandbox import enter_sandbox

MEMORY_BYTES: Final = 1 << 30
CPU_SECONDS: Final = 60
LARGEST_MANIFEST_MB: Final = 8
"""Most that a compressed manifest may be decompressed to."""
LONGEST_TEXT: Final = 200
MOST_ITEMS: Final = 50
"""Actions and problems that are reported."""
SETTINGS: Final = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True, "verify_after_reading": True},
    "core": {"max_decompressed_manifest_size_in_mb": LARGEST_MANIFEST_MB},
}
VALID_STATES: Final = frozenset({"Valid", "Trusted"})
UNTRUSTED: Final = "signingCredential.untrusted"
"""Problem that is reported as the absence of trust."""


def main() -> None:
    """Answer on standard output; a crash, or a limit that ends the process, is an answer too."""
    request = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    try:
        answer = _read(request)
    except Exception as error:  # noqa: BLE001 - the parent process raises it
        answer = {"bug": repr(error)}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # no orderly shutdown: the file may have corrupted the state of the library


def _read(request: Mapping[str, Any]) -> dict[str, Any]:
    import c2pa

    anchors = {"trust": {"user_anchors": request["trust_anchors"]}} if request["trust_anchors"] else {}
    context = c2pa.Context(c2pa.Settings.from_dict({**SETTINGS, **anchors}))
    file = os.fdopen(0, "rb", closefd=False)
    enter_sandbox()
    try:
        with c2pa.Reader(request["content_type"], file, context=context) as reader:
            return _report(json.loads(reader.json()))
    except c2pa.C2paError.ManifestNotFound:
        return _nothing()
    except c2pa.C2paError.RemoteManifest:
        return _nothing("remote_manifest")
    except Exception:  # noqa: BLE001 - from here on the file is to blame
        return _nothing("unreadable")


def _nothing(*problems: str) -> dict[str, Any]:
    """Answer for a file without readable credentials."""
    return {"is_found": False, "is_valid": False, "is_trusted": False, "details": {"problems": list(problems)} if problems else {}}


def _report(found: Mapping[str, Any]) -> dict[str, Any]:
    """Statements of the active manifest, in bounded size."""
    manifest = found.get("manifests", {}).get(found.get("active_manifest"), {})
    signature = manifest.get("signature_info") or {}
    generator = (manifest.get("claim_generator_info") or [{}])[0]
    state = found.get("validation_state")
    problems = sorted({str(status.get("code")) for status in found.get("validation_status") or []} - {UNTRUSTED})
    details = {
        "signer": _text(signature.get("common_name")),
        "organization": _text(signature.get("issuer")),
        "algorithm": _text(signature.get("alg")),
        "signed_at": _text(signature.get("time")),
        "claim_generator": _text(" ".join(str(generator[key]) for key in ("name", "version") if generator.get(key))),
        "title": _text(manifest.get("title")),
        "actions": _actions(manifest.get("assertions") or []),
        "problems": [_text(problem) for problem in problems[:MOST_ITEMS]],
    }
    return {"is_found": True, "is_valid": state in VALID_STATES, "is_trusted": state == "Trusted", "details": details}


def _actions(assertions: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    made = []
    for assertion in assertions:
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            for action in (assertion.get("data") or {}).get("actions") or []:
                agent = action.get("softwareAgent")
                name = agent.get("name") if isinstance(agent, Mapping) else agent
                source_type = str(action.get("digitalSourceType") or "").rpartition("/")[2]
                made.append({"action": _text(action.get("action")), "source_type": _text(source_type), "software_agent": _text(name)})
    return made[:MOST_ITEMS]


def _text(value: Any) -> str:
    return str(value or "")[:LONGEST_TEXT]


if __name__ == "__main__":
    main()
