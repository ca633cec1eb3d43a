"""ClonyVoice's endpoints that take files, through a running shell."""
