"""Server of the Wyoming protocol (`ttsai wyoming`): Home Assistant and its satellites speak and listen with the platform.

A program of its own that reaches the platform by URL and key. server.py accepts connections, connection.py dispatches their events, synthesis.py
and transcription.py do the work, program_info.py describes it, bounded_events.py reads events within limits.
"""
