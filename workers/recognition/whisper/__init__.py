"""Whisper on CTranslate2, window by window."""
