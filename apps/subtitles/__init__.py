"""Subtitles of completed jobs."""
