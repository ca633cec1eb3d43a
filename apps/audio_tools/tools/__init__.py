"""One module for each tool: its fields and its declaration. TOOLS lists them."""

from typing import Final

from apps.audio_tools.declaration import AudioTool
from apps.audio_tools.tools.analyze import ANALYZE_TOOL
from apps.audio_tools.tools.convert import CONVERT_TOOL
from apps.audio_tools.tools.dereverb import DEREVERB_TOOL
from apps.audio_tools.tools.diarize import DIARIZE_TOOL
from apps.audio_tools.tools.enhance import ENHANCE_TOOL
from apps.audio_tools.tools.normalize import NORMALIZE_TOOL
from apps.audio_tools.tools.separate import SEPARATE_TOOL
from apps.audio_tools.tools.trim_silence import TRIM_SILENCE_TOOL
from apps.audio_tools.tools.verify import VERIFY_TOOL
from apps.audio_tools.tools.waveform import WAVEFORM_TOOL

TOOLS: Final[tuple[AudioTool, ...]] = (
    CONVERT_TOOL,
    TRIM_SILENCE_TOOL,
    NORMALIZE_TOOL,
    WAVEFORM_TOOL,
    ANALYZE_TOOL,
    ENHANCE_TOOL,
    DEREVERB_TOOL,
    SEPARATE_TOOL,
    DIARIZE_TOOL,
    VERIFY_TOOL,
)
