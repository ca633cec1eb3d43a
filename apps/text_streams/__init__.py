"""Speech of text that arrives in pieces: sentences, small jobs, one stream of audio. For WebSockets in any dialect."""
