"""Write operations on voices: enrol, receive what workers made of recordings, record consent, block, change, remove."""
