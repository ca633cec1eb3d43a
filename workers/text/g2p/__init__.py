"""G2P for languages other than English; each word keeps its place in the text."""
