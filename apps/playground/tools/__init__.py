"""Pages of the tools, one declaration each. TOOL_PAGES lists them."""

from typing import Final

from apps.playground.tools.audio_converter import AUDIO_CONVERTER
from apps.playground.tools.audio_enhancer import AUDIO_ENHANCER
from apps.playground.tools.declaration import ToolPage
from apps.playground.tools.dereverb import DEREVERB
from apps.playground.tools.key_bpm_finder import KEY_BPM_FINDER
from apps.playground.tools.speech_to_text import SPEECH_TO_TEXT
from apps.playground.tools.speech_translation import SPEECH_TRANSLATION
from apps.playground.tools.stem_splitter import STEM_SPLITTER
from apps.playground.tools.voice_changer import VOICE_CHANGER
from apps.playground.tools.voice_chat import VOICE_CHAT
from apps.playground.tools.voice_cloning import VOICE_CLONING

TOOL_PAGES: Final[tuple[ToolPage, ...]] = (
    SPEECH_TO_TEXT,
    SPEECH_TRANSLATION,
    VOICE_CLONING,
    VOICE_CHANGER,
    VOICE_CHAT,
    STEM_SPLITTER,
    AUDIO_ENHANCER,
    DEREVERB,
    KEY_BPM_FINDER,
    AUDIO_CONVERTER,
)
