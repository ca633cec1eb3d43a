"""litellm against a server: speech and transcription. Runs in .venv/clients: `python litellm_client.py URL KEY question.wav folder text`."""

import json
import os
import sys
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches a list of prices when it is imported

import litellm


def main(url: str, key: str, question: str, folder: str, text: str) -> None:
    """Write the speech as MP3 into the folder, and the transcript as JSON to standard output."""
    own = {"api_base": f"{url}/v1", "api_key": key}
    speech = litellm.speech(model="openai/tts-1", voice="nova", input=text, **own)
    (Path(folder) / "litellm_speech.mp3").write_bytes(speech.content)
    with Path(question).open("rb") as file:
        heard = litellm.transcription(model="openai/whisper-1", file=file, **own)
    print(json.dumps({"transcript": heard.text}))


if __name__ == "__main__":
    main(*sys.argv[1:])
