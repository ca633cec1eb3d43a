"""Commands for everybody with a key. They import nothing of the platform: `pip install "ttsai-platform[cli]"` is enough."""
