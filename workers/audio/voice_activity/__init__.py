"""Voice activity of live audio, block by block, in NumPy alone: shared with the web process, which has no model runtime."""

from workers.audio.voice_activity.silero import SpeechDetector
from workers.audio.voice_activity.turns import SpeechStarted, SpeechStopped, TurnDetector, TurnSettings

__all__ = ["SpeechDetector", "SpeechStarted", "SpeechStopped", "TurnDetector", "TurnSettings"]
