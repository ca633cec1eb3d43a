"""Fits a voice of Kokoro to recordings of a speaker: analysis, alignment, the gradient and the child process that it runs in."""
