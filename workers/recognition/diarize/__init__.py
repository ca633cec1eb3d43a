"""Speaker diarization: speaker embeddings of the speech, and from them the speaker of each word."""

from workers.recognition.diarize.speaker_embeddings import embed_speech
from workers.recognition.diarize.speaker_labels import label_speakers

__all__ = ["embed_speech", "label_speakers"]
