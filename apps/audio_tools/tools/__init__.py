"""One module for each tool: its fields and its declaration. TOOLS lists them."""

from typing import Final

from apps.audio_tools.declaration import AudioTool
from apps.audio_tools.tools.convert import CONVERT_TOOL

TOOLS: Final[tuple[AudioTool, ...]] = (CONVERT_TOOL,)
