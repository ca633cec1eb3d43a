"""One module for each tool: its fields and its declaration. TOOLS lists them."""

from typing import Final

from apps.audio_tools.declaration import AudioTool
from apps.audio_tools.tools.convert import CONVERT_TOOL
from apps.audio_tools.tools.dereverb import DEREVERB_TOOL
from apps.audio_tools.tools.enhance import ENHANCE_TOOL
from apps.audio_tools.tools.separate import SEPARATE_TOOL
from apps.audio_tools.tools.verify import VERIFY_TOOL

TOOLS: Final[tuple[AudioTool, ...]] = (CONVERT_TOOL, ENHANCE_TOOL, DEREVERB_TOOL, SEPARATE_TOOL, VERIFY_TOOL)
