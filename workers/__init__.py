"""Engine workers: text to audio, audio to text, audio to audio. No Django, no database."""
