"""Audio after it is made: joins, codecs, probing."""
