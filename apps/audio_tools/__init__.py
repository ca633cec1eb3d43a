"""Audio tools: a recording in, audio or facts about it out, under /v1/audio/."""
