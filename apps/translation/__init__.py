"""Speech translation: a recording in one language to speech in another."""
