"""Letters to phonemes for the languages other than English, each word with its place in the text."""
