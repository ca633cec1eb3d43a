"""Writes the example results that the playground shows to visitors: apps/playground/static/playground/samples/<page>.json, with their sound.

TTSAI_API_KEY=… python -m tools.playground_examples http://127.0.0.1:8000 [<page> …]    # a running platform works on the samples

Each page with `has_example` sends its sample as its own form would, and what it gets is stored.
"""

import io
import json
import os
import sys
import time
from typing import Any, Final

import httpx
import numpy as np
import soundfile

from tools.playground_samples import FOLDER, RATE, write
from workers.audio.encoding.resampler import resample

BITRATE: Final = 32_000
KEPT: Final = ("status", "format", "duration", "result", "bytes")
REPORTED: Final = ("state", "is_fitted", "language", "gender", "model", "voice_id", "warnings")
"""Fields of a new voice that the page reports."""
POLL_SECONDS: Final = 1.0


def make_example(client: httpx.Client, page: Any) -> dict[str, Any]:
    """Result of the page's first request for its first sample."""
    request, sample = page.requests[0], page.samples[0]
    given = {one.name: one.initial for one in request.fields if one.initial is not None} | dict(request.fixed) | dict(page.example_fields)
    fields = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    with (FOLDER / f"{sample.name}.mp3").open("rb") as recording:
        queued = client.post(f"/v1/{request.endpoint}?async=1", data=fields, files={request.file_field: recording})
    queued.raise_for_status()
    result = wait_for(client, queued.json()["uuid"])
    example = {name: result[name] for name in KEPT if result.get(name)} | {"uuid": "example"}
    if request.is_json and "segments" in result.get("result", {}):
        return example | {"subtitles": client.get("/v1/speech/subtitles/", params={"uuid": result["uuid"], "format": "vtt"}).text}
    if result["format"] == "json":
        return example
    if page.example_fields.get("format", "mp3") != "mp3":
        return example | {"result_url": store_file(client, result["result_url"], name=page.slug)}
    if request.result_name.endswith(".zip"):
        return example | {"outputs": [store_part(client, one, page=page) for one in result["outputs"]]}
    store_sound(client.get(result["result_url"]).content, name=page.slug)
    example |= {"format": "mp3", "result_url": f"/static/playground/samples/{page.slug}.mp3"}
    return example | ({"voice": make_report(client, queued.json()["voice_id"])} if "voice_id" in queued.json() else {})


def make_report(client: httpx.Client, voice_id: str) -> dict[str, Any]:
    """Facts of a new voice that the page reports; the voice is deleted."""
    voice = client.get(f"/v1/voices/{voice_id}/").json()
    client.delete(f"/v1/voices/{voice_id}/").raise_for_status()
    return {name: voice[name] for name in REPORTED} | {
        "voice_id": "example",
        "samples": [{"seconds": one["seconds"]} for one in voice["samples"]],
    }


def store_part(client: httpx.Client, output: dict[str, Any], *, page: Any) -> dict[str, str]:
    """Write one sound of several as a small MP3."""
    name = f"{page.slug}-{output['name']}"
    store_sound(client.get(output["url"]).content, name=name)
    return {"name": output["name"], "url": f"/static/playground/samples/{name}.mp3"}


def store_file(client: httpx.Client, url: str, *, name: str) -> str:
    """Write a result as it is; returns its address."""
    file_name = f"{name}.{url.rpartition('.')[2].partition('?')[0]}"
    (FOLDER / file_name).write_bytes(client.get(url).content)
    return f"/static/playground/samples/{file_name}"


def wait_for(client: httpx.Client, uuid: str) -> dict[str, Any]:
    while True:
        result: dict[str, Any] = client.get("/v1/speech/results/", params={"uuid": uuid}).json()
        if result["status"] == "completed":
            return result
        if result["status"] == "failed":
            raise SystemExit(f"The job failed: {result['error']}")
        time.sleep(POLL_SECONDS)


def store_sound(content: bytes, *, name: str) -> None:
    """Write the sound as a small MP3."""
    samples, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    mono = np.ascontiguousarray(samples.mean(axis=1), np.float32)
    write(name, mono if rate == RATE else resample(mono, input_rate=rate, output_rate=RATE), bitrate=BITRATE)


def main() -> None:
    """Write the examples of all pages that have one."""
    import django

    django.setup()
    from apps.playground.tools import TOOL_PAGES  # needs Django

    headers = {"Authorization": f"Bearer {os.environ['TTSAI_API_KEY']}"}
    with httpx.Client(base_url=sys.argv[1], headers=headers, timeout=300, follow_redirects=True) as client:
        for page in TOOL_PAGES:
            if page.has_example and (page.slug in sys.argv[2:] or not sys.argv[2:]):
                example = make_example(client, page)
                (FOLDER / f"{page.slug}.json").write_text(json.dumps(example, ensure_ascii=False, separators=(",", ":")), "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ttsai.settings")
    main()
