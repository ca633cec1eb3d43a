"""Rows of apps/playground/urls.py."""

from apps.accounts.models import Account
from tests.pages.dashboard import TEXT, done_job, make_voice
from tests.pages.table import Owned, file, page, post


def an_own_voice(account: Account) -> Owned:
    return Owned(shown=(make_voice(account).voice_id,))


def a_recent_text(account: Account) -> Owned:
    return Owned(shown=(done_job(account).uuid.hex, TEXT))


def a_shared_job(account: Account) -> Owned:
    """Result that everybody with its link may hear."""
    return Owned(path={"uuid": done_job(account).uuid.hex})


TOOLS = (
    "audio-converter",
    "audio-enhancer",
    "dereverb",
    "key-bpm-finder",
    "speech-to-text",
    "speech-translation",
    "stem-splitter",
    "voice-changer",
    "voice-chat",
    "voice-cloning",
)
ROWS = [
    *(page(f"{tool}/", access="anybody") for tool in TOOLS),
    page("", access="anybody"),
    page("voice-library/", access="anybody", owns=an_own_voice),
    page("share/<uuid>/", access="anybody", owns=a_shared_job, stranger=200),
    file("playground/allowance/", access="anybody"),
    file("playground/recent/", access="anybody", owns=a_recent_text),
    file("playground/voices/", access="anybody", owns=an_own_voice),
    post("playground/favourites/", access="anybody", body={"voice": "af_bella"}, status=200, visitor=403),
]
