"""The voice-clone slots API, `/v1/voice-clones`: envelope with `reqid`, over apps/voice_slots."""
